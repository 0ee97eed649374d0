// Bytes, keys and signatures of entries, after docs/reference/journal.md, sections 2 to 5. Nothing here asks a server.

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const MEMBERS = ["author", "body", "commons", "created", "key", "kind", "proof", "version"];
const PROOF = ["cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"];
const ENTRY_BYTES_MAX = 65535;
const reader = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const writer = new TextEncoder();

/** What does not verify: the name of the sentence that tells it, and what stands in it. */
export class Flaw extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

/** The text of bytes, which have to be UTF-8. */
export function textOf(data) {
  try {
    return reader.decode(data);
  } catch {
    throw new Flaw("not_utf8");
  }
}

export const bytesOf = (text) => writer.encode(text);

export const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

/** The name of an entry, and its leaf in the tree. */
export const leafHash = (data) => sha256(Uint8Array.of(0), data);

/** The bytes of a base64 text that is written in its one right way. */
export function unbase64(text) {
  let data = "";
  try {
    data = atob(text);
  } catch {
    throw new Flaw("not_base64");
  }
  if (btoa(data) !== text) throw new Flaw("not_base64");
  return Uint8Array.from(data, (letter) => letter.charCodeAt(0));
}

export const base64 = (data) => btoa(String.fromCharCode(...data));

/** The bytes of a base58btc text that has to stand for so many. */
export function unbase58(text, length) {
  let number = 0n;
  for (const letter of text.length > 2 * length ? "" : text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new Flaw("bad_base58");
    number = number * 58n + BigInt(digit);
  }
  const data = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at -= 1) {
    data[at] = Number(number & 255n);
    number >>= 8n;
  }
  const zeros = data.findIndex((byte) => byte !== 0);
  const ones = /^1*/.exec(text)[0].length;
  if (number !== 0n || text === "" || ones !== (zeros < 0 ? length : zeros)) throw new Flaw("bad_base58");
  return data;
}

/** The public key that a did:key names. */
export function publicKey(did) {
  if (!did.startsWith("did:key:z")) throw new Flaw("bad_key", { key: did });
  const data = unbase58(did.slice("did:key:z".length), 34);
  if (data[0] !== 0xed || data[1] !== 0x01) throw new Flaw("bad_key", { key: did });
  return data.subarray(2);
}

/** Whether the browser can check Ed25519 signatures: a known signature (RFC 8032, section 7.1, test 1). */
export async function canVerify() {
  if (!globalThis.crypto?.subtle) return false;
  const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
  const key = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const signature = bytes(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
  try {
    return await signed(key, signature, new Uint8Array(0));
  } catch {
    return false;
  }
}

const imported = new Map();

/** Whether the key made the signature over the message. */
export async function signed(key, signature, message) {
  const name = hex(key);
  if (!imported.has(name)) imported.set(name, crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]));
  return crypto.subtle.verify({ name: "Ed25519" }, await imported.get(name), signature, message);
}

/** RFC 8785 for what entries may hold: objects, arrays, strings, booleans, null, and integers below 2^53. */
export function canonical(value) {
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value) || value.includes("\0")) throw new Flaw("not_canonical");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Flaw("not_canonical");
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  if (names.some((name) => /[^\0-\x7f]/.test(name))) throw new Flaw("not_canonical");
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const hasExactly = (value, names) => isObject(value) && Object.keys(value).sort().join() === names.join();

function isTime(text) {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || text.startsWith("0000")) return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && `${moment.toISOString().slice(0, 19)}Z` === text;
}

/** An entry from its bytes, which have to be in the one right form. */
export function readEntry(data) {
  if (data.length > ENTRY_BYTES_MAX) throw new Flaw("too_large");
  const text = textOf(data);
  let entry;
  let again;
  try {
    entry = JSON.parse(text);
    again = canonical(entry);
  } catch (error) {
    throw error instanceof Flaw ? error : new Flaw("not_canonical");
  }
  if (again !== text) throw new Flaw("not_canonical");
  const texts = ["author", "commons", "created", "key", "kind"];
  if (!hasExactly(entry, MEMBERS) || !isObject(entry.body) || texts.some((name) => typeof entry[name] !== "string")) throw new Flaw("not_an_entry");
  if (!Number.isInteger(entry.version) || !isTime(entry.created) || !entry.key || [...entry.key].length > 200) throw new Flaw("not_an_entry");
  return entry;
}

const configurations = new Map();

/** SHA-256 of the proof without its value: the same for all that one key signs. */
function configuration(method) {
  if (!configurations.has(method)) {
    const value = { cryptosuite: "eddsa-jcs-2022", proofPurpose: "assertionMethod", type: "DataIntegrityProof", verificationMethod: method };
    configurations.set(method, sha256(bytesOf(canonical(value))));
  }
  return configurations.get(method);
}

/** The did:key that signed an entry; the signature is over the stored bytes with the proof cut out. */
export async function signerOf(data, entry) {
  const { proof } = entry;
  if (!hasExactly(proof, PROOF) || PROOF.some((name) => typeof proof[name] !== "string")) throw new Flaw("bad_proof");
  const key = proof.verificationMethod.split("#")[0];
  const right =
    proof.cryptosuite === "eddsa-jcs-2022" &&
    proof.proofPurpose === "assertionMethod" &&
    proof.type === "DataIntegrityProof" &&
    proof.proofValue.startsWith("z") &&
    proof.verificationMethod === `${key}#${key.replace("did:key:", "")}`;
  if (!right) throw new Flaw("bad_proof");
  const tail = bytesOf(`,"version":${entry.version}}`);
  const cut = bytesOf(`,"proof":${canonical(proof)},"version":${entry.version}}`).length;
  const body = joined(data.subarray(0, data.length - cut), tail);
  const message = joined(await configuration(proof.verificationMethod), await sha256(body));
  if (!(await signed(publicKey(key), unbase58(proof.proofValue.slice(1), 64), message))) throw new Flaw("bad_signature", { key });
  return key;
}

/** Form, signature and leaf of an entry that is meant for a journal. */
export async function checkEntry(data, origin) {
  const entry = readEntry(data);
  if (entry.commons !== origin) throw new Flaw("other_journal", { other: entry.commons });
  const [key, leaf] = await Promise.all([signerOf(data, entry), leafHash(data)]);
  return { entry, key, leaf };
}
