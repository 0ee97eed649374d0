"""Whatever people tell, in whatever order: what is legal happens as the table says, and what is not changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from flows.happenings import Flows, measure
from flows.stock_model import Model, Told
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import GiveBackParams, NewResource
from commonhold.measure import format_quantity

PEOPLE = st.sampled_from(["Bo", "Cy"])
PROCESSES = st.sampled_from(["sawing", "gluing"])
AMOUNTS = st.sampled_from([Fraction(number, 2) for number in (0, 1, 2, 3, 4, 6, 9, 14)])
PICK = st.integers(0, 1_000)
ONE_SIDED = {"produce": "outputOf", "consume": "inputOf", "raise": "", "lower": "", "accept": "inputOf", "modify": "outputOf", "use": "inputOf"}


def text(amount: Fraction) -> str:
    """A quantity as a text."""
    return format_quantity(int(amount * 1_000_000))


class Commons(RuleBasedStateMachine):
    """Two members who have wood and promise work, and a model beside them."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("DATABASE_URL", raising=False)
            self.flows = Flows(World(self.folder / "home"))
        self.model = Model()
        self.events: list[tuple[str, Told, Fraction, Fraction, Fraction]] = []  # id, what, how much is left of it, lowered in a process, lost of that
        self.efforts: list[tuple[str, Told, Fraction, list[Fraction]]] = []
        self.intent_open = Fraction(20)
        self.flows.make("Ana", v.ResourceSpecification(id="wood"), v.Process(id="sawing"), v.Process(id="gluing"))
        self.flows.make("Ana", v.Intent(id="build", action="work", effortQuantity=measure("20 hour")))
        for name in ("Bo", "Cy"):
            self.told(Told("raise", Fraction(8), name, name, resource=f"{name}-0", new=True))

    def told(self, told: Told, by: str = "") -> None:
        """Tell an event to both; they agree whether it is legal."""
        lost = Fraction()
        if told.action == "lower" and told.process:
            lost = min(told.quantity, self.model.inside.get((told.process, told.resource), Fraction()))
        place = {"produce": "outputOf", "modify": "outputOf"}.get(told.action, "inputOf")
        begun = NewResource(id=told.to or told.resource, conformsTo=None if told.to else "wood") if told.new else None
        event = lambda: self.flows.happens(  # noqa: E731 - twice
            by or told.provider, told.action, text(told.quantity), None if told.new and not told.to else told.resource, receiver=told.receiver,
            provider=told.provider, new=begun, **({"to": told.to} if told.to else {}), **({place: told.process} if told.process else {}),
        )  # fmt: skip
        if (by and by != told.provider) or not self.model.may(told, lost):
            self.flows.refused(event)
            return
        before = self.sums()
        self.events.append((event(), told, told.quantity, told.quantity if lost or told.process else Fraction(), lost))
        self.model.happens(told, lost)
        if told.to:
            assert self.sums() == before

    def sums(self) -> tuple[int, int]:
        """Accounting and on-hand quantity of all wood, and what is in processes, in millionths."""
        with self.flows.world.node.read() as transaction:
            row = transaction.row("SELECT SUM(accounting), SUM(onhand) FROM economic_resource")
        assert row is not None
        return int(row[0] or 0), int(row[1] or 0)

    def pick(self, number: int) -> str:
        names = sorted(self.model.things)
        return names[number % len(names)]

    @rule(action=st.sampled_from(sorted(ONE_SIDED)), who=PEOPLE, number=PICK, amount=AMOUNTS, process=PROCESSES, other=st.booleans())
    def one_sided(self, action: str, who: str, number: int, amount: Fraction, process: str, other: bool) -> None:
        receiver = ("Cy" if who == "Bo" else "Bo") if other else who
        inside = process if ONE_SIDED[action] or (action == "lower" and other) else ""
        if action == "use":
            return
        self.told(Told(action, amount, who, receiver, self.pick(number), process=inside))

    @rule(
        action=st.sampled_from(["transfer", "transferAllRights", "transferCustody"]),
        who=PEOPLE,
        receiver=PEOPLE,
        numbers=st.tuples(PICK, PICK),
        amount=AMOUNTS,
    )
    def to_another_stock(self, action: str, who: str, receiver: str, numbers: tuple[int, int], amount: Fraction) -> None:
        resource, to = (self.pick(number) for number in numbers)
        if resource == to or (self.model.things[to].accounting == 0 and self.model.things[to].accountable != receiver):
            return  # what is empty may become another's: then a return later is no return for the correction (test_custody has it)
        self.told(Told(action, amount, who, receiver, resource, to))

    @rule(
        action=st.sampled_from(["transfer", "transferAllRights", "transferCustody", "move"]), who=PEOPLE, receiver=PEOPLE, number=PICK, amount=AMOUNTS
    )
    def to_a_new_one(self, action: str, who: str, receiver: str, number: int, amount: Fraction) -> None:
        who_gets = who if action == "move" else receiver
        if len(self.model.things) < 8:
            self.told(Told(action, amount, who, who_gets, self.pick(number), f"{who}-{len(self.model.things)}", new=True))

    @rule(action=st.sampled_from(["transfer", "transferCustody"]), who=PEOPLE, receiver=PEOPLE, number=PICK, amount=AMOUNTS)
    def without_a_to_resource(self, action: str, who: str, receiver: str, number: int, amount: Fraction) -> None:
        self.told(Told(action, amount, who, receiver, self.pick(number)))

    @rule(who=PEOPLE, by=PEOPLE, numbers=st.tuples(PICK, PICK), amount=AMOUNTS)
    def moved(self, who: str, by: str, numbers: tuple[int, int], amount: Fraction) -> None:
        resource, to = (self.pick(number) for number in numbers)
        if resource != to:
            self.told(Told("move", amount, who, who, resource, to), by)

    @precondition(lambda self: self.events)
    @rule(number=PICK, amount=AMOUNTS, by=st.sampled_from(["", "", "", "Bo", "Ana"]))
    def corrected(self, number: int, amount: Fraction, by: str) -> None:
        at = number % len(self.events)
        id_, told, left, lowered, lost = self.events[at]
        less = replace(told, quantity=-amount, new=False)
        again = Fraction()
        if told.action == "lower" and told.process:
            was = min(lowered, lost)
            again = min(lowered - amount, lost) - was if amount <= left else Fraction()
        attempt = lambda: self.flows.correct(by or told.provider, id_, text(-amount), resourceInventoriedAs=told.resource)  # noqa: E731 - twice
        legal = 0 < amount <= left and by in ("", told.provider, "Ana") and self.model.may(less, again, corrects=True)
        if not legal:
            self.flows.refused(attempt)
            return
        attempt()
        self.model.happens(less, again, corrects=True)
        self.events[at] = (id_, told, left - amount, lowered - amount if lowered else lowered, lost)

    @rule(who=PEOPLE, amount=AMOUNTS.filter(lambda amount: amount < 4))
    def promises(self, who: str, amount: Fraction) -> None:
        self._promise(who, amount)

    def _promise(self, who: str, amount: Fraction) -> None:
        name = next(name for number in range(99) if (name := f"promise-{number:02}") not in self.model.promised)
        satisfied = v.Commitment(
            id=name, action="work", provider=self.flows.world.ids[who], effortQuantity=measure(f"{text(amount)} hour"), satisfies=["build"]
        )
        if amount > self.intent_open:
            assert self.flows.refused(lambda: self.flows.make(who, satisfied)) == "flows.taken_already"
            return
        self.flows.make(who, satisfied)
        self.intent_open -= amount
        self.model.promised[name], self.model.counted[name] = (who, amount), Fraction()

    @rule(who=PEOPLE, number=PICK, amounts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), process=PROCESSES)
    def loses(self, who: str, number: int, amounts: tuple[Fraction, Fraction, Fraction], process: str) -> None:
        """Something goes into a process, less comes out of it, and what is missing is said."""
        own = sorted(name for name, thing in self.model.things.items() if thing.accountable == thing.custodian == who)
        if not own:
            return
        for action, amount in zip(("accept", "modify", "lower"), sorted(amounts, reverse=True) if number % 4 else amounts, strict=True):
            self.told(Told(action, amount, who, who, own[number % len(own)], process=process))

    @precondition(lambda self: self.model.promised)
    @rule(who=PEOPLE, numbers=st.lists(PICK, min_size=1, max_size=3), amount=AMOUNTS)
    def works(self, who: str, numbers: list[int], amount: Fraction) -> None:
        own = sorted(name for name, (whose, _) in self.model.promised.items() if whose == who)
        known = own if own and numbers[0] % 5 else sorted(self.model.promised)
        names = tuple(dict.fromkeys(known[number % len(known)] for number in numbers))
        self._work(who, names, amount)

    def _work(self, who: str, names: tuple[str, ...], amount: Fraction) -> None:
        told = Told("work", amount, who, who, promises=names)
        event = lambda: self.flows.happens(who, "work", None, effort=f"{text(amount)} hour", fulfills=list(names))  # noqa: E731 - twice
        if any(self.model.promised[name][0] != who for name in names):
            assert self.flows.refused(event) == "flows.not_the_promiser"
            return
        parts = self.model.share(told)
        self.efforts.append((event(), told, amount, parts))
        for name, part in zip(names, parts, strict=True):
            self.model.counted[name] += part

    @precondition(lambda self: self.efforts)
    @rule(number=PICK, amount=AMOUNTS)
    def worked_less(self, number: int, amount: Fraction) -> None:
        self._less(number % len(self.efforts), amount)

    def _less(self, at: int, amount: Fraction) -> None:
        id_, told, left, parts = self.efforts[at]
        attempt = lambda: self.flows.correct(told.provider, id_, f"-{text(amount)} hour")  # noqa: E731 - twice
        if not 0 < amount <= left:
            self.flows.refused(attempt)
            return
        attempt()
        rest = amount
        for place in reversed(range(len(parts))):
            taken = min(rest, parts[place])
            parts[place], rest = parts[place] - taken, rest - taken
            self.model.counted[told.promises[place]] -= taken
        self.efforts[at] = (id_, told, left - amount, parts)

    @rule(who=PEOPLE, hours=AMOUNTS, less=st.tuples(AMOUNTS, AMOUNTS))
    def shares(self, who: str, hours: Fraction, less: tuple[Fraction, Fraction]) -> None:
        """Two promises are kept with one event, which was less, and less again."""
        own = [name for name, (whose, _) in self.model.promised.items() if whose == who]
        if len(own) < 2:
            self._promise(who, Fraction(2))
            self._promise(who, Fraction(1))
            own = [name for name, (whose, _) in self.model.promised.items() if whose == who]
        if len(own) > 1:
            self._work(who, tuple(own[-2:]), hours)
            for amount in less:
                self._less(len(self.efforts) - 1, amount)

    @precondition(lambda self: self.model.promised)
    @rule(number=PICK, by=PEOPLE)
    def gives_back(self, number: int, by: str) -> None:
        name = sorted(self.model.promised)[number % len(self.model.promised)]
        who, promised = self.model.promised[name]
        attempt = lambda: self.flows.world.act(by, "task.give_back", GiveBackParams(commitment=name))  # noqa: E731 - twice
        if by != who:
            assert self.flows.refused(attempt) == "flows.not_own"
            return
        kept = attempt()["kept"]
        done = min(promised, self.model.counted[name])
        self.intent_open += promised - done
        if kept is None:
            del self.model.promised[name]
        else:
            self.model.promised[name] = (who, done)

    @invariant()
    def both_come_to_the_same(self) -> None:
        if not hasattr(self, "flows"):
            return
        for name, thing in self.model.things.items():
            view = self.flows.resource(name)
            found = (*(Fraction(one) for one in self.flows.stock(name)), view["primaryAccountable"], view["custodian"])
            assert found == (thing.accounting, thing.onhand, thing.accountable, thing.custodian), name
        for name in self.model.promised:
            assert Fraction(self.flows.open("Commitment", name)[1] or 0) == self.model.open(name), name
        assert Fraction(self.flows.open("Intent", "build")[1] or 0) == self.intent_open

    def teardown(self) -> None:
        """Folded again it is the same, and everything is as it was said."""
        if not hasattr(self, "flows"):
            return
        before = self.flows.everything()
        self.flows.world.node.rebuild()
        assert self.flows.everything() == before
        assert self.flows.world.verify().ok
        self.flows.world.node.close()
        shutil.rmtree(self.folder)


Commons.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
test_any_story = Commons.TestCase
