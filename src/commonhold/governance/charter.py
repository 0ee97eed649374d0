"""The section `[governance]` of a charter: which questions there are, who decides them, by which rule, and how long it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

import msgspec

from ..commons.charter import Section, convert_section
from ..problems import Problem
from ..store.transaction import Transaction

Rule = Literal["yes_no", "consent", "lazy", "approval", "stv", "schulze", "equal_shares", "conviction"]
Electorate = Literal["member", "producer", "user", "domain"]
Secrecy = Literal["hidden", "open", "secret"]
Question = Literal["charter", "fork", "role", "member", "steward", "recall", "money", "budget", "grant", "election", "statement"]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]

RANKED = frozenset({"stv", "schulze"})
MANY_OPTIONS = frozenset({"approval", "stv", "schulze", "equal_shares"})
"""Rules that choose among the options, where `yes_no`, `consent` and `lazy` ask whether something changes at all."""
OF_DOMAINS = frozenset({"steward", "recall", "statement", "role", "money"})
"""Questions that can belong to a domain, whose delegations then go before general ones. The others are everybody's."""
VOTED = frozenset({"yes_no", "approval", "stv", "schulze", "equal_shares"})
"""Rules with ballots."""
SUMMED = frozenset({"yes_no", "approval"})
"""Rules that need no more of the ballots than their sum: only these can be secret for ever."""


class QuestionSection(Section, frozen=True):
    """`[governance.questions.NAME]`: how a question of this sort is decided. What is left out is as for all questions.

    Attributes:
        rule: The rule of counting.
        rolls: Who votes. With several, each of them must agree. `domain`: who has standing in the proposal's domain.
        majority: What share of those for or against must be for it: "1/2" means more than half, "2/3" two thirds or more.
        quorum_percent: What percentage of each roll must be for it; of an election or a budget: must choose anything at all.
        discussion_days, voting_days: From the proposal to the vote, and from there to its close.
        seconds: How many others must want a vote on it; `seconds_percent` of the electorate, if that is more.
        ballots: `hidden` until the close, `open` at once, or `secret` for ever: encrypted, and only their sum is opened.
        minimum_support: Of a budget's project: fewer approvals, and it is not funded.
        jury: So many of those who could vote are drawn by lot to decide it, at least a third from each roll; 0: all of them vote.
    """

    rule: Rule | None = None
    rolls: list[Electorate] | None = None
    majority: str | None = None
    quorum_percent: Percent | None = None
    discussion_days: Days | None = None
    voting_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] | None = None
    seconds: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    seconds_percent: Percent | None = None
    ballots: Secrecy | None = None
    minimum_support: Annotated[int, msgspec.Meta(ge=0)] | None = None
    jury: Annotated[int, msgspec.Meta(ge=0, le=1_000)] | None = None


class Delegating(Section, frozen=True):
    """`[governance.delegation]`.

    Attributes:
        days: A delegation ends after so many days, if not before. depth: The longest chain.
        cap_percent: The most votes that one voter can carry, of all of the electorate; three can always be carried.
    """

    days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 365
    depth: Annotated[int, msgspec.Meta(ge=1, le=5)] = 5
    cap_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Earning(Section, frozen=True):
    """`[governance.standing]`: how standing in a domain is earned, and what a steward needs of it.

    Attributes:
        window_days: Contributions older than this do not count. half_life_days: By then they count half.
        weights: Points for one unit of a kind, as decimals. Without any, an hour of work is a point, and nothing else is.
        points, endorsers, weeks: What a steward needs: points, effective number of persons who validated, weeks of work.
        term_days: How long a steward is one. per_organization: So many stewards of a domain at most from one organization.
    """

    window_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 365
    half_life_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 180
    weights: dict[str, str] = {}
    points: Annotated[int, msgspec.Meta(ge=0)] = 10
    endorsers: Annotated[int, msgspec.Meta(ge=1)] = 2
    weeks: Annotated[int, msgspec.Meta(ge=1)] = 3
    term_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 365
    per_organization: Annotated[int, msgspec.Meta(ge=1)] = 2


class Conviction(Section, frozen=True):
    """`[governance.conviction]`: small grants that pass once support has lasted.

    Attributes:
        fund: What they are paid from. half_life_days: Of conviction. share_percent: The largest part of the fund for one grant.
        weight_percent: The weight ρ of the threshold. minimum_percent: So much of the electorate counts as active at least.
    """

    fund: str = ""
    half_life_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    weight_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    minimum_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 25


class Governance(Section, frozen=True):
    """`[governance]`.

    Attributes:
        petition_days: So long can a proposal gather seconds; then it lapses.
        dormant_days: A task that somebody took, and did nothing for in so long, is open for others again; 0: never.
        questions: How questions of each sort are decided.
    """

    petition_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30
    dormant_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0
    questions: dict[str, QuestionSection] = {}
    delegation: Delegating = Delegating()
    standing: Earning = Earning()
    conviction: Conviction = Conviction()


class Terms(msgspec.Struct, frozen=True):
    """How one question is decided, with all gaps filled. They are fixed with the proposal, whatever the charter says later."""

    question: Question
    rule: Rule
    rolls: tuple[Electorate, ...]
    majority: str = "1/2"
    quorum_percent: int = 10
    discussion_days: int = 7
    voting_days: int = 7
    seconds: int = 0
    seconds_percent: int = 0
    ballots: Secrecy = "hidden"
    minimum_support: int = 0
    jury: int = 0
    petition_days: int = 30
    depth: int = 5
    cap_percent: int = 5


