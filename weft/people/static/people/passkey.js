// Passkeys: the page asks the house what to sign, the device signs it, and the form brings the answer.
const text = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

class Said extends Error {}

async function ask(form) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "name"]) {
    if (form.elements[name]) body.set(name, form.elements[name].value);
  }
  const answer = await fetch(form.dataset.ask, { method: "POST", body });
  const options = await answer.json();
  if (!answer.ok) throw new Said(options.words);
  options.challenge = bytes(options.challenge);
  return options;
}

function written(credential, asked) {
  const { response, id, type, authenticatorAttachment } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = text(response[part]);
  }
  const answer = { id, rawId: id, type, authenticatorAttachment, clientExtensionResults: {}, response: said };
  return JSON.stringify({ ...answer, asked });
}

async function make(form) {
  const options = await ask(form);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = named(options.excludeCredentials);
  return written(await navigator.credentials.create({ publicKey: options }), options.asked);
}

async function get(form, more = {}) {
  const options = await ask(form);
  options.allowCredentials = named(options.allowCredentials);
  return written(await navigator.credentials.get({ publicKey: options, ...more }), options.asked);
}

function send(form, answer) {
  form.elements.passkey.value = answer;
  if (form.dataset.to) form.action = form.dataset.to;
  form.submit();
}

function offer(form) {
  const button = form.querySelector("[data-passkey-button]");
  const news = form.querySelector("[data-passkey-news]");
  let waiting;

  // The browser may offer a passkey by itself, in the box of the name, until somebody presses the button.
  async function byItself() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    waiting = new AbortController();
    send(form, await get(form, { mediation: "conditional", signal: waiting.signal }));
  }

  async function pressed() {
    button.disabled = true;
    news.textContent = "";
    waiting?.abort();
    try {
      send(form, await (form.dataset.passkey === "new" ? make(form) : get(form)));
    } catch (error) {
      button.disabled = false;
      news.textContent = error instanceof Said ? error.message : form.dataset.wrong;
    }
  }

  button.addEventListener("click", pressed);
  form.querySelector("[data-passkey-way]").hidden = false;
  if ("byItself" in form.dataset) byItself().catch(() => {});
}

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (form.querySelector("[data-passkey-button]")) offer(form);
  }
}
