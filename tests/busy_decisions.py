"""Decisions of all sorts in a busy commons, so that every table of governance has something in it."""

from __future__ import annotations

from contextlib import suppress

from governance.deciding import charter_option, close, delegate, option, propose, say, vote
from governance.pretended import SECRET_ROLE, secret_question
from world import World

from commonhold.commons.queries import charter_history
from commonhold.governance import commands as c
from commonhold.problems import Refused

GOVERNANCE = """
[governance.standing]
points = 1
endorsers = 1
weeks = 1
term_days = 365
[governance.conviction]
fund = "common"
[governance.questions.member]
jury = 2
[governance.questions.money]
rule = "consent"
"""


def with_governance(world: World) -> str:
    """The charter of a commons, with what its decisions need."""
    with world.node.read() as transaction:
        return charter_history(transaction, "test")[-1][4] + GOVERNANCE


def decide(world: World) -> None:
    """A charter, a fork, a suspension by a jury, a steward, a budget with a report, a statement, a grant, and a question that is open."""
    world.charter(with_governance(world))
    delegate(world, "Cy", "Bo", domain="firmware")
    scribe = {"agent": world.ids["Cy"], "role": "scribe", "granted": True}
    rest = {"agent": world.ids["Cy"], "until": "2030-01-01T00:00:00Z", "reason": "Rest."}
    voted = [
        propose(world, "Bo", "charter", charter_option("one", "term_days = 365", "term_days = 300")),
        propose(world, "Bo", "fork", option("f", "commons.fork", {"origin": "other.example/test", "reason": "Two ways."})),
        propose(world, "Di", "member", option("rest", "commons.suspend", rest)),
        propose(world, "Ana", "steward", option("s", "governance.appoint", {"agent": world.ids["Bo"], "domain": "firmware"}), domain="firmware"),
    ]
    say(world, "Di", "second", voted[3])
    budget = propose(world, "Bo", "budget", option("saw", cost="5.00", to=world.ids["Cy"]), fund="common", amount="20.00")
    statement = propose(world, "Bo", "statement", option("peace"))
    agreed = propose(world, "Bo", "money", option("share", "sharing.distribution", {"fund": "common"}))
    say(world, "Ana", "consent", agreed)
    say(world, "Di", "object", statement, reason="Not in my name.")
    grant = propose(world, "Bo", "grant", option("seeds", cost="1.00", to=world.ids["Bo"]))
    world.act("Di", "decision.support", c.SupportParams(parts={str(grant): 500_000}))
    say(world, "Di", "comment", voted[0], text="Why not?")
    world.clock.days(7)
    for number in voted:
        for who in ("Ana", "Bo", "Di"):
            with suppress(Refused):  # who is not on the jury, or has no standing
                vote(world, number, **{who: "yes"})
    for who in ("Ana", "Cy"):
        say(world, who, "vote", budget, approvals=["saw"])
    world.clock.days(8)
    for number in (*voted, budget, statement, agreed):
        close(world, number)
    say(world, "Cy", "report", budget, option="saw", text="It cuts.", done=True)
    still = propose(world, "Ana", "role", option("r", "commons.role", scribe))
    world.clock.days(7)
    vote(world, still, Bo="yes")


def decide_everything(world: World) -> None:
    """All of that, a secret question, and a claim whose reviewers are drawn."""
    before = with_governance(world).replace(GOVERNANCE, "")
    decide(world)
    world.charter(before + SECRET_ROLE)
    secret_question(world, "Ana", "Cy")
    world.charter(before.replace("quorum = 2", "quorum = 2\nreviewers = 2", 1))
    world.log("Di", "care", "1")
