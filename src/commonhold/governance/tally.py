"""From votes to a result: who voted for whom, what each roll said, what the rule makes of it. Pure: anybody who counts finds the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from ..journal.canonical import canonical
from ..sortition import lot
from .charter import MANY_OPTIONS, Terms, majority_of
from .counting.ballots import Approvals, Budget, Profile, Rankings, profile_hash, ranking
from .counting.methods import METHODS, Election, count
from .counting.outcome import Outcome, Round
from .delegation import resolve
from .entries import DEFAULT, Ballot

Voter = int
NOBODY = -1
STEPS_MAX = 1_000
"""A share is raised so often at most, to eleven times what it was: a few dear projects must not keep everybody waiting."""
CARRIED_AT_LEAST = 3
"""So many votes can a voter always carry, however small the electorate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is to be counted.

    Attributes:
        options: Their ids, in order. rolls: The voters in each roll. budget, seats: Where the rule needs them.
        ballots: By voter. delegates: Up to three of each voter, ranked, with the number of the entry that named them.
        salts: Of the ballots in the order in which they were cast: the seed of the lot. Where ballots are open, the ids of the
            votes, and the node's `proof`.
        objections: Whether each objection still stands. consents: Who consented.
    """

    terms: Terms
    options: tuple[str, ...]
    rolls: Mapping[str, frozenset[Voter]]
    ballots: Mapping[Voter, Ballot] = field(default_factory=dict)
    delegates: Mapping[Voter, tuple[tuple[Voter, ...], int]] = field(default_factory=dict)
    salts: Sequence[str] = ()
    proof: str = ""
    seats: int = 1
    budget: Budget | None = None
    objections: Mapping[Voter, bool] = field(default_factory=dict)
    consents: frozenset[Voter] = frozenset()


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """What one roll said of one option: how many for it, against it, and how many it takes."""

    roll: str
    option: str
    electors: int
    voted: int
    votes_for: int
    votes_against: int
    quorum: int
    carried: bool


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """All of a count, as it is kept, shown, exported and hashed.

    Attributes:
        outcome: carried, rejected or blocked. winners: Ids of options.
        rounds: Of the rule, each with event, options, tallies and notes. ties: How each was broken.
        voted: How many voted themselves. delegated: How many through others. turned_away: How many delegations found no room.
        alternatives: What other rules would have given, by their names. note: Further figures of the rule, such as a quota.
            proof: Of the lot, where ballots were open.
    """

    rule: str
    version: int
    outcome: str
    winners: list[str]
    parameters: dict[str, str]
    options: list[str]
    seed: str
    order: list[str]
    electors: int
    voted: int
    delegated: int
    turned_away: int
    ballots: str
    support: list[Support] = []
    rounds: list[dict[str, Any]] = []
    ties: list[dict[str, Any]] = []
    alternatives: dict[str, list[str]] = {}
    note: dict[str, str] = {}
    proof: str = ""

    def sha256(self) -> str:
        """What `governance.close` says of it."""
        return hashlib.sha256(canonical(self)).hexdigest()


def seed_of(salts: Iterable[str]) -> bytes:
    """The seed of the lot: SHA-256 of all salts in the order of the votes. Nobody knew those of the others, or the proof, when they voted."""
    return hashlib.sha256("\n".join(salts).encode()).digest()


def tally(asked: Asked) -> Result:
    """Count. A question that takes ballots, or one that takes objections. A roll in which there is nobody decides nothing."""
    asked = replace(asked, rolls={roll: members for roll, members in asked.rolls.items() if members} or asked.rolls)
    return _by_ballots(asked) if asked.terms.rule in ("yes_no", *MANY_OPTIONS) else _by_consent(asked)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whose ballot speaks for each voter who is heard, themselves or a delegate."""

    speaks: Mapping[Voter, Voter]
    turned_away: int


