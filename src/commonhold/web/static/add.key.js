// Makes a key in the browser, keeps it there, saves its file, and enters its name.

import { able, generate, keep, toPem } from "./keys.js";

const form = document.querySelector("#add-key");

async function make() {
  const own = await generate();
  await keep(own);
  form.elements.did.value = own.did;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await toPem(own.key)], { type: "application/x-pem-file" }));
  link.download = "commonhold-key.pem";
  link.click();
  URL.revokeObjectURL(link.href);
}

async function begin() {
  if (!form || !(await able())) return;
  const place = document.querySelector("#make-key");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", make);
}

begin();
