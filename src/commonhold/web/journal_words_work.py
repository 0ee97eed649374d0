"""What entries about contributions and flows say, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markupsafe import Markup

from .flow_words import sentence as flow_sentence
from .journal_words_parts import Said, isolated, quantity, quoted
from .labels import label

CLASSES = {
    "Unit": gettext_lazy("the unit"), "ResourceSpecification": gettext_lazy("the kind of resource"),
    "ProcessSpecification": gettext_lazy("the kind of process"), "Recipe": gettext_lazy("the recipe"),
    "RecipeProcess": gettext_lazy("the process of a recipe"), "RecipeExchange": gettext_lazy("the exchange of a recipe"),
    "RecipeFlow": gettext_lazy("the flow of a recipe"), "Plan": gettext_lazy("the plan"), "Process": gettext_lazy("the process"),
    "Intent": gettext_lazy("the wish or offer"), "Commitment": gettext_lazy("the promise"), "Claim": gettext_lazy("the claim"),
    "Agreement": gettext_lazy("the agreement"), "AgreementBundle": gettext_lazy("the bundle of agreements"),
    "Proposal": gettext_lazy("the offer or request"), "ProposalList": gettext_lazy("the list of offers and requests"),
    "SpatialThing": gettext_lazy("the place"), "BatchLotRecord": gettext_lazy("the batch"), "EconomicResource": gettext_lazy("the resource"),
    "Organization": gettext_lazy("the organization"), "EcologicalAgent": gettext_lazy("the part of nature"),
}  # fmt: skip
"""What the classes of Valueflows are called in a sentence."""


def _log(said: Said) -> Markup:
    body, event = said.body, said.body["event"]
    measure = event.get("effortQuantity") or event.get("resourceQuantity")
    parts: dict[str, Any] = {
        "amount": quantity(measure) if measure else isolated(_("something")), "kind": said.kind(body["kind"]),
        "domain": body["domain"], "whom": said.agent(event.get("provider") or said.entry["author"]),
    }  # fmt: skip
    own = event.get("provider") == said.entry["author"]
    pattern = (
        _("%(who)s logged %(amount)s of %(kind)s in %(domain)s") if own else _("%(who)s logged %(amount)s of %(kind)s in %(domain)s by %(whom)s")
    )
    sentence = said.tell(pattern, **parts)
    return Markup("{}: {}").format(sentence, said.contribution(said.entry["id"])) if said.entry["id"] in said.refs else Markup("{}.").format(sentence)


def _batch(said: Said) -> Markup:
    body = said.body
    sources = {"git": _("a git history"), "commits": _("a table of commits"), "csv": _("a sheet"), "valueflows": _("a document of flows")}
    shown = said.batch(said.entry["id"]) if said.entry["id"] in said.refs else quoted(body["label"])
    return said.tell(_("%(who)s began to import %(source)s: %(label)s"), source=sources.get(body["source"], body["source"]), label=shown)


def _attest(said: Said) -> Markup:
    body, what = said.body, said.contributions(said.body)
    if body["verdict"] == "accept":
        return said.tell(_("%(who)s accepted %(what)s."), what=what)
    if body["verdict"] == "refuse":
        return said.tell(_("%(who)s refused %(what)s: %(reason)s"), what=what, reason=quoted(body.get("reason", "")))
    if body.get("amount") and body.get("kind"):
        pattern = _("%(who)s adjusted %(what)s to %(amount)s of the kind %(kind)s.")
    else:
        pattern = (
            _("%(who)s adjusted %(what)s to the amount %(amount)s.") if body.get("amount") else _("%(who)s adjusted %(what)s to the kind %(kind)s.")
        )
    kind = body.get("kind") or ""
    return said.tell(pattern, what=what, amount=body.get("amount") or "", kind=said.kind(kind))


def _lapse(said: Said) -> Markup:
    return said.tell(_("%(who)s wrote down that nobody objected in time to %(what)s."), what=said.contributions(said.body))


def _draw(said: Said) -> Markup:
    draws = said.body["draws"]
    if len(draws) == 1:
        return said.tell(_("%(who)s drew reviewers by lot for %(what)s."), what=said.contribution(draws[0]["contribution"]))
    pattern = ngettext(
        "%(who)s drew reviewers by lot for %(count)s contribution.", "%(who)s drew reviewers by lot for %(count)s contributions.", len(draws)
    )
    return said.tell(pattern, count=len(draws))


def _decline(said: Said) -> Markup:
    return said.tell(
        _("%(who)s does not judge %(what)s: %(reason)s"), what=said.contribution(said.body["contribution"]), reason=quoted(said.body["reason"])
    )


def _contest(said: Said) -> Markup:
    return said.tell(
        _("%(who)s contested %(what)s: %(reason)s"), what=said.contribution(said.body["contribution"]), reason=quoted(said.body["reason"])
    )


def _appeal(said: Said) -> Markup:
    return said.tell(
        _("%(who)s appealed about %(what)s: %(reason)s"), what=said.contribution(said.body["contribution"]), reason=quoted(said.body["reason"])
    )


def _withdraw(said: Said) -> Markup:
    return said.tell(_("%(who)s took back %(what)s."), what=said.contribution(said.body["contribution"]))


def _choose(said: Said) -> Markup:
    how = label("repayment", said.body["repayment"])
    if not said.body.get("contributions"):
        return said.tell(_("%(who)s chose for all their contributions so far: each %(how)s."), how=how)
    return said.tell(_("%(who)s chose for %(what)s: each %(how)s."), what=said.contributions(said.body), how=how)


def _event(said: Said) -> Markup:
    event = said.body["event"]
    told = flow_sentence(event, said.commons, said.names)
    if event.get("corrects"):
        return said.tell(_("%(who)s corrected an event: %(event)s."), event=told)
    return Markup("{}.").format(told) if event.get("provider") == said.entry["author"] else said.tell(_("%(who)s recorded: %(event)s."), event=told)


def _note(said: Said) -> Markup:
    pattern = _("%(who)s changed the note of the event %(event)s: %(note)s")
    return said.tell(pattern, event=said.thing("EconomicEvent", said.body["event"]), note=quoted(said.body["note"]))


def _record(said: Said) -> tuple[Markup, Markup]:
    record = said.body["record"]
    name = next((record[field] for field in ("name", "label", "batchLotCode") if record.get(field)), "")
    names = {record["type"]: {record["id"]: name}} if name else {}
    thing = (
        said.thing(record["type"], record["id"])
        if not name
        else Said(said.entry, said.commons, names, {}, None, {}).thing(record["type"], record["id"])
    )
    return isolated(CLASSES.get(record["type"], record["type"])), thing


def _create(said: Said) -> Markup:
    class_, thing = _record(said)
    return said.tell(_("%(who)s recorded %(class)s %(thing)s."), **{"class": class_, "thing": thing})


def _update(said: Said) -> Markup:
    class_, thing = _record(said)
    return said.tell(_("%(who)s changed %(class)s %(thing)s."), **{"class": class_, "thing": thing})


def _delete(said: Said) -> Markup:
    class_ = isolated(CLASSES.get(said.body["type"], said.body["type"]))
    return said.tell(_("%(who)s took away %(class)s %(thing)s."), **{"class": class_, "thing": said.body["id"]})


SENTENCES: Mapping[str, Callable[[Said], Markup]] = {
    "contributions.log": _log, "contributions.batch": _batch, "contributions.attest": _attest, "contributions.lapse": _lapse,
    "contributions.draw": _draw, "contributions.decline": _decline, "contributions.contest": _contest, "contributions.appeal": _appeal,
    "contributions.withdraw": _withdraw, "contributions.choose": _choose, "flows.event": _event, "flows.note": _note, "flows.create": _create,
    "flows.update": _update, "flows.delete": _delete,
}  # fmt: skip
