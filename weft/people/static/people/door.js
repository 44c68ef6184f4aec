// At the door nobody is signed in: words that the device kept, sealed, open for nobody any more.
try {
  for (const name of Object.keys(localStorage)) if (name.startsWith("words.")) localStorage.removeItem(name);
} catch {
  // Storage is switched off: then nothing lies in it.
}

// On a shared phone the browser shall keep neither the name nor the passphrase.
const shared = document.querySelector("input[name=shared]");
const boxes = [...document.querySelectorAll("input[name=name], input[name=passphrase]")];
const usual = boxes.map((box) => box.autocomplete);

shared?.addEventListener("change", () => {
  boxes.forEach((box, n) => (box.autocomplete = shared.checked ? "off" : usual[n]));
});
