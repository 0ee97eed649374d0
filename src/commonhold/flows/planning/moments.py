"""Times of plans, exact: whole microseconds since 1970, which are also the millionths of a duration in seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ...problems import refuse
from ..vocabulary import RecipeProcess
from .quantities import Units, micro_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment(text: str, field: str = "") -> int:
    """Microseconds since 1970.

    Raises:
        Refused: `flows.bad_time`, for what is not a time like 2026-11-23T08:30:00Z, of a day that a calendar has.

    >>> moment("1970-01-02T00:00:00.5Z")
    86400500000
    """
    try:
        whole, _, fraction = text.removesuffix("Z").partition(".")
        if len(whole) != 19 or len(fraction) > 6 or not text.endswith("Z"):
            raise ValueError
        return (datetime.fromisoformat(f"{whole}+00:00") - _EPOCH) // _MICROSECOND + int(fraction.ljust(6, "0") or "0")
    except ValueError:
        raise refuse("flows.bad_time", f"{text!r} is not a time like 2026-11-23T08:30:00Z.", field) from None


@lru_cache(maxsize=4_096)
def moment_text(micros: int) -> str:
    """The time in the form that entries have.

    Raises:
        Refused: `flows.bad_time`, if no calendar reaches there.

    >>> moment_text(86400500000)
    '1970-01-02T00:00:00.5Z'
    """
    try:
        time = _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        raise refuse(
            "flows.bad_time", "The plan reaches before the year 1 or beyond the year 9999: look for a wrong duration in its recipes."
        ) from None
    fraction = f".{time.microsecond:06d}".rstrip("0") if time.microsecond else ""
    return f"{time.year:04d}-{time:%m-%dT%H:%M:%S}{fraction}Z"


def duration(process: RecipeProcess, units: Units) -> int:
    """Microseconds from the beginning to the end of a run, however much it makes; none, if the recipe does not say.

    Raises:
        Refused: `flows.bad_duration`, if it is not given in a unit of time.
    """
    if process.hasDuration is None:
        return 0
    exact = units.exact(micro_of(process.hasDuration), process.hasDuration.hasUnit, "second")
    if exact is None:
        message = f"{process.id} lasts {process.hasDuration.hasNumericalValue} {process.hasDuration.hasUnit}: give its duration in a unit of time."
        raise refuse("flows.bad_duration", message, "hasDuration")
    return -(-exact.numerator // exact.denominator)
