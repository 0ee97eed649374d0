"""What entries about the commons itself say, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from markupsafe import Markup

from ..commons.people import short
from .journal_words_parts import Said, date, isolated, listed, quoted
from .labels import label


def _clock(said: Said) -> Markup:
    return said.tell(_("%(who)s told the time."))


def _create(said: Said) -> Markup:
    return said.tell(_("%(who)s founded the commons, with its charter."))


def _charter(said: Said) -> Markup:
    return said.tell(_("%(who)s put another charter into force: %(reason)s"), reason=quoted(said.body["reason"]))


def _agent(said: Said) -> Markup:
    body = said.body
    name = said.agent(body["id"]) if body["id"] in said.names.get("Agent", {}) else isolated(body["name"])
    return said.tell(
        _("%(who)s entered %(name)s (%(type)s) as an agent that the commons deals with."), name=name, type=label("type", body["classifiedAs"])
    )


def _join(said: Said) -> Markup:
    rolls = listed([isolated(label("roll", one)) for one in said.body.get("rolls") or ["producer"]])
    return said.tell(_("%(who)s joined, or asked to join, as %(rolls)s."), rolls=rolls)


def _admit(said: Said) -> Markup:
    return said.tell(_("%(who)s let %(whom)s in as a member."), whom=said.agent(said.body["agent"]))


def _leave(said: Said) -> Markup:
    return said.tell(_("%(who)s left the commons."))


def _expel(said: Said) -> Markup:
    return said.tell(
        _("%(who)s ended the membership of %(whom)s, as was decided: %(reason)s"),
        whom=said.agent(said.body["agent"]),
        reason=quoted(said.body["reason"]),
    )


def _suspend(said: Said) -> Markup:
    body = said.body
    pattern = _("%(who)s suspended the word of %(whom)s on the work of others until %(until)s, as was decided.")
    return said.tell(pattern, whom=said.agent(body["agent"]), until=date(body["until"]))


def _fork(said: Said) -> Markup:
    return said.tell(_("%(who)s wrote down that a part goes on by itself as %(origin)s."), origin=said.body["origin"])


def _role(said: Said) -> Markup:
    body = said.body
    own = body["agent"] == said.entry["author"]
    if own:
        pattern = _("%(who)s took the role %(role)s.") if body["granted"] else _("%(who)s laid down the role %(role)s.")
    else:
        pattern = _("%(who)s gave %(whom)s the role %(role)s.") if body["granted"] else _("%(who)s took the role %(role)s from %(whom)s.")
    return said.tell(pattern, whom=said.agent(body["agent"]), role=body["role"])


def _key_add(said: Said) -> Markup:
    return said.tell(_("%(who)s added the key %(key)s, which speaks for them too."), key=short(said.body["key"]))


def _key_revoke(said: Said) -> Markup:
    return said.tell(_("%(who)s ended the key %(key)s, which no longer speaks for them."), key=short(said.body["key"]))


def _key_recover(said: Said) -> Markup:
    body = said.body
    return said.tell(
        _("%(who)s vouched that the key %(key)s belongs to %(whom)s, who lost theirs."), key=short(body["key"]), whom=said.agent(body["agent"])
    )


def _claim(said: Said) -> Markup:
    body = said.body
    if body["by"] == "challenge":
        return said.tell(_("%(who)s showed that the identity %(identity)s of imported work is theirs."), identity=said.agent(body["identity"]))
    pattern = _("%(who)s gave their word that the identity %(identity)s of imported work is %(whom)s.")
    return said.tell(pattern, identity=said.agent(body["identity"]), whom=said.agent(body["agent"]))


SENTENCES: Mapping[str, Callable[[Said], Markup]] = {
    "journal.clock": _clock, "commons.create": _create, "commons.charter": _charter, "commons.agent": _agent, "commons.join": _join,
    "commons.admit": _admit, "commons.leave": _leave, "commons.expel": _expel, "commons.suspend": _suspend, "commons.fork": _fork,
    "commons.role": _role, "commons.key_add": _key_add, "commons.key_revoke": _key_revoke, "commons.key_recover": _key_recover,
    "commons.claim": _claim,
}  # fmt: skip
