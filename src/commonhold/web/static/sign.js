// Signs what a form has come to, with the key in this browser or with a key file, and sends the form again with the signature.

import { able, fromPem, keep, kept, sign } from "./keys.js";

const form = document.querySelector("#sign");
const said = document.querySelector("#sign-said");
const file = document.querySelector("#in-pem");
const button = form.querySelector("button");
const dids = form.dataset.keys.split(" ");
let signer;

function ready(found) {
  signer = found;
  button.disabled = false;
  said.textContent = found.did;
  button.focus();
}

async function chosen() {
  try {
    const found = await fromPem(await file.files[0].text());
    if (!dids.includes(found.did)) throw new Error("another key");
    document.querySelector("#sign-keep").hidden = false;
    ready(found);
  } catch {
    signer = undefined;
    button.disabled = true;
    said.textContent = form.dataset.wrong;
  }
}

async function send(event) {
  event.preventDefault();
  if (document.querySelector("#in-keep").checked) await keep(signer);
  const { digest, signature } = await sign(signer, form.dataset.document);
  const field = form.elements.signatures;
  field.value = JSON.stringify({ ...JSON.parse(field.value || "{}"), [digest]: signature });
  form.elements.signer.value = signer.did;
  form.submit();
}

async function begin() {
  if (!(await able())) {
    said.textContent = form.dataset.old;
    return;
  }
  file.addEventListener("change", chosen);
  form.addEventListener("submit", send);
  const found = await kept(dids);
  if (found) return ready(found);
  said.textContent = form.dataset.none;
  document.querySelector("#sign-file").hidden = false;
}

begin();
