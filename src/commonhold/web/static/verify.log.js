// Checkpoints, the tree and its tiles, after docs/reference/journal.md, sections 6 to 8. Sizes go beyond 32 bits: no shifts.

import { Flaw, bytesOf, hex, same, sha256, signed, textOf, unbase64 } from "./verify.entry.js";

/** So many hashes are in a tile, and entries in a bundle. */
export const WIDTH = 256;
const SIGNATURES_MAX = 100;

const half = (number) => Math.floor(number / 2);

/** The largest power of two below a number of leaves. */
function split(count) {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

const isPower = (count) => count === 1 || split(count) * 2 === count;

export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** The name and the public key of a verifier key: `name+hexid+base64(0x01 ‖ key)`. */
export async function readVerifierKey(text) {
  const [name, id, ...rest] = text.trim().split("+");
  const data = unbase64(rest.join("+"));
  if (!name || data.length !== 33 || data[0] !== 1) throw new Flaw("bad_verifier_key");
  const digest = await sha256(bytesOf(`${name}\n`), data);
  if (hex(digest.subarray(0, 4)) !== id) throw new Flaw("bad_verifier_key");
  return { name, id: digest.slice(0, 4), key: data.slice(1), text: text.trim() };
}

/** A signed checkpoint: origin, size and root. The signature of the journal's key has to be there, and to fit. */
export async function openCheckpoint(data, verifier) {
  const note = textOf(data);
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2).replace(/\n$/, "").split("\n");
  if (end < 0 || !note.endsWith("\n") || /[\0-\x09\x0b-\x1f]/.test(note) || lines.length > SIGNATURES_MAX) throw new Flaw("bad_note");
  const text = note.slice(0, end + 1);
  let ours = 0;
  for (const line of lines) {
    const parts = /^— ([^ +]+) (\S+)$/.exec(line);
    if (!parts) throw new Flaw("bad_note");
    const signature = unbase64(parts[2]);
    if (signature.length < 5) throw new Flaw("bad_note");
    if (parts[1] !== verifier.name || !same(signature.subarray(0, 4), verifier.id)) continue;
    if (!(await signed(verifier.key, signature.subarray(4), bytesOf(text)))) throw new Flaw("bad_note_signature");
    ours += 1;
  }
  if (!ours) throw new Flaw("note_not_signed");
  const [origin, size, root] = text.split("\n");
  if (origin !== verifier.name || !/^(0|[1-9]\d{0,14})$/.test(size ?? "") || !root) throw new Flaw("bad_note");
  const hash = unbase64(root);
  if (hash.length !== 32) throw new Flaw("bad_note");
  return { origin, size: Number(size), root: hash };
}

