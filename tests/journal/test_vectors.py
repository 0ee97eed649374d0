"""The test vectors: this implementation agrees with them, and so do programs that nobody here wrote."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as OtherCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from commonhold.journal.canonical import canonical, canonical_problem
from commonhold.journal.entry import entry_id, open_envelope, signer_of, verification_method
from commonhold.journal.keys import SigningKey, base58, public_bytes, unbase58, verifies
from commonhold.journal.note import open_checkpoint, read_verifier_key
from commonhold.journal.receipt import open_receipt
from commonhold.journal.tiles import bundle, parse_tile_path, tile_path, tiles_of, unbundle
from commonhold.journal.tree import Frontier, consistency_proof, inclusion_proof, is_consistent, leaf_hash, root_from_inclusion
from commonhold.node.node import KINDS
from commonhold.problems import Broken, CommonholdError

VECTORS = Path(__file__).parents[1] / "vectors"


def load(name: str) -> dict[str, Any]:
    """A file of vectors."""
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def generator() -> ModuleType:
    """The program that writes the vectors."""
    spec = importlib.util.spec_from_file_location("vectors_generate", VECTORS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CANONICAL, KEYS, ENTRIES, TREE = load("canonical"), load("keys"), load("entries"), load("tree")
LAYOUT, CHECKPOINTS, RECEIPTS, OUTSIDE = load("layout"), load("checkpoints"), load("receipts"), load("outside")


def bytes_of(case: dict[str, Any]) -> bytes:
    """The bytes of a refused case."""
    return bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()


def named(cases: list[dict[str, Any]]) -> Any:
    """A test for each case, called by its name."""
    return pytest.mark.parametrize("case", cases, ids=[case.get("name") or case.get("kind") for case in cases])


def test_the_generator_writes_the_files_again(tmp_path: Path) -> None:
    """The vectors follow from the generator, byte for byte."""
    generator().main(tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in VECTORS.glob("*.json") if path.name != "outside.json")
    for name in written:
        assert (tmp_path / name).read_bytes() == (VECTORS / name).read_bytes(), name


# Canonical form


def test_canonical_values_have_one_form() -> None:
    """Ours and the `rfc8785` package write the same bytes, and reading finds nothing wrong with them."""
    for case in CANONICAL["good"]:
        data = case["canonical"].encode()
        assert canonical(case["value"]) == data
        assert rfc8785.dumps(case["value"]) == data
        assert canonical_problem(data) is None


@named(CANONICAL["bad"])
def test_other_forms_are_refused(case: dict[str, Any]) -> None:
    """Bytes that are not the canonical form of anything an entry may hold are refused, with a sentence."""
    assert canonical_problem(bytes_of(case))


@named([case for case in CANONICAL["bad"] if case["name"] != "a name beyond ASCII"])
def test_other_forms_are_not_what_rfc8785_writes(case: dict[str, Any]) -> None:
    """The `rfc8785` package would not write these bytes either, or the value is beyond what it takes or an entry may hold."""
    try:
        value = json.loads(bytes_of(case))
        other = rfc8785.dumps(value)
    except (ValueError, rfc8785.CanonicalizationError):
        return
    assert other != bytes_of(case) or case["name"] == "a fraction"


# Keys


def test_keys_and_names() -> None:
    """A seed leads to its public key, its did:key and its signatures."""
    for case in KEYS["keys"]:
        key = SigningKey(bytes.fromhex(case["seed"]))
        message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
        assert (key.public.hex(), key.did, verification_method(key.did)) == (case["public"], case["did"], case["method"])
        assert key.sign(message) == signature
        assert public_bytes(case["did"]).hex() == case["public"]
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(case["public"])).verify(signature, message)


@named(KEYS["bad"])
def test_other_names_are_refused(case: dict[str, Any]) -> None:
    """A text that is not the did:key of an Ed25519 key, written in its one right way, is refused."""
    with pytest.raises(ValueError, match=r"base58btc|did:key"):
        public_bytes(case["did"])


def test_base58_both_ways() -> None:
    """Base58btc there and back, ours and those of others."""
    for case in (*KEYS["base58"], *OUTSIDE["base58"]):
        data = bytes.fromhex(case["hex"])
        assert base58(data) == case["text"]
        assert unbase58(case["text"], len(data)) == data


def test_signatures_of_rfc_8032() -> None:
    """The test vectors of RFC 8032, section 7.1."""
    for case in OUTSIDE["rfc8032"]:
        key, message, signature = (SigningKey(bytes.fromhex(case["seed"])), bytes.fromhex(case["message"]), bytes.fromhex(case["signature"]))
        assert key.public.hex() == case["public"]
        assert key.sign(message) == signature
        assert verifies(key.did, signature, message)
        assert not verifies(key.did, signature, message + b"\0")


def test_names_of_the_did_key_method() -> None:
    """The Ed25519 test vectors of the did:key method."""
    for case in OUTSIDE["didKey"]:
        assert SigningKey(bytes.fromhex(case["seed"])).did == case["did"]


# Entries


def independent_signer(data: bytes) -> str | None:
    """A check of an entry's proof from the specifications alone: json, rfc8785, hashlib, cryptography; None if it fails."""
    entry = json.loads(data)
    if rfc8785.dumps(entry) != data:
        return None
    proof = entry.pop("proof")
    value, method = proof.pop("proofValue"), proof["verificationMethod"]
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

    def decode(text: str, length: int) -> bytes:
        number = 0
        for letter in text:
            number = number * 58 + digits.index(letter)
        return number.to_bytes(length, "big")

    did, _, fragment = method.partition("#")
    public = decode(fragment[1:], 34)
    message = hashlib.sha256(rfc8785.dumps(proof)).digest() + hashlib.sha256(rfc8785.dumps(entry)).digest()
    try:
        Ed25519PublicKey.from_public_bytes(public[2:]).verify(decode(value[1:], 64), message)
    except InvalidSignature:
        return None
    return did if did == f"did:key:{fragment}" and public[:2] == b"\xed\x01" and value[0] == "z" else None


