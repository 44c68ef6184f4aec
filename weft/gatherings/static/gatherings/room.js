// The room of a gathering. HTTP is the truth: what is on the page comes from the server, as on a page that is loaded anew.
//
// The room is one element, <div id="room" data-live data-now data-here data-mark>, around pieces with ids of their own.
// Its forms are sent without leaving the page, so that voices are not cut off; the answer is the room as it is then. A
// sign of life goes out every ten seconds and brings back what is new; a hint from the stream asks at once.
//
// Other modules (media.js, mesh.js) listen on the room to "weft:room", which comes after every change, and send it "weft:ask", and
// "weft:send" with an address and a form, so that all that is sent goes one after the other.
//
// What did not arrive is said, and tried again by itself for a minute; the words stay in their box. Whatever names its
// turn or the id of its words counts once, however often it is sent. Anything else is sent again only when it is certain
// that it did not arrive (429): otherwise the page says that it does not know.
const ALIVE = 10_000;
const DEAF = 45_000; // the hub gives a sign of life every 15 seconds
const LONGEST = 30_000;
const TRYING = 60_000;

class Room {
  constructor(room) {
    this.room = room;
    this.queues = new Map(); // what was sent and has not arrived yet, by its address
    this.order = Promise.resolve(); // what is sent, and what is asked, goes one after the other
    this.press();
    document.addEventListener("submit", (event) => this.send(event));
    room.addEventListener("weft:ask", () => this.ask());
    room.addEventListener("weft:send", ({ detail }) => this.begin({ ...detail, once: true }));
    setInterval(() => this.live(), ALIVE);
    setInterval(() => this.thread(), 1000);
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    addEventListener("online", () => this.again(0));
    addEventListener("online", () => this.queues.forEach((queue) => this.soon(queue, 0)));
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
    const { once, carrying } = this.room.dataset;
    if (!carrying.split(" ").includes(said.get("what"))) said.delete("words"); // they stay where they are being typed
    const words = said.get("words");
    const lost = [...(this.queues.get(form.action) ?? []), this.failed].find((wish) => words && wish?.said.get("words") === words);
    if (lost) said.set("once", lost.said.get("once")); // they may have arrived: sent again they keep their id
    this.begin({ address: form.action, said, form, once: once.split(" ").includes(said.get("what")) });
  }

  // One after the other, in their order. Whoever leaves waits for nothing else.
  begin(wish) {
    const queue = this.queues.get(wish.address) ?? [];
    this.queues.set(wish.address, queue);
    if (wish.said.get("what") === "leave") queue.length = 0;
    if (queue.some((one) => wished(one) === wished(wish))) return this.soon(queue, 0);
    wish.since = Date.now();
    wish.tries = 0;
    wish.box = wish.form?.querySelector("textarea, input[type=text]");
    for (const button of wish.form?.querySelectorAll("button") ?? []) button.disabled = true; // pressed twice is pressed once
    if (queue.push(wish) === 1) this.then(() => this.deliver(queue));
  }

  async deliver(queue) {
    const wish = queue[0];
    if (!wish) return;
    clearTimeout(queue.trying);
    const form = wish.form?.isConnected ? wish.form : wish.box?.isConnected ? wish.box.form : null;
    const begun = wish.box && wish.box.value !== (wish.said.get(wish.box.name) ?? ""); // something else is typed there by now
    this.sent = begun ? null : form; // its words are sent: what comes back says what stays in the box
    const answer = await this.fetch(wish.address, { method: "POST", body: wish.said });
    this.sent = null;
    this.free(wish);
    const { again, kept, unsure, failed } = this.room.dataset;
    if (answer?.ok || answer?.status === 404 || answer?.type === "opaqueredirect") this.over(queue, wish, "");
    else if (answer && answer.status < 500 && answer.status !== 429) this.over(queue, wish, failed);
    else if (!wish.once && answer?.status !== 429) this.over(queue, wish, unsure);
    else if (Date.now() - wish.since > TRYING) this.over(queue, wish, failed);
    else {
      wish.said.set("again", "1");
      this.say(wish.said.get("words") ? `${again} ${kept}` : again, "room-sending");
      const asked = 1000 * (Number(answer?.headers.get("Retry-After")) || 0);
      this.soon(queue, Math.min(LONGEST, Math.max(1000 * 2 ** wish.tries++, asked)));
    }
  }

  soon(queue, wait) {
    clearTimeout(queue.trying);
    queue.trying = setTimeout(() => this.then(() => this.deliver(queue)), wait);
  }

  over(queue, wish, words) {
    if (queue[0] === wish) queue.shift();
    if (wish.form) this.failed = words ? wish : null;
    this.say(words, "room-sending");
    if (queue.length) this.then(() => this.deliver(queue));
  }

  free(wish) {
    for (const button of wish.form?.querySelectorAll("button") ?? []) button.disabled = false;
  }

  // One sign of life; the answer says which version of the room there is.
  async live() {
    const answer = await this.fetch(this.room.dataset.here, { method: "POST", body: this.pass() });
    if (!answer || answer.status >= 500) this.say(this.room.dataset.offline);
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
      if (answer.status < 500) this.say("");
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
    for (const open of old.querySelectorAll("details[open][id]")) {
      const again = piece.querySelector(`#${CSS.escape(open.id)}`);
      if (again) again.open = true;
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

  say(words, place = "room-offline") {
    const line = document.getElementById(place);
    if (line && line.textContent !== words) line.textContent = words;
  }

  tell() {
    this.room.dispatchEvent(new CustomEvent("weft:room"));
  }
}

// What somebody wishes, so that pressed twice it is one wish.
function wished(wish) {
  const other = new Set(["csrfmiddlewaretoken", "once", "again"]);
  return JSON.stringify([...wish.said].filter(([name]) => !other.has(name)));
}

const EACH_TIME = "input[name=csrfmiddlewaretoken], input[name=once]"; // other in each answer, and seen by nobody

// What a piece says, so that one that says the same stays: whoever listens to the page would hear it again.
function said(piece) {
  const copy = piece.cloneNode(true);
  for (const field of copy.querySelectorAll(EACH_TIME)) field.removeAttribute("value");
  for (const open of copy.querySelectorAll("details[open]")) open.open = false; // whoever reads it opened it
  return copy.outerHTML;
}

function renew(old, piece) {
  const fresh = piece.querySelectorAll(EACH_TIME);
  old.querySelectorAll(EACH_TIME).forEach((field, place) => field.setAttribute("value", fresh[place].value));
}

const room = document.getElementById("room");
if (room) new Room(room);
