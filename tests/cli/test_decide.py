"""`commonhold decide`: questions from the proposal to what follows from them, by the commands alone."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import COMMAND, Said, commonhold
from hypothesis import given
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.cli.decide_charter import edits_between
from commonhold.commons.queries import charter_values
from commonhold.governance.changes import Edit, apply_edits
from commonhold.node.node import Node

NEW = CHARTER.replace("quorum = 2", "quorum = 1").replace('code = "0.01"', 'code = "0.02"')
MORE = """
[governance.questions.role]
rule = "consent"
[governance.questions.money]
ballots = "open"
seconds = 1
[governance.conviction]
fund = "common"
half_life_days = 2
"""


class Deciding:
    """Commands in one home, on the clock of the world."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder

    def said(self, *arguments: str, who: str = "") -> Said:
        """What a command answers."""
        acting = ["--as", who] if who else []
        return commonhold("decide", *arguments, *acting, "--home", str(self.world.node.home))

    def text(self, *arguments: str, who: str = "") -> str:
        """What a command that is done tells people."""
        said = self.said(*arguments, who=who)
        assert said.code == 0, said
        return said.out

    def json(self, *arguments: str, who: str = "", code: int = 0) -> Any:
        """What a command tells programs."""
        said = self.said(*arguments, "--json", who=who)
        assert said.code == code, said
        return said.json()

    def file(self, name: str, text: str) -> str:
        """A file to give to a command."""
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def days(self, count: float) -> None:
        self.world.clock.days(count)

    def values(self) -> Any:
        """The charter in force."""
        with self.world.node.read() as transaction:
            return charter_values(transaction, "test")


@pytest.fixture(name="deciding")
def _deciding(sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deciding:
    """A commons of three producers (Ana, who is a user too, Bo and Cy) and a user, Di; it has 60 EUR."""
    opened: Callable[..., Node] = Node.open

    def on_the_clock(home: Path, **options: Any) -> Node:
        return opened(home, **{"clock": sqlite_world.clock} | options)

    monkeypatch.setattr(Node, "open", on_the_clock)
    sqlite_world.join("Di", rolls=("user",))
    sqlite_world.validated("Bo", "work", "3")
    sqlite_world.validated("Cy", "code", "300")
    sqlite_world.income("100.00")
    sqlite_world.share("40.00")
    return Deciding(sqlite_world, tmp_path)


def test_a_charter_from_a_file_is_carried_through(deciding: Deciding) -> None:
    """Only what differs is proposed; it is shown with its effect, voted on in secret, counted, and in force."""
    file = deciding.file("new.toml", NEW)
    dry = deciding.said("propose", "charter", "--title", "One voice", "--charter", file, "--dry-run", who="Bo")
    assert (dry.out, "nothing was written" in dry.err) == ("It can be proposed.\n", True)
    said = deciding.text("propose", "charter", "--title", "One voice", "--charter", file, "--text", "Two are slow.", who="Bo")
    assert re.match(
        r"Proposal 1 is put \(entry \d+\)\. It is discussed until 2026-01-08 00:00 UTC; the vote is open from then until 2026-01-15", said
    )
    shown = deciding.text("show", "1")
    for line in ("    - quorum = 2", "    + quorum = 1", "Producers and users vote on it, each roll by itself", "Two are slow."):
        assert line in shown
    assert "producers: 0 of 3 have voted; 1 must be for it and two thirds of those for or against" in shown
    assert re.search(r"^Bo +20.00 +13.33 +-6.67$", shown, re.MULTILINE) and re.search(r"^Cy +20.00 +26.67 +6.67$", shown, re.MULTILINE)
    deciding.text("comment", "1", "And care?", who="Cy")
    assert re.search(r"\d+  2026-01-01  Cy: And care\?", deciding.text("show", "1"))
    deciding.days(7)
    for who in ("Ana", "Bo", "Di"):
        deciding.text("vote", "1", "yes", who=who)
    early = deciding.json("close", "1", code=1)
    assert early["code"] == "governance.not_over"
    deciding.days(7)
    assert "1 proposal can be closed (1)" in deciding.said().err
    assert deciding.text("close", "--due") == "Proposal 1: carried (charter).\n  commons.charter is done.\n"
    assert (deciding.values()["validation"]["quorum"], deciding.values()["sharing"]["steps"][0]["weights"]["code"]) == (1, "0.02")
    shown = deciding.text("show", "1")
    assert "carried: charter" in shown and "producers on charter: 2 for, 0 against, 1 voice needed of 3: carried" in shown
    assert re.search(r"commons.charter: carried out as entry \d+", shown)
    assert deciding.text("recount", "1").startswith("Proposal 1: counted again from the votes, it is the same: carried.")
    assert deciding.text("execute", "1") == "Nothing is left to carry out.\n"
    assert deciding.world.verify().ok


def test_a_charter_that_is_not_in_order_is_not_proposed(deciding: Deciding) -> None:
    bad = deciding.json(
        "propose", "charter", "--title", "x", "--charter", deciding.file("bad.toml", NEW.replace("quorum = 1", "quorum = -1")), code=1
    )
    assert bad["problems"][0]["field"].startswith("line ")
    same = deciding.said("propose", "charter", "--title", "x", "--charter", deciding.file("same.toml", CHARTER))
    assert (same.code, "the charter in force" in same.err) == (2, True)


@given(
    st.lists(st.sampled_from(["a\n", "b\n", "a", "\n", "[x]\n", "a = 1\r\n"]), max_size=14),
    st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "a"]), max_size=14),
)
def test_edits_make_one_text_of_another(old: list[str], new: list[str]) -> None:
    """Whatever the texts are, if there is anything to hold on to."""
    before, after = "".join(old), "".join(new)
    if not before:
        return
    edits = [Edit(**edit) for edit in edits_between(before, after)]
    assert apply_edits(before, edits) == after
    assert bool(edits) == (before != after)