def spoken_for(asked: Asked) -> Spoken:
    """Resolve delegations: breadth first, never beyond the cap of votes that one voter carries."""
    voters = sorted(frozenset().union(*asked.rolls.values()))
    place = {voter: index for index, voter in enumerate(voters)}
    delegates = np.full((len(voters), 3), NOBODY, dtype=np.int64)
    since = np.zeros(len(voters), dtype=np.int64)
    for voter, (named, entry) in asked.delegates.items():
        if voter in place:
            known = [place[one] for one in named if one in place]
            delegates[place[voter], : len(known)] = known
            since[place[voter]] = entry
    votes = np.array([voter in asked.ballots for voter in voters], dtype=bool)
    cap = max(CARRIED_AT_LEAST, len(voters) * asked.terms.cap_percent // 100)
    found = resolve(delegates, votes, since, cap, asked.terms.depth)
    speaks = {voter: voters[by] for voter, by in zip(voters, found.representative.tolist(), strict=True) if by != NOBODY}
    return Spoken(speaks, int(found.turned_away.sum()))


def quorum_of(terms: Terms, electors: int) -> int:
    """How many must be for an option: the percentage of the roll, rounded up, and somebody at least."""
    return max(1, -(-electors * terms.quorum_percent // 100))


def _by_ballots(asked: Asked) -> Result:
    spoken = spoken_for(asked)
    options = options_on(asked)
    seed = seed_of(asked.salts)
    order = lot(seed, options)
    profile = _profile(asked, options, spoken.speaks.values())
    support: list[Support] = []
    if not asked.options:
        outcome = Outcome(())  # a budget for which nobody had a project, say
    elif asked.terms.rule == "yes_no":
        support = _support(asked, options, spoken)
        carried = [option for option in asked.options if all(one.carried for one in support if one.option == option)]
        outcome = _among_carried(profile, carried, order)
    else:
        outcome = count(asked.terms.rule, Election(profile, order, asked.budget), _said(asked))
    winners = [options[number] for number in outcome.winners if options[number] != DEFAULT]
    electors = len(frozenset().union(*asked.rolls.values()))
    said = sum(many for ballot, many in profile.ballots.items() if ballot)
    if asked.terms.rule != "yes_no" and said < quorum_of(asked.terms, electors):
        winners = []  # a lot among people whom nobody chose is no election
    return Result(
        rule=asked.terms.rule,
        version=METHODS[_METHOD.get(asked.terms.rule, asked.terms.rule)].version,
        outcome="carried" if winners else "rejected",
        winners=winners,
        parameters=_parameters(asked),
        options=list(options),
        seed=seed.hex(),
        order=[options[number] for number in order],
        electors=electors,
        voted=sum(1 for voter, by in spoken.speaks.items() if voter == by),
        delegated=sum(1 for voter, by in spoken.speaks.items() if voter != by),
        turned_away=spoken.turned_away,
        ballots=profile_hash(profile),
        support=support,
        rounds=rounds_of(outcome, options),
        ties=ties_of(outcome, options),
        alternatives=_alternatives(asked, Election(profile, order, asked.budget)),
        note=note_of(outcome.note, options),
        proof=asked.proof,
    )


def rounds_of(outcome: Outcome, options: Sequence[str]) -> list[dict[str, Any]]:
    """The rounds of an outcome as plain values, with ids for numbers."""
    return [
        {
            "event": one.event, "options": [options[number] for number in one.options],
            "tallies": {options[number]: text for number, text in sorted(one.tallies.items())}, "note": note_of(one.note, options),
        }
        for one in outcome.rounds
    ]  # fmt: skip


def note_of(note: Mapping[str, str], options: Sequence[str]) -> dict[str, str]:
    """The notes of a round, or of the whole, with ids where they name options by number."""

    def named(match: re.Match[str]) -> str:
        return options[int(match[0])]

    return {name: re.sub(r"[0-9]+", named, text) if name in ("taken_away", "unbeaten", "order") else text for name, text in note.items()}


def ties_of(outcome: Outcome, options: Sequence[str]) -> list[dict[str, Any]]:
    """The ties of an outcome as plain values, with ids for numbers."""
    return [
        {"round": one.round, "among": [options[number] for number in one.among], "chosen": options[one.chosen], "by": one.by}
        for one in outcome.ties
    ]  # fmt: skip


_METHOD = {"yes_no": "debian"}
"""The method that counts a rule of the charter, where it is called otherwise."""


def _said(asked: Asked) -> dict[str, str]:
    """The parameters of the method. A share of a budget is raised by hundredths of itself, so that small groups are counted soon too."""
    rule, terms = asked.terms.rule, asked.terms
    if rule == "equal_shares":
        assert asked.budget is not None
        electors = len(frozenset().union(*asked.rolls.values()))
        step = min(max(1, asked.budget.total // (100 * max(1, electors))), 10**15)
        return {
            "completion": "add1_greedy", "increment": str(step), "minimum_support": str(terms.minimum_support), "most_steps": str(STEPS_MAX),
        }  # fmt: skip
    return {"seats": str(asked.seats)} if rule in ("stv", "approval") else {}


def _alternatives(asked: Asked, election: Election) -> dict[str, list[str]]:
    """What other rules would have made of the same ballots; of secret ones only the sum is known."""
    if len(asked.options) < 2 or asked.terms.ballots == "secret":
        return {}
    seats = {"seats": str(asked.seats)}
    others: dict[str, list[tuple[str, dict[str, str]]]] = {
        "yes_no": [("schulze", {}), ("irv", {})],
        "stv": [("schulze", {}), ("irv", {})] if asked.seats == 1 else [],
        "schulze": [("irv", {}), ("stv", {"seats": "1"})],
        "approval": [("phragmen_panel", seats)],
        "equal_shares": [("greedy", {"minimum_support": str(asked.terms.minimum_support)}), ("phragmen", {})],
    }
    return {
        name: [election.profile.options[number] for number in count(name, election, said).winners]
        for name, said in others[asked.terms.rule]
    }  # fmt: skip


def _parameters(asked: Asked) -> dict[str, str]:
    terms = asked.terms
    found = _said(asked) | {"rolls": ",".join(terms.rolls), "cap_percent": str(terms.cap_percent), "depth": str(terms.depth)}
    if terms.rule == "yes_no":
        found |= {"majority": terms.majority, "quorum_percent": str(terms.quorum_percent)}
    if asked.budget is not None:
        found["budget"] = str(asked.budget.total)
    return found


def profile_of(asked: Asked, spoken: Spoken) -> Profile:
    """The ballots as the rule takes them, each as often as it speaks for somebody."""
    return _profile(asked, options_on(asked), spoken.speaks.values())


def options_on(asked: Asked) -> tuple[str, ...]:
    """What can be chosen: the options, and that nothing changes where that is asked."""
    return (*asked.options, DEFAULT) if asked.terms.rule == "yes_no" else asked.options


def _profile(asked: Asked, options: tuple[str, ...], speakers: Iterable[Voter]) -> Profile:
    """The ballots as the rule takes them, as often as they speak for somebody."""
    number = {option: place for place, option in enumerate(options)}
    counts: dict[Any, int] = {}
    ranked = asked.terms.rule in ("yes_no", "stv", "schulze")
    for speaker in speakers:
        ballot = asked.ballots[speaker]
        form: Any = _ranked(ballot, number) if ranked else tuple(sorted({number[option] for option in ballot.approvals or () if option in number}))
        counts[form] = counts.get(form, 0) + 1
    return Rankings(options, counts) if ranked else Approvals(options, counts)


def _ranked(ballot: Ballot, number: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    """A ballot as a ranking. Yes is before the default, no is after it; who abstains ranks nothing.

    Options that have been taken off the ballot are passed over.
    """
    if ballot.answer is not None:
        others = [place for option, place in number.items() if option != DEFAULT]
        groups = {"yes": [others, [number[DEFAULT]]], "no": [[number[DEFAULT]], others], "abstain": []}[ballot.answer]
        return ranking(groups)
    return ranking([number[option] for option in group if option in number] for group in ballot.ranking or ())


def _support(asked: Asked, options: tuple[str, ...], spoken: Spoken) -> list[Support]:
    """For and against each option in each roll: who ranks it above, and below, that nothing changes."""
    share = majority_of(asked.terms.majority)
    default = options.index(DEFAULT)
    number = {option: place for place, option in enumerate(options)}
    rank: dict[Voter, dict[int, int]] = {}
    for voter in set(spoken.speaks.values()):
        groups = _ranked(asked.ballots[voter], number)
        rank[voter] = {option: level for level, group in enumerate(groups) for option in group}
    found = []
    for roll, electors in asked.rolls.items():
        heard = [rank[spoken.speaks[voter]] for voter in electors if voter in spoken.speaks]
        for place, option in enumerate(options):
            if place == default:
                continue
            low = len(options)
            votes_for = sum(1 for one in heard if one.get(place, low) < one.get(default, low))
            votes_against = sum(1 for one in heard if one.get(place, low) > one.get(default, low))
            quorum = quorum_of(asked.terms, len(electors))
            carried = votes_for >= quorum and votes_for > votes_against and Fraction(votes_for, max(1, votes_for + votes_against)) >= share
            found.append(
                Support(
                    roll=roll, option=option, electors=len(electors), voted=len(heard), votes_for=votes_for,
                    votes_against=votes_against, quorum=quorum, carried=carried,
                )
            )  # fmt: skip
    return found


def _among_carried(profile: Profile, carried: Sequence[str], order: Sequence[int]) -> Outcome:
    """Schulze's rule among the options that every roll carries. They are better than no change already: each roll has said so."""
    assert isinstance(profile, Rankings)
    numbers = [profile.options.index(option) for option in carried]
    default = profile.options.index(DEFAULT)
    away = [
        Round("dropped", (number,), {}, {"reason": "not carried by every roll"})
        for number in range(len(profile.options))
        if number != default and number not in numbers
    ]
    if not carried:
        return Outcome((), (*away, Round("no_majority", (default,))))
    place = {number: small for small, number in enumerate(numbers)}
    ballots: dict[Any, int] = {}
    for ballot, many in profile.ballots.items():
        left = ranking([place[option] for option in group if option in place] for group in ballot)
        ballots[left] = ballots.get(left, 0) + many
    small = Election(Rankings(tuple(carried), ballots), [place[number] for number in order if number in place])
    return _renumbered(count("schulze", small, {}), numbers, away)


def _renumbered(counted: Outcome, numbers: Sequence[int], before: Sequence[Round]) -> Outcome:
    """An outcome among some options, with the numbers that they have among all, after some rounds."""
    rounds = [
        replace(
            one, options=tuple(numbers[option] for option in one.options), tallies={numbers[option]: text for option, text in one.tallies.items()}
        )
        for one in counted.rounds
    ]
    ties = [
        replace(tie, round=tie.round + len(before), among=tuple(sorted(numbers[option] for option in tie.among)), chosen=numbers[tie.chosen])
        for tie in counted.ties
    ]
    note = {name: " ".join(str(numbers[int(option)]) for option in text.split()) for name, text in counted.note.items()}
    return Outcome(tuple(numbers[option] for option in counted.winners), (*before, *rounds), tuple(ties), note)


def _by_consent(asked: Asked) -> Result:
    """Consent: enough have said that they can live with it, and no objection stands. Lazy: no objection stands."""
    electors = frozenset().union(*asked.rolls.values())
    standing = sorted(voter for voter, lifted in asked.objections.items() if voter in electors and not lifted)
    consents = asked.consents & electors
    support = [
        Support(
            roll=roll, option=asked.options[0] if asked.options else DEFAULT, electors=len(members), voted=len(consents & members),
            votes_for=len(consents & members), votes_against=len(members.intersection(standing)),
            quorum=quorum_of(asked.terms, len(members)) if asked.terms.rule == "consent" else 0,
            carried=not standing and (asked.terms.rule == "lazy" or len(consents & members) >= quorum_of(asked.terms, len(members))),
        )
        for roll, members in asked.rolls.items()
    ]  # fmt: skip
    carried = all(one.carried for one in support)
    said = canonical({"consents": sorted(consents), "objections": standing})
    return Result(
        rule=asked.terms.rule,
        version=1,
        outcome="blocked" if standing else "carried" if carried else "rejected",
        winners=list(asked.options[:1]) if carried else [],
        parameters=_parameters(asked) | {"quorum_percent": str(asked.terms.quorum_percent)},
        options=list(asked.options),
        seed="",
        order=list(asked.options),
        electors=len(electors),
        voted=len(consents | set(standing)),
        delegated=0,
        turned_away=0,
        ballots=hashlib.sha256(said).hexdigest(),
        support=support,
    )
