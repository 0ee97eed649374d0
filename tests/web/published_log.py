"""Journals that a server pretends to have: published from memory, so that tests can change what a browser is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext

from commonhold.journal.entry import sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.note import Checkpoint, sign_checkpoint, verifier_key
from commonhold.journal.tiles import TILE_HEIGHT, TILE_WIDTH, bundle, parse_tile_path
from commonhold.journal.tree import Frontier, leaf_hash

ORIGIN = "commons.example/lamp"
NODE, ANA, BO = (SigningKey.derived(f"published {name}") for name in ("node", "ana", "bo"))
CREATED = "2026-11-23T08:30:00Z"


def signed(number: int, what: str = "said", signer: SigningKey = ANA, **fields: Any) -> bytes:
    """An entry; the first one founds the commons."""
    said = {
        "author": signer.did,
        "body": {"text": f"{what} {number}"},
        "commons": ORIGIN,
        "created": CREATED,
        "kind": "test.said",
        "key": f"k{number}",
    }
    if number == 0:
        said |= {"kind": "commons.create", "body": {"charter": "", "node": NODE.did}}
    return sign_entry(signer, **(said | fields))


def history(size: int, what: str = "said") -> list[bytes]:
    """A journal of some length."""
    return [signed(number, what) for number in range(size)]


class Published:
    """A journal as a browser finds it below an address.

    Attributes:
        entries: Its bytes. files: What is answered instead, by path. asked: All paths that were asked for.
    """

    def __init__(self, entries: list[bytes], node: SigningKey = NODE) -> None:
        self.entries, self.node = entries, node
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.hashes: dict[tuple[int, int], bytes] = {}
        frontier = Frontier()
        for position, entry in enumerate(entries):
            self.hashes[0, position] = leaf_hash(entry)
            for level, index, hash_ in frontier.append(leaf_hash(entry)):
                if level % TILE_HEIGHT == 0:
                    self.hashes[level // TILE_HEIGHT, index] = hash_
        self.root = frontier.root()
        self.note = sign_checkpoint(Checkpoint(ORIGIN, len(entries), self.root), node)
        self.vkey = verifier_key(ORIGIN, node.public)

    def file(self, path: str) -> bytes | None:
        """What stands at a path below the journal."""
        if path in self.files:
            return self.files[path]
        if path in ("checkpoint", "verifier-key"):
            return (self.note if path == "checkpoint" else f"{self.vkey}\n").encode()
        if match := re.fullmatch(r"entries/(\d+)", path):
            return self.entries[int(match[1])]
        tile = parse_tile_path(path)
        if tile is None:
            return None
        level, index, width = tile
        start = index * TILE_WIDTH
        if isinstance(level, str):
            return bundle(self.entries[start : start + width])
        return b"".join(self.hashes[level, start + at] for at in range(width))

    def serve(self, context: BrowserContext, commons: str = "test") -> Published:
        """Let a browser find this journal instead of the server's."""
        address = re.compile(rf"/api/commons/{commons}/journal/(.+)$")
        context.unroute(address)

        def answer(route: Any) -> None:
            match = address.search(route.request.url)
            assert match is not None
            self.asked.append(match[1])
            found = self.file(match[1])
            route.fulfill(status=200 if found is not None else 404, body=found or b"", content_type="application/octet-stream")

        context.route(address, answer)
        return self


def altered(context: BrowserContext, ending: str, change: Callable[[bytes], bytes]) -> None:
    """Let a browser get what the server answers at addresses that end so, but changed."""

    def answer(route: Any) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=change(got.body()))

    context.route(re.compile(f"{ending}$"), answer)
