"""What a proposal would change, as the command line tells it: options of commands, and the options of a question from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from .session import Session, When, read_text

FITTING = {
    "charter": ("charter",), "role": ("role",), "remove_role": ("role", "recall"), "admit": ("member",), "expel": ("member",),
    "suspend": ("member",), "appoint": ("steward",), "dismiss": ("recall",), "share": ("money",), "pay": ("money",), "projects": ("budget",),
    "cost": ("grant",), "to": ("grant",), "candidates": ("election",), "for_role": ("election",), "origin": ("fork",),
}  # fmt: skip
"""What can be said of which questions."""
NAMES = {"remove_role": "--remove-role", "pay": "--grant", "projects": "--project", "candidates": "--candidate", "for_role": "--for-role"}
WANTED = {
    "charter": "--charter FILE", "role": "--role AGENT ROLE or --remove-role AGENT ROLE", "member": "--admit, --expel or --suspend AGENT",
    "steward": "--appoint AGENT --domain DOMAIN", "recall": "--dismiss AGENT --domain DOMAIN, or --remove-role AGENT ROLE",
    "money": "--share FUND, or --grant FUND AGENT AMOUNT", "grant": "--cost AMOUNT --to AGENT", "fork": "--origin ORIGIN --reason TEXT",
    "election": "--candidate AGENT (for each) --for-role ROLE --seats N", "budget": '--project "ID;TITLE;COST;AGENT"',
}  # fmt: skip


class Later(When):
    """A day or time to come; today as its noon, which here does not mean now."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value, param, ctx) or f"{value}T12:00:00Z" if value else ""


