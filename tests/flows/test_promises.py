"""What is promised, wished and owed: what is open of it always follows from what has happened."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from flows.happenings import Flows, measure
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import GiveBackParams, TakeParams
from commonhold.problems import CommonholdError


@pytest.fixture
def flows(world: World) -> Flows:
    return Flows(world)


def hours(text: str) -> v.Measure:
    return measure(f"{text} hour")


def promise(flows: Flows, who: str, id_: str, effort: str, **fields: Any) -> None:
    """Somebody promises some hours of work."""
    fields.setdefault("provider", flows.world.ids[who])
    flows.make(who, v.Commitment(id=id_, action="work", effortQuantity=hours(effort), **fields))


def opens(flows: Flows, type_: str, *ids: str) -> list[str | None]:
    """The hours, or else the quantities, that are open of some promises."""
    return [flows.open(type_, id_)[1] or flows.open(type_, id_)[0] for id_ in ids]


def take(flows: Flows, who: str, intent: str, quantity: str = "", **fields: Any) -> str:
    return str(flows.world.act(who, "task.take", TakeParams(intent=intent, quantity=quantity, **fields))["id"])


def test_one_event_fulfils_several_commitments(flows: Flows) -> None:
    """In the order in which it names them, each up to what is open of it."""
    promise(flows, "Bo", "a", "4")
    promise(flows, "Bo", "b", "3")
    flows.happens("Bo", "work", None, effort="5 hour", fulfills=["a", "b"])
    assert opens(flows, "Commitment", "a", "b") == ["0", "2"]
    assert [flows.view("Commitment", name)["finished"] for name in ("a", "b")] == [True, False]
    flows.happens("Bo", "work", None, effort="5 hour", fulfills=["a", "b"])
    assert opens(flows, "Commitment", "a", "b") == ["0", "0"]


def test_more_than_was_promised_is_no_debt_of_others(flows: Flows) -> None:
    """What is over goes to the last one, and nothing is ever open below nothing; taken back, it comes off the surplus first."""
    promise(flows, "Bo", "a", "4")
    event = flows.happens("Bo", "work", None, effort="10 hour", fulfills=["a"])
    assert opens(flows, "Commitment", "a") == ["0"]
    flows.revise("Bo", v.Commitment(id="a", action="work", provider=flows.world.ids["Bo"], effortQuantity=hours("4"), note="more than enough"))
    flows.correct("Bo", event, "-5 hour")
    assert opens(flows, "Commitment", "a") == ["0"]
    flows.correct("Bo", event, "-3 hour")
    assert opens(flows, "Commitment", "a") == ["2"]


def test_a_claim_for_income_is_settled_in_part(flows: Flows) -> None:
    """The specification's own example: seven hours at twenty come to a claim of 140; seventy are paid."""
    shop = flows.world.organization("Shop")
    worked = flows.happens("Bo", "work", None, effort="7 hour", receiver=shop)
    flows.make(
        "Bo",
        v.Claim(id="pay", action="transfer", provider=shop, receiver=flows.world.ids["Bo"], resourceQuantity=measure("140 CAD"), triggeredBy=worked),
    )
    paid = flows.happens("Ana", "transfer", "70 CAD", provider=shop, receiver="Bo", settles=["pay"])
    view = flows.view("Claim", "pay")
    assert (view["openResourceQuantity"], view["finished"]) == ({"hasNumericalValue": "70", "hasUnit": "CAD"}, False)
    flows.happens("Ana", "transfer", "70 CAD", provider=shop, receiver="Bo", settles=["pay"])
    assert flows.view("Claim", "pay")["finished"] is True
    flows.correct("Ana", paid, "-20 CAD")
    assert opens(flows, "Claim", "pay") == ["20"]


