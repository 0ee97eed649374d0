"""Sums are exact however large they become, though no amount needs more than 64 bits by itself."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from commonhold.contributions.queries import totals
from commonhold.measure import AMOUNT_MAX
from commonhold.node import overview
from commonhold.node.agent_overview import agent_overview
from commonhold.node.books import read_books
from commonhold.node.fund_figures import money
from commonhold.node.people_pages import Asked, people_page
from commonhold.node.sharing import statement
from commonhold.sharing.compute import fund_balance
from commonhold.store.sqlite import SqliteDatabase
from commonhold.store.sums import exact_sum, largest_first, whole

SOURCE = Path(__file__).parent.parent.parent / "src"
MOST = "9999999999999999.99"


def summed(transaction: object, groups: dict[str, list[int]]) -> list[tuple[str, int]]:
    transaction.execute("DELETE FROM held")
    for name, amounts in groups.items():
        for amount in amounts:
            transaction.insert("held", name, amount)
    sql = f"SELECT name, {exact_sum('amount')} FROM held GROUP BY name ORDER BY {largest_first('amount')}, name"
    return [(name, whole(text)) for name, text in transaction.rows(sql)]


def expected(groups: dict[str, list[int]]) -> list[tuple[str, int]]:
    return sorted(((name, sum(amounts)) for name, amounts in groups.items()), key=lambda line: (-line[1], line[0]))


def test_sums_and_their_order_on_both_stores(world: World) -> None:
    groups = {
        "a": [AMOUNT_MAX - 1] * 12,
        "b": [AMOUNT_MAX - 1] * 11 + [AMOUNT_MAX - 2],
        "c": [10**9 - 1] * 3,
        "d": [3 * 10**9 - 4],
        "e": [0],
        "f": [AMOUNT_MAX - 1] * 12,
        "g": [2 * 10**9, -1],
        "h": [10**9, 10**9 - 1],
        "i": [-5 * 10**9, 5 * 10**9 - 7],
        "j": [-7],
    }
    with world.node.database.write() as transaction:
        transaction.execute("CREATE TABLE held (name TEXT NOT NULL, amount BIGINT NOT NULL)")
        assert summed(transaction, groups) == expected(groups)
        assert whole(transaction.value(f"SELECT {exact_sum('amount')} FROM held WHERE name = 'none'")) == 0
        transaction.execute("DROP TABLE held")


@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.integers(1 - AMOUNT_MAX, AMOUNT_MAX - 1) | st.integers(-3 * 10**9, 3 * 10**9), min_size=1, max_size=15)
    )
)
@settings(max_examples=50, deadline=None)
def test_any_sums(tmp_path_factory: object, groups: dict[str, list[int]]) -> None:
    database = SqliteDatabase(tmp_path_factory.getbasetemp() / "sums.db")
    with database.write() as transaction:
        transaction.execute("CREATE TABLE IF NOT EXISTS held (name TEXT NOT NULL, amount BIGINT NOT NULL)")
        assert summed(transaction, groups) == expected(groups)
    database.close()


def test_twelve_of_the_largest_claims_are_added_up(world: World) -> None:
    for _ in range(11):
        world.log("Bo", amount="999999999999.999999")
    world.validated("Bo", amount="999999999999.999999")
    with world.node.read() as transaction:
        assert {line["state"]: line["claimed"] for line in totals(transaction, "test")}["claimed"] == "10999999999999.999989"
        assert overview.kinds_and_states(transaction, "test")[0]["count"] == 12
        assert agent_overview(transaction, "test", world.ids["Bo"])["kinds"][0]["validated"] == "999999999999.999999"
        assert people_page(transaction, "test", Asked(), world.node.now())[1]["kinds"][0]["quantity"] == "999999999999.999999"
    assert world.verify().findings == []


def test_twelve_of_the_largest_incomes_are_shared(world: World) -> None:
    """A fund may hold more than an entry can say; the rest stays for the next distributions."""
    for _ in range(12):
        world.income(MOST)
    world.validated("Bo", amount="1")
    world.validated("Cy", amount="1")
    with world.node.read() as transaction:
        assert fund_balance(transaction, "test", "common") == 12 * (AMOUNT_MAX - 1)
        assert money(transaction, "test")["inFunds"] == "119999999999999999.88"
        assert overview.commons_line(transaction, "test")["cameIn"] == "119999999999999999.88"
    for _ in range(12):
        assert sorted(world.share().values()) == ["4999999999999999.99", "5000000000000000.00"]
    with world.node.read() as transaction:
        assert fund_balance(transaction, "test", "common") == 0
        assert statement(transaction, "test")["amount"] == MOST
        assert money(transaction, "test")["byStep"][0]["amount"] == "119999999999999999.88"
        assert agent_overview(transaction, "test", "org:giver")["gave"] == {"count": 12, "amount": "119999999999999999.88"}
        read_books(transaction, "test")
    assert world.verify().findings == []


def test_every_sum_in_the_program_is_exact() -> None:
    wrong = [str(path) for path in SOURCE.rglob("*.py") if "SUM(" in path.read_text() and path.name != "sums.py"]
    assert wrong == []
