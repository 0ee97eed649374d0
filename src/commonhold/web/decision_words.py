"""Decisions as sentences of a page: who decides by which rule, what a change would do, how long something still lasts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from .flow_words import Names, named
from .labels import label

HOUR, DAY = 3_600, 86_400
_AGENT = re.compile(r"(?:did:key:|org:|id:)[A-Za-z0-9-]{1,80}")


def lasting(seconds: int) -> str:
    """How long something still lasts, in days or hours."""
    if seconds >= 2 * DAY:
        return ngettext("%(count)s day", "%(count)s days", seconds // DAY) % {"count": seconds // DAY}
    hours = max(1, -(-seconds // HOUR))
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def deciders(terms: Mapping[str, Any], domain: str | None) -> str:
    """Who decides: "Producers and users"."""
    words = [
        _("those who have standing in %(domain)s") % {"domain": domain} if roll == "domain" else label("electorate", roll) for roll in terms["rolls"]
    ]
    said = words[0] if len(words) == 1 else _("%(these)s and %(those)s") % {"these": ", ".join(words[:-1]), "those": words[-1]}
    return said[:1].upper() + said[1:]


def rule_sentence(terms: Mapping[str, Any], domain: str | None) -> str:
    """Who decides a question, and by which rule."""
    who, rule, percent = deciders(terms, domain), terms["rule"], terms["quorum_percent"]
    if rule == "yes_no":
        share = _("more than half") if terms["majority"] == "1/2" else _("at least %(share)s") % {"share": terms["majority"]}
        said = [_("%(who)s decide: %(share)s of those for or against must be for it.") % {"who": who, "share": share}]
        if percent:
            said.append(_("At least %(percent)s %% of all who may vote must be for it.") % {"percent": percent})
        if len(terms["rolls"]) > 1:
            said.append(_("Each of the rolls must agree by itself."))
    elif rule == "consent":
        said = [_("%(who)s decide by consent: no objection may stand at the end, and at least %(percent)s %% say that they can live with it.")
                % {"who": who, "percent": percent}]  # fmt: skip
    elif rule == "lazy":
        said = [_("%(who)s decide by lazy consensus: it is agreed unless an objection stands at the end.") % {"who": who}]
    elif rule == "conviction":
        said = [_("%(who)s decide by support that lasts: it grows from day to day, and the grant passes once it has grown enough.") % {"who": who}]
    else:
        words = {
            "approval": _("everybody approves of as many options as they like, and those with the most approvals win"),
            "stv": _("everybody ranks the options, and votes that are not needed go on to the next choice (single transferable vote)"),
            "schulze": _("everybody ranks the options, and the one that is preferred to each other one wins (Schulze)"),
            "equal_shares": _("everybody approves of projects and has an equal share of the money, which pays for what they approve of (Equal Shares)"),
        }  # fmt: skip
        said = [_("%(who)s decide: %(how)s.") % {"who": who, "how": words[rule]}]
    if terms.get("jury"):
        said.append(_("A jury of %(count)s of them, drawn by lot, does it for all.") % {"count": terms["jury"]})
    if rule in ("yes_no", "approval", "stv", "schulze", "equal_shares"):
        secrecy = {
            "hidden": _("Ballots are hidden until the close."),
            "open": _("Ballots are open."),
            "secret": _("Ballots are secret for ever: only their sum is opened. Who votes is public."),
        }
        said.append(secrecy[terms["ballots"]])
    return " ".join(str(one) for one in said)


def unchecked(recount: Mapping[str, Any] | None) -> str:
    """Why the sum of secret ballots could not be checked."""
    why = str(((recount or {}).get("belenios") or {}).get("why", ""))
    known = {"nobody voted": _("Nobody voted."), "the sum has not been said": _("The sum has not been said.")}
    return str(known.get(why, _("On this node there is no Belenios, which could do it.")))


def change_words(change: Mapping[str, Any], commons: str, names: Names, currency: str) -> Markup:
    """What a change would do: "Bo gets the role steward"."""
    kind, body = change["kind"], change["body"]
    who = named(commons, names, "Agent", str(body.get("agent", ""))) if body.get("agent") else Markup("")
    patterns = {
        "commons.charter": _("The charter is changed."),
        "commons.role": _("%(who)s gets the role %(role)s.") if body.get("granted") else _("%(who)s lays down the role %(role)s."),
        "commons.admit": _("%(who)s becomes a member."),
        "commons.expel": _("%(who)s is no longer a member: %(reason)s"),
        "commons.suspend": _("The word of %(who)s on the work of others does not count until %(until)s: %(reason)s"),
        "commons.fork": _("A part goes on by itself as %(origin)s: %(reason)s"),
        "governance.appoint": _("%(who)s becomes a steward of %(domain)s."),
        "governance.dismiss": _("%(who)s is no longer a steward of %(domain)s: %(reason)s"),
        "sharing.distribution": _("%(amount)s of the fund %(fund)s is shared by the policy of the charter.") if body.get("amount")
        else _("All that is in the fund %(fund)s is shared by the policy of the charter."),
        "sharing.grant": _("%(who)s is given %(amount)s of the fund %(fund)s."),
    }  # fmt: skip
    parts: dict[str, Any] = {name: Markup("<bdi>{}</bdi>").format(str(value)) for name, value in body.items() if isinstance(value, str)}
    if body.get("amount"):
        parts["amount"] = Markup("<bdi>{} {}</bdi>").format(body["amount"], currency)
    if kind not in patterns:
        return Markup("{}").format(kind)
    return Markup(str(patterns[kind])) % (parts | {"who": who})  # noqa: S704 - no pattern is a text of people; the parts are escaped


def mentioned(told: Any) -> set[str]:
    """The ids of all agents in plain values, wherever they are."""
    if isinstance(told, Mapping):
        return {one for value in told.values() for one in mentioned(value)}
    if isinstance(told, (list, tuple)):
        return {one for value in told for one in mentioned(value)}
    return {told} if isinstance(told, str) and _AGENT.fullmatch(told) else set()