def test_one_payment_settles_several_claims(flows: Flows) -> None:
    shop, bo = flows.world.organization("Shop"), flows.world.ids["Bo"]
    for name, amount in (("may", "100"), ("june", "50"), ("july", "80")):
        flows.make("Bo", v.Claim(id=name, action="transfer", provider=shop, receiver=bo, resourceQuantity=measure(f"{amount} EUR")))
    flows.happens("Ana", "transfer", "170.50 EUR", provider=shop, receiver="Bo", settles=["may", "june", "july"])
    assert opens(flows, "Claim", "may", "june", "july") == ["0", "0", "59.5"]


def test_a_claim_is_not_settled_by_paying_somebody_else(flows: Flows) -> None:
    shop, bo = flows.world.organization("Shop"), flows.world.ids["Bo"]
    flows.make("Bo", v.Claim(id="pay", action="transfer", provider=shop, receiver=bo, resourceQuantity=measure("140 CAD")))
    to_cy = lambda: flows.happens("Bo", "transfer", "140 CAD", provider=shop, receiver=shop, settles=["pay"])  # noqa: E731 - short
    assert flows.refused(to_cy) == "flows.not_the_promiser"
    assert flows.refused(lambda: flows.happens("Cy", "work", None, effort="1 hour", settles=["pay"])) == "flows.not_the_promiser"
    assert opens(flows, "Claim", "pay") == ["140"]


def test_what_is_given_counts_in_the_unit_of_the_promise(flows: Flows) -> None:
    bo = flows.world.ids["Bo"]
    flows.make("Bo", v.Commitment(id="flour", action="transfer", provider=bo, resourceQuantity=measure("3 kilogram")))
    flows.happens("Bo", "transfer", "1250 gram", receiver="Ana", fulfills=["flour"])
    assert flows.open("Commitment", "flour") == ("1.75", None)
    assert flows.refused(lambda: flows.happens("Bo", "transfer", "1 litre", receiver="Ana", fulfills=["flour"])) == "flows.other_unit"


def test_several_promises_in_units_of_their_own(flows: Flows) -> None:
    """Two hours: ninety minutes of them are all of the first promise, so half an hour is left for the second."""
    bo = flows.world.ids["Bo"]
    flows.make("Bo", v.Commitment(id="minutes", action="work", provider=bo, effortQuantity=measure("90 minute")))
    promise(flows, "Bo", "hours", "4")
    event = flows.happens("Bo", "work", None, effort="2 hour", fulfills=["minutes", "hours"])
    assert opens(flows, "Commitment", "minutes", "hours") == ["0", "3.5"]
    flows.correct("Bo", event, "-1 hour")
    assert opens(flows, "Commitment", "minutes", "hours") == ["30", "4"]
    flows.correct("Bo", event, "-1 hour")
    assert opens(flows, "Commitment", "minutes", "hours") == ["90", "4"]


def test_an_intent_is_satisfied_by_promises_and_by_events(flows: Flows) -> None:
    """A promise counts as soon as it is made; keeping it does not count again, also if the event names the intent too."""
    flows.make("Ana", v.Intent(id="dig", action="work", effortQuantity=hours("10")))
    promise(flows, "Bo", "bos", "4", satisfies=["dig"])
    assert opens(flows, "Intent", "dig") == ["6"]
    flows.happens("Bo", "work", None, effort="3 hour", fulfills=["bos"])
    flows.happens("Bo", "work", None, effort="1 hour", fulfills=["bos"], satisfies=["dig"])
    assert opens(flows, "Intent", "dig") == ["6"]
    flows.happens("Cy", "work", None, effort="2 hour", satisfies=["dig"])
    assert opens(flows, "Intent", "dig") == ["4"]