def test_many_differences_are_at_most_a_hundred_edits() -> None:
    before = "".join(f"line {number}\n" for number in range(600))
    after = "".join(f"line {number}\n" if number % 3 else f"other {number}\n" for number in range(600))
    edits = [Edit(**edit) for edit in edits_between(before, after)]
    assert len(edits) <= 100 and apply_edits(before, edits) == after


def test_a_hidden_vote_and_its_receipt(deciding: Deciding) -> None:
    deciding.text("propose", "charter", "--title", "One voice", "--charter", deciding.file("new.toml", NEW), who="Bo")
    deciding.days(7)
    file = deciding.folder / "receipt.json"
    dry = deciding.said("vote", "1", "no", "--receipt", str(file), "--dry-run", who="Bo")
    assert (dry.code, file.exists()) == (0, False)
    said = deciding.text("vote", "1", "no", "--receipt", str(file), who="Bo")
    kept = json.loads(file.read_text())
    assert f"Keep {file}" in said and kept["salt"] in said and kept["ballot"] == {"answer": "no"}
    assert file.stat().st_mode & 0o777 == 0o600
    again = deciding.said("vote", "1", "yes", "--receipt", str(file), who="Bo")
    assert (again.code, json.loads(file.read_text())) == (2, kept)
    assert deciding.json("receipt", str(file))["state"] == "sealed"
    assert "voted (entry" in deciding.text("explain", "1", "Bo") and "sealed" in deciding.text("explain", "1", "Bo")
    other = deciding.file("other.json", json.dumps(kept | {"ballot": {"answer": "yes"}}))
    for code, path, state in (
        (0, file, "sealed"),
        (1, other, "sealed_other"),
        (1, deciding.file("none.json", json.dumps(kept | {"vote": "0" * 64})), "missing"),
    ):
        assert deciding.json("receipt", str(path), code=code)["state"] == state
    deciding.text("vote", "1", "abstain", "--receipt", str(deciding.folder / "cy.json"), who="Cy")
    deciding.text("vote", "1", "yes", who="Cy")
    deciding.days(7)
    assert deciding.json("receipt", str(file))["state"] == "due"
    assert deciding.json("close", "1")["outcome"] == "rejected"
    assert "opened with just this ballot" in deciding.text("receipt", str(file))
    assert deciding.json("receipt", str(other), code=1)["ok"] is False
    replaced = deciding.said("receipt", str(deciding.folder / "cy.json"))
    assert (replaced.code, "voted again later" in replaced.out) == (1, True)
    assert "Bo voted" in deciding.text("explain", "1", "Bo") and ": no." in deciding.text("explain", "1", "Bo")


def test_a_refused_vote_leaves_no_receipt(deciding: Deciding) -> None:
    deciding.text("propose", "charter", "--title", "One voice", "--charter", deciding.file("new.toml", NEW))
    file = deciding.folder / "receipt.json"
    assert deciding.json("vote", "1", "yes", "--receipt", str(file), code=1, who="Bo")["code"] == "governance.wrong_phase"
    assert not file.exists()


