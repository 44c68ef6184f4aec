// Voice and picture from browser to browser, beside the room (room.js, media.js). No server is in between, and nothing is
// recorded.
//
// Who may be heard is not decided here: the piece #room-links of the room says for each link whether this page sends on
// it ("say") and lets it be heard ("hear"). A page sends nothing until it has read that, so whoever comes back is muted.
//
//   link  { seat, mine, theirs, lead, video, say, hear }    mine, theirs: in which turn each of the two tuned in
//
// Whoever tuned in later leads the link: only they offer, and only they build it anew when it has failed, with a higher
// attempt. A signal that was meant for an older page or an older attempt is dropped. Signals leave in their order.
const PATIENCE = 12_000; // so long a link may take, or be broken, until whoever leads it builds it anew
const LASTING = 60_000; // so long a signal waits for its link
const SHARPNESS = 200; // between two looks at how loud somebody is

const room = document.getElementById("room");
const panel = document.getElementById("room-voice");

function form(fields) {
  const said = new FormData();
  said.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of Object.entries(fields)) said.set(name, value);
  return said;
}

class Link {
  constructor(mesh, said, attempt = 0) {
    this.mesh = mesh;
    this.said = said;
    this.attempt = attempt;
    this.waiting = [];
    this.since = Date.now();
    this.pc = new RTCPeerConnection({ iceServers: mesh.ice, certificates: [mesh.certificate] });
    this.pc.addEventListener("icecandidate", ({ candidate }) => candidate && this.send({ candidate: candidate.toJSON() }));
    this.pc.addEventListener("track", ({ track, transceiver }) => this.hear(track, transceiver));
    this.pc.addEventListener("connectionstatechange", () => this.state());
    if (said.lead) this.offer();
  }

  send(what) {
    const { seat, mine, theirs } = this.said;
    this.mesh.send({ to: seat, mine, theirs, attempt: this.attempt, ...what });
  }

  async offer() {
    this.pc.addTransceiver("audio", { direction: "sendrecv" });
    if (this.said.video) this.pc.addTransceiver("video", { direction: "sendrecv" });
    await this.pc.setLocalDescription();
    this.send({ description: this.pc.localDescription.toJSON() });
    this.follow(this.said);
  }

  async take({ description, candidate }) {
    if (description) {
      await this.pc.setRemoteDescription(description);
      if (description.type === "offer") {
        for (const one of this.pc.getTransceivers()) one.direction = "sendrecv";
        await this.pc.setLocalDescription();
        this.send({ description: this.pc.localDescription.toJSON() });
      }
      for (const early of this.waiting.splice(0)) await this.pc.addIceCandidate(early);
      this.follow(this.said);
    } else if (candidate) {
      if (this.pc.remoteDescription) await this.pc.addIceCandidate(candidate);
      else this.waiting.push(candidate);
    }
  }

  hear(track) {
    const kind = track.kind === "video" ? "video" : "audio";
    const box = document.createElement(kind);
    box.autoplay = true;
    box.playsInline = true;
    box.muted = true; // until the room says that this one may be heard
    box.srcObject = new MediaStream([track]);
    box.dataset.from = this.said.seat;
    if (kind === "video") for (const change of ["mute", "unmute"]) track.addEventListener(change, () => this.show());
    document.getElementById(kind === "video" ? "room-pictures" : "room-voices").append(box);
    this[kind]?.remove();
    this[kind] = box;
    this.show();
    this.follow(this.said);
  }

  // A picture that does not move is not shown: of whoever sends none, or has lost the line.
  show() {
    if (this.video) this.video.hidden = !this.isUp || this.video.srcObject.getVideoTracks()[0].muted;
  }

  // What the room says now: whether this page sends here, and whether what comes is heard.
  follow(said) {
    this.said = said;
    for (const { sender, receiver } of this.pc.getTransceivers()) {
      const kind = receiver.track.kind;
      const track = said.say || kind === "video" ? this.mesh.track(kind) : null;
      if (sender.track !== track) sender.replaceTrack(track).catch(() => {});
      if (kind === "audio") receiver.track.enabled = said.hear;
    }
    if (this.audio) this.audio.muted = !said.hear;
  }

