// Keys that people hold themselves: Ed25519, made and kept in the browser, saved as a file that `commonhold --key` and openssl read.

const STORE = "keys";
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const PREFIX = [0xed, 0x01];

/** base58btc of bytes. */
export function base58(bytes) {
  let number = 0n;
  for (const byte of bytes) number = number * 256n + BigInt(byte);
  let text = "";
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = "1" + text;
  }
  return text;
}

/** The did:key of 32 bytes of public key. */
export const didOf = (publicBytes) => "did:key:z" + base58([...PREFIX, ...publicBytes]);

export const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const unbase64url = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

async function named(privateKey) {
  const { x } = await crypto.subtle.exportKey("jwk", privateKey);
  return { did: didOf(unbase64url(x)), key: privateKey };
}

/** Whether this browser knows Ed25519. */
export async function able() {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/** A new key: {did, key}. */
export async function generate() {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  return named(pair.privateKey);
}

/** The key in a PEM file (PKCS #8). */
export async function fromPem(text) {
  const body = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(text);
  if (!body) throw new Error("not a key file");
  const der = Uint8Array.from(atob(body[1].replace(/\s/g, "")), (c) => c.charCodeAt(0));
  return named(await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, true, ["sign"]));
}

/** A key as PEM. */
export async function toPem(key) {
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g).join("\n");
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

/** Let the browser save a key as a file. Its address stays good for a while: some browsers fetch it only after the click. */
export async function save({ key }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await toPem(key)], { type: "application/x-pem-file" }));
  link.download = "commonhold-key.pem";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("commonhold", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "did" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, run) {
  const open = await database();
  return new Promise((resolve, reject) => {
    const asked = run(open.transaction(STORE, mode).objectStore(STORE));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** Keep a key in this browser; it cannot be read out of it again. */
export async function keep({ did, key }) {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  const sealed = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]);
  await within("readwrite", (store) => store.put({ did, key: sealed }));
}

/** The first of these keys that this browser keeps, or undefined. */
export async function kept(dids) {
  for (const did of dids) {
    const found = await within("readonly", (store) => store.get(did));
    if (found) return found;
  }
  return undefined;
}

/** Sign a canonical document as eddsa-jcs-2022 does; {digest, signature}, both hexadecimal. */
export async function sign({ did, key }, document) {
  const method = `${did}#${did.slice("did:key:".length)}`;
  const configuration =
    `{"cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","type":"DataIntegrityProof","verificationMethod":"${method}"}`;
  const encode = (text) => new TextEncoder().encode(text);
  const [first, second] = await Promise.all([configuration, document].map((text) => crypto.subtle.digest("SHA-256", encode(text))));
  const message = new Uint8Array([...new Uint8Array(first), ...new Uint8Array(second)]);
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, key, message);
  return { digest: hex(second), signature: hex(signature) };
}