def test_a_voter_opens_what_the_node_has_lost(deciding: Deciding) -> None:
    deciding.text("propose", "charter", "--title", "One voice", "--charter", deciding.file("new.toml", NEW))
    deciding.days(7)
    file = str(deciding.folder / "receipt.json")
    deciding.text("vote", "1", "yes", "--receipt", file, who="Bo")
    with deciding.world.node.database.write() as transaction:
        transaction.execute("DELETE FROM private_ballot")
    deciding.days(7)
    waits = deciding.json("close", "--due", code=1)
    assert (waits["closed"], [one["proposal"] for one in waits["refused"]]) == ([], [1])
    assert "is open" in deciding.text("open", "1", file, who="Bo")
    assert deciding.json("close", "--due")["closed"][0]["proposal"] == 1
    assert deciding.json("receipt", file)["state"] == "opened"


def test_delegates_vote_where_one_does_not(deciding: Deciding) -> None:
    assert "delegate to nobody" in deciding.said("delegate", who="Cy").err
    deciding.text("propose", "charter", "--title", "One voice", "--charter", deciding.file("new.toml", NEW))
    deciding.text("delegate", "Bo", "Ana", "--until", "2026-03-01", who="Cy")
    deciding.days(7)
    assert "nobody votes for you" in deciding.text("waiting", who="Bo")
    assert "Bo has not voted, Ana has not voted" in deciding.text("waiting", who="Cy")
    deciding.text("vote", "1", "yes", who="Bo")
    deciding.text("vote", "1", "yes", who="Di")
    shown = deciding.text("delegate", who="Cy")
    assert re.search(r"everywhere else +Bo, then Ana +2026-03-01 12:00 UTC", shown) and "One voice: Bo has voted, Ana has not voted." in shown
    assert "Nothing needs your vote" in deciding.said("waiting", who="Bo").err
    deciding.days(7)
    deciding.text("close", "1", who="Cy")
    assert "Cy did not vote; Bo spoke for them." in deciding.text("explain", "1", "Cy")
    assert deciding.json("show", "1")["proposal"]["result"]["delegated"] == 1
    deciding.text("delegate", "--end", who="Cy")
    assert deciding.json("delegate", who="Cy")["delegations"] == []
    assert deciding.said("delegate", "--end", "Bo", who="Cy").code == 2


def test_a_budget(deciding: Deciding) -> None:
    arguments = [
        "--fund",
        "common",
        "--amount",
        "50",
        "--project",
        "pump;A pump;40;Bo",
        "--project",
        "bench;A bench;20;Cy",
        "--project",
        "idea;Shade;;",
    ]
    assert deciding.json("propose", "budget", "--title", "Spring", *arguments)["proposal"] == 1
    deciding.text("amend", "1", "--project", "paint;Paint;10;Di", who="Di")
    shown = deciding.text("show", "1")
    assert "50.00 EUR divided of the fund common" in shown and "Option idea: Shade (an idea" in shown and "Option paint: Paint, added by Di" in shown
    deciding.days(7)
    deciding.text("vote", "1", "--approve", "bench,a pump", who="Bo")
    deciding.text("vote", "1", "--approve", "none", who="Cy")
    deciding.text("vote", "1", "--approve", "paint", who="Di")
    for wrong in (["yes"], ["--approve", "idea"], ["--rank", "pump"]):
        assert deciding.said("vote", "1", *wrong, who="Ana").code == 1
    deciding.days(7)
    closed = deciding.json("close", "1")
    assert (closed["outcome"], sorted(closed["winners"])) == ("carried", ["bench", "paint"])
    assert "By greedy it would have been" in deciding.text("show", "1")
    file = str(deciding.folder / "spring.pb")
    deciding.text("export", "1", "--form", "pb", "--out", file)
    counted = commonhold("decide", "count", file, "--rule", "greedy", "--json").json()
    assert counted["official"]["same"] is True and counted["ballots"]["count"] == 3
    wrong_form = deciding.json("export", "1", "--form", "blt", code=1)
    assert wrong_form["code"] == "governance.wrong_ballots"
    assert deciding.text("report", "1", "paint", "--text", "It is green", "--done", "--evidence", "https://example.org/paint", who="Di")
    assert "on paint, done: It is green" in deciding.text("show", "1")
    assert deciding.world.verify().ok