def test_an_offer_and_a_request_are_two_sides_of_one_flow(flows: Flows) -> None:
    """A promise, or an event, that satisfies both counts for each in full."""
    ids = flows.world.ids
    flows.make("Bo", v.Intent(id="offer", action="work", provider=ids["Bo"], effortQuantity=hours("5")))
    flows.make("Cy", v.Intent(id="request", action="work", receiver=ids["Cy"], effortQuantity=hours("8")))
    promise(flows, "Bo", "both", "3", receiver=ids["Cy"], satisfies=["offer", "request"])
    assert opens(flows, "Intent", "offer", "request") == ["2", "5"]
    flows.happens("Bo", "work", None, effort="2 hour", receiver="Cy", satisfies=["offer", "request"])
    assert opens(flows, "Intent", "offer", "request") == ["0", "3"]


def test_open_tasks_are_taken_in_parts(flows: Flows) -> None:
    flows.make("Ana", v.Intent(id="paint", action="work", effortQuantity=hours("10"), note="the fence"))
    bos = take(flows, "Bo", "paint", "6")
    assert opens(flows, "Intent", "paint") == ["4"]
    assert flows.refused(lambda: take(flows, "Cy", "paint", "5")) == "flows.taken_already"
    take(flows, "Cy", "paint")
    assert (opens(flows, "Intent", "paint"), flows.view("Intent", "paint")["finished"]) == (["0"], True)
    assert flows.refused(lambda: take(flows, "Ana", "paint")) == "flows.taken_already"
    view = flows.view("Commitment", bos)
    assert (view["provider"], view["effortQuantity"]["hasNumericalValue"], view["satisfies"]) == (flows.world.ids["Bo"], "6", ["paint"])


def test_a_task_is_given_back(flows: Flows) -> None:
    """Whole, if nothing of it is done; else what is not done: that is open again for others."""
    flows.make("Ana", v.Intent(id="paint", action="work", effortQuantity=hours("10")))
    first, second = take(flows, "Bo", "paint", "6"), take(flows, "Cy", "paint", "4")
    flows.world.act("Cy", "task.give_back", GiveBackParams(commitment=second))
    assert opens(flows, "Intent", "paint") == ["4"]
    event = flows.happens("Bo", "work", None, effort="2 hour", fulfills=[first])
    assert flows.refused(lambda: flows.world.act("Cy", "task.give_back", GiveBackParams(commitment=first))) == "flows.not_own"
    flows.world.act("Bo", "task.give_back", GiveBackParams(commitment=first))
    assert (opens(flows, "Intent", "paint"), flows.view("Commitment", first)["finished"]) == (["8"], True)
    take(flows, "Cy", "paint", "8")
    assert opens(flows, "Intent", "paint") == ["0"]
    assert flows.refused(lambda: flows.drop("Bo", "Commitment", first)) == "flows.in_use"
    flows.correct("Bo", event, "-2 hour")
    flows.world.act("Bo", "task.give_back", GiveBackParams(commitment=first))
    assert opens(flows, "Intent", "paint") == ["2"]


def test_nobody_promises_for_another(flows: Flows) -> None:
    """Nor offers, nor claims for them: not a steward either, and not by revising what they promised."""
    ids = flows.world.ids
    for who in ("Ana", "Cy"):
        for record in (
            v.Commitment(id="x", action="work", provider=ids["Bo"], effortQuantity=hours("1")),
            v.Intent(id="x", action="work", provider=ids["Bo"]),
            v.Claim(id="x", action="transfer", receiver=ids["Bo"], resourceQuantity=measure("5 EUR")),
        ):
            assert flows.refused(lambda who=who, record=record: flows.make(who, record)) == "flows.no_consent"
    promise(flows, "Bo", "bos", "4")
    larger = v.Commitment(id="bos", action="work", provider=ids["Bo"], effortQuantity=hours("40"))
    assert flows.refused(lambda: flows.revise("Cy", larger)) == "flows.not_own"
    assert flows.refused(lambda: flows.revise("Ana", larger)) == "flows.no_consent"
    flows.revise("Ana", v.Commitment(id="bos", action="work", provider=ids["Bo"], effortQuantity=hours("3"), note="agreed by phone"))
    flows.revise("Bo", larger)
    assert opens(flows, "Commitment", "bos") == ["40"]