/** The path of a tile below the journal: groups of three digits, and its width if it is not full. */
function tilePath(level, index, width) {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return `tile/${level}/${groups.join("/")}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** A journal as a server publishes it; nothing that comes from it is believed. */
export class Log {
  constructor(base, signal) {
    this.base = base;
    this.signal = signal;
    this.size = 0;
    this.tiles = new Map();
  }

  async fetch(path, fresh = false) {
    let answer;
    try {
      answer = await fetch(this.base + path, { signal: this.signal, cache: fresh ? "no-store" : "default" });
    } catch (error) {
      if (this.signal?.aborted) throw error;
      throw new Flaw("not_fetched", { path });
    }
    if (!answer.ok) throw new Flaw("not_fetched", { path: `${path} (${answer.status})` });
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** The entries of a bundle, exactly as many as there have to be. */
  async bundle(index) {
    const width = Math.min(WIDTH, this.size - index * WIDTH);
    const data = await this.fetch(tilePath("entries", index, width));
    const entries = [];
    for (let at = 0; at < data.length; ) {
      const end = at + 2 + data[at] * 256 + (data[at + 1] ?? 0);
      if (end > data.length) throw new Flaw("bad_bundle", { first: index * WIDTH });
      entries.push(data.subarray(at + 2, end));
      at = end;
    }
    if (entries.length !== width) throw new Flaw("bad_bundle", { first: index * WIDTH });
    return entries;
  }

  tile(level, index) {
    const path = tilePath(level, index, Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - index * WIDTH));
    if (!this.tiles.has(path)) this.tiles.set(path, this.fetch(path));
    return this.tiles.get(path);
  }

  /** The root of the complete subtree of some height, from the tile that has it. */
  async node(level, index) {
    const count = 2 ** (level % 8);
    const start = index * count;
    const data = await this.tile(Math.floor(level / 8), Math.floor(start / WIDTH));
    const at = (start % WIDTH) * 32;
    if (data.length < at + count * 32) throw new Flaw("bad_tile");
    let hashes = Array.from({ length: count }, (_, place) => data.subarray(at + place * 32, at + place * 32 + 32));
    while (hashes.length > 1) {
      hashes = await Promise.all(hashes.filter((_, place) => place % 2 === 0).map((left, place) => nodeHash(left, hashes[place * 2 + 1])));
    }
    return hashes[0];
  }

  /** MTH of RFC 6962 over leaves start … end-1. */
  async range(start, end) {
    const count = end - start;
    if (!isPower(count)) {
      const middle = start + split(count);
      return nodeHash(await this.range(start, middle), await this.range(middle, end));
    }
    return this.node(Math.round(Math.log2(count)), start / count);
  }

  async inclusionProof(index) {
    const proof = [];
    let start = 0;
    let end = this.size;
    while (end - start > 1) {
      const middle = start + split(end - start);
      const left = index < middle;
      proof.unshift(left ? await this.range(middle, end) : await this.range(start, middle));
      [start, end] = left ? [start, middle] : [middle, end];
    }
    return proof;
  }

  async consistencyProof(old) {
    const proof = [];
    let [start, end, whole] = [0, this.size, true];
    while (end !== old) {
      const middle = start + split(end - start);
      if (old <= middle) {
        proof.unshift(await this.range(middle, end));
        end = middle;
      } else {
        proof.unshift(await this.range(start, middle));
        start = middle;
        whole = false;
      }
    }
    return whole ? proof : [await this.range(start, end), ...proof];
  }
}

/** The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); nothing, if the proof has the wrong length. */
export async function rootFromInclusion(leaf, index, size, proof) {
  let [node, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) return null;
    if (node % 2 || node === last) {
      root = await nodeHash(hash, root);
      while (node % 2 === 0 && node) [node, last] = [half(node), half(last)];
    } else {
      root = await nodeHash(root, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? root : null;
}

/** The roots of the old and the new tree that a consistency proof leads to (RFC 9162, 2.1.4.2). */
export async function rootsFromConsistency(old, oldRoot, size, proof) {
  const path = isPower(old) ? [oldRoot, ...proof] : [...proof];
  if (!path.length) return null;
  let [node, last] = [old - 1, size - 1];
  while (node % 2) [node, last] = [half(node), half(last)];
  let first = path[0];
  let second = path[0];
  for (const hash of path.slice(1)) {
    if (last === 0) return null;
    if (node % 2 || node === last) {
      [first, second] = [await nodeHash(hash, first), await nodeHash(hash, second)];
      while (node % 2 === 0 && node) [node, last] = [half(node), half(last)];
    } else {
      second = await nodeHash(second, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? { first, second } : null;
}

/** A tree that grows leaf by leaf: of each complete subtree at its right edge, the root. */
export class Frontier {
  constructor() {
    this.size = 0;
    this.hashes = [];
  }

  async append(leaf) {
    let hash = leaf;
    for (let place = this.size; place % 2; place = half(place)) hash = await nodeHash(this.hashes.pop(), hash);
    this.hashes.push(hash);
    this.size += 1;
  }

  async root() {
    if (!this.size) return sha256();
    let root = this.hashes.at(-1);
    for (const left of this.hashes.slice(0, -1).reverse()) root = await nodeHash(left, root);
    return root;
  }
}
