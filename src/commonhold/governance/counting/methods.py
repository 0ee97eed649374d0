"""The rules of counting by their names, with their parameters: one list for decisions, for recounts and for files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from ...problems import refuse
from .approval import approval
from .ballots import Approvals, Budget, Profile, Rankings, Scores
from .debian import debian
from .equal_shares import EqualShares, equal_shares
from .greedy import Greedy, greedy
from .irv import irv
from .median import median
from .outcome import Outcome
from .phragmen import Phragmen, phragmen, phragmen_panel
from .schulze import schulze
from .spending import TieRule
from .stv import stv

Whole = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Seats = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
P = TypeVar("P", bound="Parameters")


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a rule can be told. A misspelt one is refused."""


class SeatsParameters(Parameters, frozen=True):
    """How many are elected."""

    seats: Seats = 1


class ApprovalParameters(SeatsParameters, frozen=True):
    """minimum: The share of all ballots that a winner needs, such as 1/2."""

    minimum: str = "0/1"


class DebianParameters(Parameters, frozen=True):
    """default: The option by which the others are measured; the last, if none is named. quorum: Votes above it. majority: Such as 3/1."""

    default: str = ""
    quorum: Whole = 0
    majority: str = "1/1"


class MedianParameters(Parameters, frozen=True):
    """quorum: On how many ballots. minimum: The least median."""

    quorum: Whole = 0
    minimum: Whole = 0


class GreedyParameters(Parameters, frozen=True):
    """See `Greedy`. threshold: The least score, a whole number or a fraction. ties: Rules with commas: votes, cheapest, dearest."""

    per: Literal["option", "money"] = "option"
    threshold: str = "0"
    minimum_support: Whole = 0
    skip_unaffordable: bool = True
    ties: str = "cheapest"


class PhragmenParameters(Parameters, frozen=True):
    """See `Phragmen`."""

    minimum_support: Whole = 0
    skip_unaffordable: bool = False


class EqualSharesParameters(Parameters, frozen=True):
    """See `EqualShares`. increment: In the smallest money that the costs have."""

    utility: Literal["cost", "cardinality", "effort", "points"] = "cost"
    completion: Literal["none", "greedy", "add1", "add1_greedy"] = "none"
    increment: Annotated[int, msgspec.Meta(ge=1, le=10**15)] | None = None
    stop: Literal["overspend", "exhaustive"] = "overspend"
    whole_start: bool = False
    minimum_support: Whole = 0
    ties: str = "votes,cheapest"
    most_steps: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


@dataclass(frozen=True, slots=True)
class Election:
    """What is counted: ballots; a budget and the scores that a file gives itself, if there are any."""

    profile: Profile
    order: Sequence[int]
    budget: Budget | None = None
    scores: Sequence[Fraction] | None = None
    unit: int = 1
    """How many of the smallest money make one unit of it: what `add1` raises a share by, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Method:
    """A rule of counting. `version` rises when the same ballots would give something else. takes: The ballots that it counts."""

    name: str
    summary: str
    takes: tuple[type[Any], ...]
    parameters: type[Parameters]
    run: Callable[[Election, Any], Outcome]
    needs_budget: bool = False
    version: int = 1


_NUMBER = re.compile(r"-?[0-9]{1,18}([./][0-9]{1,18})?", re.ASCII)
"""Without exponents: a short text can mean a number of a million digits."""


def fraction(text: str, field: str) -> Fraction:
    """A number such as 2/3, 17 or 0.5.

    Raises:
        Refused: `governance.bad_parameter`.
    """
    try:
        if not _NUMBER.fullmatch(text):
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise refuse("governance.bad_parameter", f"{text!r} is not a number such as 2/3 or 17.", field) from None


def tie_rules(text: str, field: str) -> tuple[TieRule, ...]:
    """Tie rules with commas between them."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    known = msgspec.inspect.type_info(TieRule).values  # type: ignore[attr-defined]
    if not set(found) <= set(known):
        raise refuse("governance.bad_parameter", f"{text!r}: tie rules are {', '.join(known)}.", field)
    return found  # type: ignore[return-value]


def _budget(election: Election) -> Budget:
    assert election.budget is not None
    return election.budget


def _debian(election: Election, given: DebianParameters) -> Outcome:
    options = election.profile.options
    if given.default and given.default not in options:
        raise refuse("governance.bad_parameter", f"{given.default!r} is not an option: {', '.join(options)}.", "default")
    default = options.index(given.default) if given.default else len(options) - 1
    majority = fraction(given.majority, "majority")
    return debian(_ranked(election), default, given.quorum, dict.fromkeys(range(len(options)), majority), election.order)


def _ranked(election: Election) -> Rankings:
    assert isinstance(election.profile, Rankings)
    return election.profile


