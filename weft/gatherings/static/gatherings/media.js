// The panel of voice and picture: what it means, a check of microphone and speaker, on and off. The voices themselves
// (mesh.js) are fetched when somebody wants to be heard.
const room = document.getElementById("room");
const panel = document.getElementById("room-voice");

class Panel {
  constructor() {
    panel.hidden = false;
    panel.addEventListener("click", (event) => this.press(event.target.closest("button")?.dataset.act));
    room.addEventListener("weft:room", () => this.show());
    room.addEventListener("weft:tuned", () => this.show());
    this.show();
  }

  // Voice is for those in the room.
  show() {
    const may = document.getElementById("room-links")?.dataset.may ?? "";
    panel.hidden = !may;
    const on = Boolean(this.mesh?.stream);
    const shown = { voice: may !== "check" && !on, video: may === "video" && !on, still: on, off: on };
    for (const [act, is] of Object.entries(shown)) {
      const button = panel.querySelector(`[data-act=${act}]`);
      if (button) button.hidden = !is;
    }
    if (on && (!may || may === "check")) this.mesh.stop();
  }

  async press(act) {
    try {
      if (act === "check") await this.check();
      else if (act === "tone") this.tone();
      else if (act === "voice" || act === "video") await this.on(act);
      else if (act === "off") await this.off();
      else if (act === "still") this.still();
    } catch {
      this.say(panel.dataset.denied);
    }
  }

  async check() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const context = new AudioContext();
    const ear = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(ear);
    const heard = new Float32Array(ear.fftSize);
    const meter = document.getElementById("room-level");
    meter.parentElement.hidden = false;
    const until = Date.now() + 8000;
    const look = () => {
      ear.getFloatTimeDomainData(heard);
      meter.value = Math.min(1, Math.max(...heard.map(Math.abs)) * 2);
      if (Date.now() < until) return void setTimeout(look, 80);
      for (const track of stream.getTracks()) track.stop();
      context.close();
    };
    look();
  }

  tone() {
    const context = new AudioContext();
    const voice = context.createOscillator();
    const gain = context.createGain();
    voice.frequency.value = 440;
    gain.gain.value = 0.1;
    voice.connect(gain).connect(context.destination);
    voice.start();
    voice.stop(context.currentTime + 0.8);
    voice.addEventListener("ended", () => context.close());
  }

  async on(way) {
    this.coming ??= import(panel.dataset.mesh).then(({ Mesh }) => Mesh.make());
    this.mesh = await this.coming;
    await this.mesh.start(way);
    this.say(panel.dataset.started);
  }

  async off() {
    this.mesh.stop();
    await this.mesh.tune("text");
    this.say("");
  }

  // One's own microphone, off and on, besides what the room says.
  still() {
    const track = this.mesh.track("audio");
    if (!track) return;
    track.enabled = !track.enabled;
    panel.querySelector("[data-act=still]").setAttribute("aria-pressed", String(!track.enabled));
  }

  say(words) {
    document.getElementById("room-voice-said").textContent = words;
  }
}

if (room && panel && window.RTCPeerConnection && navigator.mediaDevices) new Panel();
