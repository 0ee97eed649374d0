"""Tables that become cards on a telephone: each cell knows the name of its column, and every part keeps its role."""

from __future__ import annotations

import re

from markupsafe import Markup

CARDS_FROM = 4
"""A table of fewer columns fits a telephone as it is."""
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}
_HEADS = re.compile(r"<th scope=\"col\"[^>]*>(.*?)</th>", re.DOTALL)
_TAG = re.compile(r"<(thead|tbody|tfoot|tr|td|th)\b([^>]*)>")


def cards(html: str) -> Markup:
    """A table as the templates write it, ready to be shown as cards by the style sheet.

    Browsers forget what a table is once its parts are laid out in another way, so each part says its role. Only markup of
    our own is looked at: what people wrote has been escaped, so no `<` or `>` of theirs is in it.
    """
    names = [" ".join(re.sub(r"<[^>]*>", "", name).split()) for name in _HEADS.findall(html)]
    if len(names) < CARDS_FROM:
        return Markup(html)  # noqa: S704 - a template has made it
    place = 0

    def marked(tag: re.Match[str]) -> str:
        nonlocal place
        name, attributes = tag.groups()
        if name == "tr":
            place = 0
        if name not in ("td", "th"):
            return f'<{name}{attributes} role="{_ROLES[name]}">'
        named = f' data-label="{names[place]}"' if place < len(names) and 'scope="col"' not in attributes else ""
        place += 1
        role = "cell" if name == "td" else "columnheader" if 'scope="col"' in attributes else "rowheader"
        return f'<{name}{attributes} role="{role}"{named}>'

    made = _TAG.sub(marked, html)
    first = re.sub(
        r'<table(?: class="([^"]*)")?>', lambda tag: f'<table class="{f"{tag[1]} " if tag[1] else ""}stacked" role="table">', made, count=1
    )
    return Markup(first)  # noqa: S704 - a template has made it
