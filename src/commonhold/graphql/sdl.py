"""The schema as text: all files of `schema`, in the order of their paths, so that it is the same on every machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ariadne import load_schema_from_path

FOLDER = Path(__file__).parent / "schema"


@cache
def sdl() -> str:
    """The definitions of all types. What is published with a release, and what the server is made from.

    Raises:
        GraphQLFileSyntaxError: A file is not GraphQL; the error names it.
    """
    return "\n".join(load_schema_from_path(str(path)).rstrip() + "\n" for path in sorted(FOLDER.rglob("*.graphql")))