def test_an_election_by_names_that_are_not_in_the_journal(deciding: Deciding) -> None:
    deciding.text("propose", "election", "--title", "A treasurer", "--candidate", "Bo", "--candidate", "Cy", "--for-role", "treasurer")
    deciding.text("amend", "1", "--candidate", "Di", "--for-role", "treasurer", who="Di")
    told = deciding.json("show", "1")["proposal"]
    assert [option["id"] for option in told["options"]] == ["candidate-1", "candidate-2", "candidate-3"]
    assert all(option["title"].startswith("Candidate z6Mk") for option in told["options"])
    assert "Option candidate-3: Di, added by Di\n  Di gets the role treasurer." in deciding.text("show", "1")
    deciding.days(7)
    receipt = deciding.json("vote", "1", "--rank", "Cy > candidate-1 = di", who="Bo")["receipt"]
    assert receipt["ballot"] == {"ranking": [["candidate-2"], ["candidate-1", "candidate-3"]]}
    assert deciding.json("vote", "1", "--rank", "Eve", who="Ana", code=1)["code"] == "governance.unknown_option"
    deciding.days(7)
    assert deciding.json("close", "1")["winners"] == ["candidate-2"]
    shown = deciding.text("explain", "1", "Bo")
    assert "Bo voted" in shown and "Cy > Bo = Di" in shown and "elected Cy" in shown
    members = commonhold("member", "list", "--json", "--home", str(deciding.world.node.home)).json()["members"]
    assert [one["name"] for one in members if "treasurer" in one["roles"]] == ["Cy"]


def test_consent_and_an_objection_that_is_met(deciding: Deciding) -> None:
    deciding.world.charter(CHARTER + MORE)
    deciding.text("propose", "role", "--title", "Bo as a steward", "--role", "Bo", "steward", who="Cy")
    deciding.text("propose", "role", "--title", "Cy as a steward", "--role", "Cy", "steward", who="Bo")
    for number in ("1", "2"):
        deciding.text("consent", number, who="Ana")
        deciding.text("object", number, "--reason", "Too soon", who="Di")
    shown = deciding.text("show", "1")
    assert "members: 1 of 4 consent; 1 must, and no objection stand" in shown and "Can live with it: Ana" in shown
    assert re.search(r"Objection of Di, entry \d+: Too soon", shown)
    deciding.text("lift", "1", who="Di")
    assert deciding.json("lift", "1", who="Di", code=1)["code"] == "governance.no_objection"
    deciding.days(7)
    closed = {one["proposal"]: (one["outcome"], one["carriedOut"]) for one in deciding.json("close", "--due")["closed"]}
    assert closed == {1: ("carried", [{"kind": "commons.role", "number": 0, "done": True}]), 2: ("blocked", [])}
    assert re.search(r"2 +Cy as a steward +role +blocked by an objection", deciding.text())


def test_a_statement_is_revised_and_withdrawn(deciding: Deciding) -> None:
    deciding.text("propose", "statement", "--title", "Sundays free", who="Bo")
    assert deciding.json("revise", "1", "--reason", "softer", "--title", "Most Sundays free", who="Bo")["version"] == 2
    told = deciding.json("show", "1")["proposal"]
    assert (told["title"], told["options"][0]["title"]) == ("Most Sundays free", "Most Sundays free")
    assert deciding.json("withdraw", "1", "--reason", "no need", who="Cy", code=1)["code"] == "governance.not_the_author"
    deciding.text("withdraw", "1", "--reason", "no need", who="Bo")
    assert "It was withdrawn on 2026-01-01" in deciding.text("show", "1")
    assert [one["outcome"] for one in deciding.json("list", "--phase", "closed")["proposals"]] == ["withdrawn"]


