"""`commonhold agent`, `member`, `identity`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from ..problems import not_found, refuse
from .output import near, note, table
from .session import Session, session_options

CLASSES = ("foundation", "enterprise", "institute", "commons", "association", "public", "ecological", "other")


@click.group("agent")
def agent_command() -> None:
    """Organizations and members: list, add."""


@agent_command.command("list")
@click.option("--all", "everybody", is_flag=True, help="With identities that nobody has claimed.")
@session_options()
def list_agents(session: Session, everybody: bool) -> None:
    """List the agents of the commons."""
    from ..commons.people import names
    from ..commons.queries import all_agents

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
        agents = all_agents(transaction, session.commons)
    plain = [
        {
            "id": a.id,
            "type": a.type,
            "name": known.get(a.id, a.name),
            "classifiedAs": a.classified_as,
            "claimedBy": None if a.claimed_by is None else agents[a.claimed_by].id,
        }
        for a in agents
        if everybody or a.type != "Identity"
    ]
    session.answer({"agents": plain}, lambda: table(("type", "name", "id"), [(a["type"], a["name"], a["id"]) for a in plain], empty="No agents."))


@agent_command.command("add")
@click.argument("id_", metavar="org:NAME")
@click.option("--name", required=True)
@click.option("--class", "classified_as", type=click.Choice(CLASSES), default="other", show_default=True)
@session_options(acting=True)
def add_agent(session: Session, id_: str, name: str, classified_as: str) -> None:
    """Add an organization that the commons deals with.

    \b
    commonhold agent add org:acme --name "Acme Ltd" --class enterprise
    """
    from ..commons.entries import AddAgent

    done = session.act("agent.add", AddAgent(id=id_, name=name, classifiedAs=classified_as))  # type: ignore[arg-type]
    session.answer(done | {"agent": id_}, f"{name} is {id_}.")


@click.group("member")
def member_command() -> None:
    """Join, admit, leave; roles."""


@member_command.command("list")
@session_options()
def list_members(session: Session) -> None:
    """List the members."""
    from ..commons.people import names, short
    from ..commons.queries import members

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
        found = [member | {"name": known.get(member["agent"], "")} for member in members(transaction, session.commons)]
    rows = [(m["name"] or short(m["agent"]), m["state"], ", ".join(m["rolls"]), ", ".join(m["roles"]), m["agent"]) for m in found]
    session.answer({"members": found}, lambda: table(("name", "state", "as", "roles", "id"), rows, empty="No members."))


@member_command.command("join")
@click.option("--name", help="Kept beside the journal.")
@click.option("--public", is_flag=True, help="Public pages may show the name.")
@click.option("--as-user", is_flag=True, help="As a user of the product.")
@click.option("--as-producer", is_flag=True, help="As a producer (the default, if neither is given).")
@click.option("--key", "key_file", type=click.Path(exists=True, dir_okay=False), help="Your key file; else the node makes and keeps a key.")
@click.option("--again", is_flag=True, help="Though a member of this name is here: it is somebody else.")
@session_options(writing=True)
def join(session: Session, name: str | None, public: bool, as_user: bool, as_producer: bool, key_file: str | None, again: bool) -> None:
    """Join the commons, with a key of your own or one that the node keeps.

    \b
    commonhold member join --name Ana
    commonhold member join --key ana.pem
    """
    from ..commons.people import write_profile
    from ..commons.queries import commons_section
    from ..journal.keyfile import read_key_file
    from ..journal.keys import SigningKey

    rolls = ["producer"] * (as_producer or not as_user) + ["user"] * as_user
    key = read_key_file(Path(key_file)) if key_file else SigningKey.generate()
    if name and not again:
        _require_new(session, name, key.did)
    member = session.node.join(session.commons, key, rolls, keep=key_file is None, dry_run=session.dry_run)
    with session.changing() as transaction:
        if name:
            write_profile(transaction, session.commons, member, name=name, public=public)
        is_open = commons_section(transaction, session.commons).joining == "open"
    who = f"{name} ({member})" if name else member
    said = f"{who} is a member." if is_open else f"{who} asks to join.\nNext, by a steward: commonhold member admit {name or member}"
    dry = f"{name or 'Somebody without a name'} can {'join' if is_open else 'ask to join'}."
    session.answer({"agent": member, "state": "member" if is_open else "asking"}, said, dry)
    if not name:
        note("No name was given: others see the id only. " + ("" if session.dry_run else f"To add one: commonhold person set {member} --name NAME"))


def _require_new(session: Session, name: str, key: str) -> None:
    """Refuse a second member of one name, unless it is meant: more often it is the same person, who has lost their way."""
    from ..commons.people import names, short
    from ..commons.queries import members

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
        here = [member["agent"] for member in members(transaction, session.commons) if member["state"] in ("member", "asking")]
    same = [agent for agent in here if agent != key and known.get(agent, "").casefold() == name.casefold()]
    if same:
        told = f"A member is called {known[same[0]]} already ({short(same[0])})."
        raise refuse("people.name_taken", f"{told} For somebody else of the same name: --again, or a name that tells them apart.", "name")


@member_command.command("admit")
@click.argument("agent")
@session_options(acting=True)
def admit(session: Session, agent: str) -> None:
    """Let in somebody who asked to join."""
    from ..commons.entries import Admit

    done = session.act("member.admit", Admit(agent=session.agent(agent)))
    session.answer(done, f"{agent} is a member.")


@member_command.command("leave")
@session_options(acting=True)
def leave(session: Session) -> None:
    """Leave. What was earned is kept."""
    from ..commons.entries import Leave

    session.answer(session.act("member.leave", Leave()), "You have left; what you earned stays yours.")


@member_command.command("role")
@click.argument("agent")
@click.argument("role")
@click.option("--take", is_flag=True, help="Take the role back.")
@session_options(acting=True)
def role(session: Session, agent: str, role: str, take: bool) -> None:
    """Give a member a role (such as steward), or take it back."""
    from ..commons.entries import SetRole

    done = session.act("role.set", SetRole(agent=session.agent(agent), role=role, granted=not take))
    warning = "" if take else _unknown_role(session, agent, role)
    told = {"warning": warning} if warning else {}
    session.answer(done | told, f"{agent} {'no longer has' if take else 'has'} the role {role}.", dry=f"{agent} can {'lose' if take else 'get'} it.")
    if warning:
        note(warning)


def _unknown_role(session: Session, agent: str, role: str) -> str:
    """A warning, if no power of the charter asks for this role."""
    from msgspec.structs import asdict

    from ..commons.charter import Powers
    from ..commons.queries import charter_section

    with session.node.read() as transaction:
        known = sorted({*asdict(charter_section(transaction, session.commons, "powers", Powers)).values()} - {"member", "anyone"})
    if role in known:
        return ""
    close = near(role, known, 1)
    meant = f" Did you mean {close[0]}?" if close else ""
    undo = "" if session.dry_run else f" To take it back: commonhold member role {shlex.quote(agent)} {role} --take"
    return f"No power of the charter asks for the role {role}; it has {', '.join(known) or 'no roles'}.{meant}{undo}"


@click.group("identity")
def identity_command() -> None:
    """Identities of imported work, and claiming them."""


@identity_command.command("list")
@click.option("--unclaimed", is_flag=True)
@session_options()
def list_identities(session: Session, unclaimed: bool) -> None:
    """List the identities that imports found, with the names that the node knows for them."""
    from ..commons.people import names
    from ..commons.queries import all_agents

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
        agents = all_agents(transaction, session.commons)
    plain = [
        {"id": a.id, "name": known.get(a.id, ""), "claimedBy": None if a.claimed_by is None else agents[a.claimed_by].id}
        for a in agents
        if a.type == "Identity" and not (unclaimed and a.claimed_by is not None)
    ]
    session.answer(
        {"identities": plain},
        lambda: table(
            ("name", "claimed by", "id"),
            [(p["name"], p["claimedBy"] or "-", p["id"]) for p in plain],
            empty="No identities: nothing was imported yet.",
        ),
    )


@identity_command.command("find")
@click.argument("address")
@session_options()
def find(session: Session, address: str) -> None:
    """Show the identity of an e-mail address (or of a name, where a history has no addresses)."""
    from ..node.imports import Importer

    identity = Importer(session.node, session.commons, "").identity(address)
    session.answer({"identity": identity}, identity)


@identity_command.command("challenge")
@click.argument("address")
@click.argument("agent")
@session_options()
def challenge(session: Session, address: str, agent: str) -> None:
    """For the node's operator: print the message that proves an address; send it there, and only there."""
    from ..node.claims import challenge_token
    from ..node.imports import Importer

    member = session.agent(agent)
    identity = Importer(session.node, session.commons, "").identity(address)
    token = challenge_token(session.node, session.commons, identity, member)
    text = f"To: {address}\nSubject: Is this your work?\n\nSomebody asks to claim the work of this address in {session.commons}, as\n{member}.\n\nIf it is you:  commonhold identity claim {identity} --token {token}\nIf not, do nothing.\n"
    session.answer({"identity": identity, "agent": member, "token": token}, text)


