"""A commons with questions of every sort and phase: some decided long ago, some open, with hidden ballots and hostile words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forms import find_form, form_to
from governance.deciding import charter_option, close, delegate, found, option, propose, say, vote
from reading import Page
from serving import Site
from working import strict
from world import CHARTER, START, World

from commonhold.commons.people import write_profile
from commonhold.governance import commands as c
from commonhold.governance.entries import Option

SCRIPT = "<script>document.title='pwned'</script>"
SECRET = "Zerubbabel Hidden"
"""The name of a member who has not made it public."""
RULES = """
[governance.questions.role]
rule = "consent"

[governance.questions.money]
ballots = "open"

[governance.questions.member]
discussion_days = 1
voting_days = 4

[governance.questions.election]
discussion_days = 2

[governance.standing]
points = 3
endorsers = 1
weeks = 1

[governance.conviction]
fund = "garden"
minimum_percent = 10
"""
DAYS = 37.2
"""So long is everything from the beginning to the end."""
PEOPLE = ("Ana", "Bo", "Cy", "Di", "Eve", "Flo")


def governed_charter() -> str:
    """The charter of tests, with two funds and rules of its own for some questions."""
    begin, _, steps = CHARTER.partition("[[sharing.steps]]")
    return f'{begin}[sharing]\nfunds = ["main", "garden"]\n\n[[sharing.steps]]{steps}{RULES}'


def role(world: World, id_: str, who: str, name: str = "steward") -> Option:
    """An option that gives somebody a role."""
    return option(id_, "commons.role", {"agent": world.ids[who], "role": name, "granted": True}, title=who)


def open_all(world: World) -> dict[str, int]:
    """Questions that are left open, by phase; the time is as long after them as their names say."""
    ids = world.ids
    here = {
        "support": propose(world, "Bo", "grant", option("grant", cost="20.00", to=ids["Cy"]), title="Seeds for the spring"),
        "seconds": propose(
            world, "Bo", "steward", option("change", "governance.appoint", {"domain": "firmware", "agent": ids["Cy"]}),
            title="Cy leads firmware", domain="firmware",
        ),
        "voting": propose(world, "Bo", "charter", charter_option("fewer"), title=f"One peer is enough {SCRIPT}", text=f"{SCRIPT}\n\nIt is slow."),
        "ranked": propose(world, "Cy", "election", role(world, "ana", "Ana"), role(world, "di", "Di"), title="Who keeps the keys?", seats=1),
        "open": propose(world, "Di", "money", option("pay", "sharing.grant", {"fund": "main", "agent": ids["Cy"], "amount": "10.00"}), title="Pay Cy"),
    }  # fmt: skip
    world.act("Bo", "decision.support", c.SupportParams(parts={str(here["support"]): 400_000}))
    rest = {"agent": ids["Di"], "until": "2030-01-01T00:00:00Z", "reason": "asked for it"}
    here["due"] = propose(world, "Cy", "member", option("rest", "commons.suspend", rest), title="Di rests")
    here["approve"] = propose(world, "Cy", "budget", *projects(world), title="The garden budget, once more", fund="main", amount="300.00")
    say(world, "Eve", "comment", here["voting"], text=f"{SCRIPT} I doubt it.")
    delegate(world, "Eve", "Bo")
    delegate(world, "Flo", "Bo", "Ana", domain="firmware")
    return here


def projects(world: World) -> list[Option]:
    """Projects of a budget."""
    cost = (
        ("barn", "A barn", "200.00", "Bo"),
        ("seeds", "Seeds", "100.00", "Cy"),
        ("wall", "A wall", "150.00", "Di"),
        ("pump", "Pump", "60.00", "Eve"),
    )
    return [option(id_, title=title, cost=much, to=world.ids[who], text=f"{title}, for all.") for id_, title, much, who in cost]


def decided(world: World) -> dict[str, int]:
    """Questions that are over."""
    shorter = {"edits": [{"before": "lazy_days = 14", "after": "lazy_days = 7"}]}
    here = {
        "charter": propose(
            world, "Bo", "charter", option("lazy", "commons.charter", shorter, title="A week instead of two"), title="Half the time to object",
            text="Claims wait for two weeks before they count without objection. Nobody has ever objected after the third day.",
        ),
        "rejected": propose(world, "Bo", "charter", charter_option("no", 'work = "1"', 'work = "2"'), title="Hours count twice"),
        "budget": propose(world, "Cy", "budget", *projects(world), title="What the garden needs", fund="main", amount="300.00"),
        "stv": propose(
            world, "Cy", "election", role(world, "bo", "Bo", "keeper"), role(world, "cy", "Cy", "keeper"), role(world, "di", "Di", "keeper"),
            role(world, "eve", "Eve", "keeper"), title="Two keepers", seats=2,
        ),
        "consent": propose(world, "Bo", "role", role(world, "change", "Di"), title="Di becomes a steward"),
        "blocked": propose(world, "Bo", "role", role(world, "change", "Eve"), title="Eve becomes a steward"),
        "withdrawn": propose(world, "Bo", "statement", option("yes", title="We like tea"), title="We like tea"),
    }  # fmt: skip
    say(world, "Bo", "withdraw", here["withdrawn"], reason="changed my mind")
    say(world, "Cy", "comment", here["charter"], text="A week is enough.")
    for who in ("Ana", "Cy", "Di"):
        say(world, who, "consent", here["consent"])
    say(world, "Di", "object", here["blocked"], reason=f"Not without asking her {SCRIPT}")
    delegate(world, "Flo", "Bo")
    world.clock.days(3)
    for who, ranks in {"Ana": ["bo", "cy"], "Bo": ["bo"], "Cy": ["cy", "bo"], "Di": ["di", "eve"], "Eve": ["eve", "di"]}.items():
        say(world, who, "vote", here["stv"], ranking=[[one] for one in ranks])
    world.clock.days(4)
    vote(world, here["charter"], Ana="yes", Bo="yes", Cy="yes", Di="yes", Eve="no")
    vote(world, here["rejected"], Ana="no", Bo="yes", Cy="no", Di="no")
    for who, approved in {"Ana": ["barn", "seeds"], "Bo": ["barn"], "Cy": ["seeds", "pump"], "Di": ["wall", "pump"], "Eve": ["barn", "wall"]}.items():
        say(world, who, "vote", here["budget"], approvals=approved)
    world.clock.days(8)
    for name in ("charter", "rejected", "budget", "stv", "consent", "blocked"):
        close(world, here[name])
        assert found(world, here[name]).outcome, name
    return here


def decisions_world(home: Path, *, until_now: bool = False) -> tuple[World, dict[str, int]]:
    """Make the node; the numbers of its questions by what they show. until_now: It ends now, for a server with a clock of its own."""
    world = World(home, governed_charter())
    if until_now:
        import time

        world.clock.now = int(time.time() - DAYS * 86_400) - 60
        assert world.clock.now > START
    world.join("Di", "Eve", "Flo", rolls=("producer", "user"))
    for who in PEOPLE:
        with world.node.database.write() as transaction:
            write_profile(transaction, "test", world.ids[who], name=SECRET if who == "Flo" else who, public=who != "Flo")
    world.clock.days(1)
    world.validated("Bo", "work", "8")
    world.validated("Cy", "work", "4")
    world.income("2000.00")
    world.income("400.00", fund="garden")
    world.share("500.00", fund="main")
    numbers = decided(world)
    appointed = propose(
        world, "Bo", "steward", option("change", "governance.appoint", {"domain": "firmware", "agent": world.ids["Bo"]}), title="Bo leads firmware",
        domain="firmware",
    )  # fmt: skip
    unfit = propose(
        world, "Bo", "steward", option("change", "governance.appoint", {"domain": "firmware", "agent": world.ids["Di"]}), title="Di leads firmware",
        domain="firmware",
    )  # fmt: skip
    for number in (appointed, unfit):
        say(world, "Cy", "second", number)
    world.clock.days(7)
    for number in (appointed, unfit):
        vote(world, number, Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, appointed)["carriedOut"][0]["done"] and not close(world, unfit)["carriedOut"][0]["done"]
    numbers |= {"steward": appointed, "waits": unfit}
    numbers |= open_all(world)
    world.clock.days(2.5)
    vote(world, numbers["due"], Ana="yes", Cy="yes", Di="yes")
    say(world, "Ana", "vote", numbers["ranked"], ranking=[["ana"], ["di"]])
    world.clock.days(4.7)
    vote(world, numbers["voting"], Bo="no", Cy="yes")
    vote(world, numbers["open"], Ana="yes")
    for who, approved in {"Ana": ["barn"], "Bo": ["pump"]}.items():
        say(world, who, "vote", numbers["approve"], approvals=approved)
    numbers["discussion"] = propose(world, "Ana", "charter", charter_option("weights", 'code = "0.01"', 'code = "0.02"'), title="Code counts more")
    numbers["ideas"] = propose(world, "Di", "budget", option("idea", title="An idea"), title="Next year", fund="main", amount="100.00")
    numbers["objections"] = propose(world, "Bo", "role", role(world, "change", "Cy"), title="Cy becomes a steward")
    say(world, "Eve", "object", numbers["objections"], reason="Let us wait for the spring.")
    return world, numbers


class Deciding(Site):
    """A site with the numbers of its questions, by what they show."""

    numbers: dict[str, int]

    def page(self, name: str, query: str = "") -> Page:
        """The page of a question."""
        address = f"/test/decisions/{self.numbers[name]}/{query}"
        return Page(self.text(address), address)

    def told(self, name: str) -> dict[str, object]:
        """The same as plain values."""
        found: dict[str, object] = self.json(f"/test/decisions/{self.numbers[name]}.json")
        return found


def deciding_site(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    """This commons, served, with a browser that checks forms as Django does in earnest."""
    world, numbers = decisions_world(home)
    made = Deciding(world, monkeypatch)
    made.numbers = numbers
    strict(made)
    yield made
    world.node.close()


def act(site: Deciding, name: str, what: str, **entered: str) -> Any:
    """Fill in a form of the page of a question, and send it."""
    number = site.numbers[name]
    address = f"/test/decisions/{number}/{what}/"
    shown = form_to(site.text(f"/test/decisions/{number}/"), address)
    return site.client.post(address, shown | entered)


def ask(site: Deciding, question: str, step: str = "put", **entered: str) -> Any:
    """Put a question, or look at it."""
    form = find_form(site.text(f"/test/decisions/new/?question={question}"), "/test/decisions/new/")
    assert set(entered) <= form.names, set(entered) - form.names
    return site.client.post("/test/decisions/new/", form.values | entered | {"step": step})
