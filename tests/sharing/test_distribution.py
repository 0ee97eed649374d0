"""Distributions from end to end: previewed, recorded, recomputed, explained, and refused when they are not what they should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.journal.commands import Act
from commonhold.node.imports import Importer
from commonhold.node.sharing import explain, preview, statement
from commonhold.problems import CommonholdError, NotFound
from commonhold.sharing import entries as money
from commonhold.sharing.commands import IncomeParams, PayParams, ShareParams, record
from commonhold.sharing.compute import fund_balance
from commonhold.sharing.queries import totals_by_agent, unpaid

HEAD = CHARTER.partition("[[sharing.steps]]")[0]


def charter(*steps: str, sharing: str = "") -> str:
    """The test charter with other steps."""
    return HEAD + sharing + "".join(f"\n[[sharing.steps]]\n{step}\n" for step in steps)


HOURS = 'id = "work"\nto = "contributions"\nrest = true\nweights = { work = "1" }'


def balance(world: World, fund: str = "common") -> int:
    with world.node.read() as transaction:
        return fund_balance(transaction, "test", fund)


def state_of(world: World) -> list[Any]:
    """The head of the journal, and how much stands in the tables about money."""
    with world.node.read() as transaction:
        counts = [
            transaction.value(f"SELECT COUNT(*) FROM {table}") for table in ("distribution", "step_taken", "share", "repaid", "payout", "income")
        ]
        return [transaction.rows("SELECT size, frontier FROM journal_head"), counts]


def refused(world: World, code: str, run: Callable[[], Any]) -> None:
    """It is refused with this code, and leaves nothing."""
    before = state_of(world)
    with pytest.raises(CommonholdError) as error:
        run()
    assert error.value.code == code
    assert state_of(world) == before


def verified(world: World) -> None:
    """The commons verifies, every distribution recomputed."""
    report = world.verify()
    assert report.ok, report.findings
    assert all(line["equal"] for line in report.distributions)
    with world.node.read() as transaction:
        assert len(report.distributions) == transaction.value("SELECT COUNT(*) FROM distribution")


def test_what_is_previewed_is_what_is_recorded(world: World) -> None:
    """The same steps, amounts and receivers; and a preview writes nothing."""
    world.charter(charter('id = "basic"\nto = "members"\npercent = "10"', HOURS))
    world.validated("Ana", amount="2")
    world.validated("Bo", amount="1.5")
    world.income("100.01")
    before = state_of(world)
    seen = preview(world.node, "test")
    assert state_of(world) == before
    recorded = world.share()
    assert {line["name"]: line["amount"] for line in seen["agents"]} == recorded
    with world.node.read() as transaction:
        found = statement(transaction, "test")
    assert found["steps"] == seen["present"]["steps"]
    assert (found["given"], found["kept"]) == (seen["present"]["given"], seen["present"]["kept"]) == ("100.01", "0.00")
    assert recorded == {"Ana": "54.77", "Bo": "41.91", "Cy": "3.33"}
    verified(world)


def test_another_policy_is_previewed_beside_the_present_one(world: World) -> None:
    """What each would get by either, and the difference."""
    world.validated("Ana", amount="3")
    world.validated("Bo", amount="1")
    world.income("40.00")
    seen = preview(world.node, "test", charter=charter('id = "all"\nto = "members"\nrest = true'))
    lines = {line["name"]: (line["amount"], line["other"], line["difference"]) for line in seen["agents"]}
    assert lines == {"Ana": ("30.00", "13.34", "-16.66"), "Bo": ("10.00", "13.33", "3.33"), "Cy": ("0.00", "13.33", "13.33")}


def test_the_same_request_shares_once(world: World) -> None:
    """A request that comes again gets the first answer, also when more has come in since; another one is refused."""
    world.validated("Bo")
    world.income("10.00")
    first = world.act("Ana", "share.record", ShareParams(), key="k")
    world.income("5.00")
    before = state_of(world)
    again = world.act("Ana", "share.record", ShareParams(), key="k")
    assert again == first | {"state": "known"}
    assert state_of(world) == before
    refused(world, "journal.key_reused", lambda: world.act("Ana", "share.record", ShareParams(amount="5.00"), key="k"))
    paid = world.act("Ana", "share.pay", PayParams(distribution=1), key="p")
    again = world.act("Ana", "share.pay", PayParams(distribution=1), key="p")
    assert (again["paid"], again["amount"]) == (paid["paid"], paid["amount"]) == (1, "10.00")
    assert [entry["entry"] for entry in again["entries"]] == [entry["entry"] for entry in paid["entries"]]
    refused(world, "sharing.not_owed", lambda: world.act("Ana", "share.pay", PayParams(distribution=1), key="q"))


class Forger(Act):
    """A steward whose program alters what it signs."""

    def say(self, kind: str, body: Any, number: int | None = None) -> Any:
        wanted, alter = FORGERIES[self.key]
        return super().say(kind, alter(body) if kind == wanted else body, number)


def _changed(**fields: Any) -> Callable[[Any], Any]:
    return lambda body: msgspec.structs.replace(body, **fields)


def _first_share(**fields: Any) -> Callable[[Any], Any]:
    return lambda body: msgspec.structs.replace(body, shares=[msgspec.structs.replace(body.shares[0], **fields), *body.shares[1:]])


FORGERIES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "more given": ("sharing.distribution", _changed(given="90.00", kept="0.00")),
    "less given": ("sharing.distribution", _changed(given="50.00", kept="10.00")),
    "other amount": ("sharing.distribution", _changed(amount="59.99")),
    "other result": ("sharing.distribution", _changed(result="ab" * 32)),
    "other inputs": ("sharing.distribution", _changed(inputs="ab" * 32)),
    "other charter": ("sharing.distribution", _changed(charter=3)),
    "other journal": ("sharing.distribution", _changed(checkpoint=money.CheckpointRef(size=3, root="ab" * 32))),
    "fewer shares": ("sharing.distribution", _changed(shares=1)),
    "other currency": ("sharing.distribution", _changed(currency="CHF")),
    "more to the first": ("sharing.shares", _first_share(amount="45.01")),
    "to somebody else": ("sharing.shares", _first_share(agent="org:giver")),
    "by another step": ("sharing.shares", _first_share(step="basic")),
    "the other way round": ("sharing.shares", lambda body: msgspec.structs.replace(body, shares=body.shares[::-1])),
    "one left out": ("sharing.shares", lambda body: msgspec.structs.replace(body, shares=body.shares[1:])),
    "from another place": ("sharing.shares", _changed(first=1)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_altered_amounts_are_refused_though_a_steward_signs_them(sqlite_world: World, forgery: str) -> None:
    """Who may share may only say what the journal comes to; the whole distribution is refused and leaves nothing."""
    world = sqlite_world
    world.validated("Ana", amount="3")
    world.validated("Bo", amount="1")
    world.income("60.00")

    def forge() -> None:
        with world.node.writing("test") as writer:
            record(Forger(writer, world.ids["Ana"], world.keys["Ana"], forgery), ShareParams())

    code = "sharing.out_of_order" if forgery == "from another place" else "sharing.wrong_result"
    refused(world, "sharing.wrong_shares" if FORGERIES[forgery][0] == "sharing.shares" and "place" not in forgery else code, forge)
    assert world.share() == {"Ana": "45.00", "Bo": "15.00"}
    verified(world)


def test_only_who_may_shares_and_publishes_and_pays(world: World) -> None:
    """Income, sharing and paying ask for the powers of the charter; shares are published by who recorded them."""
    world.validated("Bo")
    refused(world, "commons.lacks_power", lambda: world.act("Bo", "income.add", IncomeParams(amount="1", currency="EUR", giver="Bo")))
    world.income("10.00")
    refused(world, "commons.lacks_power", lambda: world.act("Bo", "share.record", ShareParams()))
    entry = world.act("Ana", "share.record", ShareParams())["entry"]
    refused(world, "commons.lacks_power", lambda: world.act("Bo", "share.pay", PayParams(distribution=1)))
    line = money.Share(step="contributions", agent=world.ids["Bo"], amount="10.00")
    for who, code in (("Bo", "sharing.not_the_author"), ("Ana", "sharing.wrong_shares")):

        def publish(who: str = who) -> None:
            with world.node.writing("test") as writer:
                body = money.Shares(distribution=entry, first=int(who == "Ana"), shares=[line])
                writer.write(world.keys[who], world.ids[who], "sharing.shares", body, "again")

        refused(world, code, publish)


def test_income_goes_to_its_fund(world: World) -> None:
    """Funds are apart; what is shared leaves its fund, what is kept stays."""
    world.charter(
        charter('id = "half"\nto = "contributions"\npercent = "50"\nweights = { work = "1" }', sharing='[sharing]\nfunds = ["common", "tools"]\n')
    )
    world.validated("Bo")
    world.income("100.00")
    world.income("30.00", fund="tools")
    world.income("0.01")
    assert (balance(world), balance(world, "tools")) == (10_001, 3_000)
    assert world.share(fund="tools") == {"Bo": "15.00"}
    assert (balance(world), balance(world, "tools")) == (10_001, 1_500)
    assert world.share(amount="40.00") == {"Bo": "20.00"}
    assert (balance(world), balance(world, "tools")) == (8_001, 1_500)
    refused(world, "sharing.nothing_there", lambda: world.share(amount="80.02"))
    refused(world, "sharing.nothing_there", lambda: world.share(amount="0"))
    refused(world, "sharing.unknown_fund", lambda: world.share(fund="secret"))
    refused(world, "sharing.bad_amount", lambda: world.share(amount="1.234"))
    verified(world)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"currency": "CHF"}, "sharing.other_currency"),
        ({"currency": "eur"}, "journal.bad_body"),
        ({"amount": "0.00"}, "sharing.no_amount"),
        ({"amount": "1.234"}, "sharing.bad_amount"),
        ({"amount": "-5"}, "journal.bad_body"),
        ({"amount": "1,50"}, "journal.bad_body"),
        ({"fund": "secret"}, "sharing.unknown_fund"),
        ({"giver": "Nobody"}, "commons.unknown_agent"),
        ({"source": "theft"}, "journal.bad_body"),
        ({"at": "2026-01-02T00:00:00Z"}, "sharing.in_the_future"),
    ],
)
def test_income_that_is_not_in_order_is_refused(sqlite_world: World, fields: dict[str, str], code: str) -> None:
    """Each thing that can be wrong has its code."""
    params = IncomeParams(**({"amount": "5.00", "currency": "EUR", "giver": "Bo"} | fields))
    refused(sqlite_world, code, lambda: sqlite_world.act("Ana", "income.add", params))


def test_without_a_policy_or_a_known_receiver_nothing_is_shared(world: World) -> None:
    """A charter without steps, agents that are not here, upstream that is no commons, floors beyond the fund: each is told."""
    world.charter(HEAD)
    world.validated("Bo")
    world.income("10.00")
    refused(world, "sharing.no_policy", world.share)
    world.charter(charter('id = "a"\nto = "agents"\nrest = true\nagents = [{ agent = "org:none" }]'))
    refused(world, "sharing.unknown_agent", world.share)
    world.charter(charter('id = "a"\nto = "upstream"\nrest = true\nagents = [{ agent = "org:giver" }]'))
    refused(world, "sharing.not_a_commons", world.share)
    world.charter(charter(HOURS + '\nat_least = "10.01"'))
    refused(world, "sharing.unsatisfiable", world.share)
    world.organization("Upstream", "commons")
    world.charter(charter('id = "up"\nto = "upstream"\npercent = "25"\nagents = [{ agent = "org:upstream" }]', HOURS + '\nat_least = "7.50"'))
    assert set(world.share().values()) == {"2.50", "7.50"}
    verified(world)


def test_each_distribution_follows_the_charter_in_force(world: World) -> None:
    """Two distributions under two charters: the first stays as it was, and both are recomputed by their own."""
    world.validated("Ana", amount="1")
    world.validated("Bo", amount="3")
    world.income("100.00")
    assert world.share(amount="40.00") == {"Ana": "10.00", "Bo": "30.00"}
    world.charter(charter('id = "all"\nto = "members"\nrest = true'))
    world.clock.days(40)
    assert world.share() == {"Ana": "20.00", "Bo": "20.00", "Cy": "20.00"}
    with world.node.read() as transaction:
        first = {line["name"]: line["amount"] for line in statement(transaction, "test", 1)["agents"]}
    assert first == {"Ana": "10.00", "Bo": "30.00"}
    verified(world)
    world.node.rebuild()
    verified(world)


def test_a_sum_a_month_is_paid_for_each_month_once(world: World) -> None:
    """Calendar months since the step is in force, less what it got; what the fund could not give is made up for."""
    world.charter(charter('id = "care"\nto = "agents"\nmonthly = "30.00"\nagents = [{ agent = "' + world.ids["Cy"] + '" }]'))
    world.income("25.00")
    assert world.share() == {"Cy": "25.00"}
    world.income("500.00")
    assert world.share() == {"Cy": "5.00"}
    world.clock.days(31)
    assert world.share() == {"Cy": "30.00"}
    world.clock.days(59)
    assert world.share() == {"Cy": "60.00"}
    assert world.share() == {}
    verified(world)


def monthly(world: World, amount: str) -> None:
    """Put a charter into force that gives Cy this sum a month; nothing a month, if there is none."""
    takes = f'monthly = "{amount}"' if amount else 'percent = "10"'
    world.charter(charter(f'id = "care"\nto = "agents"\n{takes}\nagents = [{{ agent = "{world.ids["Cy"]}" }}]'))


@pytest.mark.parametrize(("other", "next_month"), [("200.00", "200.00"), ("40.00", "40.00")])
def test_another_sum_a_month_counts_from_the_next_month_on(world: World, other: str, next_month: str) -> None:
    """Raised, nothing is paid again for the months before; lowered, nothing of what was paid is taken back from later months."""
    world.income("5000.00")
    monthly(world, "100.00")
    world.clock.days(315)
    assert world.share() == {"Cy": "1100.00"}
    monthly(world, other)
    assert world.share() == {}
    world.clock.days(30)
    assert world.share() == {"Cy": next_month}
    verified(world)
    world.node.rebuild()
    verified(world)


def test_months_before_a_raise_that_are_not_paid_yet_count_with_their_own_sum(world: World) -> None:
    monthly(world, "100.00")
    world.clock.days(315)
    monthly(world, "200.00")
    world.clock.days(30)
    world.income("5000.00")
    assert world.share() == {"Cy": "1300.00"}
    verified(world)


def test_a_sum_a_month_that_was_interrupted_begins_anew(world: World) -> None:
    """What the step took before, by the month or otherwise, is not held against it."""
    world.income("5000.00")
    monthly(world, "100.00")
    assert world.share() == {"Cy": "100.00"}
    monthly(world, "")
    assert world.share() == {"Cy": "490.00"}
    world.clock.days(59)
    monthly(world, "30.00")
    assert world.share() == {"Cy": "30.00"}
    world.clock.days(31)
    assert world.share() == {"Cy": "30.00"}
    verified(world)


def test_a_previewed_sum_a_month_counts_from_the_next_month_on(world: World) -> None:
    """As if it were put into force now, where the step is there already; a new step is due at once."""
    world.income("5000.00")
    other = charter(f'id = "care"\nto = "agents"\nmonthly = "70.00"\nagents = [{{ agent = "{world.ids["Cy"]}" }}]')
    assert preview(world.node, "test", charter=other)["other"]["given"] == "70.00"
    monthly(world, "100.00")
    world.clock.days(32)
    seen = preview(world.node, "test", charter=other)
    assert (seen["present"]["given"], seen["other"]["given"]) == ("200.00", "200.00")


def test_a_charter_in_another_currency_is_not_set_beside_the_present_one(world: World) -> None:
    """Minor units of two currencies cannot be compared: 1 of the one is not 1 of the other, and here not even a hundredth."""
    world.validated("Bo")
    world.income("100.00")
    with pytest.raises(CommonholdError) as refused:
        preview(world.node, "test", charter=charter(HOURS).replace('"EUR"', '"JPY"').replace("25.00", "25"))
    assert (refused.value.code, refused.value.problems[0].field) == ("charter.currency_changed", "commons.currency")


def test_who_leaves_keeps_what_was_earned(world: World) -> None:
    """Past shares stay owed, past work goes on sharing; only what members get as members ends."""
    world.charter(charter('id = "basic"\nto = "members"\namount = "3.00"', HOURS))
    world.validated("Bo")
    world.income("20.00")
    assert world.share(amount="10.00") == {"Bo": "8.00", "Ana": "1.00", "Cy": "1.00"}
    world.act("Bo", "member.leave", e.Leave())
    assert world.share() == {"Bo": "7.00", "Ana": "1.50", "Cy": "1.50"}
    with world.node.read() as transaction:
        assert [unpaid(transaction, "test", number)[world.ids["Bo"]] for number in (1, 2)] == [800, 700]
    verified(world)


def test_the_share_of_an_unclaimed_identity_waits_for_its_owner(world: World) -> None:
    """It is held and not paid; once the identity is claimed it is the member's, and is paid to them."""
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nzed@example.org,work,3,firmware\n", "sheet", {}, identities=True)
    with world.node.read() as transaction:
        position = transaction.value("SELECT MAX(position) FROM contribution WHERE commons = 'test'")
    for peer in ("Ana", "Bo"):
        world.attest(peer, position)
    world.validated("Cy")
    world.income("40.00")
    world.share()
    identity = importer.identity("zed@example.org")
    with world.node.read() as transaction:
        lines = {line["agent"]: (line["amount"], line["payable"]) for line in totals_by_agent(transaction, "test", 1)}
    assert lines == {identity: (3_000, False), world.ids["Cy"]: (1_000, True)}
    assert world.act("Ana", "share.pay", PayParams(distribution=1))["amount"] == "10.00"
    world.act("Ana", "identity.claim", e.Claim(identity=identity, agent=world.ids["Cy"], by="steward"))
    assert world.act("Ana", "share.pay", PayParams(distribution=1))["amount"] == "30.00"
    with world.node.read() as transaction:
        (line,) = totals_by_agent(transaction, "test", 1)
    assert (line["agent"], line["amount"], line["owed"]) == (world.ids["Cy"], 4_000, 0)
    world.income("40.00")
    assert world.share() == {"Cy": "40.00"}
    verified(world)


