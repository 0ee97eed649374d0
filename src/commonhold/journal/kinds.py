"""What an entry may say: the registry that the composition root fills, and the way of one entry through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from ..forms import in_words
from ..problems import Problem, Refused, bad_input
from ..store.transaction import Transaction
from .entry import TIME_PATTERN, Envelope, check_text, entry_id

UNKNOWN_REFERENCE = "journal.unknown_reference"
"""The code of a problem that ends when an entry arrives that is not here yet."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An entry whose outer form and signature are in order, at the position it has or would get.

    Attributes:
        commons: The short name of the commons on this node.
        position: 0-based place in the journal.
        time: Journal time, unix seconds: the latest `created` of all entries up to this one. It never goes back, and
            runs ahead of the node's clock by ten minutes at most.
        created: The author's own time, unix seconds.
        signer: The did:key that signed.
        body: The decoded body.
        data: The signed bytes.
    """

    commons: str
    position: int
    time: int
    id: str
    author: str
    signer: str
    created: int
    kind: str
    body: Any
    data: bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    Attributes:
        name: `package.what`.
        body: The shape of its body, a msgspec struct that forbids unknown fields.
        load: Reads what the rule needs to know.
        check: The rule: pure; why the entry may not be written, or nothing.
        fold: Changes the derived tables; total for every entry that the rule lets through.
        version: Version of the shape. timely: Whether its rule looks at what time it is, to the minute.
    """

    name: str
    body: type[msgspec.Struct]
    load: Callable[[Transaction, Entry], Any]
    check: Callable[[Any, Entry], list[Problem]]
    fold: Callable[[Transaction, Entry], None]
    version: int = 1
    timely: bool = False

    def then(self, fold: Callable[[Transaction, Entry], None]) -> Kind:
        """The same kind, with something more to fold after it."""

        def both(transaction: Transaction, entry: Entry) -> None:
            self.fold(transaction, entry)
            fold(transaction, entry)

        return replace(self, fold=both)


Authority = Callable[[Transaction, Entry], list[Problem]]
"""Whether the signer may speak for the author at this position of the journal."""


class Kinds:
    """All kinds that this version of Commonhold can write and fold, and who may sign for whom."""

    def __init__(self, kinds: list[Kind], authority: Authority) -> None:
        self._by_name: Mapping[tuple[str, int], Kind] = {(kind.name, kind.version): kind for kind in kinds}
        self._decoders = {key: msgspec.json.Decoder(kind.body) for key, kind in self._by_name.items()}
        self._authority = authority
        self.timely = frozenset(kind.name for kind in kinds if kind.timely)
        assert len(self._by_name) == len(kinds), "two kinds of the same name"

    def names(self) -> list[str]:
        """The names of all kinds, sorted."""
        return sorted({name for name, _ in self._by_name})

    def empty(self, kind: str) -> Any:
        """A body of a kind that has no fields."""
        return self._by_name[kind, 1].body()

    def checked(self, kind: str, said: bytes) -> Any:
        """A body of our own, read from its canonical bytes, so that its shape is checked like anybody's.

        Raises:
            BadInput: `journal.bad_body`, `journal.malformed`.
        """
        check_text(said)
        return self._decode(self._decoders[kind, 1], said)

    def read(self, commons: str, position: int, time: int, data: bytes, envelope: Envelope, signer: str) -> Entry:
        """Decode the body.

        Raises:
            BadInput: `journal.unknown_kind` or `journal.bad_body`.
        """
        name = (envelope.kind, envelope.version)
        decoder = self._decoders.get(name)
        if decoder is None:
            raise bad_input("journal.unknown_kind", f"No kind {envelope.kind} of version {envelope.version} is known.", "kind")
        body = self._decode(decoder, envelope.body)
        created = unix_time(envelope.created)
        return Entry(commons, position, max(time, created), entry_id(data), envelope.author, signer, created, envelope.kind, body, data)

    @staticmethod
    def _decode(decoder: msgspec.json.Decoder[Any], data: bytes | msgspec.Raw) -> Any:
        try:
            return decoder.decode(data)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at ")
            words = in_words(message, decoder.type, path.strip("`"))
            raise bad_input("journal.bad_body", words if words.endswith("?") else f"{words}.", "body" + path.strip("`").removeprefix("$")) from None

    def admit(self, transaction: Transaction, entry: Entry, version: int = 1) -> None:
        """Check an entry by the rules of its kind, and fold it.

        Raises:
            Refused: With every problem that the rules found; nothing was changed.
        """
        kind = self._by_name[entry.kind, version]
        transaction.session["time", entry.commons] = entry.time
        problems = self._authority(transaction, entry) or kind.check(kind.load(transaction, entry), entry)
        if problems:
            raise Refused(*problems)
        kind.fold(transaction, entry)


@lru_cache(maxsize=16_384)
def unix_time(text: str) -> int:
    """Unix seconds of `2026-11-23T08:30:00Z`.

    Raises:
        BadInput: `journal.malformed`, for a day that no calendar has.
    """
    try:
        if not TIME_PATTERN.fullmatch(text):
            raise ValueError
        parts = (text[:4], text[5:7], text[8:10], text[11:13], text[14:16], text[17:19])
        return int(datetime(*map(int, parts), tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]
    except ValueError:
        raise bad_input("journal.malformed", f"{text} is not a time like 2026-11-23T08:30:00Z.", "created") from None


def time_text(seconds: int) -> str:
    """Unix seconds as `2026-11-23T08:30:00Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%SZ}"  # %Y has no leading zeros everywhere


def unknown_reference(what: str, field: str) -> Problem:
    """The entry names something that the journal does not have (yet)."""
    return Problem(UNKNOWN_REFERENCE, f"{what} is not in this journal.", field)
