// On a shared phone the browser shall keep neither the name nor the passphrase.
const shared = document.querySelector("input[name=shared]");
const boxes = [...document.querySelectorAll("input[name=name], input[name=passphrase]")];
const usual = boxes.map((box) => box.autocomplete);

shared?.addEventListener("change", () => {
  boxes.forEach((box, n) => (box.autocomplete = shared.checked ? "off" : usual[n]));
});
