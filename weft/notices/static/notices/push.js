// A device is told by push only after somebody pressed the button here. Nothing is asked for before.
const on = document.querySelector("form[data-push-on]");
const off = document.querySelector("form[data-push-here]");
const able = window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const tooLong = () => new Promise((_, reject) => setTimeout(reject, 10_000));

async function address(key) {
  const { pushManager } = await Promise.race([navigator.serviceWorker.ready, tooLong()]);
  const before = await pushManager.getSubscription(); // perhaps for whoever was signed in here before
  await before?.unsubscribe();
  return (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) })).endpoint;
}

if (on) {
  const button = on.querySelector("button");
  const news = on.querySelector("[data-news]");
  on.hidden = !able;
  document.querySelector("[data-push-unable]").hidden = able;

  on.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    news.textContent = news.dataset.asking;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        news.textContent = news.dataset.no;
        button.disabled = false;
        return;
      }
      on.elements.address.value = await address(on.dataset.pushOn);
      on.submit();
    } catch {
      news.textContent = news.dataset.wrong;
      button.disabled = false;
    }
  });
}

// Switched off here: the browser forgets it too.
off?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const worker = await navigator.serviceWorker.getRegistration();
    await (await worker?.pushManager.getSubscription())?.unsubscribe();
  } catch {
    // It knows of nothing, or has no network just now.
  }
  off.submit();
});
