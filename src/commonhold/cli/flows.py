"""`commonhold flows`: what happened, what there is, where it comes from, what is planned, offered and open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from .output import counted, note, printable, table
from .session import INTEGER_MAX, Session, When, session_options

if TYPE_CHECKING:
    from ..flows.vocabulary import Measure

ACTIONS = (
    "produce", "consume", "use", "work", "cite", "deliverService", "pickup", "dropoff", "accept", "modify",
    "combine", "separate", "transferAllRights", "transferCustody", "transfer", "move", "copy", "raise", "lower",
)  # fmt: skip
"""As in `flows.actions`, which help does not need to load."""
LINES_SHOWN = 50


class Quantity(click.ParamType):  # type: ignore[type-arg]  # older versions of click have no argument there
    """An amount and a unit: `5 kg`, `2.5 hour`."""

    name = "quantity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Measure | None:
        from ..flows.vocabulary import Measure

        if not value or isinstance(value, Measure):
            return value or None
        found = re.fullmatch(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(\S.*?)\s*", value)
        if found is None:
            self.fail(f"{value!r} is no quantity with a unit, such as '5 kg' or '2.5 hour'.", param, ctx)
        return Measure(hasNumericalValue=found[1], hasUnit=found[2])


@click.group("flows")
def flows_command() -> None:
    """Resources, processes, plans, offers and requests: the flows of the commons, in the words of Valueflows."""


@flows_command.command("record")
@click.argument("action", type=click.Choice(ACTIONS), metavar="ACTION")
@click.argument("quantity", type=Quantity(), required=False)
@click.option("--effort", type=Quantity(), help="For work and use: how long, such as '3 hour'.")
@click.option("--by", "provider", default="", help="The provider, if it is not you.")
@click.option("--to", "receiver", default="", help="The receiver.")
@click.option("--of", "specification", default="", help="Of which ResourceSpecification.")
@click.option("--resource", default="", help="The resource: its id, or what it is called.")
@click.option("--to-resource", default="", help="The resource that it goes into.")
@click.option("--new", default="", metavar="NAME", help="A new resource of this name begins with it.")
@click.option("--tracking", default="", help="Of the new resource: serial number or other tracking identifier.")
@click.option("--lot", default="", help="Of the new resource: its BatchLotRecord.")
@click.option("--input-of", default="", help="The process that it goes into.")
@click.option("--output-of", default="", help="The process that it comes out of.")
@click.option("--fulfills", multiple=True, help="A commitment that it fulfils; can be given again.")
@click.option("--satisfies", multiple=True, help="An intent that it satisfies; can be given again.")
@click.option("--settles", multiple=True, help="A claim that it settles; can be given again.")
@click.option("--agreement", default="", help="The agreement that it realizes.")
@click.option("--corrects", default="", help="The event that it takes back: whole, or by QUANTITY in part.")
@click.option("--location", default="", help="Where the resource is then: a SpatialThing.")
@click.option("--state", default="", help="The state of the resource then, such as pass or fail.")
@click.option("--at", type=When(), default="", help="When: a day, or a time such as 2026-11-23T08:30:00Z. Default: now.")
@click.option("--note", default="", help="A public note: no personal data.")
@click.option("--id", "id_", default="", help="What the event is called. Default: the id of its entry.")
@click.option("--idempotency-key", default="", help="A request that is sent again with the same key lands once.")
@session_options(acting=True)
def record(session: Session, idempotency_key: str, **said: Any) -> None:
    """Record something that happened: ACTION is one of the nineteen of Valueflows, QUANTITY an amount with a unit.

    \b
    commonhold flows record raise "50 piece" --of m6-nut --new "M6 nuts"
    commonhold flows record consume "4 piece" --resource "M6 nuts" --input-of assembly-7
    commonhold flows record work --effort "3 hour" --input-of assembly-7 --as Bay
    """
    from .flow_events import event_params, without_stock

    params = event_params(session, **said)
    done = session.act("flow.record", params, idempotency_key)
    resource = f", and the resource {done['resource']} begins" if done.get("resource") else ""
    session.answer(done, f"Recorded as entry {done['position']}{resource}.", dry="It can be recorded.")
    if not session.as_json and (hint := without_stock(params)):
        note(hint)


@flows_command.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@session_options(acting=True)
def create(session: Session, file: str) -> None:
    """Create what FILE says: one JSON object with a `type` and the fields of that class of Valueflows, or a list of them.

    \b
    echo '{"type": "ResourceSpecification", "id": "m6-nut", "name": "M6 nut"}' | commonhold flows create -
    """
    from .flow_events import read_records

    records = read_records(file)
    done = session.act_all([("flow.create", one) for one in records])
    session.answer({"created": done}, f"{counted(len(done), 'record')} created: {', '.join(one['id'] for one in done[:8])}.")


@flows_command.command("update")
@click.argument("id_", metavar="ID")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE…")
@click.option("--type", "type_", default="", help="The class, where several have this id.")
@session_options(acting=True)
def update(session: Session, id_: str, changes: tuple[str, ...], type_: str) -> None:
    """Change fields of a record; an empty VALUE takes a field away.

    commonhold flows update assembly-7 finished=true
    """
    from .flow_events import revised

    done = session.act("flow.update", revised(session, id_, changes, type_))
    session.answer(done, f"{done['type']} {done['id']} is changed (entry {done['position']}).")


@flows_command.command("delete")
@click.argument("id_", metavar="ID")
@click.option("--type", "type_", default="", help="The class, where several have this id.")
@session_options(acting=True)
def delete(session: Session, id_: str, type_: str) -> None:
    """Take a record away that nothing refers to."""
    from ..flows.entries import Delete
    from ..flows.queries import revision_of
    from .flow_events import known_record

    with session.node.read() as transaction:
        known = known_record(transaction, session.commons, id_, type_)
        revision = revision_of(transaction, session.commons, known)
    done = session.act("flow.delete", Delete(type=known.type, id=known.id, revision=revision))  # type: ignore[arg-type]
    session.answer(done, f"{known.type} {known.id} is gone (entry {done['position']}).")


@flows_command.command("list")
@click.argument("type_", metavar="CLASS", default="EconomicResource")
@click.option("--limit", type=click.IntRange(1, INTEGER_MAX), default=LINES_SHOWN, show_default=True)
@session_options()
def list_(session: Session, type_: str, limit: int) -> None:
    """List what there is of a CLASS of Valueflows: EconomicResource, Process, Intent, Commitment, EconomicEvent…"""
    from ..flows.overview import called, listed

    with session.node.read() as transaction:
        found = listed(transaction, session.commons, type_, limit)
        titles, rows = found.lines(called(transaction, session.commons))
    session.answer({"type": found.type, "items": found.items}, lambda: table(titles, rows, empty=f"There is no {found.type} here yet."))


@flows_command.command("show")
@click.argument("id_", metavar="ID")
@click.option("--type", "type_", default="", help="The class, where several have this id.")
@session_options()
def show(session: Session, id_: str, type_: str) -> None:
    """Show a resource as it stands, a process with what goes in and comes out, or anything else by its ID or name."""
    from ..flows.overview import called, shown

    with session.node.read() as transaction:
        found = shown(transaction, session.commons, id_, type_)
        names = called(transaction, session.commons)
    session.answer(found, lambda: _print(found, names))


def _print(found: dict[str, Any], names: dict[str, str]) -> None:
    for name, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            click.echo(f"{name}:")
            for one in value:
                click.echo("  " + _line(one, names))
        elif value not in (None, [], "", False):
            click.echo(f"{name}: {_said(names.get(value, value) if isinstance(value, str) and name != 'id' else value)}")


def _line(plain: dict[str, Any], names: dict[str, str]) -> str:
    from ..flows.sentences import sentence

    return printable(f"{plain['id'][:26]}  {sentence(plain, names)}" if "action" in plain else " ".join(str(value) for value in plain.values()))


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return printable(" ".join(str(part) for part in value.values() if part is not None))
    return printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))


@flows_command.command("trace")
@click.argument("id_", metavar="ID")
@click.option("--forward", is_flag=True, help="Where it went, and not where it came from.")
@click.option("--value", "valued", is_flag=True, help="With the value that flowed into it, and whose it is.")
@session_options()
def trace(session: Session, id_: str, forward: bool, valued: bool) -> None:
    """Trace a resource (or process, or event) back to all that went into it.

    \b
    commonhold flows trace box_frame
    commonhold flows trace m6-nuts --forward
    """
    from ..flows.overview import called
    from ..flows.tracing.queries import traced

    with session.node.read() as transaction:
        found = traced(transaction, session.commons, id_, forward=forward)
        if valued and found["type"] == "EconomicResource":
            from ..flows.tracing.queries import start_of
            from ..sharing.worth import worth_of

            found["value"] = worth_of(transaction, session.commons, start_of(transaction, session.commons, id_)[0][1])
        names = called(transaction, session.commons)
    session.answer(found, lambda: _print_trace(found, names))


def _print_trace(found: dict[str, Any], names: dict[str, str]) -> None:
    from ..flows.sentences import sentence

    for one in found["traceOrder"]:
        said = sentence(one["event"], names) if one["type"] == "EconomicEvent" else one.get("name") or one["id"]
        click.echo(printable("  " * min(one["depth"], 20) + (said if one["type"] == "EconomicEvent" else f"{one['type']} {said}")))
    if "value" in found:
        value = found["value"]
        click.echo(f"\nWorth {value['amount']} {value['currency']}:")
        table(("from", "amount"), [(names.get(one["contributor"], one["contributor"]), one["amount"]) for one in value["contributions"]], "1")


@flows_command.command("plan")
@click.argument("specification", metavar="SPECIFICATION")
@click.argument("quantity", type=Quantity(), required=False)
@click.option("--id", "plan", default="", help="What the plan is called; one that is there is planned again. Default: made up.")
@click.option("--due", type=When(), default="", help="When it is needed: scheduled backward from there.")
@click.option("--begin", type=When(), default="", help="When it begins: scheduled forward from there.")
@click.option("--recipe", default="", help="The Recipe to follow.")
@click.option("--resource", default="", help="The resource that goes through the recipe.")
@click.option("--choose", multiple=True, metavar="SPECIFICATION=PROCESS", help="The RecipeProcess to take, where several make the same.")
@click.option("--from-stock", is_flag=True, help="Stock may meet the demand; otherwise all of it is made.")
@click.option("--name", default="")
@session_options(acting=True)
def plan(
    session: Session, specification: str, quantity: Any, plan: str, due: str, begin: str, recipe: str, resource: str, choose: tuple[str, ...],
    from_stock: bool, name: str,
) -> None:  # fmt: skip
    """Plan how to make QUANTITY of a SPECIFICATION from its recipes: through all levels, net of stock and of other plans.

    \b
    commonhold flows plan bms "4 piece" --due 2027-01-31 --id order-7
    commonhold flows plan bms "6 piece" --due 2027-01-31 --id order-7    # plans again; promises are kept
    """
    from ..flows.commands import new_id
    from ..flows.planning.commands import DemandParams, PlanParams

    if bool(due) == bool(begin):
        raise click.UsageError("When is it needed (--due), or when does it begin (--begin)? One of the two.")
    if wrong := [one for one in choose if "=" not in one]:
        raise click.UsageError(f"--choose {wrong[0]}: write SPECIFICATION=PROCESS.")
    choices = dict(one.split("=", 1) for one in choose)
    demand = DemandParams(
        resourceConformsTo=specification, quantity=quantity, recipe=recipe or None, resource=resource or None, due=due or None, fromStock=from_stock
    )
    params = PlanParams(plan=plan or f"plan-{new_id()[:8]}", demands=[demand], begin=begin or None, choices=choices, name=name or None)
    done = session.act("plan.make", params)
    session.answer(done, lambda: _print_plan(done))


def _print_plan(done: dict[str, Any]) -> None:
    processes = [(one["id"], one.get("name") or "", one.get("hasBeginning") or "", one.get("hasEnd") or "") for one in done["processes"]]
    click.echo(
        f"Plan {done['plan']}: {counted(len(done['created']), 'record')} created, {len(done['updated'])} changed, {len(done['deleted'])} taken away."
    )
    table(("process", "name", "begins", "ends"), processes)
    for one in done["shortages"]:
        measure = one["quantity"]
        click.echo(f"Missing: {measure['hasNumericalValue']} {measure['hasUnit']} of {one['resourceConformsTo']} by {one['due']}: {one['why']}")
    for one in done["allocations"]:
        if one["kind"] == "planned":
            click.echo(f"Counted on: {_said(one['quantity'])} that is planned elsewhere: {one['source']}")
    for one in done["tooMuch"]:
        click.echo(f"More is promised than needed now: {one['id']}")
    for one in done["conflicts"]:
        click.echo(f"Stays as it is: {one['id']}: {one['why']}")


@flows_command.command("match")
@click.argument("intent", default="")
@click.option("--radius", type=click.IntRange(0, 20_040_000), default=50_000, show_default=True, help="Metres that two places may be apart.")
@click.option("--best", type=click.IntRange(1, INTEGER_MAX), help="At most so many for each request.")
@session_options()
def match(session: Session, intent: str, radius: int, best: int | None) -> None:
    """Match offers and requests, best first, each with its reasons; of one INTENT, or of all.

    commonhold flows match
    """
    from ..flows.market.queries import match_view, matches

    with session.node.read() as transaction:
        found = [match_view(one) for one in matches(transaction, session.commons, intent=intent, radius=radius, best=best)]

    def tell() -> None:
        for one in found:
            click.echo(f"{one['rank']}. {one['offer']} for {one['request']}: {_said(one['quantity']) if one['quantity'] else 'no quantity named'}")
            for reason in one["reasons"]:
                click.echo(f"   {reason['sentence']}")
            for wanted in one["inReturn"]:
                barter = f", which {', '.join(wanted['answeredBy'])} offers" if wanted["answeredBy"] else ""
                click.echo(f"   In return: {_said(wanted['quantity']) if wanted['quantity'] else wanted['intent']}{barter}.")
        if not found:
            click.echo("Nothing fits together yet.", err=True)

    session.answer({"matches": found}, tell)


@flows_command.command("tasks")
@click.option("--for", "who", default="", metavar="AGENT", help="Suggest tasks to somebody, by what they have done.")
@session_options()
def tasks(session: Session, who: str) -> None:
    """Open tasks: what anybody may take, with what is still open of each.

    \b
    commonhold flows tasks                  those first that are due first
    commonhold flows tasks --for Bo         those first that are like what Bo has done; for who is new, the short ones
    """
    from ..flows.overview import open_tasks
    from ..flows.sentences import quantity_text

    if who:
        _suggest(session, who)
        return
    with session.node.read() as transaction:
        found = open_tasks(transaction, session.commons)
    rows = [
        (one["id"], one.get("name") or one.get("note") or one.get("resourceConformsTo") or one["action"], quantity_text(one), one.get("due") or "")
        for one in found
    ]
    session.answer({"tasks": found}, lambda: table(("id", "what", "open", "due"), rows, empty="No task is open."))


def _suggest(session: Session, who: str) -> None:
    """Open tasks for somebody, with why."""
    from ..flows.sentences import quantity_text
    from ..governance.tasks import suggested
    from .contributions import number_of

    agent = number_of(session, session.agent(who))
    with session.node.read() as transaction:
        found = suggested(transaction, session.commons, agent)
    words = {"specification": "you have made {name} {times} times", "domain": "you have worked on {name} {times} times", "short": "it is short"}
    rows = [
        (
            one["id"], one.get("name") or one.get("note") or one.get("resourceConformsTo") or one["action"], quantity_text(one),
            ", ".join(words[line["what"]].format(**line) for line in one["why"]),
        )
        for one in found
    ]  # fmt: skip
    session.answer({"tasks": found}, lambda: table(("id", "what", "open", "why"), rows, empty="No task is open."))


@flows_command.command("release")
@session_options(acting=True)
def release(session: Session) -> None:
    """Open again the tasks that somebody took, and did nothing for in the time of the charter."""
    from ..governance.commands import ReviewParams

    done = session.act("task.release", ReviewParams())
    said = f"Open again: {', '.join(done['released'])}." if done["released"] else "No task lies dormant."
    session.answer(done, said, dry=said)


@flows_command.command("take")
@click.argument("intent")
@click.option("--quantity", default="", help="So much of it, in its unit. Default: all that is open.")
@click.option("--due", type=When(), default="", help="Until when you do it.")
@click.option("--idempotency-key", default="")
@session_options(acting=True)
def take(session: Session, intent: str, quantity: str, due: str, idempotency_key: str) -> None:
    """Take an open task, or accept an offer: a promise of your own.

    commonhold flows take weld-frames --quantity 3 --as Bo
    """
    from ..flows.commands import TakeParams

    done = session.act("task.take", TakeParams(intent=intent, quantity=quantity, due=due), idempotency_key)
    said = (
        f"It is promised: commitment {done['id']}. When work is done, log it: commonhold log KIND AMOUNT --fulfills {done['id']}; else flows record"
    )
    session.answer(done, f"{said} with --fulfills {done['id']}.")


@flows_command.command("give-back")
@click.argument("commitment")
@session_options(acting=True)
def give_back(session: Session, commitment: str) -> None:
    """Give a promise back, as far as it is not kept: it is open again for others."""
    from ..flows.commands import GiveBackParams

    done = session.act("task.give_back", GiveBackParams(commitment=commitment))
    session.answer(done, "Given back: it is open again." if not done["kept"] else "Given back, but for what is done.")