BOTH: tuple[Electorate, ...] = ("producer", "user")
STANDARD: Mapping[str, Terms] = {
    terms.question: terms
    for terms in (
        Terms("charter", "yes_no", BOTH, majority="2/3"),
        Terms("fork", "yes_no", BOTH, majority="2/3"),
        Terms("role", "yes_no", ("member",)),
        Terms("member", "yes_no", ("member",), majority="2/3"),
        Terms("steward", "yes_no", ("domain",), seconds=1),
        Terms("recall", "yes_no", ("domain",), discussion_days=0, seconds=4, seconds_percent=10),
        Terms("money", "yes_no", ("member",)),
        Terms("budget", "equal_shares", ("member",), quorum_percent=0),
        Terms("grant", "conviction", ("member",), quorum_percent=0, discussion_days=0),
        Terms("election", "stv", ("member",)),
        Terms("statement", "lazy", ("member",)),
    )
}
"""The questions, and how they are decided where the charter says nothing else. What concerns the constitution needs both rolls."""


def terms_of(section: Governance, question: str) -> Terms:
    """How a question is decided by a charter."""
    standard = STANDARD[question]
    own = section.questions.get(question)
    said = {} if own is None else {name: value for name, value in msgspec.structs.asdict(own).items() if value is not None}
    if "rolls" in said:
        said["rolls"] = tuple(said["rolls"])
    delegation = section.delegation
    shared = {"petition_days": section.petition_days, "depth": delegation.depth, "cap_percent": delegation.cap_percent}
    return msgspec.structs.replace(standard, **shared, **said)


def governance_of(values: Mapping[str, Any]) -> Governance:
    """The section of a charter that has been checked."""
    section = convert_section(values, "governance", Governance)
    assert not isinstance(section, Problem), section
    return section


def governance_in_force(transaction: Transaction, commons: str) -> Governance:
    """The section of the charter in force. Kept in the transaction's cache."""
    from ..commons.queries import charter_section

    return charter_section(transaction, commons, "governance", Governance)


def majority_of(text: str) -> Fraction:
    """The share that a majority needs, between a half and one.

    Raises:
        ValueError: Says what would be right.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", text)
    share = Fraction(int(match[1]), int(match[2])) if match else Fraction(0)
    if not Fraction(1, 2) <= share <= 1:
        raise ValueError(f'{text!r} is not a majority: write a fraction from "1/2" to "1/1", such as "2/3"')
    return share


FITTING: Mapping[str, frozenset[str]] = {
    "budget": frozenset({"equal_shares"}),
    "grant": frozenset({"conviction"}),
    "election": frozenset({"stv", "approval", "schulze"}),
}
"""Rules for questions that choose; all other questions are decided by `yes_no`, `consent` or `lazy`."""
WHETHER = frozenset({"yes_no", "consent", "lazy"})


def check_governance(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[governance]`."""
    section = convert_section(values, "governance", Governance)
    if isinstance(section, Problem):
        return [section]
    problems = []
    for name in section.questions:
        path = f"governance.questions.{name}"
        if name not in STANDARD:
            problems.append(Problem("charter.unknown_question", f"No such question is known; known are {', '.join(STANDARD)}.", path))
        else:
            problems += _question_problems(terms_of(section, name), path)
    kinds = values.get("kinds", {})
    for kind, weight in section.standing.weights.items():
        if kind not in kinds:
            problems.append(Problem("charter.unknown_kind", f"{kind!r} is no kind of [kinds].", f"governance.standing.weights.{kind}"))
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", weight):
            problems.append(
                Problem("charter.bad_weight", f'{weight!r} is not a number of points, such as "0.01".', f"governance.standing.weights.{kind}")
            )
    return problems


def _question_problems(terms: Terms, path: str) -> list[Problem]:
    problems = []
    fitting = FITTING.get(terms.question, WHETHER)
    if terms.rule not in fitting:
        problem = f"A question of this sort is decided by {' or '.join(sorted(fitting))}."
        problems.append(Problem("charter.bad_rule", problem, f"{path}.rule"))
    if not terms.rolls or len(set(terms.rolls)) != len(terms.rolls):
        problems.append(Problem("charter.bad_rolls", "Name at least one roll, each once.", f"{path}.rolls"))
    if len(terms.rolls) > 1 and terms.rule not in WHETHER:
        problems.append(Problem("charter.bad_rolls", f"{terms.rule} counts one roll: several can only agree on yes or no.", f"{path}.rolls"))
    if "domain" in terms.rolls and terms.question not in OF_DOMAINS:
        problems.append(Problem("charter.bad_rolls", "This question belongs to no domain.", f"{path}.rolls"))
    if terms.jury and terms.rule not in VOTED:
        problems.append(Problem("charter.bad_jury", "A jury votes: consent and lasting support are everybody's.", f"{path}.jury"))
    if terms.ballots == "secret" and (terms.rule not in SUMMED or len(terms.rolls) != 1):
        problem = f"Only a question of one roll by {' or '.join(sorted(SUMMED))} can have secret ballots: nothing but their sum is ever known."
        problems.append(Problem("charter.bad_secrecy", problem, f"{path}.ballots"))
    if terms.jury and terms.petition_days <= terms.discussion_days:
        problem = "A jury is drawn after the discussion: let petition_days be longer, or the question lapses before."
        problems.append(Problem("charter.bad_jury", problem, f"{path}.jury"))
    try:
        majority_of(terms.majority)
    except ValueError as error:
        problems.append(Problem("charter.bad_majority", f"{error}.", f"{path}.majority"))
    return problems
