"""May this event be written, with what is there? Pure."""

from __future__ import annotations

from ..journal.kinds import unknown_reference
from ..measure import AMOUNT_MAX, MICRO, format_quantity
from ..problems import Problem
from .actions import BEHAVIOURS
from .effects import PAIRS, Happening, Stock, apply, is_return
from .rules import event_problems, may_create, moves_quantity, signed_quantity
from .views import EventView, Side
from .vocabulary import Claim, Commitment, EconomicEvent, EconomicResource

_REPEATED = ("action", "inputOf", "outputOf", "provider", "receiver")
"""What a correction has in common with what it corrects; its resources are compared by what was changed."""


def event_allowed(view: EventView, event: EconomicEvent, new: EconomicResource | None = None, field: str = "body.event") -> list[Problem]:
    """Why an event may not be written, or nothing."""
    problems = [*view.lacks_power, *event_problems(event, field)]
    problems += [unknown_reference(f"The {type_} {id_}", f"{field}.{name}") for name, type_, id_ in view.missing]
    problems += view.wrong
    if problems:
        return problems
    if view.others and not view.is_steward:
        problem = "Record what you did or gave yourself, or what an organization did: another person records their own."
        problems.append(Problem("flows.not_for_others", problem, f"{field}.provider"))
    if view.id_taken:
        problems.append(Problem("flows.id_taken", "There is an event of this id already.", "body.id"))
    problems += _new_problems(view, event, new)
    problems += _specification_problems(view, field)
    problems += _correction_problems(view, event, field)
    problems += _promise_problems(view, event, field)
    return problems or _effect_problems(view, event, field)


def _new_problems(view: EventView, event: EconomicEvent, new: EconomicResource | None) -> list[Problem]:
    if new is None:
        return []
    begun = may_create(event.action)
    if not begun:
        return [Problem("flows.creates_nothing", f"No resource begins with {event.action}.", "body.newInventoriedResource")]
    named = event.resourceInventoriedAs if begun == "resource" else event.toResourceInventoriedAs
    if named not in (None, new.id):
        problem = f"The event names {named}: either that is there, or a new resource begins."
        return [Problem("flows.which_resource", problem, "body.newInventoriedResource.id")]
    if view.new_id_taken:
        return [Problem("flows.id_taken", "There is a resource of this id already.", "body.newInventoriedResource.id")]
    if event.resourceQuantity is None:
        return [Problem("flows.quantity_needed", "How much of it is there?", "body.event.resourceQuantity")]
    if event.corrects is not None:
        return [Problem("flows.creates_nothing", "No resource begins with a correction.", "body.newInventoriedResource")]
    if view.same_serial:
        problem = f"There is another resource of this kind with the tracking identifier {new.trackingIdentifier}."
        return [Problem("flows.serial_taken", problem, "body.newInventoriedResource.trackingIdentifier")]
    return []


def _specification_problems(view: EventView, field: str) -> list[Problem]:
    known = [(side, name) for side, name in ((view.resource, "resourceInventoriedAs"), (view.to, "toResourceInventoriedAs")) if side is not None]
    if view.conforms_to is not None:
        for side, name in known:
            if side.known is not None and side.conforms_to not in (None, view.conforms_to):
                return [Problem("flows.other_specification", "The resource is of another kind than resourceConformsTo says.", f"{field}.{name}")]
    kinds = {side.conforms_to for side, _ in known if side.conforms_to is not None}
    if len(kinds) > 1 and view.happening is not None and view.happening.action != "combine":
        problem = "The two resources are of different kinds."
        return [Problem("flows.other_specification", problem, f"{field}.toResourceInventoriedAs")]
    return []


def _correction_problems(view: EventView, event: EconomicEvent, field: str) -> list[Problem]:
    if view.corrected is None:
        return []
    original = view.corrected.event
    if view.corrects_others and not view.is_steward:
        return [Problem("flows.not_own", "Only who recorded it, gave it or did it corrects it, or a steward.", f"{field}.corrects")]
    if original.corrects is not None:
        return [Problem("flows.corrects_a_correction", f"That is a correction itself: correct {original.corrects}.", f"{field}.corrects")]
    for name in _REPEATED:
        said, meant = getattr(event, name), getattr(original, name)
        if said != meant:
            return [Problem("flows.other_event", f"A correction repeats what it corrects: {name} was {meant}.", f"{field}.{name}")]
    for name, side, number in zip(
        ("resourceInventoriedAs", "toResourceInventoriedAs"), (view.resource, view.to), view.corrected_resources, strict=True
    ):
        if (side.known.number if side and side.known else None) != number:
            problem = f"A correction repeats what it corrects: {name} is {'another one' if number is not None else 'none'}."
            return [Problem("flows.other_event", problem, f"{field}.{name}")]
    for name in ("fulfills", "satisfies", "settles"):
        if set(getattr(event, name)) - set(getattr(original, name)):
            problem = "A correction takes back from what the event was counted towards, and from nothing else."
            return [Problem("flows.other_event", problem, f"{field}.{name}")]
    return _less_problems(view, event, original, field)


