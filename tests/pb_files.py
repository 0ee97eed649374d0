"""The `.pb` files that the tests of budgets have, out of their two archives."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from commonhold.governance.formats.pabulib import Election, read_pb

DATA = Path(__file__).resolve().parent / "governance" / "data"


@cache
def files(archive: str) -> dict[str, bytes]:
    """File name → content, of `pabulib` or `equalshares`."""
    with tarfile.open(fileobj=BytesIO(lzma.decompress((DATA / archive / "elections.tar.xz").read_bytes()))) as tar:
        found = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name: content.read() for name, content in found.items() if content is not None}


@cache
def election(archive: str, name: str) -> Election:
    """One of them, read."""
    return read_pb(files(archive)[name])


@cache
def answers(archive: str, name: str) -> dict[str, Any]:
    """What is expected."""
    found: dict[str, Any] = json.loads((DATA / archive / name).read_text(encoding="utf-8"))
    return found


def ids(election: Election, options: Iterable[int]) -> list[str]:
    """The projects' ids."""
    return [election.profile.options[option] for option in options]


def as_listed(election: Election) -> Sequence[int]:
    """The order of the file, as a lot."""
    return range(len(election.profile.options))


def by_id(election: Election) -> Sequence[int]:
    """The order of the ids, as pabutools breaks ties."""
    return sorted(as_listed(election), key=lambda option: election.profile.options[option])
