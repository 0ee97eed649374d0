"""The books are accepted by the accounting tools, and these come to our balances."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.measure import format_money
from commonhold.node.books import fund_balances, read_books
from commonhold.node.imports import Importer
from commonhold.sharing.books import SHARED, Amount, Books, Paid, Received, Shared, account_parts, keep_books
from commonhold.sharing.commands import IncomeParams, PayParams, ReverseParams
from commonhold.sharing.compute import fund_balance
from commonhold.sharing.plaintext import beancount_text, hledger_text
from commonhold.sharing.queries import distributions, totals_by_agent

TWO_FUNDS = CHARTER.replace('[[sharing.steps]]\nid = "contributions"', '[sharing]\nfunds = ["common", "hard_ware"]\n\n[[sharing.steps]]\nid = "basic"\nto = "members"\npercent = "10"\n\n[[sharing.steps]]\nid = "contributions"')  # fmt: skip
NASTY = 'for "tools"; 3 | 4 \\ x\u2028€ ; tag:value'

BALANCES = """
import sys
from collections import Counter
from beancount import loader
from beancount.core.data import Transaction
entries, errors, _ = loader.load_file(sys.argv[1])
assert not errors, errors
found = Counter()
for entry in entries:
    if isinstance(entry, Transaction):
        for posting in entry.postings:
            found[posting.account] += posting.units.number
for account, number in sorted(found.items()):
    print(account, number)
"""


def bean_check(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "x.beancount").write_text(text, encoding="utf-8")
    return subprocess.run([Path(sys.executable).with_name("bean-check"), folder / "x.beancount"], check=False, capture_output=True, text=True)


def hledger(text: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "x.journal").write_text(text, encoding="utf-8")
    environment = {"LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(["hledger", "-f", folder / "x.journal", *arguments], check=False, capture_output=True, text=True, env=environment)


def accepted(books: Books, folder: Path) -> None:
    """Both tools accept the books, hledger with its strictest checks."""
    checked = bean_check(beancount_text(books), folder)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    for checks in (["--strict"], ["ordereddates", "accounts", "commodities"]):
        checked = hledger(hledger_text(books), folder, "check", *checks)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def beancount_balances(books: Books, folder: Path) -> dict[str, str]:
    bean_check(beancount_text(books), folder)
    done = subprocess.run([sys.executable, "-c", BALANCES, folder / "x.beancount"], check=True, capture_output=True, text=True)
    return dict(line.split(" ") for line in done.stdout.splitlines())


def hledger_balances(books: Books, folder: Path) -> dict[str, str]:
    done = hledger(hledger_text(books), folder, "balance", "--flat", "--empty", "--no-total", "-O", "csv")
    return {account: amount.removesuffix(" EUR") for account, amount in list(csv.reader(io.StringIO(done.stdout)))[1:]}


def ours(world: World) -> dict[str, str]:
    """The balances of funds and debts, by account, as the queries of the commons tell them."""
    found: Counter[str] = Counter()
    with world.node.read() as transaction:
        for fund, account in (("common", "Assets:Fund:Common"), ("hard_ware", "Assets:Fund:Hard-ware")):
            found[account] = fund_balance(transaction, "test", fund)
        for distribution in distributions(transaction, "test"):
            for line in totals_by_agent(transaction, "test", distribution.number):
                part = account_parts([line["agent"]])[line["agent"]]
                found[f"Liabilities:{'Owed' if line['payable'] else 'Held'}:{part}"] -= line["owed"]
                found[SHARED] += line["owed"]
    return {account: format_money(minor, "EUR") for account, minor in found.items()}


def books_of(world: World, *, named: bool = False) -> Books:
    with world.node.read() as transaction:
        return read_books(transaction, "test", named=named)


@pytest.fixture
def identity(world: World) -> str:
    """Two funds with incomes, work of the members and of an identity, and a first distribution, paid in part."""
    world.charter(TWO_FUNDS)
    world.organization("Acme")
    world.act("Ana", "income.add", IncomeParams(amount="1000.01", currency="EUR", giver="Acme", source="benefit_share", note=NASTY))
    world.act("Ana", "income.add", IncomeParams(amount="77", currency="EUR", giver="Bo", fund="hard_ware", at="2025-12-30T23:59:59Z"))
    world.validated("Bo", amount="3.5")
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nzed@example.org,work,2,firmware\n", "sheet", {}, identities=True)
    id_ = importer.identity("zed@example.org")
    with world.node.read() as transaction:
        position = transaction.value("SELECT MAX(position) FROM contribution WHERE commons = 'test'")
    for peer in ("Bo", "Cy"):
        world.attest(peer, position)
    world.share("600")
    world.clock.days(3)
    world.act("Ana", "share.pay", PayParams(distribution=1, agents=["Bo"], reference="SEPA; 7"))
    return id_


def test_both_tools_accept_the_books_and_come_to_our_balances(world: World, identity: str, tmp_path: Path) -> None:
    """bean-check and hledger check pass, and every fund and debt has the same balance in both tools and in our tables."""
    books = books_of(world)
    accepted(books, tmp_path)
    expected = ours(world)
    assert len(expected) == 7 and f"Liabilities:Held:Id-{identity[3:11]}" in expected
    assert expected["Assets:Fund:Common"] == "400.01" and expected["Assets:Fund:Hard-ware"] == "77.00"
    for found in (beancount_balances(books, tmp_path), {a: "0.00" if n == "0" else n for a, n in hledger_balances(books, tmp_path).items()}):
        assert {account: found[account] for account in expected} == expected
        assert found["Income:Benefit-share:Acme"] == "-1000.01"
        assert found["Expenses:Shares:Basic"] == "60.00" and found["Expenses:Shares:Contributions"] == "540.00"


def test_what_a_claimed_identity_got_is_owed_to_the_member(world: World, identity: str, tmp_path: Path) -> None:
    """Once claimed, an identity's shares are booked as owed to the member, whose payout brings the debt to nothing."""
    world.act("Ana", "identity.claim", e.Claim(identity=identity, agent=world.ids["Cy"], by="steward"))
    assert not any(account.startswith("Liabilities:Held") for account in books_of(world).accounts())
    world.act("Ana", "share.pay", PayParams(distribution=1))
    world.share()
    books = books_of(world)
    accepted(books, tmp_path)
    found, expected = beancount_balances(books, tmp_path), ours(world)
    assert {account: found[account] for account in expected} == expected
    world.act("Ana", "share.pay", PayParams(distribution=2))
    found = beancount_balances(books_of(world), tmp_path)
    assert found[SHARED] == "0.00"
    assert {amount for account, amount in found.items() if account.startswith("Liabilities")} == {"0.00"}


