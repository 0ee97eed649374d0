"""A charter in sentences: what each of its figures means, with a link to where it applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markupsafe import Markup

from .jinja import number
from .journal_words_parts import filled, isolated, linked
from .labels import label

POWERS = {
    "charter": gettext_lazy("change the charter"), "admit": gettext_lazy("let members in; vouch for the new key of somebody who lost theirs"),
    "roles": gettext_lazy("give roles, and take them back"), "agents": gettext_lazy("add organizations"),
    "claims": gettext_lazy("give the word that an identity is a member’s; log for other persons"), "income": gettext_lazy("record what came in"),
    "share": gettext_lazy("record a distribution"), "pay": gettext_lazy("record that shares were paid"),
    "imports": gettext_lazy("import histories, and with them what others vouched for in them"),
    "validate": gettext_lazy("accept, adjust and refuse contributions"), "log": gettext_lazy("log contributions, and import sheets"),
    "flows": gettext_lazy("record events, plans, offers and promises"), "propose": gettext_lazy("put questions to the others"),
}  # fmt: skip
"""What each power of `[powers]` lets somebody do."""
ROLES = {
    "member": gettext_lazy("every member"), "anyone": gettext_lazy("everybody who is known here"),
    "domain_steward": gettext_lazy("the stewards of fields of work"), "decision": gettext_lazy("nobody alone: it takes a decision"),
}  # fmt: skip
"""Roles that are not given by name."""


def who(role: str, commons: str) -> Markup:
    """Who has a role, with a link to those who do."""
    if role == "decision":
        return linked(f"/{commons}/decisions/", str(ROLES[role]))
    if role == "domain_steward":
        return linked(f"/{commons}/stewards/", str(ROLES[role]))
    if role in ROLES:
        return linked(f"/{commons}/people/", str(ROLES[role]))
    return filled(_("who has the role %(role)s"), role=linked(f"/{commons}/people/?role={role}", role))


def joining_sentence(section: Mapping[str, Any]) -> str:
    """Who becomes a member, and who vouches for a lost key."""
    first = _("Everybody who signs up is a member.") if section["joining"] == "open" else _("Everybody can ask to join, and is let in.")
    count = section["recovery_stewards"]
    second = ngettext(
        "Who lost all keys gets a new one when %(count)s person with the power to let members in has vouched for it.",
        "Who lost all keys gets a new one when %(count)s people with the power to let members in have vouched for it.",
        count,
    ) % {"count": count}
    return f"{first} {second}"


def validation_sentences(section: Mapping[str, Any], commons: str) -> list[Markup]:
    """How claims become valid."""
    waiting = f"/{commons}/contributions/?state=claimed"

    def counted(one: str, many: str, count: int, address: str = waiting) -> Markup:
        return filled(ngettext(one, many, count), count=linked(address, number(count)))

    told = [
        counted("A claim counts once %(count)s peer has accepted it.", "A claim counts once %(count)s peers have accepted it.", section["quorum"])
    ]
    if section["lazy_days"]:
        told.append(
            counted("Without objection, it counts after %(count)s day.", "Without objection, it counts after %(count)s days.", section["lazy_days"])
        )
    if section["history"]:
        acts = Markup(", ").join(isolated(label("how", act)) for act in section["history"])
        told.append(filled(_("In imported histories, these count as a peer’s acceptance: %(acts)s."), acts=acts))
    if section["reviewers"]:
        told.append(
            counted(
                "%(count)s peer is drawn by lot to judge each claim.", "%(count)s peers are drawn by lot to judge each claim.", section["reviewers"]
            )
        )
        told.append(
            filled(
                _(
                    "Of them, at least %(users)s use the product, and at least %(outside)s do not belong to those who usually validate the contributor."
                ),
                users=number(section["users"]),
                outside=number(section["outside"]),
            )
        )
        told.append(counted("Who is silent for %(count)s day is replaced.", "Who is silent for %(count)s days is replaced.", section["review_days"]))
    if section["contest_days"]:
        told.append(
            counted(
                "For %(count)s day after it is decided, a peer can contest it.",
                "For %(count)s days after it is decided, a peer can contest it.",
                section["contest_days"],
                f"/{commons}/contributions/?state=validated",
            )
        )
    return told


def imports_sentences(section: Mapping[str, Any] | None, commons: str) -> list[Markup]:
    """How the size of imported changes is counted."""
    if section is None:
        return []
    kind = linked(f"/{commons}/contributions/?kind={section['kind']}", isolated(section["kind"]))
    told = [
        filled(_("An imported change counts as %(kind)s, with at most %(lines)s lines."), kind=kind, lines=number(section["lines_per_change_max"]))
    ]
    if section["paths"]:
        rules = Markup(", ").join(Markup("<code>{}</code> → {}").format(one["match"], isolated(one["kind"])) for one in section["paths"])
        told.append(filled(_("By where it is: %(rules)s."), rules=rules))
    if section["ignore"]:
        told.append(
            filled(_("These do not count: %(paths)s."), paths=Markup(", ").join(Markup("<code>{}</code>").format(one) for one in section["ignore"]))
        )
    chosen = isolated(label("repayment", section["repayment"]))
    told.append(filled(_("Until contributors have chosen, what they do %(repayment)s."), repayment=chosen))
    return told


def governance_sentences(section: Mapping[str, Any], commons: str) -> list[Markup]:
    """Delegation, standing, lasting support and tasks that lie dormant."""
    delegation, standing, conviction = section["delegation"], section["standing"], section["conviction"]
    stewards, delegating = f"/{commons}/stewards/", f"/{commons}/delegation/"
    told = [
        filled(
            _("A proposal has %(days)s days to find those who want a vote on it."),
            days=linked(f"/{commons}/decisions/", number(section["petitionDays"])),
        ),
        filled(
            _("A vote can be delegated for %(days)s days, along at most %(depth)s people; nobody carries more than %(percent)s %% of all votes."),
            days=linked(delegating, number(delegation["days"])),
            depth=number(delegation["depth"]),
            percent=number(delegation["cap_percent"]),
        ),
        filled(
            _("Standing in a field of work is earned by what was validated in the last %(days)s days, and halves in %(half)s."),
            days=linked(stewards, number(standing["window_days"])),
            half=number(standing["half_life_days"]),
        ),
        filled(
            _("A steward needs %(points)s points, given by %(endorsers)s people, in %(weeks)s weeks, and is one for %(term)s days."),
            points=linked(stewards, number(standing["points"])),
            endorsers=number(standing["endorsers"]),
            weeks=number(standing["weeks"]),
            term=number(standing["term_days"]),
        ),
        filled(
            _("A grant by lasting support takes at most %(percent)s %% of a fund; support halves in %(days)s days."),
            percent=linked(f"/{commons}/decisions/", number(conviction["share_percent"])),
            days=number(conviction["half_life_days"]),
        ),
    ]
    if section["dormantDays"]:
        days = linked(f"/{commons}/tasks/", number(section["dormantDays"]))
        told.append(filled(_("A task that somebody took and did nothing for in %(days)s days is open again."), days=days))
    return told
