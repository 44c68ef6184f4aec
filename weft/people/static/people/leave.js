// Leave, by the link or by Shift three times: first blank, then gone. Nothing is counted, here or elsewhere.
const link = document.querySelector("a.leave");
const PRESSES = 3;
const WINDOW = 5000;
const WEEK = 7 * 24 * 60 * 60 * 1000;
const tabs = new BroadcastChannel("leave");

function gone() {
  document.title = " ";
  document.documentElement.replaceChildren();
  location.replace(link.dataset.to || link.href);
}

function leave() {
  document.documentElement.replaceChildren();
  // The house's other tabs go too, and with them the pages that the browser keeps in its memory for "Back".
  tabs.postMessage("gone");
  // Ends the session. Sent on its own, so that a slow house keeps nobody waiting on a blank page.
  if (!navigator.sendBeacon(link.href)) fetch(link.href, { method: "POST", keepalive: true });
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // Storage is switched off: then nothing lies in it.
  }
  gone();
}

// Words that the device kept because they could not be sent: nobody came back for them in a week.
try {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("words.") && !(Date.now() - JSON.parse(localStorage.getItem(name)).at < WEEK)) localStorage.removeItem(name);
  }
} catch {
  // Storage is switched off, or holds what the house did not write.
}

if (link) {
  tabs.onmessage = gone;
  let pressed = [];
  let alone = false;

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    leave();
  });
  // Shift counts when it is pressed and let go by itself: a capital letter or a shortcut starts again from nothing.
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    if (event.key !== "Shift") pressed = [];
  });
  addEventListener("pointerdown", () => (pressed = []));
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    pressed = pressed.filter((then) => event.timeStamp - then < WINDOW);
    pressed.push(event.timeStamp);
    if (pressed.length === PRESSES) leave();
  });
  // A page that the browser took out of its memory, after somebody has left: fetched anew, it is the door.
  addEventListener("pageshow", (event) => {
    if (event.persisted && !document.body) location.reload();
  });
}
