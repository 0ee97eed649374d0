"""What stands in the query of an address, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..problems import bad_input
from .addresses import at


def asked_number(request: Any, name: str, *, least: int = 0, most: int = 10**15) -> int | None:
    """A whole number, if one is given.

    Raises:
        BadInput: `web.bad_filter`.
    """
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
        raise bad_input("web.bad_filter", f"{name} is a whole number from {least} to {most}.", name)
    return int(text)


def asked_text(request: Any, name: str, longest: int = 200) -> str:
    """A text, without blanks around it.

    Raises:
        BadInput: `web.bad_filter`.
    """
    text = str(request.GET.get(name, "")).strip()
    if len(text) > longest or "\0" in text:
        raise bad_input("web.bad_filter", f"{name} has at most {longest} characters.", name)
    return text


def narrowed(commons: str, folder: str, chosen: Mapping[str, Any], words: Mapping[str, str], **place: int | str | None) -> dict[str, Any]:
    """What a list with filters shows of them, for `m.filters` and `m.onward`.

    Args:
        chosen: The filters of the list; those without a value are not in force.
        words: What to call a filter whose value is not what people read.
        place: Where the next page begins, under the name that its address has for it; `None`, if this is the last.

    Answers `given`, the filters in force; `removed`, of each of them its name, words, and the address of the list without it; and
    `onward`, the address of the next page, or nothing.
    """
    given = {name: value for name, value in chosen.items() if value not in ("", None)}
    removed = [
        (name, words.get(name, str(value)), at(commons, folder, **{other: given[other] for other in given if other != name}))
        for name, value in given.items()
    ]
    further = {name: value for name, value in place.items() if value is not None}
    return {"given": given, "removed": removed, "onward": at(commons, folder, **given, **further) if further else ""}
