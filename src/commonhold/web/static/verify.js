// "Verify in my browser": recomputes hashes, signatures and the tree from the bytes that a journal publishes, and compares
// them with its signed checkpoint and with what this browser verified before. What is checked: docs/how-to/verify-in-the-browser.md.

import {
  Flaw, base64, bytesOf, canVerify, canonical, checkEntry, hex, leafHash, publicKey, readEntry, same, sha256, textOf, unbase64,
} from "./verify.entry.js";
import { Frontier, Log, WIDTH, openCheckpoint, readVerifierKey, rootFromInclusion, rootsFromConsistency } from "./verify.log.js";
import { Report, code, forget, remember, remembered, tell } from "./verify.report.js";

/** The key and the checkpoint, which everything is measured by; told, with what this browser knows of them. */
async function opened(log, report, before) {
  const verifier = await readVerifierKey(textOf(await log.fetch("verifier-key", true)));
  if (!before) report.note("first_visit", { key: code(verifier.text) });
  else if (before.key === verifier.text) report.good("key_same", { day: before.day });
  else report.wrong("key_changed", { old: code(before.key), now: code(verifier.text), day: before.day });
  const checkpoint = await openCheckpoint(await log.fetch("checkpoint", true), verifier);
  log.size = checkpoint.size;
  report.good("checkpoint", { origin: code(checkpoint.origin), size: checkpoint.size, root: code(hex(checkpoint.root)) });
  if (before && before.size > checkpoint.size) {
    const roots = { oldroot: code(hex(unbase64(before.root))), root: code(hex(checkpoint.root)) };
    report.wrong("shorter", { old: before.size, now: checkpoint.size, day: before.day, ...roots });
  }
  return { verifier, checkpoint };
}

function compared(report, before, now) {
  const old = unbase64(before.root);
  if (same(old, now)) report.good("continues", { day: before.day, size: before.size });
  else report.wrong("rewritten", { day: before.day, size: before.size, old: code(hex(old)), now: code(hex(now)) });
}

/** Whether the tree goes on from the one that was seen before; by a consistency proof, which is made from tiles. */
async function continues(log, report, before, root) {
  if (!before || before.size > log.size) return;
  if (before.size === log.size) return compared(report, before, root);
  const old = unbase64(before.root);
  const roots = await rootsFromConsistency(before.size, old, log.size, await log.consistencyProof(before.size));
  if (roots && same(roots.first, old) && same(roots.second, root)) return compared(report, before, old);
  const [then, now] = [await log.range(0, before.size), await log.range(0, log.size)];
  if (!same(now, root) || same(then, old)) report.wrong("tiles_differ", { computed: code(hex(now)), root: code(hex(root)) });
  else compared(report, before, then);
}

/** Signature and form of an entry, its leaf, and its way to the root; the entry, if nothing is wrong with itself. */
async function provenEntry(log, report, checkpoint, position) {
  const data = await log.fetch(`entries/${position}`);
  let found = null;
  try {
    found = await checkEntry(data, checkpoint.origin);
    if (found.key === found.entry.author) report.good("signed_own", { key: code(found.key) });
    else report.good("signed_other", { key: code(found.key), author: code(found.entry.author) });
  } catch (error) {
    report.flaw(error);
  }
  const leaf = await leafHash(data);
  if (position >= checkpoint.size) throw new Flaw("not_covered", { size: checkpoint.size });
  const proof = await log.inclusionProof(position);
  const root = await rootFromInclusion(leaf, position, checkpoint.size, proof);
  const values = { leaf: code(hex(leaf)), count: proof.length, position: String(position), root: code(hex(checkpoint.root)) };
  if (root && same(root, checkpoint.root)) report.good("included", values);
  else report.wrong("not_included", { ...values, computed: code(root ? hex(root) : "–") });
  return { data, leaf, found };
}

async function verifyEntry(log, report, section, before) {
  const { verifier, checkpoint } = await opened(log, report, before);
  const { data } = await provenEntry(log, report, checkpoint, Number(section.dataset.position));
  const shown = document.querySelector("[data-shown-bytes]");
  if (same(bytesOf(shown.textContent), data)) report.good("shown_is_signed");
  else report.wrong("shown_is_not_signed");
  await continues(log, report, before, checkpoint.root);
  return { verifier, checkpoint, word: "entry_verified", values: {} };
}

