// Offers to keep one's own key, where the browser can make one.

import { able, generate, keep, toPem } from "./keys.js";

const form = document.querySelector("#join");
const made = document.querySelector("#own-made");
let own;

function save() {
  const link = document.createElement("a");
  toPem(own.key).then((pem) => {
    link.href = URL.createObjectURL(new Blob([pem], { type: "application/x-pem-file" }));
    link.download = "commonhold-key.pem";
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

async function chosen() {
  const wanted = form.elements.custody.value === "own";
  made.hidden = !wanted;
  if (wanted && !own) {
    own = await generate();
    await keep(own);
    form.elements.did.value = own.did;
    document.querySelector("#own-did").textContent = own.did;
  }
}

async function begin() {
  if (!(await able())) return;
  document.querySelector("#own-key").hidden = false;
  for (const radio of form.elements.custody) radio.addEventListener("change", chosen);
  document.querySelector("#save-key").addEventListener("click", save);
  await chosen();
}

begin();