def test_who_offers_has_consented_to_what_others_take_of_it(flows: Flows) -> None:
    """An offer that says how much is accepted by whoever wants it: so much, and not more."""
    ids = flows.world.ids
    flows.make("Bo", v.Intent(id="eggs", action="transfer", provider=ids["Bo"], resourceQuantity=measure("12")))
    taken = take(flows, "Cy", "eggs", "5")
    view = flows.view("Commitment", taken)
    assert (view["provider"], view["receiver"], opens(flows, "Intent", "eggs")) == (ids["Bo"], ids["Cy"], ["7"])
    fields: dict[str, Any] = {"id": "x", "provider": ids["Bo"], "receiver": ids["Cy"], "satisfies": ["eggs"]}
    for record, expected in (
        (v.Commitment(action="transfer", resourceQuantity=measure("8"), **fields), "flows.taken_already"),
        (v.Commitment(action="transferAllRights", resourceQuantity=measure("1"), **fields), "flows.no_consent"),
        (v.Commitment(action="transfer", resourceQuantity=measure("1"), effortQuantity=hours("9"), **fields), "flows.no_consent"),
        (v.Commitment(action="transfer", resourceQuantity=measure("1"), **fields | {"satisfies": []}), "flows.no_consent"),
    ):
        assert flows.refused(lambda record=record: flows.make("Cy", record)) == expected


def test_nobody_keeps_anothers_promise_for_themselves(flows: Flows) -> None:
    promise(flows, "Bo", "bos", "4")
    work = lambda who, **fields: flows.happens(who, "work", None, effort="4 hour", fulfills=["bos"], **fields)  # noqa: E731 - short
    assert flows.refused(lambda: work("Cy")) == "flows.not_the_promiser"
    assert flows.refused(lambda: work("Cy", provider=None)) == "flows.not_the_promiser"
    assert flows.refused(lambda: work("Cy", provider="Bo")) == "flows.not_for_others"
    assert opens(flows, "Commitment", "bos") == ["4"]
    work("Bo")
    assert opens(flows, "Commitment", "bos") == ["0"]


def test_what_is_promised_to_one_is_not_kept_by_giving_it_to_another(flows: Flows) -> None:
    ids = flows.world.ids
    flows.make("Bo", v.Commitment(id="bread", action="transfer", provider=ids["Bo"], receiver=ids["Cy"], resourceQuantity=measure("2")))
    assert flows.refused(lambda: flows.happens("Bo", "transfer", "2", receiver="Ana", fulfills=["bread"])) == "flows.not_the_promiser"
    flows.happens("Bo", "transfer", "2", receiver="Cy", fulfills=["bread"])
    assert opens(flows, "Commitment", "bread") == ["0"]


def test_nobody_promises_more_than_is_open(flows: Flows) -> None:
    """Of several intents together, in whatever units, as little as of one; and a promise does not grow beyond it later."""
    flows.make(
        "Ana", v.Intent(id="one", action="work", effortQuantity=hours("1")), v.Intent(id="two", action="work", effortQuantity=measure("120 minute"))
    )
    with_both = lambda effort: promise(flows, "Bo", "x", effort, satisfies=["one", "two"])  # noqa: E731 - short
    for effort in ("50", "3.5"):
        assert flows.refused(lambda effort=effort: with_both(effort)) == "flows.taken_already"
    with_both("3")
    assert opens(flows, "Intent", "one", "two") == ["0", "0"]
    larger = v.Commitment(id="x", action="work", provider=flows.world.ids["Bo"], effortQuantity=hours("4"), satisfies=["one", "two"])
    assert flows.refused(lambda: flows.revise("Bo", larger)) == "flows.taken_already"
    other = v.Commitment(id="y", action="work", provider=flows.world.ids["Bo"], resourceQuantity=measure("1 kilogram"), satisfies=["one"])
    flows.make("Bo", other)
    in_kilogram = v.Commitment(id="z", action="work", provider=flows.world.ids["Bo"], effortQuantity=measure("1 kilogram"), satisfies=["one"])
    assert flows.refused(lambda: flows.make("Bo", in_kilogram)) == "flows.other_unit"


