// Keeps a draft while it is written: a second after the last key, and when the page is left.
// Without this script the buttons keep it. With no connection the device does (words.js).

const form = document.querySelector("form[data-draft]");
const said = form?.querySelector("[data-saved]");
let waiting = 0;
let kept = form ? new URLSearchParams(new FormData(form)).toString() : "";

async function keep({ leaving = false } = {}) {
  clearTimeout(waiting);
  const now = new URLSearchParams(new FormData(form)).toString();
  if (now === kept) return;
  const body = new URLSearchParams(now);
  const words = form.elements.text.value;
  body.set("quietly", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: leaving, redirect: "error" });
    const { saved, stamp } = await answer.json();
    said.textContent = saved;
    if (!answer.ok) return;
    form.elements.stamp.value = stamp;
    kept = new URLSearchParams(new FormData(form)).toString();
    if (form.elements.text.value === words) form.dispatchEvent(new Event("saved"));
  } catch {
    said.textContent = said.dataset.offline;
    waiting = setTimeout(keep, 10_000);
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(keep, 1000);
});
addEventListener("online", () => form && keep());
document.addEventListener("visibilitychange", () => {
  if (form && document.visibilityState === "hidden") keep({ leaving: true });
});
form?.addEventListener("submit", () => clearTimeout(waiting));
