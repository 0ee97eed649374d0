"""What is asked of every command: JSON, exit codes, dry runs, no secrets as arguments."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from busy import BUSY_CHARTER, make_busy, rows_of
from command_line import Said, commonhold, every_command, options_of
from governance import deciding
from world import CHARTER, World

from commonhold.cli import agents, flows
from commonhold.commons import entries as e
from commonhold.flows.actions import ACTIONS
from commonhold.governance.commands import Named
from commonhold.journal.keyfile import write_key_file
from commonhold.journal.keys import SigningKey
from commonhold.node import tables
from commonhold.node.backup import backup
from commonhold.node.node import Node

COMMANDS = dict(every_command())
EVERY = (*tables.JOURNAL, *tables.PRIVATE, *tables.DERIVED)
SHEET = "by,kind,amount,domain\nAna,work,2,firmware\n"
BODY = {
    "kind": "work",
    "domain": "firmware",
    "event": {
        "action": "work",
        "hasPointInTime": "2025-12-01T00:00:00Z",
        "effortQuantity": {"hasNumericalValue": "1", "hasUnit": "hour"},
    },
}

RECORDS = [{"type": "ResourceSpecification", "id": "nut", "name": "Nut"}, {"type": "Process", "id": "turning", "name": "Turning"}]
DOCUMENT = {
    "agents": [{"id": "mara", "type": "Person", "name": "Mara"}, {"id": "smithy", "type": "Organization", "name": "Smithy"}],
    "processes": [{"id": "forge", "name": "Forge"}],
    "economicEvents": [
        {
            "id": "forged", "action": "produce", "provider": "smithy", "receiver": "smithy", "outputOf": "forge", "resourceInventoriedAs": "hook",
            "hasPointInTime": "2025-12-01T00:00:00Z", "resourceQuantity": {"hasNumericalValue": "3", "hasUnit": "piece"},
        },
        {
            "id": "hammered", "action": "work", "provider": "mara", "inputOf": "forge", "hasPointInTime": "2025-12-01T00:00:00Z",
            "effortQuantity": {"hasNumericalValue": "2", "hasUnit": "hour"},
        },
    ],
    "economicResources": [{"id": "hook", "name": "Hook"}],
}  # fmt: skip

GOVERNANCE = """
[governance.standing]
window_days = 3650
points = 0
endorsers = 1
weeks = 1
[governance.conviction]
fund = "common"
[governance.questions.role]
discussion_days = 0
[governance.questions.budget]
discussion_days = 0
[governance.questions.steward]
rolls = ["member"]
discussion_days = 0
seconds = 0
[governance.questions.money]
seconds = 1
[governance.questions.member]
jury = 2
discussion_days = 0
[governance.questions.fork]
ballots = "secret"
rolls = ["member"]
discussion_days = 0
"""
BLT = '3 1\n2 1 2 0\n1 3 0\n0\n"Ana"\n"Bo"\n"Cy"\n'

READING = {
    "charter check", "charter show", "charter history", "agent list", "member list", "identity list", "identity find", "identity challenge",
    "key list", "person show", "contributions", "import list", "income list", "share preview", "share list", "share show", "share explain",
    "verify", "journal list", "journal show", "journal checkpoint", "journal vkey", "journal receipt", "journal check", "journal sign",
    "export journal", "export beancount", "export hledger", "export csv", "export sepa", "token list",
    "export valueflows", "graphql schema", "flows list", "flows show", "flows tasks", "flows trace", "flows match",
    "decide list", "decide show", "decide receipt", "decide waiting", "decide recount", "decide explain", "decide export", "decide stewards",
    "decide standing", "decide count",
}  # fmt: skip
"""Commands that change nothing that a dry run would spare: they read, or write a file that they are asked for."""
WHOLE = {"key new", "rebuild", "backup", "restore", "serve", "work"}
"""Commands about the node itself, or a file on this machine."""
WRITING = sorted(set(COMMANDS) - READING - WHOLE)


def git(folder: Path, *arguments: str) -> None:
    """Run git with nobody's settings."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": str(folder)}
    environment |= {"GIT_AUTHOR_DATE": "2025-11-01T12:00:00Z", "GIT_COMMITTER_DATE": "2025-11-01T12:00:00Z"}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    """A repository of two authors; the second's commit was committed by the first."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for name, lines in (("Mara", 3), ("Noor", 5)):
        (folder / f"{name}.c").write_text("line\n" * lines)
        git(folder, "add", ".")
        author = f"{name} <{name.lower()}@example.org>"
        git(folder, "-c", "user.name=Mara", "-c", "user.email=mara@example.org", "commit", "-q", "-m", "More", "--author", author)
    return folder


class Place:
    """A busy commons, with the files that commands take, and an example of every command."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        make_busy(world)
        world.charter(BUSY_CHARTER.replace('currency = "EUR"', 'currency = "EUR"\njoining = "admission"'))
        world.join("Gil")
        self.open = world.log("Cy")
        world.income("5.00")
        self.income = max(row[1] for row in rows_of(world.node)["income"])
        self.adjusted = next(row for row in rows_of(world.node)["contribution"] if row[4] == "care")[1]
        world.charter(BUSY_CHARTER)
        world.node.act("test", world.ids["Cy"], "member.leave", e.Leave())
        world.join("Cy")
        self.unclaimed = commonhold("--home", str(world.node.home), "identity", "find", "noor@example.org").out.strip()
        world.charter(BUSY_CHARTER + GOVERNANCE)
        self.receipt = self._decide()
        self._review()
        self.files = self._files(folder)

    def _decide(self) -> dict[str, Any]:
        """A question in each phase on the real clock, by which commands go; the receipt of Ana's hidden vote on the second.

        1 and 2 are due. 3, a budget (4) and a steward (5) are decided. 6 wants seconds, 7 is voted on, 8 has an objection, 9 is a grant.
        """
        world, now = self.world, int(time.time())
        role = {"agent": world.ids["Di"], "role": "treasurer", "granted": True}
        pump = deciding.option("pump", cost="1.00", to=world.ids["Bo"])
        world.clock.now = now - 20 * 86_400
        deciding.propose(world, "Bo", "statement", deciding.option("statement"))
        for _ in range(2):
            deciding.propose(world, "Bo", "role", deciding.option("role", "commons.role", role))
        deciding.propose(world, "Bo", "budget", pump, fund="common", amount="2.00")
        office = {"agent": world.ids["Bo"], "domain": "firmware"}
        deciding.propose(world, "Ana", "steward", deciding.option("steward", "governance.appoint", office), domain="firmware")
        kept: dict[str, Any] = deciding.say(world, "Ana", "vote", 2, answer="yes")["receipt"]
        for number in (3, 5):
            deciding.vote(world, number, Ana="yes", Bo="yes", Di="yes")
        deciding.say(world, "Ana", "vote", 4, approvals=["pump"])
        world.clock.now = now - 10 * 86_400
        for number in (3, 4, 5):
            assert deciding.close(world, number)["outcome"] == "carried"
        world.clock.now = now - 3_600
        deciding.propose(
            world, "Ana", "money", deciding.option("money", "sharing.grant", {"fund": "common", "agent": world.ids["Bo"], "amount": "1.00"})
        )
        deciding.propose(world, "Ana", "role", deciding.option("role", "commons.role", role))
        deciding.propose(world, "Ana", "statement", deciding.option("statement"))
        deciding.say(world, "Di", "object", 8, reason="not so")
        deciding.propose(world, "Ana", "grant", deciding.option("grant", cost="1.00", to=world.ids["Bo"]))
        return kept

    def _review(self) -> None:
        """From here on reviewers are drawn by lot: a claim that waits for them, and a question (10) for a jury."""
        world = self.world
        self.validated = world.validated("Bo", "care", "1")
        world.charter((BUSY_CHARTER + GOVERNANCE).replace("quorum = 2", "quorum = 2\nreviewers = 2\ncontest_days = 30"))
        self.reviewed = world.log("Cy", "care", "1")
        names = {id_: name for name, id_ in world.ids.items()}
        with world.node.read() as transaction:
            sql = "SELECT a.id FROM review r JOIN agent a ON a.commons = r.commons AND a.number = r.agent WHERE r.position = ? ORDER BY a.number"
            self.reviewer = names[transaction.value(sql, (self.reviewed,))]
        rest = {"agent": world.ids["Di"], "until": "2030-01-01T00:00:00Z", "reason": "a rest"}
        deciding.propose(world, "Ana", "member", deciding.option("rest", "commons.suspend", rest))
        for number in (11, 12):  # secret questions; the second has its ballot box
            fork = {"origin": f"other.example/{number}", "reason": "two ways"}
            deciding.propose(world, "Ana", "fork", deciding.option("fork", "commons.fork", fork))
        world.act("Ana", "decision.seal", Named(proposal=12))

    def _files(self, folder: Path) -> dict[str, str]:
        home = str(self.world.node.home)
        texts = {"charter.toml": BUSY_CHARTER, "sheet.csv": SHEET, "ward.blt": BLT, "receipt.json": json.dumps(self.receipt)}
        texts |= {"records.json": json.dumps(RECORDS), "flows.json": json.dumps(DOCUMENT)}
        bo = self.world.ids["Bo"]
        texts["body.json"] = json.dumps(BODY | {"event": BODY["event"] | {"provider": bo}})  # type: ignore[operator]
        texts["commits.csv"] = (
            "repository,commit,parents,author,authored_at,committer,committed_at\nr,abc,0,Noor,2025-11-01T12:00:00Z,Mara,2025-11-01T12:00:00Z\n"
        )
        for name, text in texts.items():
            (folder / name).write_text(text)
        write_key_file(folder / "bo.pem", self.world.keys["Bo"])
        repository(folder / "repository")
        backup(self.world.node, folder / "made")
        origin = self.world.origin
        signed = commonhold("journal", "sign", "contributions.log", str(folder / "body.json"), "--key", str(folder / "bo.pem"), "--origin", origin,
                            "--created", "2026-01-01T00:00:00Z")  # fmt: skip
        (folder / "entry.jsonl").write_text(signed.out)
        commonhold("--home", home, "journal", "receipt", "3", "-o", str(folder / "receipt"))
        return {path.name: str(path) for path in folder.iterdir()}

    def example(self, command: str, out: Path) -> list[str]:
        """Arguments with which the command does something here."""
        files = self.files
        vkey = commonhold("--home", str(self.world.node.home), "journal", "vkey").out.strip()
        new = SigningKey.derived("a new key").did
        token = commonhold("--home", str(self.world.node.home), "token", "list", "--json").json()["tokens"]
        examples: dict[str, list[str]] = {
            "init": [str(out / "another"), "--charter", files["charter.toml"], "--name", "another"],
            "charter check": [files["charter.toml"]],
            "charter change": [files["charter.toml"], "--reason", "spring"],
            "agent add": ["org:new", "--name", "New", "--class", "enterprise"],
            "member join": ["--name", "Fay", "--public"],
            "member admit": ["Gil"],
            "member leave": ["--as", "Di"],
            "member role": ["Cy", "treasurer"],
            "identity find": ["noor@example.org"],
            "identity challenge": ["noor@example.org", "Di"],
            "identity claim": [self.unclaimed, "--for", "Di"],
            "key new": [str(out / "new.pem")],
            "key list": ["Cy"],
            "key add": [new],
            "key revoke": [SigningKey.derived("Cy's other key").did, "--as", "Cy"],
            "key recover": ["Bo", new],
            "person set": ["Bo", "--name", "Bob", "--email", "bob@example.org"],
            "person show": ["Bo"],
            "person erase": ["Bo", "--yes"],
            "log": ["work", "1.5", "--domain", "firmware", "--note", "a note", "--file", files["sheet.csv"]],
            "import git": [files["repository"], "--domain", "firmware"],
            "import commits": [files["commits.csv"], "--domain", "firmware"],
            "import csv": [files["sheet.csv"]],
            "import valueflows": [files["flows.json"], "--domain", "hardware"],
            "flows record": ["raise", "5 piece", "--of", "box", "--new", "Boxes", "--id", "counted"],
            "flows create": [files["records.json"]],
            "flows update": ["lamps", "name=Lamps for everybody"],
            "flows delete": ["crate"],
            "flows show": ["lamp-7"],
            "flows trace": ["lamp-7"],
            "flows plan": ["lamp", "4 piece", "--due", "2027-01-31", "--id", "order-7"],
            "flows take": ["solder", "--as", "Cy"],
            "flows give-back": ["bo-solders", "--as", "Bo"],
            "validate": [str(self.reviewed), "--as", self.reviewer],
            "contest": [str(self.validated), "--reason", "it does not build", "--as", "Di"],
            "decline": [str(self.reviewed), "--reason", "we are related", "--as", self.reviewer],
            "appeal": [str(self.adjusted), "--reason", "it was more", "--as", "Di"],
            "withdraw": [str(self.open), "--as", "Cy"],
            "repayment": ["never", "--as", "Bo"],
            "income add": ["10.00", "EUR", "--from", "Somebody New", "--new-giver", "other"],
            "income reverse": [str(self.income), "--reason", "recorded twice"],
            "share explain": ["Bo"],
            "share pay": ["1", "--to", "Cy"],
            "journal show": ["3"],
            "journal receipt": ["3", "-o", str(out / "receipt")],
            "journal check": [files["receipt"], "--vkey", vkey],
            "journal sign": ["contributions.log", files["body.json"], "--key", files["bo.pem"], "--origin", self.world.origin],
            "journal submit": [files["entry.jsonl"]],
            "export journal": ["--to", str(out / "journal")],
            "export sepa": ["--distribution", "1", "--debtor-name", "Alder", "--debtor-iban", "DE89370400440532013000"],
            "backup": [str(out / "backup")],
            "restore": [files["made"]],
            "decide propose": ["statement", "--title", "Sundays free"],
            "decide revise": ["6", "--title", "More", "--reason", "it is better so"],
            "decide amend": ["6", "--title", "Less", "--grant", "common", "Bo", "0.50", "--as", "Di"],
            "decide second": ["6", "--as", "Bo"],
            "decide comment": ["6", "Well said", "--as", "Bo"],
            "decide withdraw": ["6", "--reason", "no need"],
            "decide object": ["8", "--reason", "too soon", "--as", "Bo"],
            "decide lift": ["8", "--as", "Di"],
            "decide consent": ["8", "--as", "Bo"],
            "decide vote": ["7", "yes", "--as", "Bo"],
            "decide receipt": [files["receipt.json"]],
            "decide open": ["2", files["receipt.json"]],
            "decide waiting": ["--as", "Bo"],
            "decide delegate": ["Bo", "Di"],
            "decide support": ["9=40%", "--as", "Bo"],
            "decide show": ["6"],
            "decide close": ["1"],
            "decide draw": ["10"],
            "decide seal": ["11"],
            "decide credential": ["12", "--out", str(out / "credential"), "--as", "Bo"],
            "decide execute": ["3"],
            "decide recount": ["3"],
            "decide explain": ["3", "Bo"],
            "decide export": ["3", "--form", "json"],
            "decide standing": ["firmware", "Bo"],
            "decide resign": ["firmware", "--reason", "a new job", "--as", "Bo"],
            "decide report": ["4", "pump", "--text", "It runs", "--as", "Bo"],
            "decide count": [files["ward.blt"], "--rule", "stv"],
            "token new": ["--label", "here", "--as", "Bo"],
            "token revoke": [token[0]["id"] if token else ""],
        }
        home = ["--home", str(out / "restored")] if command == "restore" else ["--home", str(self.world.node.home)]
        plain = {"init", "key new", "journal sign", "journal check", "graphql schema", "decide count"}
        return [*command.split(), *examples.get(command, []), *([] if command in plain else home)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One `Place`, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "files").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        world = World(folder / "home")
        commonhold("--home", str(world.node.home), "token", "new", "--label", "first")
        place = Place(world, folder / "files")
        world.node.close()
    yield place


