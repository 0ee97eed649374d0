"""The languages of the pages: English, and those that a catalogue has been made for. Whoever asks for another gets English, and is told so."""

from __future__ import annotations

from pathlib import Path

SOURCE = "en"
NAMES = {"de": "Deutsch", "es": "Español"}


def languages(catalogues: Path) -> list[tuple[str, str]]:
    """(code, own name) of each language, as Django takes them.

    >>> languages(Path("/nowhere"))
    [('en', 'English')]
    """
    made = [(code, name) for code, name in sorted(NAMES.items()) if (catalogues / code / "LC_MESSAGES" / "django.mo").is_file()]
    return [(SOURCE, "English"), *made]
