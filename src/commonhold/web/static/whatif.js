// What if: the figures of a policy are turned, and the table beside them follows at once. Without this file a button does it.
//
// Nothing is computed here. The page is asked for again with what the form says, and what has changed in it is put in place.

const WAIT = 350;
const form = document.querySelector("form[data-what-if]");
const outcome = document.getElementById("outcome");
const told = document.querySelector("[data-told]");
let timer = 0;
let asking = null;

/** The address of this page with what the form says; figures that nobody has turned are left out. */
function address() {
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    const untouched = field instanceof HTMLInputElement && field.type === "text" && value === (field.dataset.value ?? "");
    if (!untouched && value !== "") said.set(name, value);
    else if (!untouched) said.set(name, name.includes(".weights.") ? "0" : "");
  }
  return `${form.getAttribute("action")}?${said}`;
}

/** What is said beside each field: the figure in force, and what is wrong. What is being typed stays as it is. */
function mark(page) {
  for (const field of form.querySelectorAll("input[name], select[name]")) {
    const fresh = page.getElementById(field.id);
    if (!fresh) continue;
    field.classList.toggle("turned", fresh.classList.contains("turned"));
    if (fresh.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    const here = field.closest(".field, .pick");
    const there = fresh.closest(".field, .pick");
    for (const part of ["[data-was]", "[data-wrong]"]) {
      here?.querySelector(part)?.replaceChildren(...(there?.querySelector(part)?.childNodes ?? []));
    }
  }
}

async function follow() {
  asking?.abort();
  asking = new AbortController();
  const asked = address();
  outcome.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(asked, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("outcome");
    if (!fresh) throw new Error("no outcome");
    outcome.replaceChildren(...fresh.childNodes);
    mark(page);
    told.textContent = page.querySelector("[data-told]")?.textContent ?? "";
    history.replaceState(null, "", asked);
    outcome.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(follow, wait);
}

if (form && outcome) {
  form.addEventListener("input", (event) => soon(event.target.type === "text" ? WAIT : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    delete form.dataset.sent;
    soon(0);
  });
}