def test_every_transaction_names_its_journal_entry(world: World, identity: str) -> None:
    """Position and id of each transaction are those of an entry about money, in both files."""
    books = books_of(world)
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT position, leaf FROM journal_entry WHERE commons = 'test'")
    entries = {position: bytes(leaf).hex() for position, leaf in rows}
    assert len(books.transactions) == 4
    for transaction in books.transactions:
        assert entries[transaction.position] == transaction.entry
        assert f'  entry: "{transaction.entry}"\n  position: {transaction.position}\n' in beancount_text(books)
        assert f"; entry:{transaction.entry}, position:{transaction.position}" in hledger_text(books)


def test_books_are_the_same_bytes_each_time(world: World, identity: str) -> None:
    """Exporting twice, and after a rebuild, gives the same files."""
    first = beancount_text(books_of(world)), hledger_text(books_of(world))
    world.node.rebuild()
    assert (beancount_text(books_of(world)), hledger_text(books_of(world))) == first


def test_persons_are_named_only_if_asked_for(world: World, identity: str, tmp_path: Path) -> None:
    """Without names, persons are short ids and organizations have their name; with names, both files still pass."""
    plain = beancount_text(books_of(world)) + hledger_text(books_of(world))
    assert '"Acme"' in plain and not re.search(r"\b(Ana|Bo|Cy)\b", plain)
    named = books_of(world, named=True)
    accepted(named, tmp_path)
    assert 'name: "Cy"' in beancount_text(named) and "; name:Cy" in hledger_text(named)
    assert named.transactions[0].payee == "Bo"
    assert [t.amounts for t in named.transactions] == [t.amounts for t in books_of(world).transactions]


def test_the_assertions_find_a_wrong_balance(world: World, identity: str, tmp_path: Path) -> None:
    """If our tables had one cent more than the transactions, both tools would refuse the books."""
    books = books_of(world)
    first = books.closing[0]
    wrong = replace(books, closing=(Amount(first.account, first.currency, first.minor + 1), *books.closing[1:]))
    assert "Balance failed" in bean_check(beancount_text(wrong), tmp_path).stderr
    assert hledger(hledger_text(wrong), tmp_path, "check").returncode != 0


def test_a_commons_without_money_has_empty_books(sqlite_world: World, tmp_path: Path) -> None:
    """Empty books are accepted too."""
    books = books_of(sqlite_world)
    assert (books.transactions, books.closing) == ((), ())
    accepted(books, tmp_path)


def test_fund_balances_are_those_of_the_funds(world: World, identity: str) -> None:
    """What the books assert of a fund is what can be shared of it."""
    with world.node.read() as transaction:
        found = fund_balances(transaction, "test")
        assert found == {(fund, "EUR"): fund_balance(transaction, "test", fund) for fund in ("common", "hard_ware")}