@identity_command.command("claim")
@click.argument("identity")
@click.option("--for", "member", help="As a steward: the member whose work it is.")
@click.option("--token", help="The token that the node sent to the address behind the identity.")
@session_options(acting=True)
def claim(session: Session, identity: str, member: str | None, token: str | None) -> None:
    """Claim an identity: with the token sent to its address, or by a steward's word for a member.

    \b
    commonhold identity claim id:3f9a… --token 4Qx…
    commonhold identity claim Alder --for Alder --as steward
    """
    from ..commons.entries import Claim
    from ..commons.people import short

    if (member is None) == (token is None):
        raise click.UsageError("Give --token (your own claim) or --for MEMBER (a steward's word).")
    agent = session.agent(member) if member else session.author()
    id_ = _identity_id(session, identity)
    body = Claim(identity=id_, agent=agent, by="challenge" if token else "steward", token=token or "")
    done = session.act("identity.claim", body)
    said = f"The work imported as {identity} ({short(id_)}) now belongs to {f'the member {member}' if member else 'you'} ({short(agent)})."
    session.answer(done | {"identity": id_, "agent": agent}, said)


def _identity_id(session: Session, text: str) -> str:
    from ..commons.people import names
    from ..commons.queries import all_agents

    with session.node.read() as transaction:
        known: dict[str, Any] = names(transaction, session.commons)
        ids = [a.id for a in all_agents(transaction, session.commons) if a.type == "Identity" and a.claimed_by is None]
    fitting = [id_ for id_ in ids if id_ == text or (len(text) >= 8 and id_.startswith(text)) or known.get(id_, "").casefold() == text.casefold()]
    if len(fitting) > 1:
        raise not_found("commons.unknown_agent", f"Several identities are called {text}; give the id.", "identity")
    if not fitting and not text.startswith("id:"):
        problem = f"No identity that waits to be claimed is called {text}. See: commonhold identity list --unclaimed."
        raise not_found("commons.unknown_agent", problem, "identity")
    return fitting[0] if fitting else text