  state() {
    if (this.pc.connectionState === "connected") this.since = 0;
    else if (!this.since) this.since = Date.now();
    this.show();
    this.mesh.tell();
  }

  get isUp() {
    return this.pc.connectionState === "connected";
  }

  // Only whoever leads builds a link anew.
  watch() {
    const patience = PATIENCE * 2 ** Math.min(this.attempt, 3); // a slow device is given more time each time
    const failed = this.pc.connectionState === "failed" || (this.since && Date.now() - this.since > patience);
    return this.said.lead && failed;
  }

  get loud() {
    if (!this.said.hear) return 0;
    const receiver = this.pc.getReceivers().find((one) => one.track.kind === "audio");
    return receiver?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
  }

  fingerprint() {
    return /a=fingerprint:\S+ (\S+)/.exec(this.pc.remoteDescription?.sdp ?? "")?.[1];
  }

  close() {
    this.pc.close();
    this.audio?.remove();
    this.video?.remove();
  }
}

export class Mesh {
  static async make() {
    return new Mesh(await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" }));
  }

  constructor(certificate) {
    this.certificate = certificate;
    this.ice = JSON.parse(panel.dataset.ice);
    this.links = new Map();
    this.order = Promise.resolve();
    this.last = 0;
    this.early = [];
    this.stream = null;
    room.addEventListener("weft:room", () => this.follow());
    setInterval(() => this.watch(), 1000);
    setInterval(() => this.measure(), SHARPNESS);
    addEventListener("pagehide", () => this.stop());
  }

  track(kind) {
    return this.stream?.getTracks().find((one) => one.kind === kind) ?? null;
  }

  // Tune in. The microphone is asked for here, and nowhere else.
  async start(way, device) {
    const audio = device ? { deviceId: device } : true;
    this.stream = await navigator.mediaDevices.getUserMedia({ audio, video: way === "video" });
    await this.tune(way);
    this.listen();
  }

  async tune(way) {
    const said = form({ way });
    room.dispatchEvent(new CustomEvent("weft:send", { detail: { address: panel.dataset.tune, said } }));
  }

  stop() {
    for (const link of this.links.values()) link.close();
    this.links.clear();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.source?.close();
    clearTimeout(this.again);
    this.tell();
  }

  follow() {
    if (!this.stream) return;
    const said = JSON.parse(document.getElementById("room-links")?.dataset.links ?? "[]");
    const now = new Map(said.map((one) => [one.seat, one]));
    for (const [seat, link] of this.links) {
      const one = now.get(seat);
      if (!one || one.mine !== link.said.mine || one.theirs !== link.said.theirs) {
        link.close();
        this.links.delete(seat);
      }
    }
    for (const [seat, one] of now) {
      if (this.links.has(seat)) this.links.get(seat).follow(one);
      else this.links.set(seat, new Link(this, one));
    }
    if (this.early.length) this.later(this.early.splice(0));
    this.tell();
  }

  watch() {
    for (const [seat, link] of this.links) {
      if (!link.watch()) continue;
      link.close();
      this.links.set(seat, new Link(this, link.said, link.attempt + 1));
    }
  }

  // Signals: out in their order, in when the stream says so.
  send(signal) {
    this.out = [...(this.out ?? []), signal];
    this.order = this.order.then(() => this.flush());
  }

  async flush() {
    if (!this.out?.length) return;
    const said = this.out.splice(0, 30);
    const body = form({ signals: JSON.stringify(said) });
    for (let tries = 0; tries < 5; tries++) {
      const answer = await fetch(panel.dataset.signals, { method: "POST", body }).catch(() => null);
      if (answer && answer.status < 500 && answer.status !== 429) return;
      await new Promise((go) => setTimeout(go, 500 * 2 ** tries));
    }
  }

  async listen() {
    if (!this.stream) return;
    const pass = await this.fetch();
    if (!pass) return void (this.again = setTimeout(() => this.listen(), 2000));
    this.source = new EventSource(`/stream/${pass}`);
    this.source.addEventListener("beat", () => this.fetch());
    this.source.addEventListener("message", () => this.fetch());
    this.source.addEventListener("error", () => {
      this.source.close();
      this.again = setTimeout(() => this.listen(), 1000);
    });
  }

  // The room is known anew: what waited is given to its link, or waits on. It goes behind what is being taken in just now.
  later(signals) {
    this.asking = (this.asking ?? Promise.resolve()).then(async (answer) => {
      for (const signal of signals) {
        const link = this.links.get(signal.from);
        if (this.fits(link, signal)) await this.give(link, signal).catch(() => {});
        else if (!this.isOld(link, signal)) this.early.push(signal);
      }
      return answer;
    });
  }

  fits(link, signal) {
    return link && signal.mine === link.said.theirs && signal.theirs === link.said.mine;
  }

  // Of a page that was there before, or of so long ago that whoever sent it has begun anew.
  isOld(link, signal) {
    const before = link && (signal.mine < link.said.theirs || signal.theirs < link.said.mine);
    return before || Date.now() - signal.came > LASTING;
  }

  // One question at a time, so that nothing is taken twice or out of order; ten hints at once ask once more.
  fetch() {
    this.asked ??= this.asking = (this.asking ?? Promise.resolve()).then(async () => {
      this.asked = null;
      const answer = await fetch(`${panel.dataset.signals}?since=${this.last}`, { cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return null;
      for (const signal of (await answer.json()).signals) {
        if (signal.number <= this.last) continue;
        this.last = signal.number;
        await this.take(signal).catch(() => {});
      }
      return answer.headers.get("Weft-Live");
    });
    return this.asked ?? this.asking;
  }

  // A signal may be faster than the news that somebody tuned in: then it waits for its link.
  async take(signal) {
    const link = this.links.get(signal.from);
    signal.came = Date.now();
    if (this.fits(link, signal)) return this.give(link, signal);
    if (this.isOld(link, signal)) return;
    this.early.push(signal);
    room.dispatchEvent(new CustomEvent("weft:ask"));
  }

  async give(link, signal) {
    if (!link.said.lead && signal.attempt > link.attempt) {
      link.close();
      link = new Link(this, link.said, signal.attempt);
      this.links.set(signal.from, link);
    }
    if (signal.attempt === link.attempt) await link.take(signal);
  }

  // For those who look: the threads of whoever speaks move. Nobody is shown louder who may not be heard.
  measure() {
    for (const [seat, link] of this.links) {
      const chair = document.querySelector(`.chair[data-seat="${CSS.escape(seat)}"]`);
      if (chair) chair.dataset.voice = Math.min(3, Math.ceil(link.loud * 8));
    }
  }

  // A row of figures made of everybody's fingerprints: the same on all pages, unless somebody sits in between.
  async figures() {
    const own = this.certificate.getFingerprints?.()[0]?.value ?? this.ownFingerprint();
    const all = [own, ...[...this.links.values()].map((link) => link.fingerprint())].filter(Boolean).map((one) => one.toUpperCase());
    if (all.length < 2) return "";
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(all.sort().join())));
    return [0, 2, 4, 6].map((at) => String((sum[at] * 256 + sum[at + 1]) % 1000).padStart(3, "0")).join(" ");
  }

  ownFingerprint() {
    const link = [...this.links.values()].find((one) => one.pc.localDescription);
    return /a=fingerprint:\S+ (\S+)/.exec(link?.pc.localDescription.sdp ?? "")?.[1];
  }

  async tell() {
    room.dispatchEvent(new CustomEvent("weft:tuned"));
    const up = [...this.links.values()].filter((link) => link.isUp).length;
    panel.dataset.links = this.links.size;
    panel.dataset.up = up;
    panel.dataset.on = this.stream ? "yes" : "no";
    const figures = up && up === this.links.size ? await this.figures() : "";
    document.getElementById("room-figures").textContent = figures;
    document.getElementById("room-compare").hidden = !figures;
  }
}
