// The charter is checked while it is written. Without this file a button does it.
//
// Nothing is judged here: the form is sent with the step "live", and what the server found is put in place.

const WAIT = 700;
const PARTS = ["findings", "outcome"];
const form = document.getElementById("charter");
const text = document.getElementById("in-charter");
let timer = 0;
let asking = null;

async function check() {
  asking?.abort();
  asking = new AbortController();
  const said = new FormData(form);
  said.set("step", "live");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: said, signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of PARTS) {
      const fresh = page.getElementById(part);
      if (fresh) document.getElementById(part).replaceChildren(...fresh.childNodes);
    }
  } catch (error) {
    if (error.name !== "AbortError") return; // the button is still there
  }
}

/** Puts the cursor on a line of the text. */
function show(line) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(before, before + (lines[line - 1] ?? "").length);
  text.scrollTop = Math.max(0, (text.scrollHeight / Math.max(lines.length, 1)) * (line - 4));
}

if (form && text) {
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, WAIT);
  });
  document.getElementById("findings").addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    show(Number(link.dataset.line));
  });
}