/** An amount as whole ten-thousandths. */
function minor(text) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, "0"));
}

/** The amount that people read in an element, which has so many digits after the point, whatever the separators. */
function readable(text, digits) {
  const found = text.replace(/[^\d]+$/, "");
  if (!/^[^\d-]*\d/.test(found) || (digits && !new RegExp(`[^\\d]\\d{${digits}}$`).test(found))) return null;
  return BigInt(found.replace(/[^\d]/g, "")) * 10n ** BigInt(4 - digits);
}

/** The shares of a distribution: from the entries that publish them, which the signed digest in the distribution binds. */
async function sharesOf(log, section, entry, leaf) {
  if (entry.kind === "sharing.grant") {
    const lines = entry.body.grants.map((line) => ({ step: `grant.${line.option}`, agent: line.agent, amount: line.amount }));
    const sum = lines.reduce((all, line) => all + minor(line.amount), 0n);
    return { lines, totals: { amount: sum, given: sum, kept: 0n }, digits: (lines[0].amount.split(".")[1] ?? "").length };
  }
  if (entry.kind !== "sharing.distribution") throw new Flaw("no_distribution", { kind: code(entry.kind) });
  const lines = [];
  for (const position of section.dataset.shares.split(" ").filter(Boolean)) {
    const part = readEntry(await log.fetch(`entries/${position}`));
    if (part.kind === "sharing.shares" && part.body.distribution === hex(leaf)) lines.push(...part.body.shares);
  }
  if (lines.length < entry.body.shares) throw new Flaw("shares_missing", { found: lines.length, all: entry.body.shares });
  const digest = hex(await sha256(bytesOf(canonical(lines.map((line) => [line.step, line.agent, line.amount])))));
  if (digest !== entry.body.result) throw new Flaw("shares_differ", { computed: code(digest), result: code(entry.body.result) });
  const totals = { amount: minor(entry.body.amount), given: minor(entry.body.given), kept: minor(entry.body.kept) };
  return { lines, totals, digits: (entry.body.amount.split(".")[1] ?? "").length };
}

/** Compares each amount that the page marks as signed; marks those that are something else. */
function compareAmounts(report, { lines, totals, digits }) {
  const groups = new Map();
  for (const element of document.querySelectorAll("[data-signed]")) {
    const { signed, ids = "", step = "" } = element.dataset;
    const name = JSON.stringify([signed, ids, step]);
    groups.set(name, [...(groups.get(name) ?? []), element]);
  }
  let count = 0;
  for (const [name, elements] of groups) {
    const [signed, ids, step] = JSON.parse(name);
    const whose = new Set(ids.split(" ").filter(Boolean));
    const counts = (line) => (!whose.size || whose.has(line.agent)) && (!step || line.step === step);
    const right = totals[signed] ?? lines.filter(counts).reduce((sum, line) => sum + minor(line.amount), 0n);
    const read = elements.map((element) => readable(element.textContent, digits));
    if (!read.includes(null) && read.reduce((sum, one) => sum + one, 0n) === right) {
      count += elements.length;
      continue;
    }
    for (const element of elements) element.classList.add("not-signed");
    report.wrong("amount_differs", { shown: elements.map((element) => element.textContent.trim()).join(" + "), signed: money(right, digits) });
  }
  if (count) report.good("amounts", { count });
}

const money = (value, digits) => {
  const text = String(value).padStart(5, "0");
  return digits ? `${text.slice(0, -4)}.${text.slice(-4, text.length - 4 + digits)}` : text.slice(0, -4);
};

async function verifyStatement(log, report, section, before) {
  const { verifier, checkpoint } = await opened(log, report, before);
  const { leaf, found } = await provenEntry(log, report, checkpoint, Number(section.dataset.position));
  if (found) compareAmounts(report, await sharesOf(log, section, found.entry, leaf));
  await continues(log, report, before, checkpoint.root);
  return { verifier, checkpoint, word: "statement_verified", values: {} };
}

