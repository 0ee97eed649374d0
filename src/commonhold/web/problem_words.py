"""What problems mean, in the language of the page.

A problem says in English what is wrong with what was sent, with its figures and names. Who reads another language is told before
that what the reference says of its code.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.utils.translation import get_language, gettext

ENGLISH = "en"


def meaning(code: str) -> str:
    """In the language of the page; nothing in English, or if nothing is known of the code."""
    known = _meanings().get(code)
    if known is None or (get_language() or ENGLISH).split("-")[0] == ENGLISH:
        return ""
    return str(gettext(known))


@cache
def _meanings() -> dict[str, str]:
    found: dict[str, str] = json.loads((Path(__file__).parent / "locale" / "problems.json").read_text())
    return found
