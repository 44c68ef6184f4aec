// Keeps a draft while it is written: a second after the last key, and when the page is left.
// Without this script the buttons keep it. With no connection the device does (words.js).

const form = document.querySelector("form[data-draft]");
const said = form?.querySelector("[data-saved]");
let waiting = 0;
let going = null; // what is being kept just now: one after the other, or the house would take one window for two
let kept = form ? written() : "";

function written() {
  return new URLSearchParams(new FormData(form)).toString();
}

function keep(how) {
  clearTimeout(waiting);
  const turn = (going ?? Promise.resolve())
    .then(() => put(how))
    .finally(() => {
      if (going === turn) going = null;
    });
  going = turn;
}

async function put({ leaving = false } = {}) {
  const now = written();
  if (now === kept) return;
  const body = new URLSearchParams(now);
  const words = form.elements.text.value;
  body.set("quietly", "1");
  try {
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(form.action, { method: "POST", body, keepalive: leaving, redirect: "error", signal });
    const { saved, digest } = await answer.json();
    said.textContent = saved;
    if (!answer.ok) return;
    body.set("digest", (form.elements.digest.value = digest));
    body.delete("quietly");
    kept = body.toString();
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
form?.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  if (!going) return;
  event.preventDefault();
  going.then(() => form.requestSubmit(event.submitter));
});
