// Keeps one page for when there is no network: the numbers, as anybody sees them who is not signed in, and what that page
// is drawn with. Nothing that somebody wrote or read is ever kept, whatever happens.

const PAGE = "/help/kept/";
const STORE = "numbers";
const FRESH_FOR = 6 * 60 * 60 * 1000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOthers(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(pageOrNumbers(event));
  else if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => stored(new URL(request.url).pathname)));
  }
});

// The network first, always: the kept page is for when there is none.
async function pageOrNumbers(event) {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    event.waitUntil(keepAnew().catch(() => {}));
    return answer;
  } catch {
    return stored(PAGE);
  }
}

async function stored(path) {
  const store = await caches.open(STORE);
  return (await store.match(path)) || Response.error();
}

async function keepAnew() {
  const kept = await (await caches.open(STORE)).match(PAGE);
  const age = Date.now() - Date.parse(kept?.headers.get("X-Kept-At") || 0);
  if (!(age < FRESH_FOR)) await keep();
}

async function keep() {
  const page = await asNobody(PAGE);
  const html = await page.text();
  const paths = new Set([...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]));
  const assets = await Promise.all([...paths].map(async (path) => [path, await asNobody(path)]));
  const store = await caches.open(STORE);
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept-At": new Date().toISOString() };
  for (const name of ["Content-Security-Policy", "Referrer-Policy"]) {
    if (page.headers.get(name)) headers[name] = page.headers.get(name);
  }
  for (const [path, answer] of assets) await store.put(path, answer);
  await store.put(PAGE, new Response(html, { headers }));
  for (const request of await store.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== PAGE && !paths.has(pathname)) await store.delete(request);
  }
}

// Without cookies, so that the copy is nobody's.
async function asNobody(path) {
  const answer = await fetch(path, { credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error("not kept");
  return answer;
}

async function forgetOthers() {
  for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
}
