"""What somebody meets who does not know the commands yet: what was said is shown, what is missing is told, and nothing is done by guess."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from world import World

from commonhold.cli.app import root
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


def test_an_appeal_that_too_few_peers_can_decide_says_so(sqlite_world: World) -> None:
    position = sqlite_world.log("Ana")
    for peer in ("Bo", "Cy"):
        sqlite_world.attest(peer, position, "refuse", reason="no")
    dry = run(sqlite_world, "appeal", str(position), "--reason", "yes", "--as", "Ana", "--dry-run").stdout
    said = run(sqlite_world, "appeal", str(position), "--reason", "yes", "--as", "Ana").stdout
    assert "It takes 3 peers who agree, and only 2 have a word here" in said
    assert "It takes 3 peers who agree, and only 2 have a word here" in dry and "are asked again" not in dry
