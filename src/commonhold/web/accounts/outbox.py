"""Letters in `outbox/`, where there is no server for them: each has an address, and perhaps a code. They do not outlive their use."""

from __future__ import annotations

import time
from collections.abc import Collection
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

from django.conf import settings

KEPT_SECONDS = 7 * 86_400
_BETWEEN = b"\n" + b"-" * 79 + b"\n"
"""What Django writes after each letter. A file may have several."""


def _files() -> list[Path]:
    """They are looked for where they would lie, even if there is a server now."""
    return sorted((Path(settings.COMMONHOLD_HOME) / "outbox").glob("*.log"))


def forget_letters_to(addresses: Collection[str]) -> None:
    """Delete all letters to somebody."""
    whom = {address.lower() for address in addresses}
    for file in _files():
        try:
            letters = file.read_bytes().split(_BETWEEN)
            others = [letter for letter in letters if letter.strip() and not _is_to(letter, whom)]
            if not others:
                file.unlink()
            elif len(others) < len([letter for letter in letters if letter.strip()]):
                file.write_bytes(b"".join(letter + _BETWEEN for letter in others))
        except FileNotFoundError:
            continue  # somebody else was quicker


def _is_to(letter: bytes, addresses: Collection[str]) -> bool:
    told = message_from_bytes(letter.lstrip())
    return any(address.lower() in addresses for _name, address in getaddresses(told.get_all("To", [])))


def forget_old_letters() -> None:
    """Delete what nobody has fetched for a week."""
    for file in _files():
        try:
            if file.stat().st_mtime < time.time() - KEPT_SECONDS:
                file.unlink()
        except FileNotFoundError:
            continue
