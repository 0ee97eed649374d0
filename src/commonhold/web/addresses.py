"""Where things of flows are shown. Ids may hold any visible ASCII character, so they are percent-encoded."""

from __future__ import annotations

from urllib.parse import quote, urlencode

FOLDERS = {
    "EconomicResource": "resources", "Process": "processes", "Plan": "plans", "EconomicEvent": "events", "Agent": "agents", "Intent": "intents",
    "Commitment": "commitments",
}  # fmt: skip
"""class → folder of its pages below the commons."""


def at(commons: str, folder: str, *parts: str, **query: str | int) -> str:
    """The address of a page.

    >>> at("test", "resources", "a/b?c#d%.json", levels=3)
    '/test/resources/a%2Fb%3Fc%23d%25.json/?levels=3'
    """
    path = "".join(f"{quote(part, safe=':')}/" for part in parts)
    asked = urlencode({name: value for name, value in query.items() if value != ""})
    return f"/{commons}/{folder}/{path}" + (f"?{asked}" if asked else "")


def address_of(commons: str, class_: str, id_: str) -> str:
    """The page of a record, an event or an agent; nothing, if its class has no pages."""
    if class_ == "ResourceSpecification":
        return at(commons, "resources", specification=id_)
    folder = FOLDERS.get(class_)
    return at(commons, folder, id_) if folder else ""
