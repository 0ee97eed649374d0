"""What is new, as sentences: one for each entry, and one for each day on which contributions became valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from .jinja import number
from .journal_words import sentence
from .journal_words_parts import filled, isolated, linked


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news. said: The sentence, with links. address: Of the page about it, on this server. id: Names it for ever, within its commons."""

    what: str
    time: str
    said: Markup
    address: str
    id: str
    author: str


def told(news: Mapping[str, Any]) -> list[Told]:
    """The news of `node.news`, in the same order."""
    return [_day(item, news) if item["what"] == "validated" else _entry(item, news) for item in news["items"]]


def _entry(item: Mapping[str, Any], news: Mapping[str, Any]) -> Told:
    entry, commons = item["entry"], news["commons"]
    said = sentence(entry, commons, news["known"], news["kindLabels"])
    return Told(item["what"], item["time"], said, _address(item, news), f"entry:{entry['id']}", entry["authorName"])


def _address(item: Mapping[str, Any], news: Mapping[str, Any]) -> str:
    """The page of what the entry made; that of the entry, if it has none."""
    entry, commons, refs = item["entry"], news["commons"], news["known"]["refs"]
    if item["what"] == "charter":
        return f"/{commons}/charter/"
    proposal = refs.get(entry["body"].get("proposal", entry["id"]), {})
    if item["what"] == "decisions" and proposal.get("what") == "proposal":
        return f"/{commons}/decisions/{proposal['number']}/"
    found = refs.get(entry["id"], {})
    if item["what"] == "distributions" and found.get("what") == "distribution":
        return f"/{commons}/distributions/{found['number']}/"
    return f"/{commons}/journal/{entry['position']}/"


def _day(item: Mapping[str, Any], news: Mapping[str, Any]) -> Told:
    """How many contributions became valid on a day, and of which kinds."""
    address = f"/{news['commons']}/contributions/?state=validated"
    count = sum(item["kinds"].values())
    kinds = sorted(item["kinds"].items(), key=lambda pair: (-pair[1], pair[0]))
    parts = Markup(", ").join(Markup("{} {}").format(isolated(news["kindLabels"].get(kind, kind)), number(many)) for kind, many in kinds)
    words = ngettext("%(count)s contribution became valid", "%(count)s contributions became valid", count) % {"count": number(count)}
    said = filled(_("%(words)s: %(kinds)s."), words=linked(address, words), kinds=parts)
    return Told("validated", item["time"], said, address, f"validated:{item['time'][:10]}", "")