@named(ENTRIES["good"])
def test_entries_verify_step_by_step(case: dict[str, Any]) -> None:
    """Every hash on the way is the one of the vector, for our reader and for one that shares no code with it."""
    data = case["entry"].encode()
    envelope = open_envelope(data)
    assert signer_of(data, envelope) == case["signer"] == independent_signer(data)
    assert entry_id(data) == case["id"] == hashlib.sha256(b"\0" + data).hexdigest()
    assert case["documentHex"] == case["document"].encode().hex()
    assert hashlib.sha256(case["document"].encode()).hexdigest() == case["documentHash"]
    assert hashlib.sha256(case["configuration"].encode()).hexdigest() == case["configurationHash"]
    assert case["message"] == case["configurationHash"] + case["documentHash"]
    assert case["proofValue"] == "z" + base58(bytes.fromhex(case["signature"]))
    assert KINDS.read("lamp", 0, 0, data, envelope, case["signer"]).id == case["id"]


def test_there_is_an_entry_of_every_kind() -> None:
    """No kind is without a vector."""
    assert [case["kind"] for case in ENTRIES["good"]] == KINDS.names()


@named(ENTRIES["bad"])
def test_bad_entries_are_refused(case: dict[str, Any]) -> None:
    """Each is refused, with the code that the vector says."""
    data = bytes_of(case)
    with pytest.raises(CommonholdError) as caught:
        signer_of(data, open_envelope(data))
    assert caught.value.code == case["refused"]


def test_the_proof_of_vc_di_eddsa() -> None:
    """The eddsa-jcs-2022 example of W3C: canonical configuration, order of the hashes, signature and its text."""
    case = OUTSIDE["eddsaJcs2022"]
    secret = unbase58(case["secretKeyMultibase"][1:], 34)
    assert secret[:2] == b"\x80\x26"
    key = SigningKey(secret[2:])
    assert key.did == case["did"]
    assert hashlib.sha256(canonical(case["configuration"])).hexdigest() == case["configurationHash"]
    signature = key.sign(bytes.fromhex(case["configurationHash"] + case["documentHash"]))
    assert signature.hex() == case["signature"]
    assert "z" + base58(signature) == case["proofValue"]


# Trees


