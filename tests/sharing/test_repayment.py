"""Contributions that end: until repaid, once, never. Nothing is repaid twice, and never more than it is worth."""

from __future__ import annotations

from world import CHARTER, World

from commonhold.contributions.commands import ChooseParams, LapseParams
from commonhold.sharing.compute import fund_balance

HEAD = CHARTER.partition("[[sharing.steps]]")[0]
WORTH = 'id = "worth"\nto = "contributions"\nrest = true\nby_value = true'


def charter(*steps: str) -> str:
    """The test charter with other steps."""
    return HEAD + "".join(f"\n[[sharing.steps]]\n{step}\n" for step in steps)


def verified(world: World) -> None:
    """The commons verifies, every distribution recomputed."""
    report = world.verify()
    assert report.ok, report.findings
    assert all(line["equal"] for line in report.distributions)


def test_until_repaid_stops_at_repayment(world: World) -> None:
    """A loan shares until it is repaid, over several distributions, and not a unit more; others go on."""
    world.charter(charter(WORTH))
    world.validated("Ana", "loan", "30.00", repayment="until_repaid")
    world.validated("Bo", "work", "1")
    got = []
    for amount in ("22.00", "11.00", "44.00", "10.00"):
        world.income(amount)
        got.append(world.share())
    assert got == [{"Ana": "12.00", "Bo": "10.00"}, {"Ana": "6.00", "Bo": "5.00"}, {"Bo": "32.00", "Ana": "12.00"}, {"Bo": "10.00"}]
    verified(world)


def test_nothing_is_repaid_twice_in_one_distribution(world: World) -> None:
    """What a first step repays, a second one does not pay again."""
    world.charter(charter('id = "debts"\nto = "repay"\npercent = "50"', WORTH))
    world.validated("Ana", "loan", "10.00", repayment="until_repaid")
    world.validated("Bo", "expense", "30.00", repayment="until_repaid")
    world.income("24.00")
    assert world.share() == {"Bo": "18.00", "Ana": "6.00"}
    world.income("100.00")
    assert world.share() == {"Bo": "12.00", "Ana": "4.00"}
    with world.node.read() as transaction:
        assert fund_balance(transaction, "test", "common") == 8_400
    verified(world)


def test_the_oldest_debt_first(world: World) -> None:
    """Where the policy says so, debts are repaid in the order in which they were made."""
    world.charter(charter('id = "debts"\nto = "repay"\nrest = true\norder = "oldest"'))
    for who, amount in (("Ana", "10.00"), ("Bo", "10.00"), ("Ana", "5.00")):
        world.validated(who, "loan", amount, repayment="until_repaid")
    world.income("12.00")
    assert world.share() == {"Ana": "10.00", "Bo": "2.00"}
    world.income("10.00")
    assert world.share() == {"Bo": "8.00", "Ana": "2.00"}


def test_what_shares_once_shares_once_also_in_pieces(world: World) -> None:
    """An hour entered in forty pieces has had its time after one distribution, though most pieces got nothing by rounding."""
    for _ in range(40):
        world.log("Ana", amount="0.025", repayment="once")
    world.clock.days(15)
    world.act("Cy", "contribution.lapse", LapseParams())
    world.validated("Bo")
    world.income("0.20")
    assert world.share() == {"Ana": "0.10", "Bo": "0.10"}
    world.income("0.20")
    assert world.share() == {"Bo": "0.20"}
    verified(world)


def test_loans_in_pieces_are_repaid_as_the_whole(world: World) -> None:
    """Over several distributions, a loan entered in seven pieces never gets more than in one, but for rounding, and the same in the end."""
    world.charter(charter(WORTH))
    world.join("Di")
    world.validated("Ana", "loan", "35.00", repayment="until_repaid")
    for amount in ("5.00", "0.01", "9.99", "3.33", "6.67", "7.50", "2.50"):
        world.validated("Bo", "loan", amount, repayment="until_repaid")
    world.validated("Cy", "work", "3")
    whole, pieces = 0, 0
    for number, income in enumerate(("10.01", "0.02", "33.33", "100.00", "10.00", "10.00"), 1):
        world.income(income)
        got = world.share()
        whole, pieces = whole + cents(got.get("Ana", "0")), pieces + cents(got.get("Bo", "0"))
        assert pieces <= whole + number
    with world.node.read() as transaction:
        sums = transaction.rows(
            "SELECT c.provider, SUM(r.amount) FROM repaid r JOIN contribution c ON c.position = r.contribution GROUP BY c.provider"
        )
    assert [int(amount) for _, amount in sums] == [3_500, 3_500]
    assert got == {"Cy": "10.00"}
    verified(world)


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def test_a_worth_beyond_all_money_can_be_shared(sqlite_world: World) -> None:
    """A trillion hours at a million each is more than 64 bits of cents; it is shared like any other claim."""
    world = sqlite_world
    world.charter(charter('id = "debts"\nto = "repay"\nrest = true').replace('value = "25.00"', 'value = "1000000.00"'))
    world.validated("Ana", amount="999999999999", repayment="until_repaid")
    world.income("12345.67")
    assert world.share() == {"Ana": "12345.67"}
    verified(world)


def test_a_choice_that_is_changed_counts_from_then_on(world: World) -> None:
    """Never shares nothing from the next distribution on, and what was shared stays."""
    world.validated("Ana")
    world.validated("Bo")
    world.income("10.00")
    assert world.share() == {"Ana": "5.00", "Bo": "5.00"}
    world.act("Ana", "contribution.choose", ChooseParams(repayment="never"))
    world.income("10.00")
    assert world.share() == {"Bo": "10.00"}
    verified(world)
