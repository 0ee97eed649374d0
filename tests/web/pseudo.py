"""Languages that nobody speaks, made from the template of the catalogues: one with accents and long words, one that runs from right to left.

In both, each text of the program stands in ⟦ ⟧. What stands outside is data, or was forgotten.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402

ACCENTED, RIGHT_TO_LEFT = "xa", "xb"
_ACCENTS = str.maketrans("aceginorsuyzACEGINORSUYZ", "áčéğíñöŕšüýžÁČÉĞÍÑÖŔŠÜÝŽ")
_HEBREW = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד")
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|<[^>]*>|&#?\w+;|\{\w*\})")
"""Placeholders, tags and entities stay as they are."""


def pseudo(text: str, language: str) -> str:
    """A text in a language that nobody speaks, 40 % longer.

    >>> pseudo("Sign in as <b>%(name)s</b>", "xa")
    '⟦Šíğñ íñ áš <b>%(name)s</b> ······⟧'
    """
    parts = _KEPT.split(text)
    longer = " ".join("·" * 6 for _ in range(1 + sum(map(len, parts[::2])) * 4 // 70))
    changed = [
        part if at % 2 else part.translate(_ACCENTS) if language == ACCENTED else part.lower().translate(_HEBREW) for at, part in enumerate(parts)
    ]
    return f"⟦{''.join(changed)} {longer}⟧"


def catalogues(folder: Path) -> None:
    """Writes both languages below a folder, as Django reads them."""
    for language in (ACCENTED, RIGHT_TO_LEFT):
        made = Catalog(locale="en", charset="utf-8")
        for one in messages.read(messages.TEMPLATE):
            if one.id:
                ids = (one.id,) if isinstance(one.id, str) else one.id
                shown = tuple(pseudo(text, language) for text in ids)
                made.add(one.id, shown if len(ids) > 1 else shown[0], context=one.context)
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "django.mo").open("wb") as file:
            write_mo(file, made)


def settings_for(folder: Path) -> dict[str, Any]:
    """Django's settings with these languages."""
    return {
        "LANGUAGES": [("en", "English"), (ACCENTED, "Accented"), (RIGHT_TO_LEFT, "From the right")],
        "LANGUAGES_BIDI": [RIGHT_TO_LEFT],
        "LOCALE_PATHS": [folder],
    }
