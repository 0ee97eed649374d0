// Offers to keep one's own key, where the browser can make one.

import { able, generate, keep, save } from "./keys.js";

const form = document.querySelector("#join");
const made = document.querySelector("#own-made");
let own;

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
  document.querySelector("#save-key").addEventListener("click", () => save(own));
  await chosen();
}

begin();
