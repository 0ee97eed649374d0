"""A commit as a fact, from whatever it is read; and what it says about who contributed and who vouched. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..commons.people import normal_address
from .entries import How
from .sizing import FileChange

VOUCHING_TRAILERS: dict[str, How] = {
    "reviewed-by": "reviewed",
    "acked-by": "acked",
    "tested-by": "tested",
}
CO_AUTHOR = "co-authored-by"
LATEST_SECONDS_AHEAD = 600
VOUCHED_MAX = 100
"""As many can be named in the entry of a claim; a quorum has 50 peers at most."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a history names them. Never written in the journal: see `identity_id`."""

    name: str
    email: str

    def address(self) -> str:
        """What the identity is made of: the e-mail, or the name where there is none."""
        return self.email if "@" in self.email.strip("@") else self.email or self.name


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit.

    Attributes:
        authored, committed: Unix seconds, as the commit says them. is_merge: Whether it has several parents.
        trailers: (lower-case key, person). files: Empty for merges.
        merged_by: Who merged the branch that it came with, if somebody else than its author did.
    """

    id: str
    author: Person
    committer: Person
    authored: int
    committed: int
    is_merge: bool = False
    trailers: tuple[tuple[str, Person], ...] = ()
    files: tuple[FileChange, ...] = ()
    merged_by: Person | None = None


@dataclass(slots=True)
class Attribution:
    """Who made a commit, author first, and who vouched for it and how. Everybody is in it once, by `normal_address`."""

    authors: list[Person] = field(default_factory=list)
    vouched: list[tuple[Person, How]] = field(default_factory=list)


def attribute(commit: Commit, not_persons: frozenset[str] = frozenset()) -> Attribution:
    """Authors and co-authors share a commit; others named in it vouched for it, the first 100 of them. Nobody vouches for their own.

    Args:
        not_persons: Addresses, as `normal_address` has them, of programs that commit for people (a forge's web editor).
    """
    found = Attribution()
    seen: set[str] = set()

    def is_new(person: Person) -> bool:
        key = normal_address(person.address())
        if not key or key in seen or key in not_persons:
            return False
        seen.add(key)
        return True

    if is_new(commit.author):
        found.authors.append(commit.author)
    found.authors += [person for key, person in commit.trailers if key == CO_AUTHOR and is_new(person)]
    if is_new(commit.committer):
        found.vouched.append((commit.committer, "committed"))
    if commit.merged_by is not None and is_new(commit.merged_by):
        found.vouched.append((commit.merged_by, "merged"))
    for key, person in commit.trailers:
        if key in VOUCHING_TRAILERS and is_new(person):
            found.vouched.append((person, VOUCHING_TRAILERS[key]))
    del found.vouched[VOUCHED_MAX:]
    return found


def moment(commit: Commit, now: int) -> int:
    """When the commit was made: the author's time, or the committer's where the author's cannot be; never in the future.

    Times of 0 (1970) and before, and times ahead of now, are clocks that were wrong.
    """
    day = 86_400
    for seconds in (commit.authored, commit.committed):
        if day < seconds <= now + LATEST_SECONDS_AHEAD:
            return seconds
    return now if commit.authored > now else max(0, commit.authored)


def split_lines(lines: int, people: int) -> list[int]:
    """Millionths of a line for each author of a commit, in equal parts that add up exactly."""
    whole = lines * 1_000_000
    return [whole // people + (1 if index < whole % people else 0) for index in range(people)]
