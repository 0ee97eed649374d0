"""What can be wrong, said in one way everywhere.

Rules return `Problem` values; they never raise for what a person wrote. A command that cannot go on raises one of the
errors below, which carry the problems. Each door turns the same error into its own words: an exit code, an HTTP status,
a sentence on a page. The `code` of a problem is stable; its message may be reworded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what would be right.

    Attributes:
        code: Stable name, `package.what` (listed in `docs/reference/problems.md`).
        message: One sentence for people.
        field: Where it is: a field path (`event.effortQuantity`), a charter line (`line 12, sharing.steps[2].percent`).
    """

    code: str
    message: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class CommonholdError(Exception):
    """Something cannot be done; `problems` tells why."""

    status = 500
    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        assert problems, "an error carries at least one problem"
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].code


def problem_document(error: CommonholdError, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """An error in the shape of RFC 9457: the same at every door.

    Args:
        problems: What is told of it; all that it carries, if not given.
    """
    told = problems or error.problems
    return {
        "type": f"urn:commonhold:problem:{told[0].code}",
        "title": type(error).__name__.lstrip("_"),
        "status": error.status,
        "code": told[0].code,
        "detail": told[0].message,
        "problems": [{"code": problem.code, "field": problem.field, "message": problem.message} for problem in told],
    }


class Refused(CommonholdError):
    """The rules do not allow it."""

    status = 422
    exit_code = 1


class BadInput(CommonholdError):
    """The input is not of the form that was asked for."""

    status = 400
    exit_code = 2


class NotFound(CommonholdError):
    """There is no such thing."""

    status = 404
    exit_code = 3


class Forbidden(CommonholdError):
    """Whoever asks may not do this."""

    status = 403
    exit_code = 4


class Broken(CommonholdError):
    """What is stored is not what was written: an integrity failure."""

    status = 500
    exit_code = 5


class Busy(CommonholdError):
    """The store is locked, full, read-only or out of reach; nothing was written."""

    status = 503
    exit_code = 6


def for_others(error: CommonholdError) -> list[Problem]:
    """The problems as people elsewhere may read them: what is wrong with this machine, and where, is for those who run it alone.

    >>> for_others(Busy(Problem("store.disk_full", "The disk under /srv/ana is full.")))[0].message
    'The server cannot do this at present; nothing was written. Its log says more.'
    """
    if not isinstance(error, Broken | Busy):
        return list(error.problems)
    return [Problem(p.code, "The server cannot do this at present; nothing was written. Its log says more.") for p in error.problems]


def refuse(code: str, message: str, field: str = "") -> Refused:
    """Shorthand for a refusal with one problem."""
    return Refused(Problem(code, message, field))


def bad_input(code: str, message: str, field: str = "") -> BadInput:
    """Shorthand for malformed input with one problem."""
    return BadInput(Problem(code, message, field))


def not_found(code: str, message: str, field: str = "") -> NotFound:
    """Shorthand for a missing thing with one problem."""
    return NotFound(Problem(code, message, field))