def _less_problems(view: EventView, event: EconomicEvent, original: EconomicEvent, field: str) -> list[Problem]:
    """A correction says by how much less it was."""
    given = [name for name in ("resourceQuantity", "effortQuantity") if getattr(event, name) is not None]
    if not given:
        problem = "A correction says by how much less it was."
        return [Problem("flows.quantity_needed", problem, f"{field}.resourceQuantity")]
    for name in given:
        was, is_ = getattr(original, name), getattr(event, name)
        if was is None or was.hasUnit != is_.hasUnit:
            problem = f"A correction says by how much less it was, in {was.hasUnit if was else 'the same unit'}."
            return [Problem("flows.quantity_needed", problem, f"{field}.{name}")]
        left = signed_quantity(was) + view.corrected_before[name == "effortQuantity"]
        if not -left <= signed_quantity(is_) < 0:
            problem = f"There are {format_quantity(left)} {was.hasUnit} left to correct: take back more than nothing, and at most so much."
            return [Problem("flows.corrects_too_much", problem, f"{field}.{name}.hasNumericalValue")]
    return []


def _promise_problems(view: EventView, event: EconomicEvent, field: str) -> list[Problem]:
    if view.is_steward or view.corrected is not None:
        return []
    for promise in view.promises:
        record = promise.known.record()
        if isinstance(record, Commitment) and record.provider is not None and (record.provider != event.provider or view.for_identity):
            problem = f"{record.id} is the promise of {record.provider}, who is not the provider of this."
            return [Problem("flows.not_the_promiser", problem, f"{field}.{promise.field}")]
        due = record.receiver if isinstance(record, Claim) or (isinstance(record, Commitment) and event.receiver is not None) else None
        if due is not None and due != event.receiver:
            problem = f"{record.id} is due to {due}, who is not the receiver of this."
            return [Problem("flows.not_the_promiser", problem, f"{field}.{promise.field}")]
    return []


def _effect_problems(view: EventView, event: EconomicEvent, field: str) -> list[Problem]:
    happening = view.happening
    assert happening is not None
    problems = _move_problems(view, event, field)
    resource, to = view.resource, view.to
    if problems or (resource is None and to is None):
        return problems
    after, to_after = apply(happening, resource.stock if resource else None, to.stock if to else None)
    if resource is not None and after is not None:
        problems += _holder_problems(happening, resource, to, event, field, view)
        problems += _stock_problems(resource, after, f"{field}.resourceQuantity", view)
        if resource.known is not None and event.action in PAIRS and event.outputOf is not None and happening.quantity > view.in_process:
            there = format_quantity(view.in_process)
            problem = f"The process has {there} of it to put back: say {PAIRS[event.action]} before {event.action}."
            problems.append(Problem("flows.not_accepted", problem, f"{field}.resourceQuantity"))
    if view.goes_round:
        problems.append(Problem("flows.same_resource", "What it is put into is contained in it: a resource does not go into itself.", field))
    if event.corrects is not None and event.action in PAIRS.values() and view.process is not None and -happening.quantity > view.in_process:
        problem = f"The process has put it back: correct that first. {format_quantity(view.in_process)} of it are there."
        problems.append(Problem("flows.not_accepted", problem, f"{field}.resourceQuantity"))
    if to is not None and resource is not None and None not in (to.unit, resource.unit) and to.unit != resource.unit and event.action != "combine":
        problem = f"The one is counted in {resource.unit}, the other in {to.unit}: what goes from one to another is counted alike."
        problems.append(Problem("flows.other_unit", problem, f"{field}.toResourceInventoriedAs"))
    if to is not None and to_after is not None:
        problems += _arrival_problems(happening, to, event, field, view)
        problems += _stock_problems(to, to_after, f"{field}.resourceQuantity", view)
    return problems