class Memory:
    """Tiles in memory, as tlog-scales reads them; the hashes are computed here by the plain definition."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._levels = [leaves]
        while len(self._levels[-1]) >= 256:
            below = self._levels[-1]
            self._levels.append([plain_root(below[at : at + 256]) for at in range(0, len(below) - 255, 256)])

    def get(self, *path: str) -> bytes | None:
        """A tile by its path."""
        parsed = parse_tile_path("/".join(path))
        assert parsed is not None
        level, index, width = parsed
        assert isinstance(level, int)
        hashes = self._levels[level][index * 256 : index * 256 + width]
        return b"".join(hashes) if len(hashes) == width else None


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 over hashes of leaves, as its definition is written."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    """The hashes of the entries 0, 1, 2 … as ASCII decimals."""
    return [hashlib.sha256(b"\0" + str(number).encode()).digest() for number in range(70_000)]


@pytest.fixture(scope="module")
def other(leaves: list[bytes]) -> TilesReader:
    """tlog-scales over these leaves."""
    reader = TilesReader(Memory(leaves))
    reader.set_size(len(leaves))
    return reader


def test_roots(leaves: list[bytes], other: TilesReader) -> None:
    """Roots agree with a growing frontier, with the plain definition, and with tlog-scales."""
    wanted = {case["size"]: case["root"] for case in TREE["roots"]}
    frontier = Frontier()
    assert wanted.pop(0) == frontier.root().hex() == other.mth(0, 0).hex()
    for leaf in leaves:
        frontier.append(leaf)
        if root := wanted.pop(frontier.size, None):
            assert frontier.root().hex() == root == other.mth(0, frontier.size).hex()
            assert frontier.size > 1_000 or plain_root(leaves[: frontier.size]).hex() == root
    assert not wanted
    assert [hashlib.sha256(b"\0" + case["entry"].encode()).hexdigest() for case in TREE["leaves"]] == [case["hash"] for case in TREE["leaves"]]


def test_proofs(leaves: list[bytes], other: TilesReader) -> None:
    """The proofs of the vectors are those that tlog-scales makes and accepts, and ours lead to the same roots."""
    for case in TREE["inclusion"]:
        index, size, proof = case["index"], case["size"], [bytes.fromhex(hash_) for hash_ in case["proof"]]
        assert other.get_inclusion_proof(index, size).node_hashes == proof
        InclusionProof(index, size, proof).check(leaves[index], other.mth(0, size))
        assert root_from_inclusion(leaves[index], index, size, proof) == other.mth(0, size)
    for case in TREE["consistency"]:
        old, new, proof = case["old"], case["new"], [bytes.fromhex(hash_) for hash_ in case["proof"]]
        if old:
            assert other.get_consistency_proof(old, new).node_hashes == proof
        ConsistencyProof(old, new, proof).check(other.mth(0, old), other.mth(0, new))
        assert is_consistent(old, other.mth(0, old), new, other.mth(0, new), proof)


def test_all_proofs_of_small_trees(other: TilesReader) -> None:
    """All proofs for all sizes to 40, by tlog-scales, come to the digests of the vectors."""
    for case in TREE["all"]:
        size = case["size"]
        inclusion = b"".join(hash_ for index in range(size) for hash_ in other.get_inclusion_proof(index, size).node_hashes)
        consistency = b"".join(hash_ for old in range(1, size + 1) for hash_ in other.get_consistency_proof(old, size).node_hashes)
        assert hashlib.sha256(inclusion).hexdigest() == case["inclusion"]
        assert hashlib.sha256(consistency).hexdigest() == case["consistency"]


def test_the_tree_of_certificate_transparency() -> None:
    """The eight-leaf tree of the Certificate Transparency reference implementation: roots and proofs."""
    case = OUTSIDE["tree"]
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in case["leaves"]]
    known: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    roots = [frontier.root()]
    for number, hash_ in enumerate(hashes):
        known[0, number] = hash_
        known.update(((level, index), node) for level, index, node in frontier.append(hash_))
        roots.append(frontier.root())
    assert [root.hex() for root in roots] == case["roots"]

    def read(level: int, index: int) -> bytes:
        return known[level, index]

    for proof in case["inclusion"]:
        found = inclusion_proof(read, proof["index"], proof["size"])
        assert [hash_.hex() for hash_ in found] == proof["proof"]
        assert root_from_inclusion(hashes[proof["index"]], proof["index"], proof["size"], found) == roots[proof["size"]]
    for proof in case["consistency"]:
        found = consistency_proof(read, proof["old"], proof["new"])
        assert [hash_.hex() for hash_ in found] == proof["proof"]
        assert is_consistent(proof["old"], roots[proof["old"]], proof["new"], roots[proof["new"]], found)


# Layout


def test_layout() -> None:
    """Paths of tiles both ways, the tiles of a size, bundles both ways; what is not a path or a bundle is refused."""
    for case in LAYOUT["paths"]:
        assert tile_path(case["level"], case["index"], case["width"]) == case["path"]
        assert parse_tile_path(case["path"]) == (case["level"], case["index"], case["width"])
    assert [parse_tile_path(path) for path in LAYOUT["bad"]] == [None] * len(LAYOUT["bad"])
    for case in LAYOUT["sizes"]:
        assert [tile_path(*tile) for tile in tiles_of(case["size"])] == case["tiles"]
    for case in LAYOUT["bundles"]:
        entries = [entry.encode() for entry in case["entries"]]
        assert bundle(entries).hex() == case["hex"]
        assert unbundle(bytes.fromhex(case["hex"])) == entries
    for text in LAYOUT["bad_bundles"]:
        with pytest.raises(Broken):
            unbundle(bytes.fromhex(text))


def test_a_tile_of_the_second_level(leaves: list[bytes]) -> None:
    """A hash of level 1 is the root of 256 leaves."""
    assert LAYOUT["tile"]["hashes"] == [plain_root(leaves[at : at + 256]).hex() for at in (0, 256)]


# Checkpoints and receipts


def test_checkpoints_open() -> None:
    """Ours and tlog-scales' reader accept them and read the same."""
    name, public = read_verifier_key(CHECKPOINTS["vkey"])
    id_ = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    assert id_.hex() == CHECKPOINTS["keyId"]
    for case in CHECKPOINTS["good"]:
        checkpoint = open_checkpoint(case["note"], CHECKPOINTS["vkey"])
        assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == (name, case["size"], case["root"])
        if "an extension" not in case["note"]:
            found = OtherCheckpoint.from_text(case["note"])
            found.verify(Vkey.from_string(CHECKPOINTS["vkey"]))
            assert (found.origin, found.size, found.root_hash.hex()) == (name, case["size"], case["root"])


