// The room of a gathering. HTTP is the truth: what is on the page comes from the server, as on a page that is loaded anew.
//
// The room is one element, <div id="room" data-live data-now data-here data-mark>, around pieces with ids of their own.
// Its forms are sent without leaving the page, so that voices are not cut off; the answer is the room as it is then. A
// sign of life goes out every ten seconds and brings back what is new; a hint from the stream asks at once.
//
// Other modules (media.js, mesh.js) listen on the room to "weft:room", which comes after every change, and send it "weft:ask", and
// "weft:send" with an address and a form, so that all that is sent goes one after the other.
const ALIVE = 10_000;
const DEAF = 45_000; // the hub gives a sign of life every 15 seconds
const LONGEST = 30_000;

class Room {
  constructor(room) {
    this.room = room;
    this.order = Promise.resolve(); // what is sent, and what is asked, goes one after the other
    this.press();
    document.addEventListener("submit", (event) => this.send(event));
    room.addEventListener("weft:ask", () => this.ask());
    room.addEventListener("weft:send", ({ detail }) => this.then(() => this.fetch(detail.address, { method: "POST", body: detail.said })));
    setInterval(() => this.live(), ALIVE);
    setInterval(() => this.thread(), 1000);
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    addEventListener("online", () => this.again(0));
    this.tries = 0;
    this.listen();
    this.tell();
  }

  // The stream of hints. When it breaks, the room is asked, which brings a fresh pass, and the stream opens again.
  listen() {
    this.source = new EventSource(`/stream/${this.room.dataset.live}`);
    let caughtUp = false;
    this.source.addEventListener("beat", () => {
      this.hear();
      this.tries = 0;
      if (!caughtUp) this.ask();
      caughtUp = true;
    });
    this.source.addEventListener("message", () => (this.hear(), this.ask()));
    this.source.addEventListener("error", () => this.again());
    this.hear();
  }

  hear() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.again(), DEAF);
  }

  again(wait = Math.min(LONGEST, 500 * 2 ** this.tries++) * (0.5 + Math.random() / 2)) {
    clearTimeout(this.watch);
    clearTimeout(this.waiting);
    this.source.close();
    this.waiting = setTimeout(async () => ((await this.ask()) ? this.listen() : this.again()), wait);
  }

  send(event) {
    const form = event.target;
    if (!form.closest("[data-room]") || form.hasAttribute("data-leaves")) return;
    event.preventDefault();
    const said = new FormData(form, event.submitter);
    const buttons = [...form.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true)); // pressed twice is pressed once
    this.then(async () => {
      this.sent = form; // its words are sent: what comes back says what stays in the box
      const answer = await this.fetch(form.action, { method: "POST", body: said });
      this.sent = null;
      buttons.forEach((button) => (button.disabled = false));
      if (!answer) this.say(this.room.dataset.offline);
    });
  }

  // One sign of life; the answer says which version of the room there is.
  async live() {
    const answer = await this.fetch(this.room.dataset.here, { method: "POST", body: this.pass() });
    if (!answer) this.say(this.room.dataset.offline);
  }

  // Ten hints at once ask once more, not ten times.
  ask() {
    this.asked ??= this.then(() => {
      this.asked = null;
      return this.fetch(this.room.dataset.now);
    });
    return this.asked;
  }

  then(step) {
    this.order = this.order.then(step, step);
    return this.order;
  }

  pass() {
    const said = new FormData();
    said.set("mark", this.room.dataset.mark);
    said.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return said;
  }

  async fetch(address, options = {}) {
    try {
      const headers = { "Weft-Room": this.room.dataset.mark };
      const answer = await fetch(address, { ...options, headers, redirect: "manual", cache: "no-store" });
      this.say("");
      if (answer.type === "opaqueredirect" || answer.status === 404) location.reload(); // no longer in this room
      else if (answer.status !== 204 && answer.headers.get("Weft-Room")) this.weave(await answer.text(), answer.headers);
      return answer;
    } catch {
      return null; // the line is down
    }
  }

  weave(html, headers) {
    this.room.dataset.mark = headers.get("Weft-Room");
    if (headers.get("Weft-Live")) this.room.dataset.live = headers.get("Weft-Live");
    const sheet = document.createElement("template");
    sheet.innerHTML = html;
    for (const piece of [...sheet.content.querySelectorAll("[data-room]")]) {
      const old = document.getElementById(piece.id);
      if (!old) continue;
      if (this.pressed && old.contains(this.pressed)) this.missed = true;
      else if (old.contains(this.sent) || said(old) !== said(piece)) this.replace(old, piece);
      else renew(old, piece);
    }
    this.tell();
  }

  // A button that went away under a finger would not be pressed: its piece comes when the finger has left.
  press() {
    addEventListener("pointerdown", (event) => (this.pressed = event.target), true);
    const left = () =>
      setTimeout(() => {
        this.pressed = null;
        if (this.missed) this.ask();
        this.missed = false;
      });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, left, true);
  }

  // Where somebody is typing, the box and what is in it stay. Elsewhere the focus goes to the same place in the new piece.
  replace(old, piece) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const place = focused?.selectionStart;
    for (const box of old.querySelectorAll("textarea, input[type=text]")) {
      const same = box.id && piece.querySelector(`#${CSS.escape(box.id)}`);
      const begun = box.value !== box.defaultValue && box.form !== this.sent;
      if (same && begun) same.replaceWith(box); // the very element, with its undo history
    }
    old.replaceWith(piece);
    const same = focused?.id && document.getElementById(focused.id);
    if (same) {
      same.focus({ preventScroll: true });
      if (place !== undefined && place !== null) same.setSelectionRange?.(place, place);
    } else if (focused) {
      piece.tabIndex = -1;
      piece.focus({ preventScroll: true });
    }
  }

  // How much is left of a turn. Nothing happens when it is used up.
  thread() {
    const line = document.getElementById("room-thread");
    if (line) line.value = Math.max(0, Number(line.dataset.until) - Date.now() / 1000);
  }

  say(words) {
    const line = document.getElementById("room-offline");
    if (line && line.textContent !== words) line.textContent = words;
  }

  tell() {
    this.room.dispatchEvent(new CustomEvent("weft:room"));
  }
}

const EACH_TIME = "input[name=csrfmiddlewaretoken], input[name=once]"; // other in each answer, and seen by nobody

// What a piece says, so that one that says the same stays: whoever listens to the page would hear it again.
function said(piece) {
  const copy = piece.cloneNode(true);
  for (const field of copy.querySelectorAll(EACH_TIME)) field.removeAttribute("value");
  return copy.outerHTML;
}

function renew(old, piece) {
  const fresh = piece.querySelectorAll(EACH_TIME);
  old.querySelectorAll(EACH_TIME).forEach((field, place) => field.setAttribute("value", fresh[place].value));
}

const room = document.getElementById("room");
if (room) new Room(room);
