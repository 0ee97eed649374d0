"""Contributions of every kind, what they are worth, and what becomes of them: domains, batches, appeals, withdrawal, claims."""

from __future__ import annotations

from typing import Any

import pytest
from world import CHARTER, World

from commonhold.commons import entries as ce
from commonhold.commons.charter import check_charter
from commonhold.contributions import entries as e
from commonhold.contributions.charter import STANDARD_KINDS
from commonhold.contributions.commands import AttestParams, ChooseParams, LapseParams, OneParams
from commonhold.contributions.queries import Filter, list_contributions
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text, unix_time
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.node.imports import Importer
from commonhold.node.overview import over_time
from commonhold.problems import Refused

HEAD = CHARTER.partition("[kinds.work]")[0]
ALL_KINDS = HEAD + "".join(f"[kinds.{name}]\n" for name in STANDARD_KINDS) + '[kinds.honey]\naction = "produce"\nunit = "kilogram"\nvalue = "9.50"\n'
WORTH = '\n[[sharing.steps]]\nid = "worth"\nto = "contributions"\nrest = true\nby_value = true\n'


def refused(world: World, code: str, who: str, command: str, params: object) -> None:
    with pytest.raises(Refused) as error:
        world.act(who, command, params)
    assert error.value.code == code


def test_every_standard_kind_can_be_logged(sqlite_world: World) -> None:
    """Each has its Valueflows action and unit; money is in the currency of the commons."""
    sqlite_world.charter(ALL_KINDS)
    for name in [*STANDARD_KINDS, "honey"]:
        sqlite_world.log("Bo", name, "2")
    with sqlite_world.node.read() as transaction:
        found = {line["kind"]: (line["action"], line["unit"]) for line in list_contributions(transaction, "test", Filter())}
    expected = {name: (action, "EUR" if unit == "currency" else unit) for name, (_, action, unit) in STANDARD_KINDS.items()}
    assert found == expected | {"honey": ("produce", "kilogram")}


def test_money_materials_and_tools_share_by_their_worth(world: World) -> None:
    """Money is worth itself, other kinds what the charter says one unit is worth, and those without a worth share nothing."""
    charter = ALL_KINDS.replace("[kinds.material]", '[kinds.material]\nvalue = "0.50"').replace("[kinds.tool_use]", '[kinds.tool_use]\nvalue = "4"')
    world.charter(charter + WORTH)
    world.join("Di", "Ed")
    for who, kind, amount in (
        ("Ana", "money", "30"),
        ("Bo", "material", "40"),
        ("Cy", "tool_use", "7.5"),
        ("Di", "honey", "2"),
        ("Ed", "code", "900"),
    ):
        world.validated(who, kind, amount)
    world.income("99.00")
    assert world.share() == {"Ana": "30.00", "Cy": "30.00", "Bo": "20.00", "Di": "19.00"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"effortQuantity": Measure(hasNumericalValue="1", hasUnit="day")}, "contributions.bad_unit"),
        ({"action": "use"}, "contributions.bad_action"),
        ({"action": "transfer"}, "flows.bad_quantity"),
        ({"provider": SigningKey.derived("Nobody").did}, "journal.unknown_reference"),
        ({"receiver": "org:none"}, "journal.unknown_reference"),
        ({"hasPointInTime": "0001-01-01T00:00:00Z"}, "flows.bad_time"),
        ({"hasPointInTime": "1899-12-31T23:59:59Z"}, "flows.bad_time"),
    ],
)
def test_an_event_that_does_not_fit_its_kind_is_refused(sqlite_world: World, fields: dict[str, object], code: str) -> None:
    """Whatever a program signs: unit, action and agents are those of the charter and of the commons."""
    plain = {
        "action": "work",
        "provider": sqlite_world.ids["Bo"],
        "hasPointInTime": "2025-12-01T10:00:00Z",
        "effortQuantity": Measure(hasNumericalValue="1", hasUnit="hour"),
    }
    body = e.Log(event=EconomicEvent(**(plain | fields)), kind="work", domain="firmware")
    with pytest.raises(Refused) as error, sqlite_world.node.writing("test") as writer:
        writer.write(sqlite_world.keys["Bo"], sqlite_world.ids["Bo"], "contributions.log", body, "k")
    assert error.value.code == code