@named(CHECKPOINTS["bad"])
def test_bad_checkpoints_are_refused(case: dict[str, Any]) -> None:
    """Each is refused as a checkpoint that does not verify."""
    with pytest.raises(Broken) as caught:
        open_checkpoint(case["note"], CHECKPOINTS["vkey"])
    assert caught.value.code == "journal.bad_checkpoint"


@named(CHECKPOINTS["bad_vkeys"])
def test_bad_verifier_keys_are_refused(case: dict[str, Any]) -> None:
    """Each is refused as a key."""
    with pytest.raises(Broken) as caught:
        read_verifier_key(case["vkey"])
    assert caught.value.code == "journal.bad_verifier_key"


def test_the_example_of_signed_note() -> None:
    """The verifier key of the C2SP specification opens its signature."""
    case = OUTSIDE["signedNote"]
    name, public = read_verifier_key(case["vkey"])
    data = base64.b64decode(case["signature"])
    assert data[:4].hex() == case["vkey"].split("+")[1]
    assert name == "example.com/foo"
    Ed25519PublicKey.from_public_bytes(public).verify(data[4:], case["text"].encode())


def test_receipts_open() -> None:
    """A receipt gives its entry, whose hash and place tlog-scales confirms."""
    for case in RECEIPTS["good"]:
        found = open_receipt(case["receipt"], RECEIPTS["vkey"])
        assert (found.index, found.checkpoint.size, entry_id(found.entry)) == (case["index"], case["size"], case["id"])
        proof = [base64.b64decode(line) for line in case["receipt"].partition("\n\n")[0].split("\n")[3:]]
        InclusionProof(case["index"], case["size"], proof).check(hashlib.sha256(b"\0" + found.entry).digest(), found.checkpoint.root)


@named(RECEIPTS["bad"])
def test_bad_receipts_are_refused(case: dict[str, Any]) -> None:
    """Each is refused as a receipt or a checkpoint that does not verify."""
    with pytest.raises(Broken) as caught:
        open_receipt(case["receipt"], RECEIPTS["vkey"])
    assert caught.value.code in ("journal.bad_receipt", "journal.bad_checkpoint")
