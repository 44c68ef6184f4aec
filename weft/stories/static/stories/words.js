// Words that are not saved yet are kept on the device too: on a train, or when a phone dies, they are not lost.
//
//   <form data-kept="…" data-key="…">   the name of the place, and the key of this sign-in; no key on a shared phone
//
// They lie sealed. The key is only ever in the memory of a page: the house makes it anew from the sign-in each time, so
// that with the sign-in it is gone. Each page keeps its own words, offers those that another one left behind, and lets
// them go when they are saved, when somebody leaves, and after a week.
const PREFIX = "words.";
const SAFE = /(?:^|; )((?:__Host-)?safe)=([^;]*)/;

const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const form = document.querySelector("form[data-kept]");
const box = form?.elements.text;
const said = form?.querySelector("[data-saved]");

class Place {
  constructor(name, key) {
    this.here = `${PREFIX}${name}.`;
    this.mine = this.here + crypto.randomUUID();
    this.key = key;
    this.last = Promise.resolve();
  }

  // One after the other: what was typed last is what is kept.
  keep(words) {
    this.last = this.last.then(() => this.put(words)).catch(() => {});
    return this.last;
  }

  async put(words) {
    if (!words.trim()) return localStorage.removeItem(this.mine);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(words.padEnd(Math.ceil(words.length / 64) * 64));
    const sealed = await crypto.subtle.encrypt(this.bound(this.mine, iv), this.key, plain);
    localStorage.setItem(this.mine, JSON.stringify({ at: Date.now(), iv: text(iv), sealed: await whole(sealed) }));
  }

  async open(name) {
    try {
      const { iv, sealed } = JSON.parse(localStorage.getItem(name));
      const plain = await crypto.subtle.decrypt(this.bound(name, bytes(iv)), this.key, bytes(sealed));
      return new TextDecoder().decode(plain).trimEnd();
    } catch {
      return ""; // of another sign-in: nobody opens it any more
    }
  }

  bound(name, iv) {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
  }

  left() {
    return names().filter((name) => name.startsWith(this.here) && name !== this.mine);
  }
}

// A long text in base64, without naming every letter of it as an argument.
async function whole(buffer) {
  const all = new Uint8Array(buffer);
  let binary = "";
  for (let at = 0; at < all.length; at += 8192) binary += String.fromCharCode(...all.subarray(at, at + 8192));
  return btoa(binary);
}

function names() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

// What the house has meanwhile. (What nobody came back for in a week goes on any page.)
function tidy() {
  const [, cookie, kept] = SAFE.exec(document.cookie) ?? [];
  if (!cookie) return;
  const safe = kept.split(".");
  document.cookie = `${cookie}=; path=/; max-age=0${cookie === "safe" ? "" : "; secure"}`;
  for (const name of names()) if (safe.includes(name.split(".").pop())) localStorage.removeItem(name);
}

// Words that were left behind: shown, and put back only by whoever wrote them. Nothing in the box is overwritten.
async function offer(place) {
  const note = document.querySelector("[data-left]");
  for (const name of place.left()) {
    const words = await place.open(name);
    if (!words || words === box.value.trimEnd()) {
      localStorage.removeItem(name);
      continue;
    }
    note.querySelector("[data-words]").textContent = words;
    note.hidden = false;
    const back = await new Promise((chosen) => {
      note.querySelector("[data-put-back]").onclick = () => chosen(true);
      note.querySelector("[data-let-go]").onclick = () => chosen(false);
    });
    note.hidden = true;
    if (back) {
      const here = box.value.trimEnd();
      box.value = !here || words.startsWith(here) ? words : `${here}\n\n${words}`;
      await place.keep(box.value);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    localStorage.removeItem(name);
    box.focus();
  }
}

async function begin() {
  tidy();
  const key = await crypto.subtle.importKey("raw", bytes(form.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  delete form.dataset.key;
  const place = new Place(form.dataset.kept, key);
  form.elements.kept.value = place.mine.split(".").pop();
  box.addEventListener("input", () => place.keep(box.value));
  form.addEventListener("saved", () => place.keep(""));
  if ("unsaved" in form.dataset) place.keep(box.value);
  await offer(place);
}

// With no connection a button would lead to a page of the browser's own. Better to stay here.
form?.addEventListener("submit", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  said.textContent = said.dataset.offline;
});
if (form?.dataset.key && window.crypto?.subtle) begin().catch(() => {});
