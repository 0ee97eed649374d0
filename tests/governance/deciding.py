"""Decisions in a test commons: short names for what their tests do again and again."""

from __future__ import annotations

from typing import Any

import msgspec
from world import World

from commonhold.governance import commands as c
from commonhold.governance import entries as e
from commonhold.governance.store import Proposal, proposal_by_number
from commonhold.governance.tally import Result
from commonhold.problems import CommonholdError

EDIT = {"edits": [{"before": "quorum = 2", "after": "quorum = 1"}]}


def option(id_: str = "one", kind: str = "", body: dict[str, Any] | None = None, **more: Any) -> e.Option:
    """An option that writes one entry, or a project, or a mere idea."""
    changes = [e.Change(kind=kind, body=body or {})] if kind else []
    return e.Option(id=id_, title=more.pop("title", id_.capitalize()), changes=changes, **more)


def charter_option(id_: str = "one", before: str = "quorum = 2", after: str = "quorum = 1") -> e.Option:
    """An option that changes a piece of the charter."""
    return option(id_, "commons.charter", {"edits": [{"before": before, "after": after}]})


def propose(world: World, who: str, question: str, *options: e.Option, **more: Any) -> int:
    """Put a question; return its number."""
    body = e.Propose(question=question, title=more.pop("title", "A question"), options=list(options), **more)  # type: ignore[arg-type]
    return int(world.act(who, "decision.propose", body)["proposal"])


def say(world: World, who: str, command: str, number: int, **more: Any) -> dict[str, Any]:
    """Say something of a proposal."""
    params = {
        "revise": c.ReviseParams, "amend": c.AmendParams, "second": c.SecondParams, "withdraw": c.ReasonParams, "comment": c.CommentParams,
        "vote": c.VoteParams, "open": c.OpenParams, "object": c.ReasonParams, "lift": c.Named, "consent": c.Named, "close": c.Named,
        "execute": c.Named, "report": c.ReportParams,
    }[command]  # fmt: skip
    return world.act(who, f"decision.{command}", params(proposal=number, **more))


def vote(world: World, number: int, **answers: str) -> None:
    """Let several people answer yes, no or abstain."""
    for who, answer in answers.items():
        say(world, who, "vote", number, answer=answer)


def delegate(world: World, who: str, *to: str, **more: Any) -> None:
    """Name delegates, ranked."""
    world.act(who, "decision.delegate", c.DelegateParams(to=[world.ids[name] for name in to], **more))


def close(world: World, number: int, who: str = "Ana") -> dict[str, Any]:
    """Close a proposal."""
    return say(world, who, "close", number)


def found(world: World, number: int) -> Proposal:
    """A proposal as it is now."""
    with world.node.read() as transaction:
        one = proposal_by_number(transaction, "test", number)
    assert one is not None
    return one


def result(world: World, number: int) -> Result:
    """The result of a proposal that is closed."""
    return msgspec.json.decode(found(world, number).result, type=Result)


def everybody(world: World, question: str, number: int) -> None:
    """Let the time of discussion pass."""
    world.clock.days(found(world, number).terms.discussion_days)


def refusal(act: Any) -> str:
    """The code with which something is refused; nothing, if it is not."""
    try:
        act()
    except CommonholdError as error:
        return error.code
    return ""