def test_a_promise_does_not_shrink_below_what_was_counted(flows: Flows) -> None:
    """Nor change its unit: what was counted was counted in that."""
    bo = flows.world.ids["Bo"]
    promise(flows, "Bo", "a", "7")
    flows.happens("Bo", "work", None, effort="5 hour", fulfills=["a"])
    revised = lambda amount: flows.revise("Bo", v.Commitment(id="a", action="work", provider=bo, effortQuantity=measure(amount)))  # noqa: E731 - short
    assert flows.refused(lambda: revised("4 hour")) == "flows.kept_already"
    assert flows.refused(lambda: revised("420 minute")) == "flows.fixed"
    revised("5 hour")
    assert flows.view("Commitment", "a")["finished"] is True


def test_a_promise_without_a_quantity_is_open_until_it_is_said_to_be_finished(flows: Flows) -> None:
    bo = flows.world.ids["Bo"]
    flows.make("Bo", v.Commitment(id="help", action="work", provider=bo))
    flows.happens("Bo", "work", None, effort="5 hour", fulfills=["help"])
    assert (flows.open("Commitment", "help"), flows.view("Commitment", "help")["finished"]) == ((None, None), False)
    flows.revise("Bo", v.Commitment(id="help", action="work", provider=bo, finished=True))
    assert flows.view("Commitment", "help")["finished"] is True
    with pytest.raises(CommonholdError, match="unit"):
        flows.revise("Bo", v.Commitment(id="help", action="work", provider=bo, effortQuantity=measure("300 minute")))


def test_what_promises_count_is_the_same_when_folded_again(flows: Flows) -> None:
    flows.make("Ana", v.Intent(id="dig", action="work", effortQuantity=hours("10")))
    promise(flows, "Bo", "a", "4", satisfies=["dig"])
    event = flows.happens("Bo", "work", None, effort="9 hour", fulfills=["a"], satisfies=["dig"])
    flows.correct("Bo", event, "-6 hour")
    before = flows.everything()
    flows.world.node.rebuild()
    assert flows.everything() == before
    assert flows.world.verify().ok


def test_who_offered_gives_back_what_was_taken_of_it(flows: Flows) -> None:
    """Bo wrote down that he takes Ana's offer; what it binds is Ana, who may say that she cannot. She cannot make it something else."""
    cy, bo = flows.world.ids["Cy"], flows.world.ids["Bo"]
    flows.make("Cy", v.Intent(id="lessons", action="work", provider=cy, effortQuantity=hours("10")))
    first, second = take(flows, "Bo", "lessons", "6"), take(flows, "Bo", "lessons", "4")
    assert flows.view("Commitment", first)["provider"] == cy
    flows.world.act("Cy", "task.give_back", GiveBackParams(commitment=second))
    assert opens(flows, "Intent", "lessons") == ["4"]
    flows.happens("Cy", "work", None, effort="2 hour", receiver="Bo", fulfills=[first])
    for changes in ({"finished": False, "note": "less than I said"}, {"effortQuantity": hours("7")}, {"receiver": None}):
        said = v.Commitment(id=first, action="work", provider=cy, receiver=bo, satisfies=["lessons"], effortQuantity=hours("6"), finished=True)
        assert flows.refused(lambda said=said, changes=changes: flows.revise("Cy", msgspec.structs.replace(said, **changes))) == "flows.not_own"
    flows.world.act("Cy", "task.give_back", GiveBackParams(commitment=first))
    view = flows.view("Commitment", first)
    assert (opens(flows, "Intent", "lessons"), view["finished"], view["effortQuantity"]["hasNumericalValue"]) == (["8"], True, "2")
    assert flows.world.verify().ok
