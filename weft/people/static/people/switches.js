// A switch is saved when it is switched. Without this script its form has a button.
for (const form of document.querySelectorAll("form[data-at-once]")) {
  const said = form.querySelector("[data-saved]");
  const button = form.querySelector("[data-save]");
  let last = Promise.resolve();

  async function save() {
    const body = new URLSearchParams(new FormData(form));
    body.set("quietly", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
      if (!answer.ok) throw new Error();
      said.textContent = (await answer.json()).saved;
      button.hidden = true;
    } catch {
      said.textContent = said.dataset.wrong;
      button.hidden = false;
    }
  }

  button.hidden = true;
  // One after the other, so that what was switched last is what is kept.
  form.addEventListener("change", () => {
    last = last.then(save);
  });
}

// The clock of this device, where another one is chosen. It leaves only with the form.
const clock = document.querySelector("form[data-device-clock]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (clock && zone && zone !== clock.dataset.now) {
  const words = clock.querySelector("[data-words]");
  clock.elements.time_zone.value = zone;
  words.textContent = words.dataset.words.replace("%s", zone.replaceAll("_", " "));
  clock.hidden = false;
}