def _equal_shares(election: Election, given: EqualSharesParameters) -> Outcome:
    rule = EqualShares(
        utility=given.utility, completion=given.completion, increment=given.increment or election.unit, stop=given.stop,
        whole_start=given.whole_start, minimum_support=given.minimum_support, ties=tie_rules(given.ties, "ties"), most_steps=given.most_steps,
    )  # fmt: skip
    if given.utility == "points" and isinstance(election.profile, Approvals):
        raise refuse("governance.bad_parameter", "Approvals have no points: the utility is cost, cardinality or effort.", "utility")
    assert not isinstance(election.profile, Rankings)
    return equal_shares(election.profile, _budget(election), election.order, rule)


def _greedy(election: Election, given: GreedyParameters) -> Outcome:
    threshold = fraction(given.threshold, "threshold")
    rule = Greedy(
        per=given.per, threshold=threshold, minimum_support=given.minimum_support, skip_unaffordable=given.skip_unaffordable,
        ties=tie_rules(given.ties, "ties"),
    )  # fmt: skip
    assert not isinstance(election.profile, Rankings)
    return greedy(election.profile, _budget(election), election.order, rule, election.scores)


def _phragmen(election: Election, given: PhragmenParameters) -> Outcome:
    rule = Phragmen(minimum_support=given.minimum_support, skip_unaffordable=given.skip_unaffordable)
    return phragmen(_approved(election), _budget(election), election.order, rule)


def _approved(election: Election) -> Approvals:
    assert isinstance(election.profile, Approvals)
    return election.profile


def _median(election: Election, given: MedianParameters) -> Outcome:
    assert isinstance(election.profile, Scores)
    return median(election.profile, given.quorum, given.minimum, election.order)


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method("debian", "Yes or no, or the best of several, against a default option (Debian constitution A.6).", (Rankings,), DebianParameters, _debian),
        Method("schulze", "One winner of rankings, by strongest paths.", (Rankings,), Parameters, lambda one, _: schulze(_ranked(one), one.order)),
        Method("irv", "One winner of rankings, by instant runoff.", (Rankings,), Parameters, lambda one, _: irv(_ranked(one), one.order)),
        Method("stv", "Several winners of rankings: Scottish STV.", (Rankings,), SeatsParameters, lambda one, p: stv(_ranked(one), p.seats, one.order)),
        Method(
            "approval", "The most approvals.", (Approvals,), ApprovalParameters,
            lambda one, p: approval(_approved(one), p.seats, fraction(p.minimum, "minimum"), one.order),
        ),
        Method(
            "phragmen_panel", "A panel that represents, by loads.", (Approvals,), SeatsParameters,
            lambda one, p: phragmen_panel(_approved(one), p.seats, one.order),
        ),
        Method("median", "The median of points, with a quorum.", (Scores,), MedianParameters, _median),
        Method("equal_shares", "A budget by equal shares.", (Approvals, Scores), EqualSharesParameters, _equal_shares, needs_budget=True),
        Method("greedy", "A budget by the most votes or points.", (Approvals, Scores), GreedyParameters, _greedy, needs_budget=True),
        Method("phragmen", "A budget by loads.", (Approvals,), PhragmenParameters, _phragmen, needs_budget=True),
    )
}  # fmt: skip


def parameters_of(method: Method, said: Mapping[str, str]) -> Parameters:
    """Parameters from texts.

    Raises:
        Refused: `governance.bad_parameter`.
    """
    known = [one.encode_name for one in msgspec.structs.fields(method.parameters)]
    for name in said:
        if name not in known:
            right = f"its parameters are {', '.join(known)}" if known else "it has no parameters"
            raise refuse("governance.bad_parameter", f"{method.name} does not know {name!r}: {right}.", name)
    try:
        return msgspec.convert(dict(said), method.parameters, strict=False)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        field = path.strip("`").removeprefix("$.")
        raise refuse("governance.bad_parameter", f"{message}.", field or "param") from None


def count(name: str, election: Election, said: Mapping[str, str]) -> Outcome:
    """Count an election by the rule of this name.

    Raises:
        Refused: `governance.wrong_ballots`: the rule counts other ballots. `governance.bad_parameter`.
    """
    method = METHODS[name]
    given = parameters_of(method, said)
    words = {Rankings: "rankings", Approvals: "approvals", Scores: "points"}
    if not isinstance(election.profile, method.takes):
        wanted = " or ".join(words[kind] for kind in method.takes)
        raise refuse("governance.wrong_ballots", f"{name} counts {wanted}; these ballots are {words[type(election.profile)]}.", "rule")
    if method.needs_budget and election.budget is None:
        raise refuse("governance.wrong_ballots", f"{name} divides a budget, and there is none.", "rule")
    if not election.profile.options:
        raise refuse("governance.wrong_ballots", "There are no options to choose from.", "file")
    return method.run(election, given)