@pytest.fixture
def place(made: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """See `Place`."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made.world.node.home, tmp_path / "home")
    place = copy.copy(made)
    place.world = copy.copy(made.world)
    place.world.node = Node.open(tmp_path / "home", clock=made.world.clock)
    yield place
    place.world.node.close()


def account(place: Place) -> None:
    """Cy can be paid by bank."""
    commonhold("--home", str(place.world.node.home), "person", "set", "Cy", "--iban", "AT611904300234573201")


def test_every_command_has_a_home_and_speaks_json() -> None:
    nodeless = {"init", "key new", "journal sign", "journal check", "graphql schema", "decide count"}
    for name, command in COMMANDS.items():
        assert "--json" in options_of(command), name
        assert name in nodeless or "--home" in options_of(command), name


def test_every_command_that_writes_has_a_dry_run() -> None:
    for name in WRITING:
        assert "--dry-run" in options_of(COMMANDS[name]), name
    assert set(COMMANDS) >= READING | WHOLE


def test_the_commands_for_checks_from_outside_are_there() -> None:
    assert set(COMMANDS) >= {
        "init", "import git", "contributions", "validate", "income add", "share preview", "share record", "share explain", "verify", "rebuild",
        "export journal", "export beancount", "export hledger", "export csv", "export sepa",
        "import valueflows", "export valueflows", "flows record", "flows show", "flows trace", "flows plan", "flows match",
    }  # fmt: skip


def test_the_words_of_options_are_those_of_entries() -> None:
    """Help does not load the shapes, so it has these words of its own."""
    assert get_args(e.Classification) == agents.CLASSES
    assert flows.ACTIONS == ACTIONS


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("serve", "work")])
def test_an_example_of_every_command_answers_in_json(place: Place, tmp_path: Path, name: str) -> None:
    """Done is 0; standard output is one JSON value and nothing else, whatever is said besides."""
    account(place)
    done = commonhold(*place.example(name, tmp_path), "--json")
    assert done.code == 0, done
    assert isinstance(done.json(), dict)
    assert place.world.verify().ok


@pytest.mark.parametrize("name", WRITING)
def test_a_dry_run_writes_nothing(place: Place, tmp_path: Path, name: str) -> None:
    """No row in any table, no file; and it is found out that the command would have been done."""
    before = rows_of(place.world.node, EVERY)
    files = sorted(str(path) for path in tmp_path.rglob("*"))
    done = commonhold(*place.example(name, tmp_path), "--dry-run", "--json")
    assert done.code == 0, done
    assert done.json()["dryRun"] is True
    assert rows_of(place.world.node, EVERY) == before
    assert sorted(str(path) for path in tmp_path.rglob("*")) == files
    told = commonhold(*place.example(name, tmp_path), "--dry-run")
    assert "nothing was written" in told.err
    really = commonhold(*place.example(name, tmp_path), "--json")
    assert really.code == 0, really
    assert "dryRun" not in really.json()


def problem(said: Said) -> dict[str, Any]:
    """The one problem document, of which every door has the same."""
    found: dict[str, Any] = said.json()
    assert found["type"] == f"urn:commonhold:problem:{found['code']}"
    assert isinstance(found["status"], int)
    assert found["detail"]
    return found


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in COMMANDS
        if name not in ("serve", "init", "key new", "journal sign", "journal check", "graphql schema", "restore", "decide count")
    ],
)
def test_without_a_node_every_command_says_how_to_make_one(place: Place, tmp_path: Path, name: str) -> None:
    if name == "charter check":
        return
    arguments = [*place.example(name, tmp_path), "--home", str(tmp_path / "nowhere")]
    said = commonhold(*arguments, "--json")
    assert (said.code, problem(said)["code"]) == (3, "node.missing")
    plain = commonhold(*arguments)
    assert (plain.code, plain.out) == (3, "")
    assert "commonhold init" in plain.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_option_is_told_in_json_too(name: str) -> None:
    said = commonhold(*name.split(), "--no-such-option", "--json")
    assert (said.code, problem(said)["code"]) == (2, "cli.usage")
    assert "--no-such-option" in said.json()["detail"]
    plain = commonhold(*name.split(), "--no-such-option")
    assert (plain.code, plain.out) == (2, "")
    assert "--no-such-option" in plain.err


CODES = [
    (1, "commons.lacks_power", ["charter", "change", "charter.toml", "--reason", "mine", "--as", "Bo"]),
    (1, "charter.not_toml", ["charter", "check", "body.json"]),
    (1, "commons.agent_exists", ["agent", "add", "org:acme", "--name", "Acme"]),
    (1, "sharing.bad_amount", ["income", "add", "1.005", "EUR", "--from", "Acme", "--new-giver", "other"]),
    (2, "cli.usage", ["log", "work"]),
    (2, "cli.usage", ["contributions", "--limit", "0"]),
    (2, "cli.usage", ["contributions", "--limit", "9" * 30]),
    (2, "cli.usage", ["contributions", "--state", "finished"]),
    (2, "cli.usage", ["lgo", "work"]),
    (2, "journal.not_text", ["log", "work", "1", "--domain", "firmware", "--note", "\udcff"]),
    (2, "cli.not_utf8", ["member", "admit", "\udcff"]),
    (2, "keys.bad_file", ["log", "work", "1", "--domain", "firmware", "--key", "sheet.csv"]),
    (2, "cli.bad_json", ["journal", "sign", "x", "sheet.csv", "--key", "bo.pem", "--origin", "x"]),
    (2, "server.bad_public_url", ["invite", "--public-url", "commons.example.org/with/a/path"]),
    (2, "cli.bad_mapping", ["import", "csv", "sheet.csv", "--map", "kind"]),
    (3, "commons.unknown", ["contributions", "--commons", "other"]),
    (3, "commons.unknown_agent", ["contributions", "--agent", "nobody"]),
    (3, "journal.unknown_entry", ["journal", "show", "999999"]),
    (3, "sharing.unknown_distribution", ["share", "show", "9" * 30]),
    (2, "cli.usage", ["flows", "record", "borrow", "1 piece"]),
    (2, "cli.usage", ["flows", "record", "raise", "piece"]),
    (1, "flows.overdraw", ["flows", "record", "lower", "9 piece", "--resource", "lamp-7"]),
    (1, "flows.in_use", ["flows", "delete", "lamps"]),
    (3, "flows.unknown", ["flows", "show", "nothing-like-this"]),
    (3, "charter.none_then", ["charter", "show", "--at", "-1"]),
    (3, "api.unknown_token", ["token", "revoke", "0123456789ab"]),
    (4, "commons.no_key_here", ["log", "work", "1", "--domain", "firmware", "--as", "org:acme"]),
    (5, "backup.damaged", ["restore", "repository"]),
    (5, "journal.bad_receipt", ["journal", "check", "sheet.csv", "--vkey", "x"]),
    (6, "store.file", ["export", "csv", "-o", "no/such/folder/file.csv"]),
]


@pytest.mark.parametrize(("code", "problem_code", "arguments"), CODES, ids=[" ".join(arguments)[:40] for _, _, arguments in CODES])
def test_problems_have_documented_exit_codes(place: Place, tmp_path: Path, code: int, problem_code: str, arguments: list[str]) -> None:
    """1 refused, 2 usage, 3 not found, 4 not permitted, 5 integrity, 6 busy; the same with --json, and nothing is written."""
    before = rows_of(place.world.node, EVERY)
    arguments = [place.files.get(argument, argument) for argument in arguments]
    home = [] if arguments[:2] in (["journal", "sign"], ["journal", "check"]) else ["--home", str(place.world.node.home)]
    said = commonhold(*arguments, *home, "--json")
    assert (said.code, problem(said)["code"]) == (code, problem_code), said
    plain = commonhold(*arguments, *home)
    assert (plain.code, plain.out) == (code, "")
    assert plain.err
    assert "Traceback" not in plain.err
    assert rows_of(place.world.node, EVERY) == before


def test_a_failed_verification_is_5_with_its_findings(place: Place) -> None:
    with place.world.node.database.write() as transaction:
        transaction.execute("UPDATE share SET amount = amount + 1")
    said = commonhold("--home", str(place.world.node.home), "verify", "--shares", "--json")
    assert said.code == 5
    report = said.json()
    assert report["ok"] is False
    assert all(finding["where"].startswith("table share") for finding in report["commons"][0]["findings"])


def test_the_exit_codes_are_in_the_help() -> None:
    said = commonhold("--help")
    for text in ("0 done", "1 refused", "2 usage", "3 not found", "4 not permitted", "5 integrity failure", "6 busy", "130 interrupted"):
        assert text in " ".join(said.out.split())


def test_no_secret_is_taken_as_an_argument() -> None:
    """Arguments can be seen by everybody on the machine, and stay in the shell's history: keys come from files only."""
    for name, command in COMMANDS.items():
        for option in options_of(command):
            public = (name, option) == ("decide count", "--seed")  # of a lot, which everybody is to know
            assert public or not any(word in option for word in ("password", "secret", "seed", "private-key")), (name, option)
    for option in ("--key", "--key-file"):
        taking = [parameter for command in COMMANDS.values() for parameter in command.params if option in parameter.opts]
        assert all(parameter.type.to_info_dict()["param_type"] == "Path" for parameter in taking)


def test_an_income_and_its_new_giver_land_together_or_not_at_all(sqlite_world: World) -> None:
    home = str(sqlite_world.node.home)
    before = rows_of(sqlite_world.node, EVERY)
    refused = commonhold("--home", home, "income", "add", "1.005", "EUR", "--from", "Acme Ltd", "--new-giver", "enterprise")
    assert refused.code == 1
    assert rows_of(sqlite_world.node, EVERY) == before
    done = commonhold("--home", home, "income", "add", "10", "EUR", "--from", "Acme Ltd", "--new-giver", "enterprise")
    assert (done.code, "added as the organization org:acme-ltd (enterprise)" in done.err) == (0, True)
    again = commonhold("--home", home, "income", "add", "10", "EUR", "--from", "acme LTD")
    assert (again.code, again.err) == (0, "")


def test_a_giver_whose_name_several_have_is_asked_for(sqlite_world: World) -> None:
    home = str(sqlite_world.node.home)
    for member in ("Bo", "Cy"):
        assert commonhold("--home", home, "person", "set", sqlite_world.ids[member], "--name", "Sam").code == 0
    said = commonhold("--home", home, "income", "add", "10", "EUR", "--from", "Sam", "--json")
    assert (said.code, problem(said)["code"]) == (3, "commons.which_agent")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--name", "Not A Name"], "commons.bad_name"),
        (["--origin", "no origin"], "commons.bad_origin"),
        (["--key", "charter.toml"], "keys.bad_file"),
    ],
)
def test_an_init_that_is_refused_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("charter.toml").write_text(CHARTER)
    said = commonhold("init", "node", "--charter", "charter.toml", *arguments, "--json")
    assert (said.code, problem(said)["code"]) == (2, code)
    assert [path.name for path in Path().iterdir()] == ["charter.toml"]


def test_a_dry_init_says_what_stands_in_the_way(sqlite_world: World, tmp_path: Path) -> None:
    (tmp_path / "charter.toml").write_text(CHARTER)
    arguments = ["init", str(sqlite_world.node.home), "--charter", str(tmp_path / "charter.toml"), "--dry-run", "--json"]
    assert problem(commonhold(*arguments, "--name", "test"))["code"] == "commons.exists"
    assert commonhold(*arguments, "--name", "second").code == 0
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM journal_head") == 1


def test_two_commons_on_a_node_are_told_apart(sqlite_world: World, tmp_path: Path) -> None:
    (tmp_path / "charter.toml").write_text(CHARTER)
    home = str(sqlite_world.node.home)
    assert commonhold("init", home, "--charter", str(tmp_path / "charter.toml"), "--name", "second", "--founder", "Zoe").code == 0
    assert problem(commonhold("--home", home, "member", "list", "--json"))["code"] == "commons.which"
    assert [m["name"] for m in commonhold("--home", home, "--commons", "second", "member", "list", "--json").json()["members"]] == ["Zoe"]
    assert len(commonhold("--home", home, "member", "list", "--commons", "test", "--json").json()["members"]) == 3
