"""May reviewers be drawn, may one decline, may what was validated be contested? Pure, as `rules`."""

from __future__ import annotations

from ..journal.keys import unbase58, verifies
from ..journal.kinds import Entry, unknown_reference
from ..problems import Problem
from . import entries as e
from .rules import OPEN, TargetView


def draw_message(origin: str, contribution: str, number: int) -> bytes:
    """What the node signs for a draw."""
    return f"commonhold-draw\n{origin}\n{contribution}\n{number}\n".encode()


def draw(view: TargetView, entry: Entry) -> list[Problem]:
    """The node draws, for open claims that lack reviewers, each with the next number and a signature that proves the seed."""
    body: e.Draw = entry.body
    if entry.author != view.node:
        return [Problem("contributions.not_the_node", "The home node draws reviewers.", "author")]
    if not view.validation.reviewers:
        return [Problem("contributions.no_draw", "The charter draws no reviewers.", "kind")]
    problems = []
    if len({one.contribution for one in body.draws}) != len(body.draws):
        problems.append(Problem("contributions.repeated", "Name each contribution once.", "body.draws"))
    for place, (said, known) in enumerate(zip(body.draws, view.draws, strict=True)):
        where = f"body.draws[{place}]"
        if known.one is None:
            problems.append(unknown_reference(f"The contribution {said.contribution}", f"{where}.contribution"))
        elif known.one.state not in OPEN or known.exempt or not known.lacks:
            problems.append(Problem("contributions.no_draw", "This claim lacks no reviewers.", f"{where}.contribution"))
        elif said.number != known.so_far + 1:
            problems.append(Problem("contributions.wrong_draw", f"The next draw is number {known.so_far + 1}.", f"{where}.number"))
        elif not _signed(view, said):
            problems.append(Problem("contributions.bad_proof", "This is not the node's signature for this draw.", f"{where}.proof"))
    return problems


def _signed(view: TargetView, said: e.Drawing) -> bool:
    try:
        signature = unbase58(said.proof, 64)
    except ValueError:
        return False
    return verifies(view.node, signature, draw_message(view.origin, said.contribution, said.number))


def decline(view: TargetView, entry: Entry) -> list[Problem]:
    if view.missing:
        return [unknown_reference(f"The contribution {view.missing[0]}", "body.contribution")]
    if view.found[0].state not in OPEN:
        return [Problem("contributions.not_open", "This claim is decided.", "body.contribution")]
    return [] if view.seated else [Problem("contributions.not_drawn", "The author was not drawn to judge this claim.", "author")]


def contest(view: TargetView, entry: Entry) -> list[Problem]:
    """Once for each claim, by a peer who has no part in it, while the charter's time runs."""
    if view.missing:
        return [unknown_reference(f"The contribution {view.missing[0]}", "body.contribution")]
    one = view.found[0]
    problems = list(view.lacks_power)
    if view.author in (one.provider, one.contributor):
        problems.append(Problem("contributions.own", "Who made it appeals; peers contest.", "author"))
    if one.state != "validated" or one.round > 0:
        problems.append(Problem("contributions.nothing_to_contest", "One contests, once, what has been validated.", "body.contribution"))
    elif one.decided is None or entry.time >= one.decided + view.validation.contest_days * 86_400:
        problem = f"The charter gives {view.validation.contest_days} days after the decision to contest it."
        problems.append(Problem("contributions.contested_late", problem, "body.contribution"))
    return problems