/** Entry 0 founds the commons and names the key of the journal; no other entry does. */
function checkFounding(report, position, entry, verifier) {
  if ((entry.kind === "commons.create") !== (position === 0)) throw new Flaw("founded_elsewhere");
  if (position === 0 && !same(publicKey(entry.body.node ?? ""), verifier.key)) throw new Flaw("other_node", { key: code(String(entry.body.node)) });
}

async function verifyJournal(log, report, section, before) {
  const { verifier, checkpoint } = await opened(log, report, before);
  const frontier = new Frontier();
  const counts = { own: 0, other: 0 };
  const bundles = Math.ceil(log.size / WIDTH);
  let coming = bundles ? log.bundle(0) : null;
  for (let index = 0; index < bundles; index += 1) {
    const entries = await coming;
    coming = index + 1 < bundles ? log.bundle(index + 1) : null;
    coming?.catch(() => {}); // it is awaited, and told, in the next round
    const checked = await Promise.all(
      entries.map(async (data) => [await leafHash(data), await checkEntry(data, checkpoint.origin).catch((error) => error)]),
    );
    for (const [leaf, found] of checked) {
      const position = frontier.size;
      try {
        if (found instanceof Error) throw found;
        checkFounding(report, position, found.entry, verifier);
        counts[found.key === found.entry.author ? "own" : "other"] += 1;
      } catch (error) {
        report.flaw(error, position);
      }
      await frontier.append(leaf);
      if (before && frontier.size === before.size) compared(report, before, await frontier.root());
    }
    report.progress(frontier.size, log.size);
    log.signal.throwIfAborted();
  }
  const root = await frontier.root();
  if (same(root, checkpoint.root)) report.good("tree", { size: log.size, root: code(hex(root)) });
  else report.wrong("tree_differs", { computed: code(hex(root)), root: code(hex(checkpoint.root)) });
  if (counts.own) report.good("signatures_own", { count: counts.own });
  if (counts.other) report.note("signatures_other", { count: counts.other });
  return { verifier, checkpoint, word: "journal_verified", values: { size: log.size } };
}

const WAYS = { entry: verifyEntry, journal: verifyJournal, statement: verifyStatement };

/** One run, from the press of the button to its result. */
async function run(section, signal) {
  const report = new Report(section);
  const { commons } = section.dataset;
  if (!(await canVerify())) return report.status(globalThis.isSecureContext ? "no_ed25519" : "not_secure", {}, "problems");
  report.status("begins");
  const before = remembered(commons);
  try {
    const log = new Log(`/api/commons/${commons}/journal/`, signal);
    const result = await WAYS[section.dataset.verify](log, report, section, before);
    if (!report.bad) remember(commons, result.verifier, result.checkpoint, base64(result.checkpoint.root));
    report.end(result.word, result.values);
  } catch (error) {
    if (signal.aborted) {
      report.found("progress").hidden = true;
      return report.status("stopped");
    }
    report.flaw(error instanceof Flaw ? error : new Flaw("unexpected", { message: error.message }));
    report.end("", {});
  }
  return showMemory(section);
}

function showMemory(section) {
  const kept = remembered(section.dataset.commons);
  section.querySelector("[data-verify-memory]").replaceChildren(...(kept ? tell(section, "memory", { size: kept.size, day: kept.day }) : []));
  section.querySelector("[data-verify-forget]").hidden = !kept;
}

for (const section of document.querySelectorAll("[data-verify]")) {
  const [begin, stop] = [section.querySelector("[data-verify-start]"), section.querySelector("[data-verify-stop]")];
  section.querySelector("[data-with-script]").hidden = false;
  section.querySelector("[data-without-script]").hidden = true;
  let controller = new AbortController();
  begin.addEventListener("click", async () => {
    controller = new AbortController();
    begin.disabled = true;
    stop.hidden = section.dataset.verify !== "journal";
    await run(section, controller.signal).finally(() => {
      begin.disabled = false;
      stop.hidden = true;
    });
  });
  stop.addEventListener("click", () => controller.abort());
  section.querySelector("[data-verify-forget] button").addEventListener("click", () => {
    forget(section.dataset.commons);
    showMemory(section);
    begin.focus();
  });
  showMemory(section);
}
