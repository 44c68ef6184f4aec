// Says which clock this device goes by, and proposes it where none is chosen yet. It leaves only with the form.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const select = document.querySelector("select[name=time_zone]");
const words = document.querySelector("[data-clock]");

if (zone) {
  words.textContent = words.dataset.words.replace("%s", zone.replaceAll("_", " "));
  words.hidden = false;
  if (![...select.options].some((option) => option.value === zone)) {
    select.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone)); // it goes by an old name
  }
  if (!select.value) select.value = zone;
}
