"""Commonhold: the working ledger of a commons."""

__version__ = "0.1.0"