def _move_problems(view: EventView, event: EconomicEvent, field: str) -> list[Problem]:
    if event.action != "move" or view.to is not None or event.corrects is not None:
        return []
    if event.toLocation is None:
        return [Problem("flows.move_where", "Where to? Name a toLocation, or the resource that it becomes there.", f"{field}.toLocation")]
    whole = view.resource.stock.onhand if view.resource else 0
    if view.resource is not None and view.happening is not None and view.happening.quantity != whole:
        problem = f"A part becomes a resource of its own: name it. All of it are {format_quantity(whole)}."
        return [Problem("flows.move_part", problem, f"{field}.toResourceInventoriedAs")]
    return []


def _holder_problems(happening: Happening, resource: Side, to: Side | None, event: EconomicEvent, field: str, view: EventView) -> list[Problem]:
    """Only who has the rights gives them away, and only who holds something hands it on, or says that there is more of it."""
    if resource.known is None or event.corrects is not None or not moves_quantity(event.action):
        return []
    stock, behaviour = resource.stock, BEHAVIOURS[event.action]
    if is_return(happening, stock, to.stock if to else None):
        return []
    gives_rights = behaviour.accountingEffect == "decrementIncrement" and event.action != "move"
    holders = {stock.accountable} if gives_rights else {stock.accountable, stock.custodian}
    touches = "decrement" in behaviour.accountingEffect or "decrement" in behaviour.onhandEffect or event.action == "raise"
    adds = event.action == "produce" or (event.action in PAIRS and event.outputOf is None)
    adds = adds or (event.action == "separate" and (stock.contained_in is None or happening.quantity > view.packed))
    actors = {happening.provider, *((happening.receiver,) if adds else ())} - {None}
    if view.for_identity and not view.is_steward:  # anybody can write an identity: that is not yet to speak for who is behind it
        actors -= {happening.provider}
    if not actors:  # nobody is said to have done it: then it is who writes, and a steward may write of all
        actors = holders if view.is_steward else {view.author}
    if not (touches or adds) or None in holders or actors & holders:
        return []
    if gives_rights:
        return [Problem("flows.not_accountable", "The provider does not have the rights to this resource.", f"{field}.provider")]
    return [Problem("flows.not_custodian", "The provider neither holds this resource nor has the rights to it.", f"{field}.provider")]


def _arrival_problems(happening: Happening, to: Side, event: EconomicEvent, field: str, view: EventView) -> list[Problem]:
    """What arrives goes to something that is the receiver's, or else all that is there already would change hands along with it."""
    if to.known is None or event.corrects is not None or event.action == "combine":
        return []
    rights = BEHAVIOURS[event.action].accountableEffect == "updateTo"
    empty = (to.stock.accounting if rights else to.stock.onhand) == 0 and (rights or event.action != "move")
    if empty and {happening.provider, happening.receiver} & {to.stock.accountable, to.stock.custodian}:
        return []  # nothing else changes hands, and whose it was, or who held it, has a part in it
    holders = {to.stock.accountable} if rights else {to.stock.accountable, to.stock.custodian}
    arrives = happening.receiver if happening.receiver is not None else happening.provider
    if arrives is None:
        arrives = None if view.is_steward else view.author
    if None in holders or arrives is None or arrives in holders:
        return []
    code = "flows.not_accountable" if rights else "flows.not_custodian"
    return [Problem(code, "What arrives there would not be the receiver's: the resource is another agent's.", f"{field}.toResourceInventoriedAs")]


def _stock_problems(side: Side, after: Stock, field: str, view: EventView) -> list[Problem]:
    name = side.said.name or side.said.id
    if max(abs(after.accounting), abs(after.onhand)) >= AMOUNT_MAX:
        return [Problem("flows.too_much", f"There would be too much of {name} to count.", field)]
    if not side.said.mayOverdraw:
        for what, before, then in (
            ("accountingQuantity", side.stock.accounting, after.accounting),
            ("onhandQuantity", side.stock.onhand, after.onhand),
        ):
            if then < 0 and then < before:
                problem = f"There are {format_quantity(before)} {side.unit or ''} of {name} ({what}), less than is taken.".replace("  ", " ")
                return [Problem("flows.overdraw", problem, field)]
    if view.whole_piece and side.said.trackingIdentifier is not None and after.accounting not in (0, MICRO):
        problem = f"{name} is one piece with the tracking identifier {side.said.trackingIdentifier}: it is there once, or not."
        return [Problem("flows.one_piece", problem, field)]
    return []
