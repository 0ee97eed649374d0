// What is said while a journal is verified, in the words of the page; and what this browser remembers of journals.

import { Flaw } from "./verify.entry.js";

const FLAWS_SHOWN = 20;
const SIGNS = { good: "✓", bad: "✗", note: "•" };

/** A text of a fixed form, such as a hash. */
export const code = (text) => Object.assign(document.createElement("code"), { className: "hash", textContent: text });

const number = (value) => value.toLocaleString(document.documentElement.lang);

/** A sentence of the page, with what belongs into it: texts, numbers and elements. */
export function tell(section, word, values = {}) {
  const pattern = section.querySelector("template").content.querySelector(`[data-word="${word}"]`)?.textContent ?? word;
  return pattern.split(/\{(\w+)\}/).map((part, at) => {
    if (at % 2 === 0) return part;
    const value = values[part] ?? "";
    return value instanceof Node ? value.cloneNode(true) : typeof value === "number" ? number(value) : String(value);
  });
}

/** What a section of the page says of its verification. */
export class Report {
  constructor(section) {
    this.section = section;
    this.found = (name) => section.querySelector(`[data-verify-${name}]`);
    this.bad = 0;
    this.told = 0;
    this.found("checks").replaceChildren();
    this.found("status").replaceChildren();
  }

  say(word, values) {
    return tell(this.section, word, values);
  }

  line(state, parts) {
    const list = this.found("checks");
    list.hidden = false;
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = SIGNS[state];
    const hidden = Object.assign(document.createElement("span"), { className: "hide" });
    hidden.append(...this.say(`state_${state}`), " ");
    const words = document.createElement("span");
    words.append(hidden, ...parts);
    const line = document.createElement("li");
    line.className = `check-${state}`;
    line.append(sign, words);
    list.append(line);
  }

  good(word, values) {
    this.line("good", this.say(word, values));
  }

  note(word, values) {
    this.line("note", this.say(word, values));
  }

  wrong(word, values) {
    this.bad += 1;
    if (this.bad <= FLAWS_SHOWN) this.line("bad", this.say(word, values));
  }

  /** What went wrong, and where, if it did at an entry. */
  flaw(error, position = null) {
    if (!(error instanceof Flaw)) throw error;
    const why = this.say(error.word, error.values);
    this.bad += 1;
    if (this.bad > FLAWS_SHOWN) return;
    if (position === null) return void this.line("bad", why);
    const link = Object.assign(document.createElement("a"), { textContent: this.say("entry", { position: String(position) }).join("") });
    link.href = `/${this.section.dataset.commons}/journal/${position}/`;
    this.line("bad", [link, ": ", ...why]);
  }

  progress(done, all) {
    const box = this.found("progress");
    box.hidden = done >= all;
    const bar = box.querySelector("progress");
    bar.max = all;
    bar.value = done;
    box.querySelector("span").textContent = this.say("progress", { done, all }).join("");
    const tenth = Math.floor((done * 10) / all);
    if (tenth !== this.told && done < all) this.status("running", { percent: tenth * 10 });
    this.told = tenth;
  }

  status(word, values = {}, state = "") {
    const line = this.found("status");
    line.className = state;
    line.replaceChildren(...this.say(word, values));
  }

  end(word, values) {
    this.found("progress").hidden = true;
    if (this.bad > FLAWS_SHOWN) this.line("bad", this.say("more_flaws", { count: this.bad - FLAWS_SHOWN }));
    if (this.bad) this.status("not_verified", { count: this.bad }, "problems");
    else this.status(word, values, "done");
  }
}

const place = (commons) => `commonhold journal ${commons}`;

/** The key and the checkpoint that this browser verified last of the journal of a commons, if it remembers one. */
export function remembered(commons) {
  try {
    const found = JSON.parse(localStorage.getItem(place(commons)));
    return found && Number.isSafeInteger(found.size) && found.size > 0 ? found : null;
  } catch {
    return null;
  }
}

/** Remembers what was verified, with the day. */
export function remember(commons, verifier, checkpoint, root) {
  const kept = { origin: checkpoint.origin, key: verifier.text, size: checkpoint.size, root, day: new Date().toISOString().slice(0, 10) };
  try {
    localStorage.setItem(place(commons), JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing still verifies; it cannot compare with an earlier visit.
  }
}

export function forget(commons) {
  localStorage.removeItem(place(commons));
}
