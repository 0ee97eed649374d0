"""The parts of sentences about entries: who said it, and links to what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from ..commons.people import short
from .flow_words import Names, amount, named, short_id

QUOTED_MAX = 80


@dataclass(frozen=True, slots=True)
class Said:
    """An entry that is to be told.

    Attributes:
        entry: Its plain values. names, refs: What ids stand for, see `node.journal_pages.named_entries`. node: The key of the home node.
        kinds: Labels of the kinds of contributions.
    """

    entry: Mapping[str, Any]
    commons: str
    names: Names
    refs: Mapping[str, Mapping[str, Any]]
    node: str | None
    kinds: Mapping[str, str]

    @property
    def body(self) -> Mapping[str, Any]:
        """What was said."""
        body: Mapping[str, Any] = self.entry["body"]
        return body

    @property
    def who(self) -> Markup:
        """The author; the home node has no page."""
        if self.entry["author"] == self.node:
            return Markup("{}").format(_("The node"))
        return self.agent(self.entry["author"])

    def agent(self, id_: str) -> Markup:
        """An agent, with a link if it is known here."""
        if id_ in self.names.get("Agent", {}):
            return named(self.commons, self.names, "Agent", id_)
        return Markup("<bdi>{}</bdi>").format(_("The node") if id_ == self.node else short(id_))

    def agents(self, ids: list[str]) -> Markup:
        """Several agents, as a list."""
        return listed([self.agent(id_) for id_ in ids])

    def thing(self, class_: str, id_: str) -> Markup:
        """A record of flows, with a link if its class has pages."""
        return named(self.commons, self.names, class_, id_)

    def entry_link(self, id_: str, words: str = "") -> Markup:
        """Another entry, by its place in the journal; without a link, if it is not there."""
        found = self.refs.get(id_)
        if found is None:
            return Markup('<bdi class="id">{}</bdi>').format(short_id(id_))
        text = words or _("entry %(n)s") % {"n": found["position"]}
        return Markup('<a href="/{}/journal/{}/">{}</a>').format(self.commons, found["position"], text)

    def number(self, id_: str, what: str) -> Any:
        """The number under which an entry is known as such a thing, or nothing."""
        found = self.refs.get(id_, {})
        return found.get("number") if found.get("what") == what else None

    def contribution(self, id_: str) -> Markup:
        """A contribution with whose it is: "Ana's contribution 12"."""
        number = self.number(id_, "contribution")
        if number is None:
            return Markup("{}").format(_("a contribution")) if id_ not in self.refs else self.entry_link(id_)
        address = f"/{self.commons}/contributions/{number}/"
        if id_ == self.entry["id"]:
            return linked(address, _("contribution %(n)s") % {"n": number})
        whose = self.refs[id_]["agent"]
        if whose == self.entry["author"]:
            return linked(address, _("their own contribution %(n)s") % {"n": number})
        return filled(
            _("%(whose)s’s %(contribution)s"), whose=self.agent(whose), contribution=linked(address, _("contribution %(n)s") % {"n": number})
        )

    def contributions(self, body: Mapping[str, Any]) -> Markup:
        """Which contributions an entry is about: some, all of an import, or all that keep a promise."""
        if body.get("batch"):
            return filled(_("all contributions of the import %(batch)s"), batch=self.batch(body["batch"]))
        if body.get("fulfills"):
            return filled(_("all contributions to the promise %(promise)s"), promise=self.thing("Commitment", body["fulfills"]))
        ids = body.get("contributions") or []
        if len(ids) == 1:
            return self.contribution(ids[0])
        return Markup("{}").format(ngettext("%(count)s contribution", "%(count)s contributions", len(ids)) % {"count": len(ids)})

    def batch(self, id_: str) -> Markup:
        """An import, with a link to what it brought."""
        found = self.refs.get(id_, {})
        if found.get("what") != "batch":
            return self.entry_link(id_)
        return linked(f"/{self.commons}/contributions/?batch={found['number']}", quoted(found["title"]))

    def proposal(self, id_: str) -> Markup:
        """A proposal by its number."""
        number = self.number(id_, "proposal")
        if number is None:
            return Markup("{}").format(_("a proposal")) if id_ not in self.refs else self.entry_link(id_)
        return linked(f"/{self.commons}/decisions/{number}/", _("proposal %(n)s") % {"n": number})

    def distribution(self, id_: str) -> Markup:
        """A distribution by its number."""
        number = self.number(id_, "distribution")
        if number is None:
            return Markup("{}").format(_("a distribution")) if id_ not in self.refs else self.entry_link(id_)
        return linked(f"/{self.commons}/distributions/{number}/", _("distribution %(n)s") % {"n": number})

    def kind(self, name: str) -> str:
        """What a kind of contributions is called within a sentence."""
        from .jinja import within

        return within(self.kinds.get(name, name))

    def tell(self, pattern: str, **parts: Any) -> Markup:
        """A sentence from a pattern, which has at least `%(who)s`."""
        return filled(pattern, who=self.who, **parts)


def filled(pattern: str, **parts: Any) -> Markup:
    """A pattern of ours, or of a translator, with its parts; what is no markup yet is escaped."""
    return Markup(pattern) % {name: part if isinstance(part, Markup) else isolated(part) for name, part in parts.items()}  # noqa: S704 - no pattern is a text of people


def isolated(text: Any) -> Markup:
    """A word of people within a sentence."""
    return Markup("<bdi>{}</bdi>").format(str(text))


def linked(address: str, words: Any) -> Markup:
    """Words with a link."""
    return Markup('<a href="{}">{}</a>').format(address, words)


def quoted(text: str) -> Markup:
    """What somebody wrote, in quotation marks, and not more of it than a sentence bears."""
    shown = text if len(text) <= QUOTED_MAX else text[: QUOTED_MAX - 1].rstrip() + "…"
    return filled(_("“%(text)s”"), text=shown)


def listed(parts: list[Markup]) -> Markup:
    """`A`, `A and B`, `A, B and C`."""
    if len(parts) < 2:
        return parts[0] if parts else Markup("")
    return filled(_("%(these)s and %(those)s"), these=Markup(", ").join(parts[:-1]), those=parts[-1])


def money(value: str, currency: str) -> Markup:
    """An amount of money."""
    from .jinja import number

    return Markup('<span class="nowrap">{} {}</span>').format(number(value), currency)


def quantity(measure: Mapping[str, Any]) -> Markup:
    """A quantity with its unit."""
    return Markup('<span class="nowrap">{}</span>').format(amount(measure))


def date(text: str) -> Markup:
    """A day."""
    from .jinja import day

    return day(text)
