"""What tests of the pages of work do again and again: a browser that checks forms as Django does in earnest, and forms that are sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from serving import Site
from test_flow_forms import fields
from test_flow_forms import sign_in as begin

HOSTILE = ("<script>alert(1)</script>", "\"'><svg/onload=alert(1)>", "{{ 7*7 }}{% raw %}%(x)s", "\u202eevil\u202c \u2066x", "=1+1|cmd", "a\tb & <b>")
"""Texts that a page has to show as they are, and do nothing of what they say."""


def strict(site: Site) -> Site:
    """The site with a browser that does not forget the tokens of forms."""
    from django.test import Client

    site.client = Client(SERVER_NAME="localhost", raise_request_exception=False, enforce_csrf_checks=True)
    return site


def sign_in(site: Site, who: str = "Bo") -> None:
    """Sign somebody in, in a browser that nobody has used."""
    assert begin(strict(site), who).status_code == 302


def form_to(html: str, address: str) -> dict[str, str]:
    """What the first form that goes to an address would send, as it is shown."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}".*?</form>', html, re.DOTALL)
    assert form, f"no form goes to {address}"
    return {name: unescape(text).removeprefix("\n") for name, text in fields(form[0]).items()}  # as browsers read what stands in a textarea


def say(site: Site, shown_at: str, address: str, **entered: Any) -> Any:
    """Fill in a form of a page, and send it."""
    shown = form_to(site.text(shown_at), address)
    return site.client.post(address, shown | entered)


def entries(site: Site) -> int:
    """How many entries the journal has."""
    return int(site.json("/test.json")["entries"])


__all__ = ["HOSTILE", "entries", "fields", "form_to", "say", "sign_in", "strict"]