def change_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what would change, sort by sort."""
    for option in reversed(
        [
            click.option("--charter", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE",
                         help="Of a charter: the whole new charter. What differs from the one in force is proposed."),
            click.option("--role", nargs=2, multiple=True, metavar="AGENT ROLE", help="Of a role: who would get which."),
            click.option("--remove-role", nargs=2, multiple=True, metavar="AGENT ROLE", help="Of a role, or a recall: who would lose which."),
            click.option("--admit", multiple=True, metavar="AGENT", help="Of a member: who would be let in."),
            click.option("--expel", metavar="AGENT", help="Of a member: who would have to go; with --reason."),
            click.option("--suspend", metavar="AGENT", help="Of a member: whose word on others' work would not count; with --until, --reason."),
            click.option("--until", type=Later(), default="", help="With --suspend: a day, or a time."),
            click.option("--appoint", metavar="AGENT", help="Of a steward: who would lead the --domain."),
            click.option("--organization", metavar="AGENT", help="With --appoint: the organization that they work for."),
            click.option("--dismiss", metavar="AGENT", help="Of a recall: who would lead the --domain no longer; with --reason."),
            click.option("--share", metavar="FUND", help="Of money: a distribution by the policy, of all or of --amount."),
            click.option("--grant", "pay", nargs=3, multiple=True, metavar="FUND AGENT AMOUNT", help="Of money: who would get what."),
            click.option("--project", "projects", multiple=True, metavar='"ID;TITLE;COST;AGENT"',
                         help="Of a budget: a project. Without cost or agent it is an idea, which is not voted on yet."),
            click.option("--cost", metavar="AMOUNT", help="Of a grant: how much. With --to."),
            click.option("--to", metavar="AGENT", help="Of a grant: who would get it."),
            click.option("--candidate", "candidates", multiple=True, metavar="AGENT", help="Of an election: who stands. Several."),
            click.option("--for-role", metavar="ROLE", help="Of an election: the role that the winners get."),
            click.option("--origin", metavar="ORIGIN", help="Of a fork: its origin, such as example.org/name; with --reason."),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


def options_said(session: Session, question: str, title: str, text: str, said: dict[str, Any], domain: str | None = None) -> list[Any]:
    """The options of a question as the command line tells them; none if it tells nothing of what would change.

    Raises:
        UsageError: Something does not belong to the question, or is missing.
    """
    from ..governance.entries import Option

    given = [name for name in FITTING if said[name]]
    for name in given:
        if question not in FITTING[name]:
            option = NAMES.get(name, f"--{name}")
            raise click.UsageError(f"{option} belongs to a question of {' or '.join(FITTING[name])}, and this is one of {question}.")
    if question == "statement":
        return [Option(id="statement", title=title)]
    if not given:
        return []
    if question == "budget":
        return [_project(session, line) for line in said["projects"]]
    if question == "election":
        return _candidates(session, said)
    if question == "grant":
        if not (said["cost"] and said["to"]):
            raise click.UsageError("A grant has a --cost and an agent who gets it: --to.")
        return [Option(id="grant", title=title, text=text, cost=said["cost"], to=session.agent(said["to"]))]
    return [Option(id=question, title=title, changes=_changes(session, said, domain))]


def _project(session: Session, line: str) -> Any:
    from ..governance.entries import Option

    id_, title, cost, agent, *more = [part.strip() for part in [*line.split(";"), "", "", ""]][: max(4, line.count(";") + 1)]
    if more or not id_ or not title:
        raise click.UsageError(f'--project {line!r}: write "id;title;cost;agent"; the last two may be empty.')
    return Option(id=id_, title=title, cost=cost or None, to=session.agent(agent) if agent else None)


def _candidates(session: Session, said: dict[str, Any]) -> list[Any]:
    """Candidates have numbers as ids. Their names are not written: they stand beside the journal, and are shown from there."""
    from ..commons.people import short
    from ..governance.entries import Change, Option

    if not said["for_role"]:
        raise click.UsageError("Which role do the winners get? Give --for-role ROLE.")
    found = []
    for number, text in enumerate(said["candidates"], 1):
        agent = session.agent(text)
        change = Change(kind="commons.role", body={"agent": agent, "role": said["for_role"], "granted": True})
        found.append(Option(id=f"candidate-{number}", title=f"Candidate {short(agent)}", changes=[change]))
    return found


def _changes(session: Session, said: dict[str, Any], domain: str | None) -> list[Any]:
    from ..governance.entries import Change

    reason = said.get("reason") or ""
    if said["charter"]:
        return [Change(kind="commons.charter", body={"edits": _edits(session, read_text(said["charter"]))})]
    found: list[tuple[str, dict[str, Any]]] = []
    found += [("commons.role", {"agent": session.agent(agent), "role": role, "granted": True}) for agent, role in said["role"]]
    found += [("commons.role", {"agent": session.agent(agent), "role": role, "granted": False}) for agent, role in said["remove_role"]]
    found += [("commons.admit", {"agent": session.agent(agent)}) for agent in said["admit"]]
    if said["expel"]:
        found.append(("commons.expel", {"agent": session.agent(said["expel"]), "reason": _wanted(reason, "--reason")}))
    if said["suspend"]:
        until = _wanted(said["until"], "--until")
        found.append(("commons.suspend", {"agent": session.agent(said["suspend"]), "until": until, "reason": _wanted(reason, "--reason")}))
    if said["appoint"]:
        body = {"domain": _wanted(domain, "--domain"), "agent": session.agent(said["appoint"])}
        found.append(("governance.appoint", body | ({"organization": session.agent(said["organization"])} if said["organization"] else {})))
    if said["dismiss"]:
        body = {"domain": _wanted(domain, "--domain"), "agent": session.agent(said["dismiss"]), "reason": _wanted(reason, "--reason")}
        found.append(("governance.dismiss", body))
    if said["share"]:
        found.append(("sharing.distribution", {"fund": said["share"]} | ({"amount": said["amount"]} if said.get("amount") else {})))
    found += [("sharing.grant", {"fund": fund, "agent": session.agent(agent), "amount": amount}) for fund, agent, amount in said["pay"]]
    if said["origin"]:
        found.append(("commons.fork", {"origin": said["origin"], "reason": _wanted(reason, "--reason")}))
    return [Change(kind=kind, body=body) for kind, body in found]


def _wanted(value: str | None, option: str) -> str:
    if not value:
        raise click.UsageError(f"This needs {option} too.")
    return value


def _edits(session: Session, new: str) -> list[dict[str, str]]:
    """The differences of a new charter from the one in force. The new one is checked first, so that problems have its lines."""
    import msgspec

    from ..governance.changes import Edit, apply_edits, charter_text
    from ..node.charters import require_charter
    from .decide_charter import edits_between

    require_charter(new)
    with session.node.read() as transaction:
        old = charter_text(transaction, session.commons)
    if old == new:
        raise click.UsageError("This is the charter in force: nothing would change.")
    edits = edits_between(old, new)
    assert apply_edits(old, msgspec.convert(edits, list[Edit])) == new
    return edits


def _with_ids(session: Session, plain: Any) -> Any:
    """JSON in which agents are named as people call them, with their ids: in `to`, and in what changes would write."""
    if isinstance(plain, list):
        return [_with_ids(session, one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    named = ("to", "agent", "organization")
    return {name: session.agent(value) if name in named and isinstance(value, str) else _with_ids(session, value) for name, value in plain.items()}


def read_json(file: str, shape: Any, what: str, session: Session | None = None) -> Any:
    """A file of JSON as a shape; with a session, agents in it can be named as people call them.

    Raises:
        BadInput: `cli.bad_json`.
    """
    import msgspec

    from ..forms import in_words
    from ..problems import bad_input

    try:
        plain = msgspec.json.decode(read_text(file))
        return msgspec.convert(plain if session is None else _with_ids(session, plain), shape)
    except (msgspec.DecodeError, RecursionError) as error:
        message, _, place = str(error).partition(" - at ")
        raise bad_input(
            "cli.bad_json", f"{file} is not {what}: {in_words(message, shape, place.strip('`'))}.", place.strip("`$.") or "file"
        ) from None


def text_said(text: str | None, file: str | None) -> str | None:
    """A text as it was given, or from a file."""
    if text is not None and file is not None:
        raise click.UsageError("Give --text or --text-file: one of the two.")
    return read_text(file) if file is not None else text


TEXT_FILE = click.option(
    "--text-file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE", help="The text, from a file; - is standard input."
)
