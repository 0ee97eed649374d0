"""The command line: a thin view of the commands, fast to start, the same words as the other doors."""

from __future__ import annotations


def main() -> None:
    """Entry point of `commonhold`."""
    from .app import run

    run()