def test_a_step_for_one_domain_shares_by_work_in_it(world: World) -> None:
    """What was done in other domains does not count there; a domain that is given up takes no more, but what was done stays."""
    world.charter(CHARTER + 'domains = ["firmware"]\n')
    world.validated("Ana", domain="firmware")
    world.validated("Bo", domain="hardware", amount="5")
    world.income("10.00")
    assert world.share() == {"Ana": "10.00"}
    world.charter(CHARTER.replace('"firmware", ', ""))
    with pytest.raises(Refused) as error:
        world.log("Ana", domain="firmware")
    assert error.value.code == "contributions.unknown_domain"
    world.income("12.00")
    assert world.share() == {"Bo": "10.00", "Ana": "2.00"}


def test_what_is_withdrawn_never_counts(world: World) -> None:
    """Not by verdicts, not by silence, not in a distribution; and it is withdrawn once."""
    gone, stays = world.log("Ana", amount="7"), world.log("Bo")
    world.attest("Cy", gone)
    world.act("Ana", "contribution.withdraw", OneParams(contribution=str(gone), reason="Entered twice"))
    refused(world, "contributions.not_open", "Bo", "contribution.attest", AttestParams(verdict="accept", contributions=[str(gone)]))
    refused(world, "contributions.not_open", "Ana", "contribution.withdraw", OneParams(contribution=str(gone)))
    world.clock.days(20)
    assert world.act("Cy", "contribution.lapse", LapseParams())["validated"] == 1
    assert (world.contribution(gone), world.contribution(stays)) == (("withdrawn", 0, "work"), ("validated", 1_000_000, "work"))
    world.income("10.00")
    assert world.share() == {"Bo": "10.00"}
    assert world.verify().ok


def test_a_reduced_contribution_counts_while_its_appeal_is_open(world: World) -> None:
    """What counted goes on counting; the new round takes one peer more and may give it back. In full, it cannot be appealed."""
    world.join("Di")
    reduced, whole = world.log("Ana", amount="4"), world.validated("Bo", amount="1")
    for peer in ("Bo", "Cy"):
        world.attest(peer, reduced, "adjust", amount="1", reason="An hour, not four")
    world.act("Ana", "contribution.appeal", OneParams(contribution=str(reduced), reason="Four, see the log"))
    assert world.contribution(reduced) == ("appealed", 1_000_000, "work")
    world.income("10.00")
    assert world.share() == {"Ana": "5.00", "Bo": "5.00"}
    for peer in ("Bo", "Cy", "Di"):
        world.attest(peer, reduced)
    assert world.contribution(reduced) == ("validated", 4_000_000, "work")
    refused(world, "contributions.nothing_to_appeal", "Bo", "contribution.appeal", OneParams(contribution=str(whole), reason="More"))
    refused(world, "contributions.nothing_to_appeal", "Ana", "contribution.appeal", OneParams(contribution=str(reduced), reason="More"))
    assert world.verify().ok


def test_silence_does_not_overrule_an_objection_or_an_appeal(world: World) -> None:
    """An adjustment is an objection too, and what was appealed waits for peers."""
    doubted, appealed = world.log("Ana", amount="4"), world.log("Ana", amount="5")
    world.attest("Bo", doubted, "adjust", amount="3", reason="Less")
    for peer in ("Bo", "Cy"):
        world.attest(peer, appealed, "refuse", reason="No")
    world.act("Ana", "contribution.appeal", OneParams(contribution=str(appealed), reason="Yes"))
    world.clock.days(60)
    assert world.act("Cy", "contribution.lapse", LapseParams())["validated"] == 0
    assert (world.contribution(doubted)[0], world.contribution(appealed)[0]) == ("claimed", "appealed")
    silent = world.log("Bo")
    world.clock.days(20)
    with world.node.writing("test") as writer:
        leaves = [writer.transaction.value("SELECT leaf FROM journal_entry WHERE position = ?", (at,)) for at in (doubted, appealed, silent)]
        body = e.Lapse(contributions=[bytes(leaf).hex() for leaf in leaves])
        writer.write(world.keys["Cy"], world.ids["Cy"], "contributions.lapse", body, "by hand")
    assert [world.contribution(at)[0] for at in (doubted, appealed, silent)] == ["claimed", "appealed", "validated"]
    assert world.verify().ok