@pytest.mark.parametrize("pair", [("hard_ware", "hard-ware"), ("did:key:z6Mkaaaaaaaaaaabbbb", "did:key:z6Mkaaccccccccbbbb"), ("org:x", "x")])
def test_ids_that_look_alike_get_accounts_of_their_own(pair: tuple[str, str]) -> None:
    """Two ids never share an account, and every part of a name is one that Beancount takes."""
    parts = account_parts(pair)
    assert len(set(parts.values())) == 2
    assert all(re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", part) for part in parts.values())


def test_a_name_made_like_one_with_a_tail_gets_another_account() -> None:
    """`hard-ware` is called like `hard_ware`, so it gets a tail; a fund that is called so from the start keeps an account of its own."""
    alike = account_parts(["hard-ware", "hard_ware"])
    made = [part.lower() for part in alike.values()]
    parts = account_parts([*alike, *made])
    assert len(set(parts.values())) == 4
    assert parts == account_parts([*made, *reversed(alike)])


AGENTS = ("did:key:z6MkAnaAnaAnaAna", "did:key:z6MkBobBobBobBob", "id:" + "0a" * 16, "org:acme")
FUNDS = ("common", "hard_ware", "hard-ware")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Received | Shared | Paid], Counter[tuple[str, str]], Counter[tuple[str, str]], str]:
    """Events that never share what is not there nor pay what is not owed; what is in the funds, what is owed; the currency."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    funds: Counter[tuple[str, str]] = Counter()
    owed: Counter[tuple[str, str]] = Counter()
    debts: Counter[str] = Counter()
    events: list[Received | Shared | Paid] = []
    time, number = 1_700_000_000, 0
    for position in range(draw(st.integers(0, 12))):
        time += draw(st.integers(0, 200_000))
        said = {"position": position, "entry": f"{position:064x}", "time": time, "currency": currency}
        fund = draw(st.sampled_from(FUNDS))
        there, kind = funds[fund, currency], draw(st.integers(0, 2))
        if kind == 0 or (kind == 1 and not there) or (kind == 2 and not +debts):
            amount = draw(st.integers(1, 10**14))
            funds[fund, currency] += amount
            told = {"source": draw(st.sampled_from(["gift", "benefit_share"])), "giver": draw(st.sampled_from(AGENTS)), "note": draw(TEXT)}
            events.append(Received(fund=fund, amount=amount, **told, **said))
        elif kind == 1:
            number += 1
            shares, left = [], there
            for agent in draw(st.lists(st.sampled_from(AGENTS), max_size=6)):
                minor = draw(st.integers(0, left))
                left -= minor
                shares.append((draw(st.sampled_from(["basic", "work"])), agent, minor))
                debts[agent] += minor
                owed[agent, currency] += minor
            funds[fund, currency] = left
            events.append(Shared(number=number, fund=fund, shares=tuple(shares), **said))
        else:
            agent = draw(st.sampled_from(sorted(+debts)))
            minor = draw(st.integers(1, debts[agent]))
            debts[agent] -= minor
            owed[agent, currency] -= minor
            events.append(Paid(number=number, payments=((agent, minor),), reference=draw(TEXT), **said))
    return events, funds, owed, currency


def balance(books: Books, prefix: str) -> int:
    return sum(amount.minor for transaction in books.transactions for amount in transaction.amounts if amount.account.startswith(prefix))


@given(stories())
def test_books_balance(story: tuple) -> None:
    """Every transaction adds up to nothing; assets are the incomes less the payouts; every asserted balance is that of its account."""
    events, funds, owed, _ = story
    books = keep_books("x", events, funds, owed, {})
    assert all(sum(amount.minor for amount in transaction.amounts) == 0 for transaction in books.transactions)
    came = sum(event.amount for event in events if isinstance(event, Received))
    went = sum(minor for event in events if isinstance(event, Paid) for _, minor in event.payments)
    assert balance(books, "Assets") == came - went == balance(books, "Assets:Fund") + balance(books, SHARED)
    assert balance(books, SHARED) == -balance(books, "Liabilities") == sum(owed.values())
    for amount in books.closing:
        assert amount.minor == sum(a.minor for t in books.transactions for a in t.amounts if a.account == amount.account)


@settings(max_examples=15)
@given(stories(), st.dictionaries(st.sampled_from(AGENTS), TEXT), TEXT)
def test_both_tools_accept_whatever_may_happen(tmp_path_factory: pytest.TempPathFactory, story: tuple, names: dict[str, str], title: str) -> None:
    """Books of any history, with any notes and names, in currencies with no, two and three decimals, are accepted."""
    events, funds, owed, _ = story
    accepted(keep_books(title, events, funds, owed, names), tmp_path_factory.mktemp("books"))


def test_a_reversal_takes_the_income_off_the_books(sqlite_world: World, tmp_path: Path) -> None:
    """The books of an income that was recorded by mistake, and taken back, are accepted by both tools and come to what is there."""
    world = sqlite_world
    for amount in ("100.00", "12.50"):
        world.income(amount)
    with world.node.read() as transaction:
        last = transaction.value("SELECT MAX(position) FROM income")
    world.act("Ana", "income.reverse", ReverseParams(income=str(last), reason="recorded twice"))
    with world.node.read() as transaction:
        found = read_books(transaction, "test")
        assert fund_balances(transaction, "test") == {("common", "EUR"): 10_000}
    accepted(found, tmp_path)
