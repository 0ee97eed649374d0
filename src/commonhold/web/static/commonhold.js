// Keys for people who have a keyboard. Every page works without this file.
//
// An element declares its keys: data-key="j" (one), data-key="g d" (one after another). `?` shows them all. Keys are not
// looked at while something is typed, or with Ctrl, Alt or Meta held, and can be switched off (WCAG 2.1.4).

const OFF = "commonhold-keys-off";
let begun = "";
let timer = 0;

const off = () => localStorage.getItem(OFF) === "1";

function typed(event) {
  const at = event.target;
  return event.ctrlKey || event.altKey || event.metaKey || at.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && at.type !== "checkbox");
}

function act(element) {
  if (element.matches("input:not([type=checkbox]), select, textarea")) return element.focus();
  element.click();
  // What opens is there to be filled in.
  const opened = element.matches("summary") && element.parentElement.open ? element.parentElement : null;
  opened?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

/** Moves among the rows that a list declares with data-row. */
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? 0 : here + by))];
  const target = next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, input, [tabindex]");
  if (target) target.focus();
}

/** The element for a key: within the row that has the focus first. */
function declared(keys) {
  const selector = `[data-key="${CSS.escape(keys)}"]`;
  const row = document.activeElement?.closest("[data-row]");
  // What a row does, it does only when it has the focus: nobody accepts what they do not look at.
  return row?.querySelector(selector) ?? [...document.querySelectorAll(selector)].find((one) => !one.closest("[data-row]")) ?? null;
}

function pressed(event) {
  if (event.key === "Escape" && event.target.matches?.("input, select, textarea")) {
    const row = event.target.closest("[data-row][tabindex]");
    if (row) return row.focus();
  }
  if (typed(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return help();
  if (off()) return;
  if (event.key === "j" || event.key === "k") {
    if (document.querySelector("[data-row]")) {
      event.preventDefault();
      return step(event.key === "j" ? 1 : -1);
    }
  }
  const keys = begun ? `${begun} ${event.key}` : event.key;
  begun = "";
  clearTimeout(timer);
  const found = declared(keys);
  if (found) {
    event.preventDefault();
    act(found);
  } else if (document.querySelector(`[data-key^="${CSS.escape(keys)} "]`)) {
    begun = keys;
    timer = setTimeout(() => (begun = ""), 1500);
  }
}

function line(keys, words) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  term.append(...keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
  row.append(term, Object.assign(document.createElement("dd"), { textContent: words }));
  return row;
}

/** The dialog that lists the keys of this page, with a box that switches them off. */
function help() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const list = dialog.querySelector("dl");
  const known = new Map();
  if (document.querySelector("[data-row]")) known.set("j k", list.dataset.rows);
  for (const element of document.querySelectorAll("[data-key]")) {
    const words = element.dataset.keyWords || element.getAttribute("aria-label") || element.textContent.trim();
    if (!known.has(element.dataset.key)) known.set(element.dataset.key, words);
  }
  list.replaceChildren(...[...known].map(([keys, words]) => line(keys, words)));
  const box = dialog.querySelector("input[type=checkbox]");
  box.checked = off();
  box.onchange = () => localStorage.setItem(OFF, box.checked ? "1" : "0");
  dialog.showModal();
}

document.addEventListener("keydown", pressed);
for (const element of document.querySelectorAll("[data-key]")) {
  element.setAttribute("aria-keyshortcuts", element.dataset.key);
}

// A form that asks before it does what cannot be undone.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}

// Whoever sends a form twice in a hurry sends it once; but one with data-again, which brings a file, as often as it is wanted.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || "again" in event.target.dataset) return;
  const form = event.target;
  if (form.dataset.sent === "1") return event.preventDefault();
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// The list of sections scrolls sideways on a telephone: the one that is open is in sight.
const places = document.querySelector(".places");
const open = places?.querySelector("[aria-current]");
if (open) places.scrollLeft = open.offsetLeft - places.offsetLeft - 16;
