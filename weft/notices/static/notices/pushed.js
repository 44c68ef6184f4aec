// A push has come. It is empty: that something is new is all that this device knows, and all that it shows.
const NEW = "new"; // several show as one

self.addEventListener("push", (event) => {
  const lang = [...navigator.languages, navigator.language].map((one) => one?.split("-")[0]).find((one) => one in SAID) || USUAL;
  const { title, ...more } = SAID[lang];
  event.waitUntil(self.registration.showNotification(title, { ...more, lang, tag: NEW }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(BELL));
});

// Whoever opens the bell has seen it. Whoever leaves takes it away, and this device is told nothing more.
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && pathname === BELL) event.waitUntil(takeAway());
  if (pathname === LEAVE) event.waitUntil(Promise.all([takeAway(), end()]).catch(() => {}));
});

async function takeAway() {
  for (const shown of await self.registration.getNotifications({ tag: NEW })) shown.close();
}

async function end() {
  const told = await self.registration.pushManager.getSubscription();
  await told?.unsubscribe();
}
