// Makes a key in the browser, keeps it there, saves its file, and enters its name.

import { able, generate, keep, save } from "./keys.js";

const form = document.querySelector("#add-key");

async function make() {
  const own = await generate();
  await keep(own);
  form.elements.did.value = own.did;
  await save(own);
}

async function begin() {
  if (!form || !(await able())) return;
  const place = document.querySelector("#make-key");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", make);
}

begin();