@pytest.mark.parametrize("quorum", [1, 3])
def test_the_quorum_is_the_charters(world: World, quorum: int) -> None:
    """So many peers must agree, or so many refuse."""
    world.charter(CHARTER.replace("quorum = 2", f"quorum = {quorum}"))
    world.join("Di")
    good, bad = world.log("Ana"), world.log("Ana")
    for count, peer in enumerate(("Bo", "Cy", "Di")[:quorum], 1):
        assert world.contribution(good)[0] == world.contribution(bad)[0] == "claimed"
        world.attest(peer, good)
        world.attest(peer, bad, "refuse", reason="No")
        assert (world.contribution(good)[0] == "validated") == (count == quorum)
    assert world.contribution(bad) == ("refused", 0, "work")


def test_a_batch_is_validated_at_once_but_for_the_own(world: World) -> None:
    """One verdict covers all rows of a sheet, except those of who gives it."""
    data = b"by,kind,amount,domain\nBo,work,1,firmware\nCy,work,2,firmware\nzed@example.org,work,3,firmware\n"
    batch = Importer(world.node, "test", world.ids["Ana"]).sheet(data, "hours", {}, identities=True)["batch"]
    for who in ("Ana", "Bo"):
        world.act(who, "contribution.attest", AttestParams(verdict="accept", batch=batch))
    with world.node.read() as transaction:
        states = transaction.rows("SELECT claimed, state FROM contribution ORDER BY position")
    assert states == [(1_000_000, "claimed"), (2_000_000, "validated"), (3_000_000, "validated")]
    refused(world, "contributions.name_targets", "Cy", "contribution.attest", AttestParams(verdict="accept", batch=batch, fulfills="x"))
    assert world.verify().ok


def test_what_the_owner_said_of_an_identity_does_not_count_once_it_is_claimed(world: World) -> None:
    """Nobody validates their own, also when it comes out later that it was; what was shared stays shared."""
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nzed@example.org,work,3,firmware\n", "hours", {}, identities=True)
    with world.node.read() as transaction:
        position = int(transaction.value("SELECT MAX(position) FROM contribution"))
    for peer in ("Bo", "Cy"):
        world.attest(peer, position)
    world.income("10.00")
    world.share()
    world.act("Ana", "identity.claim", ce.Claim(identity=importer.identity("zed@example.org"), agent=world.ids["Cy"], by="steward"))
    assert world.contribution(position) == ("claimed", 0, "work")
    refused(world, "contributions.own", "Cy", "contribution.attest", AttestParams(verdict="accept", contributions=[str(position)]))
    world.attest("Ana", position)
    assert world.contribution(position)[0] == "validated"
    world.income("10.00")
    assert world.share() == {"Cy": "10.00"}
    report = world.verify()
    assert report.ok, report.findings


def test_a_choice_for_all_leaves_out_what_cannot_be_repaid(world: World) -> None:
    """Until repaid needs a worth: for all at once it changes what has one, for a single one without it is refused."""
    hours, lines = world.log("Ana"), world.log("Ana", "code", "10")
    world.act("Ana", "contribution.choose", ChooseParams(repayment="until_repaid"))
    refused(world, "contributions.no_value", "Ana", "contribution.choose", ChooseParams(repayment="until_repaid", contributions=[str(lines)]))
    with world.node.read() as transaction:
        assert dict(transaction.rows("SELECT position, repayment FROM contribution")) == {hours: "until_repaid", lines: "while_it_lasts"}