def test_seconds_amendments_and_open_ballots(deciding: Deciding) -> None:
    deciding.world.charter(CHARTER + MORE)
    said = deciding.text("propose", "money", "--title", "Pay Bo", "--grant", "common", "Bo", "5.00")
    assert "It takes 1 other who wants a vote on it, and has 0" in said
    assert deciding.json("second", "1", code=1)["code"] == "governance.own"
    assert "the vote is open from then" in deciding.text("second", "1", who="Bo")
    said = deciding.text("amend", "1", "--title", "Pay him more", "--grant", "common", "Bo", "6.00", who="Cy")
    assert "commonhold decide second 1 pay-him-more" in said
    assert "waits for seconds" in deciding.text("show", "1")
    deciding.text("second", "1", "pay-him-more", who="Bo")
    deciding.days(7)
    rank = deciding.said("vote", "1", "--rank", "Pay him more > money > no-change", "--receipt", str(deciding.folder / "r.json"), who="Cy")
    assert (rank.code, "no receipt to keep" in rank.err, (deciding.folder / "r.json").exists()) == (0, True, False)
    assert deciding.json("vote", "1", "yes", who="Bo", code=1)["code"] == "governance.rank_them"
    deciding.days(7)
    assert deciding.json("close", "1")["winners"] == ["pay-him-more"]
    assert "By schulze it would have been pay-him-more." in deciding.text("explain", "1")
    assert deciding.text("export", "1", "--form", "blt").startswith("3 1\n1 2 1 3 0\n0\n")


def test_lasting_support(deciding: Deciding) -> None:
    deciding.world.charter(CHARTER + MORE)
    assert "It passes once enough support has lasted" in deciding.text("propose", "grant", "--title", "Cables", "--cost", "4", "--to", "Cy")
    assert deciding.json("support", "1=40%", who="Bo")["parts"] == {"1": 400_000}
    assert deciding.json("support", "1=0.250001", who="Cy")["parts"] == {"1": 250_001}
    assert "yours 25.0001 %; support 0.650001 units, grown to 0" in deciding.text("support", who="Cy")
    assert deciding.json("close", "1", code=1)["code"] == "governance.not_yet"
    assert deciding.json("close", "--due") == {"closed": [], "refused": []}
    for wrong in ("1=1/3", "1=101%", "1=", "1=0.0000001", "1=-1", "1=1e-3"):
        assert deciding.said("support", wrong, who="Bo").code == 2, wrong
    deciding.days(30)
    assert "Its support has lasted. Next: commonhold decide close 1" in deciding.text("show", "1")
    assert deciding.json("close", "--due")["closed"][0]["outcome"] == "carried"
    assert deciding.json("recount", "1")["recounted"] is False


def test_stewards_and_standing(deciding: Deciding) -> None:
    said = deciding.text("stewards")
    assert "firmware: 1 active member\n  nobody leads it" in said and "hardware: 0 active members" in said
    assert deciding.json("stewards", "firmware")["domains"][0]["domain"] == "firmware"
    assert deciding.json("stewards", "cooking", code=1)["code"] == "governance.unknown_domain"
    said = deciding.text("standing", "firmware", "Bo")
    assert "Bo has 3 points in firmware, from 1 week, by 2 different people who validated" in said and "1 of 3 weeks" in said
    assert deciding.json("standing", "firmware", who="Bo")["agent"] == deciding.world.ids["Bo"]
    assert deciding.json("resign", "firmware", "--reason", "x", code=1)["code"] == "governance.no_steward"
    proposed = deciding.json("propose", "steward", "--title", "Bo", "--appoint", "Bo", "--domain", "firmware", who="Bo")
    assert proposed["phase"] == "discussion"  # nobody else has standing who could second it
    assert "Bo becomes a steward of firmware." in deciding.text("show", "1")


def test_a_proposal_as_a_file(deciding: Deciding) -> None:
    """Agents in it can be named as people call them."""
    change = {"kind": "commons.role", "body": {"agent": "Bo", "role": "steward", "granted": True}}
    text = json.dumps({"question": "role", "title": "Bo", "options": [{"id": "bo", "title": "Bo", "changes": [change]}]})
    assert deciding.json("propose", "--file", deciding.file("p.json", text))["proposal"] == 1
    home = str(deciding.world.node.home)
    piped = commonhold("decide", "propose", "--file", "-", "--home", home, "--json", text=text.encode())
    assert piped.json()["proposal"] == 2
    assert (
        deciding.json("amend", "1", "--file", deciding.file("o.json", json.dumps({"id": "cy", "title": "Cy", "changes": [change]})))["option"] == "cy"
    )
    for wrong, code in (
        ('{"question": "role"}', "cli.bad_json"),
        ("[", "cli.bad_json"),
        (text.replace('"Bo", "role"', '"Eve", "role"'), "commons.unknown_agent"),
    ):
        assert deciding.said("propose", "--file", deciding.file("w.json", wrong), "--json").json()["code"] == code
    assert deciding.said("propose", "role", "--file", deciding.file("p.json", text)).code == 2


