"""Writes the test vectors of the journal's form: `python tests/vectors/generate.py [FOLDER]`.

Everything follows from phrases and fixed times, so that running it again gives the same bytes. The form is specified in
`docs/reference/journal.md`; a second implementation that agrees with these files writes and reads the same journals.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from commonhold.journal.canonical import canonical
from commonhold.journal.entry import entry_id, sign_entry, verification_method
from commonhold.journal.keys import ALPHABET, SigningKey, base58
from commonhold.journal.note import Checkpoint, key_id, sign_checkpoint, verifier_key
from commonhold.journal.tiles import bundle, tile_path, tiles_of
from commonhold.journal.tree import Frontier, NodeReader, consistency_proof, inclusion_proof, leaf_hash, range_hash

ANA, BO, NODE = (SigningKey.derived(f"commonhold vector {name}") for name in ("ana", "bo", "node"))
ORIGIN = "commons.example/lamp"
CREATED = "2026-11-23T08:30:00Z"
ID = hashlib.sha256(b"an entry").hexdigest()
IDENTITY = "id:" + hashlib.sha256(b"an identity").hexdigest()[:32]
CHARTER = (
    '[commons]\nname = "Lamp"\npurpose = "A lamp that anybody can repair."\nlicence = ["CERN-OHL-W-2.0"]\ncurrency = "EUR"\ndomains = ["hardware"]\n'
)
EVENT = {
    "action": "work",
    "effortQuantity": {"hasNumericalValue": "3.5", "hasUnit": "hour"},
    "hasPointInTime": "2026-11-22T17:00:00Z",
    "provider": BO.did,
}

PROOF = base58(NODE.sign(b"a draw"))

BODIES: dict[str, Any] = {
    "commons.admit": {"agent": BO.did},
    "commons.agent": {"classifiedAs": "enterprise", "id": "org:acme", "name": "Acme Cooperative"},
    "commons.charter": {"charter": CHARTER, "reason": "The assembly of 20 November said so: »schöner, größer« 🙂"},
    "commons.claim": {"agent": BO.did, "by": "steward", "identity": IDENTITY},
    "commons.create": {"charter": CHARTER, "node": NODE.did},
    "commons.expel": {"agent": BO.did, "reason": "Broke what was agreed, again."},
    "commons.fork": {"origin": "elsewhere.example/lamp", "reason": "Two ways to build it."},
    "commons.join": {"rolls": ["producer", "user"]},
    "commons.key_add": {"key": SigningKey.derived("commonhold vector ana 2").did},
    "commons.key_recover": {"agent": BO.did, "key": SigningKey.derived("commonhold vector bo 2").did},
    "commons.key_revoke": {"key": SigningKey.derived("commonhold vector ana 2").did},
    "commons.leave": {},
    "commons.role": {"agent": BO.did, "granted": True, "role": "steward"},
    "commons.suspend": {"agent": BO.did, "reason": "Accepted what nobody had read.", "until": "2027-01-01T00:00:00Z"},
    "contributions.appeal": {"contribution": ID, "reason": "Two hours were documented."},
    "contributions.attest": {"amount": "2", "contributions": [ID], "reason": "One hour was a break.", "verdict": "adjust"},
    "contributions.batch": {"head": "9fceb02d0ae598e95dc970b74767f19372d61af8", "label": "firmware", "source": "git"},
    "contributions.choose": {"contributions": [ID], "repayment": "until_repaid"},
    "contributions.contest": {"contribution": ID, "reason": "It does not build."},
    "contributions.decline": {"contribution": ID, "reason": "We live together."},
    "contributions.draw": {"draws": [{"contribution": ID, "number": 1, "proof": PROOF}]},
    "contributions.lapse": {"contributions": [ID]},
    "contributions.log": {
        "domain": "hardware", "event": EVENT, "evidence": [{"type": "url", "value": "https://commons.example/lamp/7"}], "kind": "work",
        "vouchedBy": [{"agent": "id:" + "0" * 32, "how": "reviewed"}],
    },
    "contributions.withdraw": {"contribution": ID},
    "flows.create": {
        "record": {"defaultUnitOfResource": "piece", "id": "lamp", "name": "Lamp", "note": "To be hung up.", "type": "ResourceSpecification"},
    },
    "flows.delete": {"id": "two-lamps", "revision": ID, "type": "Commitment"},
    "flows.event": {
        "event": {
            "action": "produce", "fulfills": ["two-lamps"], "hasPointInTime": "2026-11-22T17:00:00.25Z", "outputOf": "assembly", "provider": "org:acme",
            "receiver": "org:acme", "resourceConformsTo": "lamp", "resourceQuantity": {"hasNumericalValue": "2", "hasUnit": "piece"},
        },
        "id": "produced-7", "newInventoriedResource": {"id": "lamp-7", "trackingIdentifier": "L 7", "type": "EconomicResource"},
    },
    "flows.note": {"event": "produced-7", "note": "One of them has a scratch.", "revision": ID},
    "flows.update": {"record": {"due": "2026-12-01T00:00:00Z", "id": "lamps", "name": "Lamps for all", "type": "Plan"}, "revision": ID},
    "governance.amend": {"option": {"cost": "40.00", "excludes": ["saw"], "id": "drill", "title": "A drill", "to": BO.did}, "proposal": ID},
    "governance.appoint": {"agent": BO.did, "domain": "hardware", "organization": "org:acme"},
    "governance.close": {"outcome": "carried", "proof": PROOF, "proposal": ID, "result": ID, "winners": ["drill"]},
    "governance.comment": {"proposal": ID, "replyTo": ID, "text": "And who sharpens it?"},
    "governance.consent": {"proposal": ID},
    "governance.delegate": {"domain": "hardware", "to": [BO.did], "until": "2027-01-01T00:00:00Z"},
    "governance.dismiss": {"agent": BO.did, "domain": "hardware", "reason": "Time for others."},
    "governance.jury": {"proof": PROOF, "proposal": ID},
    "governance.lapse": {"agent": BO.did, "domain": "hardware"},
    "governance.lift": {"proposal": ID},
    "governance.object": {"proposal": ID, "reason": "It is too loud for the neighbours."},
    "governance.open": {"ballots": [{"ballot": {"approvals": ["drill"]}, "salt": "ab" * 16, "vote": ID}], "proposal": ID},
    "governance.propose": {
        "options": [{"changes": [{"body": {"edits": [{"after": "quorum = 3", "before": "quorum = 2"}]}, "kind": "commons.charter"}], "id": "three", "title": "Three"}],
        "question": "charter", "text": "Two are few.", "title": "One voice more",
    },
    "governance.release": {"commitment": "two-lamps"},
    "governance.report": {"done": True, "evidence": ["https://commons.example/drill.jpg"], "option": "drill", "proposal": ID, "text": "It is there."},
    "governance.revise": {"options": [], "proposal": ID, "reason": "Ana is right.", "title": "One voice more", "version": 2},
    "governance.sealing": {"election": "{}", "proposal": ID, "publicCredentials": ["7,," + BO.did], "trustees": "[]"},
    "governance.second": {"option": "drill", "proposal": ID},
    "governance.support": {"parts": {ID: 250_000}},
    "governance.unseal": {"encryptedTally": "[]", "partialDecryptions": ["{}"], "proposal": ID, "result": "{}"},
    "governance.vote": {"commitment": ID, "proposal": ID},
    "governance.withdraw": {"proposal": ID, "reason": "It was settled otherwise."},
    "journal.clock": {},
    "sharing.distribution": {
        "amount": "1000.00", "charter": 0, "checkpoint": {"root": ID, "size": 17}, "currency": "EUR", "fund": "common", "given": "900.00",
        "inputs": ID, "kept": "100.00", "result": ID, "shares": 2,
    },
    "sharing.grant": {"currency": "EUR", "fund": "common", "grants": [{"agent": BO.did, "amount": "40.00", "option": "drill"}], "proposal": ID},
    "sharing.income": {
        "amount": "1000.00", "currency": "EUR", "fund": "common", "giver": "org:acme", "hasPointInTime": "2026-11-22T00:00:00Z", "source": "gift",
    },
    "sharing.reversal": {"income": ID, "reason": "recorded twice"},
    "sharing.payout": {"currency": "EUR", "distribution": ID, "payments": [{"agent": BO.did, "amount": "450.00"}], "reference": "SEPA 17"},
    "sharing.shares": {"distribution": ID, "first": 0, "shares": [{"agent": BO.did, "amount": "450.00", "step": "contributions"}]},
}  # fmt: skip


def main(folder: Path) -> None:
    """Write all files."""
    files = {
        "canonical.json": canonical_cases,
        "keys.json": key_cases,
        "entries.json": entry_cases,
        "tree.json": tree_cases,
        "layout.json": layout_cases,
        "checkpoints.json": checkpoint_cases,
        "receipts.json": receipt_cases,
    }
    for name, cases in files.items():
        text = json.dumps(cases(), ensure_ascii=True, indent=1)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def refused(name: str, data: bytes, code: str) -> dict[str, str]:
    """Bytes that must be refused; as text where they are UTF-8."""
    try:
        return {"name": name, "text": data.decode(), "refused": code}
    except UnicodeDecodeError:
        return {"name": name, "hex": data.hex(), "refused": code}


def canonical_cases() -> dict[str, Any]:
    """Values with their one right form, and forms that are not it."""
    good = [
        {}, [], {"b": 1, "a": 2, "aa": 3, "A": 4, "": 5, "_": 6, "1": 7, "10": 8, "2": 9}, [True, False, None], [0, -1, 10, 2**53 - 1, -(2**53) + 1],
        {"nested": {"z": [{"y": {}}], "a": []}}, "plain", "", "\"\\/", "\b\t\n\f\r", "\0\1\x0b\x1e\x1f", "\x7f\x80\u00a0", "é ü ß", "e\u0301",
        "\u2028\u2029", "\ud7ff\ue000\ufffd\uffff", "🙂𝄞", "1234567890123456789012345678901234567890",
    ]  # fmt: skip
    bad = {
        "white space after a colon": b'{"a": 1}', "white space before": b' {"a":1}', "a newline at the end": b'{"a":1}\n',
        "members out of order": b'{"b":1,"a":2}', "lower case before upper case": b'{"a":1,"A":2}', "a member twice": b'{"a":1,"a":1}',
        "a member twice, once escaped": b'{"a":1,"\\u0061":1}', "a needless escape": b'"\\u0041"', "an escaped solidus": b'"\\/"',
        "a long escape for a newline": b'"\\u000a"', "upper-case digits of an escape": b'"\\u001F"', "a raw control character": b'"\x01"',
        "an escaped letter beyond ASCII": b'"\\u00e9"', "an escaped pair": b'"\\ud83d\\ude42"', "half a pair": b'"\\ud800"',
        "a fraction": b"1.5", "a fraction of nothing": b"1.0", "an exponent": b"1e2", "minus nothing": b"-0", "a leading zero": b"01",
        "a plus": b"+1", "2^53": b"9007199254740992", "minus 2^53": b'{"a":[-9007199254740992]}', "2^64": b"18446744073709551616",
        "a name beyond ASCII": '{"é":1}'.encode(), "not UTF-8": b'"\xff"', "a surrogate in UTF-8": b'"\xed\xa0\x80"', "overlong UTF-8": b'"\xc0\x80"',
        "a byte order mark": b"\xef\xbb\xbf{}", "nothing": b"", "NaN": b"NaN", "a comma too many": b"[1,]", "no end": b'{"a":1', "two values": b"{}{}",
        "a comment": b"{}//", "single quotes": b"{'a':1}",
    }  # fmt: skip
    return {
        "about": "Canonical JSON of entries: RFC 8785, with integers below 2^53 as the only numbers and member names in ASCII.",
        "good": [{"value": value, "canonical": canonical(value).decode()} for value in good],
        "bad": [refused(name, data, "canonical") for name, data in bad.items()],
    }


def key_cases() -> dict[str, Any]:
    """Seeds, public keys and their names; base58btc."""
    texts = [b"", b"\0", b"\0\0\1", b"\xff" * 8, bytes(32), bytes(range(34)), hashlib.sha512(b"base58").digest()]
    keys = []
    for key in (ANA, BO, NODE):
        message = b"what is signed"
        keys.append(
            {"seed": key.seed().hex(), "public": key.public.hex(), "did": key.did, "method": verification_method(key.did),
             "message": message.hex(), "signature": key.sign(message).hex()}
        )  # fmt: skip
    did = ANA.did
    raw = ANA.public
    bad = {
        "another method": did.replace("did:key:", "did:web:"), "another base": did.replace(":z", ":u"), "upper case": did.upper(),
        "a letter that base58 lacks": did[:-1] + "0", "one letter less": did[:-1], "one letter more": did + "1", "a zero byte before": did.replace(":z", ":z1"),
        "a fragment": verification_method(did), "a newline": did + "\n", "a P-256 key": "did:key:z" + base58(b"\x80\x24\x02" + raw),
        "an X25519 key": "did:key:z" + base58(b"\xec\x01" + raw), "31 bytes": "did:key:z" + base58(b"\xed\x01" + raw[:31]),
        "33 bytes": "did:key:z" + base58(b"\xed\x01" + raw + b"\0"), "no prefix of a key type": "did:key:z" + base58(raw), "nothing": "",
    }  # fmt: skip
    return {
        "about": "Ed25519 keys as did:key, and base58btc. A seed is the 32 secret bytes of RFC 8032.",
        "keys": keys,
        "bad": [{"name": name, "did": text} for name, text in bad.items()],
        "base58": [{"hex": data.hex(), "text": base58(data)} for data in texts],
    }


def signed(key: SigningKey, kind: str, body: Any, number: int, **changes: Any) -> bytes:
    """An entry under fixed circumstances."""
    fields = {"author": key.did, "body": body, "commons": ORIGIN, "created": CREATED, "key": f"vector-{number}", "kind": kind} | changes
    return sign_entry(key, **fields)


def explained(key: SigningKey, data: bytes) -> dict[str, str]:
    """An entry with every step on the way to its signature and its id."""
    entry = json.loads(data)
    proof = entry.pop("proof")
    document = canonical(entry)
    value = proof.pop("proofValue")
    configuration = canonical(proof)
    message = hashlib.sha256(configuration).digest() + hashlib.sha256(document).digest()
    return {
        "kind": entry["kind"], "signer": key.did, "document": document.decode(), "documentHex": document.hex(),
        "documentHash": hashlib.sha256(document).hexdigest(), "configuration": configuration.decode(),
        "configurationHash": hashlib.sha256(configuration).hexdigest(), "message": message.hex(), "signature": key.sign(message).hex(),
        "proofValue": value, "entry": data.decode(), "id": entry_id(data),
    }  # fmt: skip


def entry_cases() -> dict[str, Any]:
    """A signed entry of every kind, and entries that must be refused."""
    good = []
    for number, (kind, body) in enumerate(sorted(BODIES.items())):
        key = NODE if kind == "journal.clock" else BO if kind in ("commons.join", "commons.leave") else ANA
        good.append(explained(key, signed(key, kind, body, number)))
    return {
        "about": "Signed entries with every hash on the way, and entries that a reader must refuse, with the code of the first problem.",
        "good": good,
        "bad": bad_entries(),
    }


Change = Callable[[dict[str, Any]], Any]


def nothing(target: dict[str, Any]) -> None:
    """No change."""


def put(**fields: Any) -> Change:
    """Set some members."""
    return lambda target: target.update(fields)


def resigned(change: Change, proof_change: Change = nothing) -> bytes:
    """An entry that is properly signed by ANA over whatever the changes make of it."""
    entry = json.loads(signed(ANA, "commons.leave", {}, 99))
    proof = entry.pop("proof")
    proof.pop("proofValue")
    change(entry)
    proof_change(proof)
    message = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(entry)).digest()
    return canonical(entry | {"proof": proof | {"proofValue": "z" + base58(ANA.sign(message))}})


def bad_entries() -> list[dict[str, str]]:
    """Each with what refuses it."""
    data = signed(ANA, "commons.leave", {}, 99)
    entry = json.loads(data)
    value = entry["proof"]["proofValue"]
    raw = ANA.sign(bytes.fromhex(explained(ANA, data)["message"]))
    order = 2**252 + 27742317777372353535851937790883648493
    high = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    method, other = verification_method(ANA.did), verification_method(BO.did)
    cases: list[tuple[str, bytes, str]] = [
        ("indented", json.dumps(entry, indent=1).encode(), "journal.not_canonical"),
        ("proof at the end", data.replace(b',"version":1}', b"}").replace(b',"proof"', b',"version":1,"proof"'), "journal.not_canonical"),
        ("a member twice", data.replace(b'"body":{}', b'"body":{},"body":{}'), "journal.not_canonical"),
        ("a fraction in the body", data.replace(b'"body":{}', b'"body":{"amount":1.5}'), "journal.not_canonical"),
        ("a number of 2^53", data.replace(b'"body":{}', b'"body":{"amount":9007199254740992}'), "journal.not_canonical"),
        ("a name beyond ASCII", data.replace(b'"body":{}', '"body":{"ß":1}'.encode()), "journal.not_canonical"),
        ("not UTF-8", data.replace(b"vector-99", b"vector-\xff"), "journal.malformed"),
        ("not JSON", data[:-1], "journal.malformed"),
        ("no author", resigned(lambda e: e.pop("author")), "journal.malformed"),
        ("no proof", explained(ANA, data)["document"].encode(), "journal.malformed"),
        ("a member more", resigned(put(prev="0")), "journal.malformed"),
        ("version as a text", resigned(put(version="1")), "journal.malformed"),
        ("a key of no characters", resigned(put(key="")), "journal.malformed"),
        ("a key of 201 characters", resigned(put(key="k" * 201)), "journal.malformed"),
        ("a time without zone", resigned(put(created="2026-11-23T08:30:00")), "journal.malformed"),
        ("a time of another zone", resigned(put(created="2026-11-23T08:30:00+00:00")), "journal.malformed"),
        ("a time with a fraction", resigned(put(created="2026-11-23T08:30:00.5Z")), "journal.malformed"),
        ("a leap second", resigned(put(created="2026-12-31T23:59:60Z")), "journal.malformed"),
        ("a time in other digits", resigned(put(created="٢٠٢٦-11-23T08:30:00Z")), "journal.malformed"),
        ("a time with a newline", resigned(put(created="2026-11-23T08:30:00Z\n")), "journal.malformed"),
        ("a proof with its own time", resigned(nothing, put(created=CREATED)), "journal.bad_proof"),
        ("another suite", resigned(nothing, put(cryptosuite="eddsa-rdfc-2022")), "journal.bad_proof"),
        ("another purpose", resigned(nothing, put(proofPurpose="authentication")), "journal.bad_proof"),
        ("another type of proof", resigned(nothing, put(type="Ed25519Signature2020")), "journal.bad_proof"),
        ("a method without fragment", resigned(nothing, put(verificationMethod=ANA.did)), "journal.bad_proof"),
        ("a method of two keys", resigned(nothing, put(verificationMethod=f"{ANA.did}#{BO.did[8:]}")), "journal.bad_proof"),
        ("a list of proofs", resigned(nothing).replace(b'"proof":{', b'"proof":[{').replace(b'},"version"', b'}],"version"'), "journal.bad_proof"),
        ("a value in base64url", data.replace(value.encode(), b"u" + base64.urlsafe_b64encode(raw).rstrip(b"=")), "journal.bad_proof"),
        ("a zero byte before the signature", data.replace(value.encode(), b"z1" + value[1:].encode()), "journal.bad_proof"),
        ("63 bytes of signature", data.replace(value.encode(), b"z" + base58(raw[:63]).encode()), "journal.bad_proof"),
        ("a letter that base58 lacks", data.replace(value.encode(), value[:-1].encode() + b"l"), "journal.bad_proof"),
        ("S beyond the order of the group", data.replace(value.encode(), b"z" + base58(high).encode()), "journal.bad_signature"),
        ("another author", data.replace(b'"author":"' + ANA.did.encode(), b'"author":"' + BO.did.encode()), "journal.bad_signature"),
        ("another journal", data.replace(ORIGIN.encode(), b"commons.example/lamb"), "journal.bad_signature"),
        ("another second", data.replace(b"08:30:00Z", b"08:30:01Z"), "journal.bad_signature"),
        ("another kind", data.replace(b"commons.leave", b"journal.clock"), "journal.bad_signature"),
        ("another version", data.replace(b'"version":1', b'"version":2'), "journal.bad_signature"),
        ("another body", data.replace(b'"body":{}', b'"body":{"x":1}'), "journal.bad_signature"),
        ("another key's name", data.replace(method.encode(), other.encode()), "journal.bad_signature"),
        ("a signature of other bytes", data.replace(value.encode(), b"z" + base58(ANA.sign(b"other")).encode()), "journal.bad_signature"),
        ("the hashes the other way round", swapped(), "journal.bad_signature"),
    ]
    return [refused(name, bad, code) for name, bad, code in cases]


def swapped() -> bytes:
    """An entry signed over document hash ‖ configuration hash."""
    data = signed(ANA, "commons.leave", {}, 99)
    found = explained(ANA, data)
    message = bytes.fromhex(found["documentHash"] + found["configurationHash"])
    return data.replace(found["proofValue"].encode(), b"z" + base58(ANA.sign(message)).encode())


class Log:
    """A log in memory whose entry i is the ASCII decimal of i, unless other entries are given."""

    def __init__(self, size: int, entries: list[bytes] | None = None) -> None:
        self.entries = entries or [str(number).encode() for number in range(size)]
        self.frontier = Frontier()
        self.hashes: dict[tuple[int, int], bytes] = {}
        for number, data in enumerate(self.entries):
            leaf = leaf_hash(data)
            self.hashes[0, number] = leaf
            self.hashes.update(((level, index), hash_) for level, index, hash_ in self.frontier.append(leaf))

    @property
    def read(self) -> NodeReader:
        """Hashes of complete subtrees."""
        return lambda level, index: self.hashes[level, index]

    def root(self, size: int) -> bytes:
        """The root of the first entries."""
        return range_hash(self.read, 0, size) if size else Frontier().root()


SIZES = (*range(41), 63, 64, 65, 255, 256, 257, 1_000, 65_535, 65_536, 65_537, 70_000)
SPELLED = ((1, 0), (2, 0), (2, 1), (3, 2), (5, 4), (7, 0), (7, 3), (7, 6), (8, 5), (40, 32), (257, 256), (1_000, 511), (70_000, 0), (70_000, 69_999))
PAIRS = (
    (0, 7),
    (1, 1),
    (1, 2),
    (2, 3),
    (3, 7),
    (4, 7),
    (6, 8),
    (8, 40),
    (31, 40),
    (256, 257),
    (257, 1_000),
    (512, 1_000),
    (65_536, 70_000),
    (65_537, 70_000),
)


def tree_cases() -> dict[str, Any]:
    """Roots and proofs."""
    log = Log(70_000)
    digests = []
    for size in range(1, 41):
        inclusion = b"".join(hash_ for index in range(size) for hash_ in inclusion_proof(log.read, index, size))
        consistency = b"".join(hash_ for old in range(1, size + 1) for hash_ in consistency_proof(log.read, old, size))
        digests.append({"size": size, "inclusion": hashlib.sha256(inclusion).hexdigest(), "consistency": hashlib.sha256(consistency).hexdigest()})
    return {
        "about": (
            "The tree of RFC 6962 over entries that are the ASCII decimals 0, 1, 2 …. all: SHA-256 over the hashes of all inclusion proofs of a"
            " size (index 0 to size-1), and of all consistency proofs to it (from 1 to size)."
        ),
        "leaves": [{"entry": str(number), "hash": log.hashes[0, number].hex()} for number in (0, 1, 2, 10, 69_999)],
        "roots": [{"size": size, "root": log.root(size).hex()} for size in SIZES],
        "inclusion": [
            {"index": index, "size": size, "proof": [hash_.hex() for hash_ in inclusion_proof(log.read, index, size)]} for size, index in SPELLED
        ],
        "consistency": [{"old": old, "new": new, "proof": [hash_.hex() for hash_ in consistency_proof(log.read, old, new)]} for old, new in PAIRS],
        "all": digests,
    }


def layout_cases() -> dict[str, Any]:
    """Names of tiles, the tiles of a tree, bundles."""
    paths: list[tuple[int | str, int, int]] = [
        (0, 0, 256),
        (0, 0, 1),
        (0, 999, 255),
        (1, 1_000, 256),
        ("entries", 1_234_067, 256),
        ("entries", 1_234_067, 8),
        (63, 0, 7),
        (2, 10**9, 256),
    ]
    bad = [
        "tile/0/0", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/0/x001", "tile/0/001/000", "tile/0/x000/000", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/entries/00", "tile/data/000", "/tile/0/000", "tile/0/000/", "tile/-1/000",
        "tile/0/٠٠٠",
    ]  # fmt: skip
    log = Log(700)
    return {
        "about": "The layout of tlog-tiles: paths of tiles, which tiles a tree of a size has, bundles of entries in hexadecimal.",
        "paths": [{"level": level, "index": index, "width": width, "path": tile_path(level, index, width)} for level, index, width in paths],
        "bad": bad,
        "sizes": [{"size": size, "tiles": [tile_path(*tile) for tile in tiles_of(size)]} for size in (0, 1, 255, 256, 257, 700, 70_000)],
        "bundles": [
            {"entries": entries, "hex": bundle([entry.encode() for entry in entries]).hex()} for entries in ([], [""], ["0"], ["0", "", "10"])
        ],
        "bad_bundles": ["00", "0001", "000130ff", "0000ff"],
        "tile": {"path": tile_path(1, 0, 2), "hashes": [log.hashes[8, index].hex() for index in range(2)]},
    }


def checkpoint_cases() -> dict[str, Any]:
    """Signed checkpoints, verifier keys, and what must be refused."""
    vkey = verifier_key(ORIGIN, NODE.public)
    log = Log(40)
    good = [
        {"size": size, "root": log.root(size).hex(), "note": sign_checkpoint(Checkpoint(ORIGIN, size, log.root(size)), NODE)} for size in (0, 1, 40)
    ]
    note = str(good[-1]["note"])
    text, _, line = note.partition("\n\n")
    witness = f"— witness.example {base64.b64encode(key_id('witness.example', BO.public) + BO.sign(text.encode())).decode()}\n"
    namesake = f"— {ORIGIN} {base64.b64encode(key_id(ORIGIN, BO.public) + BO.sign(text.encode())).decode()}\n"
    extended = f"{text}\nan extension\n"
    good += [
        {"size": 40, "root": log.root(40).hex(), "note": note + witness, "name": "with a signature of a witness"},
        {"size": 40, "root": log.root(40).hex(), "note": f"{text}\n\n{witness}{line}", "name": "with a signature of a witness before"},
        {"size": 40, "root": log.root(40).hex(), "note": note + namesake, "name": "with a signature of another key of the same name"},
        {"size": 40, "root": log.root(40).hex(), "note": noted(extended), "name": "with a line more, which is passed over"},
    ]
    encoded = line.split(" ")[2].strip()
    bad = {
        "another size": note.replace("\n40\n", "\n41\n"), "another origin": note.replace(ORIGIN, "commons.example/lamb", 1),
        "another root": noted(text + "\n").replace(text.split("\n")[2], base64.b64encode(log.root(39)).decode()),
        "another name at the signature": note.replace(f"— {ORIGIN}", "— commons.example/lamb"),
        "signed by another key": sign_checkpoint(Checkpoint(ORIGIN, 40, log.root(40)), BO),
        "signed by a witness only": f"{text}\n\n{witness}", "a signature of ours that fails beside one that fits": note + note.split("\n\n")[1].replace(encoded[6:16], encoded[7:17]),
        "no signature": text + "\n\n", "no empty line": text + "\n" + line, "no newline at the end": note[:-1], "a carriage return": note.replace("\n", "\r\n"),
        "a hyphen for the dash": note.replace("—", "-"), "a line that is no signature": note + "hello\n", "an empty line more": note + "\n",
        "a size with a leading zero": noted(f"{ORIGIN}\n040\n{text.split(chr(10))[2]}\n"), "a size with a sign": noted(f"{ORIGIN}\n+40\n{text.split(chr(10))[2]}\n"),
        "a size in other digits": noted(f"{ORIGIN}\n٤٠\n{text.split(chr(10))[2]}\n"), "a root of 31 bytes": noted(f"{ORIGIN}\n40\n{base64.b64encode(bytes(31)).decode()}\n"),
        "a root with bits left over": noted(f"{ORIGIN}\n40\n{base64.b64encode(bytes(32)).decode()[:-2]}B=\n"),
        "two lines only": noted(f"{ORIGIN}\n40\n"), "an origin that is not the key's name": noted(f"commons.example/lamb\n40\n{text.split(chr(10))[2]}\n"),
        "nothing": "",
    }  # fmt: skip
    raw = base64.b64encode(b"\x01" + NODE.public).decode()
    id_ = key_id(ORIGIN, NODE.public).hex()
    bad_keys = {
        "another id": f"{ORIGIN}+00000000+{raw}", "another name": f"commons.example/lamb+{id_}+{raw}", "another type": f"{ORIGIN}+{id_}+" + base64.b64encode(b"\x02" + NODE.public).decode(),
        "31 bytes": f"{ORIGIN}+{id_}+" + base64.b64encode(b"\x01" + NODE.public[:31]).decode(), "no parts": "hello", "two parts": f"{ORIGIN}+{id_}", "nothing": "",
        "upper-case id": f"{ORIGIN}+{id_.upper()}+{raw}",
    }  # fmt: skip
    return {
        "about": "Checkpoints (tlog-checkpoint in a signed-note) over the tree of tree.json, with the verifier key that opens them.",
        "vkey": vkey,
        "keyId": id_,
        "good": good,
        "bad": [{"name": name, "note": note_} for name, note_ in bad.items()],
        "bad_vkeys": [{"name": name, "vkey": key} for name, key in bad_keys.items()],
    }


def noted(text: str) -> str:
    """Any text, signed as a note by NODE under ORIGIN."""
    encoded = base64.b64encode(key_id(ORIGIN, NODE.public) + NODE.sign(text.encode())).decode()
    return f"{text}\n— {ORIGIN} {encoded}\n"


def receipt_of(log: Log, index: int, size: int) -> str:
    """A receipt as the specification writes it."""
    proof = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in inclusion_proof(log.read, index, size))
    note = sign_checkpoint(Checkpoint(ORIGIN, size, log.root(size)), NODE)
    return f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(log.entries[index]).decode()}\nindex {index}\n{proof}\n{note}"


def receipt_cases() -> dict[str, Any]:
    """Receipts over a log of signed entries, and what must be refused."""
    log = Log(0, [signed(ANA, "commons.leave", {}, number) for number in range(7)])
    good = [
        {"index": index, "size": size, "id": log.hashes[0, index].hex(), "receipt": receipt_of(log, index, size)}
        for index, size in ((0, 1), (0, 2), (3, 7), (6, 7))
    ]
    text = str(good[2]["receipt"])
    head = text.partition("\n\n")[0]
    lines = text.split("\n")
    bad = {
        "another index": text.replace("index 3", "index 2"), "an index beyond the log": text.replace("index 3", "index 7"),
        "an index with a zero before": text.replace("index 3", "index 03"), "an index in other digits": text.replace("index 3", "index ٣"),
        "an index of 5,000 digits": text.replace("index 3", "index " + "3" * 5_000), "a negative index": text.replace("index 3", "index -3"),
        "another entry": text.replace(lines[1], receipt_of(log, 2, 7).split("\n")[1]), "no entry": text.replace(lines[1] + "\n", ""),
        "another magic": text.replace("@v1", "@v2"), "a hash less": text.replace(lines[3] + "\n", ""), "a hash twice": text.replace(lines[3], lines[3] + "\n" + lines[3]),
        "two hashes exchanged": text.replace(lines[3], "?").replace(lines[4], lines[3]).replace("?", lines[4]), "a hash of 31 bytes": text.replace(lines[3], base64.b64encode(bytes(31)).decode()),
        "a hash that is not base64": text.replace(lines[3], "é" * 44), "a hash with bits left over": text.replace(lines[3], with_bits_left_over(lines[3])),
        "a carriage return": text.replace("\n", "\r\n"), "another checkpoint": head + "\n\n" + receipt_of(log, 0, 2).split("\n\n", 1)[1],
        "a checkpoint signed by another": head + "\n\n" + sign_checkpoint(Checkpoint(ORIGIN, 7, log.root(7)), BO), "no checkpoint": head + "\n",
        "nothing": "",
    }  # fmt: skip
    return {
        "about": "Receipts (tlog-proof) of entries, with the verifier key that opens them. The entry is the extra data.",
        "vkey": verifier_key(ORIGIN, NODE.public),
        "good": good,
        "bad": [{"name": name, "receipt": receipt} for name, receipt in bad.items()],
    }


def with_bits_left_over(text: str) -> str:
    """The same 32 bytes in base64, with a bit set that stands for nothing."""
    assert text.endswith("=") and not text.endswith("==")
    standard = ALPHABET_64.index(text[-2])
    return text[:-2] + ALPHABET_64[standard | 1] + "="


ALPHABET_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
assert len(ALPHABET) == 58

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