def test_an_explanation_ends_at_the_contributions(world: World) -> None:
    """Each step of a share names its rule and its contributions, whose parts add up to it; a preview is explained the same way."""
    world.charter(
        charter(
            'id = "basic"\nto = "members"\npercent = "10"', 'id = "work"\nto = "contributions"\nrest = true\nweights = { work = "1", review = "0.5" }'
        )
    )
    mine = [world.validated("Bo", amount="1"), world.validated("Bo", amount="2")]
    theirs = world.validated("Cy", amount="3")
    world.income("100.00")
    before = explain(world.node, "test", world.ids["Bo"], preview=True)
    world.share()
    found = explain(world.node, "test", world.ids["Bo"])
    assert found["steps"] == before["steps"] and found["total"] == before["total"]
    basic, work = found["steps"]
    assert (basic["amount"], basic["contributions"]) == ("3.33", [])
    assert "members" in basic["rule"] and "work 1, review 0.5" in work["rule"]
    assert {(line["position"], line["review"]) for line in work["contributions"]} == {(mine[0], False), (mine[1], False), (theirs, True)}
    assert sum(_cents(line["amount"]) for line in work["contributions"]) == _cents(work["amount"])
    assert sum(int(line["points"]) for line in work["contributions"]) == int(work["points"]) < int(work["allPoints"])
    assert _cents(basic["amount"]) + _cents(work["amount"]) == _cents(found["total"])
    world.join("Di")
    world.income("1.00")
    for agent, seen, told in ((world.ids["Di"], False, world.ids["Di"]), ("did:key:x", False, "Nobody"), ("did:key:x", True, "Nobody")):
        with pytest.raises(NotFound, match=told) as nothing:
            explain(world.node, "test", agent, preview=seen)
        assert nothing.value.code == "sharing.no_share"


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def test_a_payout_is_of_what_is_owed_and_not_more(world: World) -> None:
    """More than is owed, twice the same agent, and who is owed nothing are refused."""
    world.validated("Bo")
    world.income("10.00")
    entry = world.act("Ana", "share.record", ShareParams())["entry"]

    def pay(*payments: tuple[str, str]) -> None:
        with world.node.writing("test") as writer:
            body = money.Payout(
                distribution=entry, currency="EUR", payments=[money.Payment(agent=world.ids[who], amount=amount) for who, amount in payments]
            )
            writer.write(world.keys["Ana"], world.ids["Ana"], "sharing.payout", body, f"pay {payments}")

    refused(world, "sharing.not_owed", lambda: pay(("Bo", "10.01")))
    refused(world, "sharing.not_owed", lambda: pay(("Bo", "0.00")))
    refused(world, "sharing.not_owed", lambda: pay(("Cy", "1.00")))
    refused(world, "sharing.paid_twice", lambda: pay(("Bo", "5.00"), ("Bo", "5.00")))
    pay(("Bo", "4.00"))
    refused(world, "sharing.not_owed", lambda: pay(("Bo", "6.01")))
    pay(("Bo", "6.00"))
    verified(world)


def test_a_step_is_made_full_by_contributions_not_by_reviews(world: World) -> None:
    """Two contributions with two reviews each make half of a step that is full at four."""
    world.charter(charter('id = "s"\nto = "contributions"\nrest = true\nfull_at = 4\nweights = { work = "1", review = "0.5" }'))
    world.validated("Ana")
    world.validated("Bo")
    world.income("100.00")
    assert sum(_cents(amount) for amount in world.share().values()) == 5_000