USAGE = [
    (["propose", "role", "--title", "x"], "--role AGENT ROLE"),
    (["propose", "role", "--title", "x", "--admit", "Bo"], "--admit belongs to a question of member"),
    (["propose", "role"], "--title"),
    (["propose", "member", "--title", "x", "--expel", "Bo"], "--reason"),
    (["propose", "steward", "--title", "x", "--appoint", "Bo"], "--domain"),
    (["propose", "budget", "--title", "x", "--project", "pump"], "id;title;cost;agent"),
    (["propose", "election", "--title", "x", "--candidate", "Bo"], "--for-role"),
    (["propose", "anything", "--title", "x"], "anything"),
    (["vote", "1"], "yes, no or abstain"),
    (["vote", "1", "yes", "--approve", "a"], "one of them"),
    (["close"], "NUMBER, or --due"),
    (["list", "--phase", "soon"], "soon"),
    (["show", "0"], "0"),
    (["nonsense"], "nonsense"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_usage_is_told_with_what_is_missing(deciding: Deciding, arguments: list[str], words: str) -> None:
    said = deciding.said(*arguments)
    assert (said.code, said.out) == (2, "") and words in said.err


CODES = [
    (3, "governance.unknown_proposal", ["show", "9"]),
    (3, "governance.unknown_proposal", ["close", "9"]),
    (3, "commons.unknown_agent", ["delegate", "Eve"]),
    (3, "commons.unknown_agent", ["propose", "role", "--title", "x", "--role", "Eve", "steward"]),
    (1, "sharing.unknown_fund", ["propose", "money", "--title", "x", "--share", "none"]),
    (1, "governance.bad_budget", ["propose", "budget", "--title", "x", "--fund", "common", "--amount", "1000"]),
    (1, "governance.no_fund", ["propose", "grant", "--title", "x", "--cost", "4", "--to", "Bo"]),
    (1, "governance.own", ["delegate", "Ana"]),
    (2, "journal.bad_body", ["propose", "budget", "--title", "x", "--fund", "common", "--amount", "10", "--project", "A B;x;1;Bo"]),
    (2, "cli.bad_json", ["receipt", "new.toml"]),
]


@pytest.mark.parametrize(("code", "problem", "arguments"), CODES, ids=[" ".join(arguments) for _, _, arguments in CODES])
def test_problems_have_their_codes(deciding: Deciding, code: int, problem: str, arguments: list[str]) -> None:
    file = deciding.file("new.toml", NEW)
    assert deciding.json(*(file if one == "new.toml" else one for one in arguments), code=code)["code"] == problem


def test_alone_it_lists(deciding: Deciding) -> None:
    assert "Nothing has been proposed yet" in deciding.said().err
    deciding.text("propose", "statement", "--title", "Sundays \x1b[31mfree")
    listed = deciding.text()
    assert re.search(r"1 +Sundays  \[31mfree +statement +open to objections +until 2026-01-08 00:00 UTC +0", listed)
    assert deciding.json() == deciding.json("list")
    assert deciding.said("list", "--phase", "voting").err == "No proposal is in the phase voting.\n"
    assert commonhold("decide", "--help").code == 0


def test_a_count_that_differs_is_an_integrity_failure(deciding: Deciding) -> None:
    deciding.text("propose", "charter", "--title", "One voice", "--charter", deciding.file("new.toml", NEW))
    deciding.days(7)
    for who in ("Ana", "Bo"):
        deciding.text("vote", "1", "yes", who=who)
    deciding.days(7)
    deciding.text("close", "1")
    with deciding.world.node.database.write() as transaction:
        transaction.execute("DELETE FROM vote WHERE agent = (SELECT number FROM agent WHERE id = ?)", (deciding.world.ids["Bo"],))
    told = deciding.json("recount", "1", code=5)
    assert told["same"] is False
    assert "another result than was written" in deciding.said("recount", "1").out


def test_as_a_process(deciding: Deciding) -> None:
    """On the real clock, which is later: what was put in January is due."""
    deciding.text("propose", "statement", "--title", "Sundays free")
    home = ["--home", str(deciding.world.node.home)]
    done = subprocess.run([*COMMAND, "decide", "close", "--due", *home], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Proposal 1: carried (statement).\n"), done.stderr
    listed = subprocess.run([*COMMAND, "decide", "--json", *home], capture_output=True, text=True, check=True)
    assert json.loads(listed.stdout)["proposals"][0]["outcome"] == "carried"
