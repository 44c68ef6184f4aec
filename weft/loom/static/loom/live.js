// What is new comes to the page while it is open. The stream carries hints only; the words come over HTTP.
//
//   <div data-live="…" data-since="/…/replies/">
//     <article id="reply-7" data-number="7">…</article>
//   </div>
//
// data-live   a pass to the stream: streams.token(subject, persona.pk). It is good for two minutes.
// data-since  the address of what is new. GET ?since=7 answers with the partial that the page itself uses, holding all
//             elements after number 7, each with an id and a data-number; and with the next pass, which
//             streams.live(response, subject, persona.pk) puts on it. An element comes in at the end, or takes the
//             place of the one with its id. After a hint about a number that the page has already, it asks since 0,
//             and what is not in that answer goes. A redirect or 4xx ends it: this page may not hear any more.
//
// An element with data-until-live beside the list goes when the first thing comes in. With the stream dead the page asks
// by itself, less and less often, at last every minute. A page that nobody looks at holds no stream.
const HEADER = "Weft-Live";
const DEAF = 45_000; // the hub gives a sign of life every 15 seconds
const UNSEEN = 20_000;
const LONGEST = 60_000;

class Live {
  constructor(list) {
    this.list = list;
    this.pass = list.dataset.live;
    this.tries = 0;
    if (!list.hasAttribute("aria-live")) list.setAttribute("aria-live", "polite");
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("pagehide", () => this.hangUp());
    addEventListener("pageshow", (event) => event.persisted && this.again(0));
    if (!document.hidden) this.listen();
  }

  get last() {
    const numbers = [...this.list.querySelectorAll(":scope > [data-number]")].map((item) => Number(item.dataset.number));
    return Math.max(0, ...numbers);
  }

  look() {
    clearTimeout(this.unseen);
    if (document.hidden) this.unseen = setTimeout(() => this.hangUp(), UNSEEN);
    else if (!this.source) this.again(0);
  }

  listen() {
    if (!window.EventSource) return this.again();
    this.source = new EventSource(`/stream/${this.pass}`);
    let caughtUp = false;
    this.source.addEventListener("beat", () => {
      this.hear();
      this.tries = 0;
      if (!caughtUp) this.ask(); // what came between the page and the stream
      caughtUp = true;
    });
    this.source.addEventListener("message", (event) => {
      this.hear();
      const number = Number(event.data.split(" ")[1]);
      this.ask(number > this.last ? undefined : 0);
    });
    this.source.addEventListener("error", () => this.again());
    this.hear();
  }

  hear() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.again(), DEAF);
  }

  hangUp() {
    clearTimeout(this.watch);
    clearTimeout(this.waiting);
    this.source?.close();
    this.source = null;
  }

  // Ask what is new, and with the fresh pass listen again.
  again(wait = Math.min(LONGEST, 1000 * 2 ** this.tries++) * (0.5 + Math.random() / 2)) {
    this.hangUp();
    if (this.over) return;
    this.waiting = setTimeout(async () => {
      if (document.hidden) return; // look() comes back to it
      if (await this.ask()) this.listen();
      else this.again();
    }, wait);
  }

  // One question at a time; a hint that comes meanwhile asks once more.
  async ask(since = this.last) {
    if (this.asking) {
      this.next = Math.min(since, this.next ?? since);
      return this.asking;
    }
    this.asking = this.fetch(since);
    const answered = await this.asking;
    this.asking = null;
    if (this.next !== undefined && answered) {
      const next = this.next;
      this.next = undefined;
      return this.ask(next && this.last);
    }
    this.next = undefined;
    return answered;
  }

  async fetch(since) {
    try {
      const answer = await fetch(`${this.list.dataset.since}?since=${since}`, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
        this.over = true;
        this.hangUp();
      }
      if (!answer.ok) return false;
      this.pass = answer.headers.get(HEADER) ?? this.pass;
      this.weave(answer.status === 204 ? "" : await answer.text(), since === 0);
      return true;
    } catch {
      return false; // the line is down
    }
  }

  weave(html, whole) {
    const sheet = document.createElement("template");
    sheet.innerHTML = html;
    const items = [...sheet.content.children].filter((item) => item.id);
    for (const item of items) {
      const old = document.getElementById(item.id);
      if (!old) this.list.append(item);
      else if (!old.contains(document.activeElement)) old.replaceWith(item);
    }
    if (whole) {
      const stay = new Set(items.map((item) => item.id));
      for (const old of this.list.querySelectorAll(":scope > [data-number]")) if (!stay.has(old.id)) old.remove();
    }
    if (items.length) this.list.parentElement.querySelector("[data-until-live]")?.remove();
  }
}

for (const list of document.querySelectorAll("[data-live]")) new Live(list);