@pytest.mark.parametrize(
    ("section", "code", "field", "message"),
    [
        ("[kinds.BigWork]", "bad_kind", "kinds.BigWork", "lower-case letters"),
        ('[kinds."a[0"]', "bad_kind", "kinds", "'a[0' is no name"),
        ("[kinds.review]", "bad_kind", "kinds.review", "review is taken"),
        ('[kinds.poetry]\nunit = "hour"', "bad_kind", "kinds.poetry.action", "needs an action of Valueflows"),
        ('[kinds.poetry]\naction = "work"\nunit = "verse"', "bad_unit", "kinds.poetry.unit", "no unit that is known"),
        ('[kinds.poetry]\naction = "work"\nunit = "line"', "bad_unit", "kinds.poetry.unit", "counted in units of time"),
        ('[kinds.money]\nunit = "USD"', "bad_unit", "kinds.money.unit", "the currency of the commons, EUR"),
        ('[kinds.support]\nvalue = "25,00"', "bad_amount", "kinds.support.value", "a point before the fraction"),
        ("[kinds.support]\nworth = 1", "bad_field", "kinds.support.worth", "unknown field `worth`"),
        ("[validation]\nquorum = 0", "bad_field", "validation.quorum", ">= 1"),
        ('[validation]\nhistory = ["liked"]', "bad_field", "validation.history[0]", "'liked'"),
        ('[imports]\nkind = "design"', "unknown_kind", "imports.kind", "add [kinds.design]"),
        ('[imports]\nkind = "work"', "bad_unit", "imports.kind", "counted in lines"),
        ('[imports]\npaths = [{ match = "", kind = "code" }]', "bad_field", "imports.paths[0].match", "length >= 1"),
        ('[imports]\npaths = [{ match = "*.md", kind = "prose" }]', "unknown_kind", "imports.paths[0].kind", "add [kinds.prose]"),
        ("[imports]\nlines_per_change_max = 0", "bad_field", "imports.lines_per_change_max", ">= 1"),
    ],
)
def test_each_mistake_in_the_charter_is_told(section: str, code: str, field: str, message: str) -> None:
    """[kinds], [validation] and [imports]: one mistake, one problem, with its line and field."""
    charter = f"{HEAD}[kinds.work]\n[kinds.code]\n{section}\n"
    (found,) = check_charter(charter, CHARTER_SECTIONS)
    line, _, where = found.field.partition(", ")
    assert (found.code, where) == (f"charter.{code}", field)
    first = HEAD.count("\n") + 3
    assert line == "line 1" if field == "kinds" else first <= int(line.removeprefix("line ")) <= first + section.count("\n")
    assert message in found.message


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("url", "https://example.org/7", "see the wiki"),
        ("commit", "9fceb02d0ae598e95dc970b74767f19372d61af8", "the last one"),
        ("sha256", "ab" * 32, "AB" * 32),
        ("sha256", "0" * 64, "zz"),
    ],
)
def test_evidence_is_of_its_type(world: World, type_: Any, good: str, bad: str) -> None:
    world.log("Ana", evidence=[e.Evidence(type=type_, value=good)])
    with pytest.raises(Refused) as wrong:
        world.log("Ana", evidence=[e.Evidence(type=type_, value=good), e.Evidence(type=type_, value=bad)])
    assert [(problem.code, problem.field) for problem in wrong.value.problems] == [("contributions.bad_evidence", "body.evidence[1].value")]


def test_what_was_done_long_ago_is_shown_with_the_rest(world: World) -> None:
    world.log("Bo", at="1900-01-01T00:00:00Z")
    world.log("Bo")
    with world.node.read() as transaction:
        found = over_time(transaction, "test")
    assert found["step"] == "year" and found["periods"][0] == "1900" and sum(found["kinds"]["work"]) == 2


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "0999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])
def test_every_time_that_can_be_written_is_read_back(text: str) -> None:
    assert time_text(unix_time(text)) == text
