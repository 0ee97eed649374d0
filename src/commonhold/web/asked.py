"""What stands in the query of an address, checked."""

from __future__ import annotations

import re
from typing import Any

from ..problems import bad_input


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
