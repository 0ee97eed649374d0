"""What somebody meets who does not know the commands yet: what was said is shown, what is missing is told, and nothing is done by guess."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from world import CHARTER, World

from commonhold.cli.app import root
from commonhold.cli.session import When
from commonhold.commons.charter import check_charter
from commonhold.contributions.entries import Evidence
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.problems import CommonholdError, NotFound


def run(world: World, *arguments: str, text: str | None = None) -> Result:
    """Run a command; an error of ours is raised."""
    result = CliRunner().invoke(root, ["--home", str(world.node.home), *arguments], input=text)
    if isinstance(result.exception, CommonholdError):
        raise result.exception
    return result


def test_a_contribution_is_shown_with_its_verdicts_reasons_and_appeal(world: World) -> None:
    position = world.log("Ana", "work", "5", note="Wired the\x1b panel")
    world.attest("Bo", position, "refuse", reason="Which panel?")
    shown = run(world, "contributions", str(position)).stdout
    assert "5 hour of work by Ana is a claim that waits for peers" in shown
    assert "Wired the panel" in shown.replace("  ", " ") and "\x1b" not in shown
    assert "It takes 2 more voices to count, or 1 to be refused (of 2 each in this round)." in shown
    world.attest("Cy", position, "refuse", reason="No such panel")
    run(world, "appeal", str(position), "--reason", "It is in the attic", "--as", "Ana")
    found = json.loads(run(world, "contributions", str(position), "--json").stdout)["contribution"]
    assert [(v["round"], v["verdict"], v["reason"]) for v in found["verdicts"]] == [(0, "refuse", "Which panel?"), (0, "refuse", "No such panel")]
    assert (found["appeal"]["reason"], found["appeal"]["agent"]) == ("It is in the attic", world.ids["Ana"])
    assert found["needed"] == {"accept": 3, "refuse": 3} and found["name"] == "Ana"
    shown = run(world, "contributions", str(position)).stdout
    assert "Which panel?" in shown and "No such panel" in shown and "It is in the attic" in shown


def test_a_withdrawn_contribution_shows_why(sqlite_world: World) -> None:
    position = sqlite_world.log("Ana")
    run(sqlite_world, "withdraw", str(position), "--reason", "Twice", "--as", "Ana")
    assert "Ana withdrew it" in run(sqlite_world, "contributions", str(position)).stdout
    assert "Twice" in run(sqlite_world, "contributions", str(position)).stdout


@pytest.mark.parametrize("arguments", [("contributions", "0"), ("validate", "0"), ("withdraw", "0"), ("appeal", "0", "--reason", "x")])
def test_what_is_no_contribution_is_told(sqlite_world: World, arguments: tuple[str, ...]) -> None:
    with pytest.raises(NotFound, match="Entry 0 is no contribution"):
        run(sqlite_world, *arguments)


def test_lists_show_notes_and_how_much_was_cut(sqlite_world: World) -> None:
    positions = [sqlite_world.log("Ana", note=f"Step {number}") for number in range(3)]
    listed = run(sqlite_world, "contributions", "--limit", "2")
    assert "Step 2" in listed.stdout and "Step 0" not in listed.stdout
    assert "… and 1 more: --limit 3" in listed.stderr
    waiting = run(sqlite_world, "validate", "--limit", "1", "--as", "Bo")
    assert "Step 2" in waiting.stdout and "… and 2 more: --limit 3" in waiting.stderr
    sqlite_world.attest("Bo", positions[0])
    assert "… and 1 more: --limit 2" in run(sqlite_world, "validate", "--limit", "1", "--as", "Bo").stderr
    assert "more: --limit" not in run(sqlite_world, "contributions").stderr


def test_a_list_shows_the_beginning_of_a_commit_and_the_whole_of_an_address(sqlite_world: World) -> None:
    sqlite_world.log("Ana", evidence=[Evidence(type="commit", value="0123456789abcdef" * 2), Evidence(type="url", value="https://example.org/1")])
    sqlite_world.log("Ana", evidence=[Evidence(type="url", value="https://example.org/2")], note="x" * 60)
    listed = run(sqlite_world, "contributions").stdout
    assert "0123456789ab +1\n" in listed and "x… [https://example…]\n" in listed


def test_an_appeal_that_too_few_peers_can_decide_says_so(sqlite_world: World) -> None:
    position = sqlite_world.log("Ana")
    for peer in ("Bo", "Cy"):
        sqlite_world.attest(peer, position, "refuse", reason="no")
    dry = run(sqlite_world, "appeal", str(position), "--reason", "yes", "--as", "Ana", "--dry-run").stdout
    said = run(sqlite_world, "appeal", str(position), "--reason", "yes", "--as", "Ana").stdout
    assert "It takes 3 peers who agree, and only 2 have a word here" in said
    assert "It takes 3 peers who agree, and only 2 have a word here" in dry and "are asked again" not in dry


def refused(world: World, *arguments: str) -> CommonholdError:
    """What a command is refused with."""
    with pytest.raises(CommonholdError) as raised:
        run(world, *arguments)
    return raised.value


def test_a_second_member_of_the_same_name_is_asked_for(sqlite_world: World) -> None:
    error = refused(sqlite_world, "member", "join", "--name", "bo")
    assert error.code == "people.name_taken" and "A member is called Bo already" in str(error)
    assert run(sqlite_world, "member", "join", "--name", "Bo", "--again").exit_code == 0
    assert [m["name"] for m in members(sqlite_world)].count("Bo") == 2
    said = str(refused(sqlite_world, "person", "show", "Bo"))
    assert "2 agents fit 'Bo'" in said and sqlite_world.ids["Bo"] in said


def members(world: World) -> list[dict[str, str]]:
    """The members, as they are listed."""
    found: list[dict[str, str]] = json.loads(run(world, "member", "list", "--json").stdout)["members"]
    return found


def test_who_joins_without_a_name_is_told(sqlite_world: World) -> None:
    said = run(sqlite_world, "member", "join")
    assert "No name was given" in said.stderr and members(sqlite_world)[-1]["agent"] in said.stderr


def test_a_role_that_no_power_asks_for_is_told(sqlite_world: World) -> None:
    said = run(sqlite_world, "member", "role", "Bo", "stewart")
    assert "Did you mean steward?" in said.stderr and "commonhold member role Bo stewart --take" in said.stderr
    assert "steward" in json.loads(run(sqlite_world, "member", "role", "Cy", "stewart", "--json").stdout)["warning"]
    assert run(sqlite_world, "member", "role", "Bo", "steward").stderr == ""


def test_a_misspelt_agent_is_told_with_names_that_are_near(sqlite_world: World) -> None:
    sqlite_world.organization("OpenFund")
    assert "Did you mean OpenFund" in str(refused(sqlite_world, "person", "show", "Openfundd"))


def test_a_giver_whom_nobody_could_mean_is_added_and_told(sqlite_world: World) -> None:
    """A script may name a new giver at once; a person at a terminal is asked."""
    for name, id_ in (("Quite Another", "org:quite-another"), ("org:sponsor", "org:sponsor")):
        done = run(sqlite_world, "income", "add", "10", "EUR", "--from", name, "--json")
        assert json.loads(done.stdout)["from"] == id_
        assert f"was added as the organization {id_} (other)" in done.stderr


def test_a_giver_is_never_added_by_a_slip(sqlite_world: World) -> None:
    sqlite_world.organization("OpenFund")
    before = [agent["id"] for agent in json.loads(run(sqlite_world, "agent", "list", "--json").stdout)["agents"]]
    add = ("income", "add", "10", "EUR", "--from")
    assert "Did you mean org:openfund" in str(refused(sqlite_world, *add, "org:openfundd"))
    assert "--new-giver CLASS (foundation," in str(refused(sqlite_world, *add, "OpenFundd"))
    dry = run(sqlite_world, *add, "Somebody New", "--new-giver", "enterprise", "--dry-run")
    assert "it would be added as the organization org:somebody-new (enterprise)" in dry.stderr and "Next" not in dry.stdout
    for name in ("openFUND", "ORG:OpenFund"):
        assert json.loads(run(sqlite_world, *add, name, "--json").stdout)["from"] == "org:openfund"
    assert "org:openfund is OpenFund already" in str(refused(sqlite_world, *add, "OpenFund!", "--new-giver", "other"))
    assert before == [agent["id"] for agent in json.loads(run(sqlite_world, "agent", "list", "--json").stdout)["agents"]]
    run(sqlite_world, *add, "Somebody New", "--new-giver", "enterprise")
    new = json.loads(run(sqlite_world, "agent", "list", "--json").stdout)["agents"][-1]
    assert (new["id"], new["name"], new["classifiedAs"]) == ("org:somebody-new", "Somebody New", "enterprise")


WRONG = (
    ('joining = "opne"', "line 8, commons.joining", "it is one of admission, open. Did you mean open?"),
    ('notcie = "x"', "line 8, commons.notcie", "Did you mean notice?"),
    ("notice = 5", "line 8, commons.notice", 'put it in quotes, as in "10".'),
    ('recovery_stewards = "2"', "line 8, commons.recovery_stewards", "write it without quotes"),
)


@pytest.mark.parametrize(("line", "where", "words"), WRONG)
def test_a_wrong_line_of_a_charter_is_told_with_what_is_right(line: str, where: str, words: str) -> None:
    (problem,) = check_charter(CHARTER.replace('domains = ["firmware", "hardware"]', f'domains = ["firmware", "hardware"]\n{line}'), CHARTER_SECTIONS)
    assert (problem.code, problem.field) == ("charter.bad_field", where)
    assert words in problem.message and not problem.message.endswith("?.")


def test_a_wrong_step_of_a_policy_is_told_with_what_is_right() -> None:
    (problem,) = check_charter(CHARTER.replace('to = "contributions"', 'to = "contribution"'), CHARTER_SECTIONS)
    assert "Did you mean contributions?" in problem.message


def test_a_wrong_verdict_is_told_with_what_is_right(sqlite_world: World) -> None:
    position = sqlite_world.log("Ana")
    with pytest.raises(CommonholdError, match=r"it is one of accept, adjust, refuse\. Did you mean accept\?"):
        sqlite_world.attest("Bo", position, "acept")
    said = str(refused(sqlite_world, "log", "work", "1", "--domain", "firmware", "--repayment", "onec"))
    assert "it is one of never, once, until_repaid, while_it_lasts. Did you mean" in said


def test_a_bare_day_is_a_time(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def when(*at: str) -> str:
        position = json.loads(run(sqlite_world, "log", "work", "1", "--domain", "firmware", *at, "--json").stdout)["position"]
        found: str = json.loads(run(sqlite_world, "contributions", str(position), "--json").stdout)["contribution"]["hasPointInTime"]
        return found

    assert when("--at", "2025-12-24") == "2025-12-24T12:00:00Z"
    assert when("--at", "2025-12-24T08:30:00Z") == "2025-12-24T08:30:00Z"
    monkeypatch.setattr(When, "now", lambda _: datetime(2025, 12, 24, 8, tzinfo=UTC))
    assert when("--at", "2025-12-24") > "2026-01"
    for wrong in ("24.12.2025", "2025-13-01", "2025-12-24 08:30"):
        said = CliRunner().invoke(root, ["--home", str(sqlite_world.node.home), "log", "work", "1", "--at", wrong])
        assert said.exit_code == 2 and "such as 2026-11-23T08:30:00Z" in said.output


def test_an_export_that_vouches_for_itself_is_no_proof(sqlite_world: World, tmp_path: Path) -> None:
    folder = str(tmp_path / "journal")
    run(sqlite_world, "export", "journal", "--to", folder)
    vkey = run(sqlite_world, "journal", "vkey").stdout.strip()
    believed, trusted = (run(sqlite_world, "verify", "--export", folder, *key) for key in ((), ("--vkey", vkey)))
    assert believed.exit_code == 0 and "is no proof" in believed.stdout and "Everything is as it was said" not in believed.stdout
    assert trusted.exit_code == 0 and "is no proof" not in trusted.stdout and "Everything is as it was said" in trusted.stdout
    for key, expected in (((), False), (("--vkey", vkey), True)):
        assert json.loads(run(sqlite_world, "verify", "--export", folder, *key, "--json").stdout)["keyTrusted"] is expected


def test_a_missing_node_is_told_with_what_may_be_the_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(url: str = "") -> str:
        monkeypatch.setenv("DATABASE_URL", url) if url else monkeypatch.delenv("DATABASE_URL", raising=False)
        error = CliRunner().invoke(root, ["--home", str(tmp_path), "contributions"]).exception
        assert isinstance(error, CommonholdError)
        return f"{error.code} {error}"

    assert "Name the folder of yours by --home or COMMONHOLD_HOME, or make one: commonhold init" in said()
    (tmp_path / "node.key").write_bytes(b"")
    assert "set DATABASE_URL" in said()
    assert said("mysql://localhost/x").startswith("node.bad_database_url") and "postgresql://USER@HOST/DATABASE" in said("sqlite:///x.db")


def test_a_share_of_an_identity_is_held_until_it_is_claimed(sqlite_world: World) -> None:
    run(sqlite_world, "import", "csv", "-", "--identities", "--map", "domain==firmware", text="by,kind,amount\nDee,work,1\nEve,work,3\n")
    for peer in ("Ana", "Bo"):
        run(sqlite_world, "validate", "--all", "--as", peer)
    sqlite_world.income("100.00")
    sqlite_world.share()
    dee = json.loads(run(sqlite_world, "identity", "list", "--json").stdout)["identities"][0]["id"]
    error = refused(sqlite_world, "share", "pay", "1", "--to", dee)
    assert (error.code, f"The share of {dee} is held until the identity is claimed" in str(error)) == ("sharing.not_owed", True)
    arguments = ["export", "sepa", "--distribution", "1", "--debtor-name", "Fund", "--debtor-iban", "DE89370400440532013000"]
    sqlite_world.validated("Bo")
    sqlite_world.income("100.00")
    sqlite_world.share()
    run(sqlite_world, "person", "set", "Bo", "--iban", "DE89370400440532013000")
    arguments[3] = "2"
    assert run(sqlite_world, *arguments).stderr.count("Left out") == 1


def test_one_of_a_thing_is_said_in_the_singular(sqlite_world: World) -> None:
    said = run(sqlite_world, "import", "csv", "-", "--identities", "--map", "domain==firmware", text="by,kind,amount\nDee,work,1\n").stdout
    assert said.startswith("1 new claim from 1 row (")


def test_a_dry_run_tells_of_nothing_that_is_not_there(sqlite_world: World) -> None:
    position = str(sqlite_world.log("Bo"))
    for arguments in (
        ("log", "work", "1", "--domain", "firmware"), ("validate", position), ("member", "join", "--name", "Dee"),
        ("withdraw", position, "--as", "Bo"),
    ):  # fmt: skip
        said = run(sqlite_world, *arguments, "--dry-run")
        assert "nothing was written" in said.stderr
        assert not any(word in said.stdout + said.stderr for word in ("Next", "is in the journal", "Logged as entry", "validate "))


def test_who_does_not_confirm_is_told_that_nothing_was_erased(sqlite_world: World) -> None:
    said = run(sqlite_world, "person", "erase", "Bo", text="n\n")
    assert (said.exit_code, "Nothing was erased." in said.stderr) == (1, True)
    assert "Bo" in run(sqlite_world, "person", "show", "Bo").stdout


def test_totals_are_of_what_was_asked_for(world: World) -> None:
    for who, kind, amount in (("Ana", "work", "1"), ("Ana", "care", "2"), ("Bo", "work", "4"), ("Bo", "work", "8")):
        position = world.log(who, kind, amount)
    world.attest("Ana", position)
    world.attest("Cy", position)
    world.log("Cy", "work", "16", domain="hardware")

    def totals(*only: str) -> dict[tuple[str, str], str]:
        found = json.loads(run(world, "contributions", "--totals", "--json", *only).stdout)["totals"]
        return {(line["kind"], line["state"]): line["claimed"] for line in found}

    assert totals() == {("care", "claimed"): "2", ("work", "claimed"): "21", ("work", "validated"): "8"}
    assert totals("--agent", "Bo") == {("work", "claimed"): "4", ("work", "validated"): "8"}
    assert totals("--kind", "care") == {("care", "claimed"): "2"}
    assert totals("--state", "validated") == {("work", "validated"): "8"}
    assert totals("--domain", "hardware") == {("work", "claimed"): "16"}
    assert totals("--batch", "3") == {}
    written = run(world, "contributions", "--totals", "--csv", "--agent", "Ana").stdout
    assert written == "kind,unit,state,count,claimed,counted\ncare,hour,claimed,1,2,0\nwork,hour,claimed,1,1,0\n"
    assert run(world, "contributions", "--totals", "--limit", "1").exit_code == 2
