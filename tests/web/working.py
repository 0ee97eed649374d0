"""What tests of the pages of work do again and again: a browser that checks forms as Django does in earnest, and forms that are sent."""

from __future__ import annotations

from typing import Any

import forms
from forms import form_to
from serving import HOST, Site

HOSTILE = ("<script>alert(1)</script>", "\"'><svg/onload=alert(1)>", "{{ 7*7 }}{% raw %}%(x)s", "\u202eevil\u202c \u2066x", "=1+1|cmd", "a\tb & <b>")
"""Texts that a page has to show as they are, and do nothing of what they say."""


def strict(site: Site) -> Site:
    """The site with a browser that does not forget the tokens of forms."""
    from django.test import Client

    site.client = Client(SERVER_NAME=HOST, raise_request_exception=False, enforce_csrf_checks=True)
    return site


def sign_in(site: Site, who: str = "Bo") -> None:
    """Sign somebody in, in a browser that nobody has used."""
    assert forms.sign_in(strict(site), who).status_code == 302


def say(site: Site, shown_at: str, address: str, **entered: Any) -> Any:
    """Fill in a form of a page, and send it."""
    shown = form_to(site.text(shown_at), address)
    return site.client.post(address, shown | entered)


def entries(site: Site, commons: str = "test") -> int:
    """How many entries the journal has."""
    return int(site.json(f"/{commons}.json")["entries"])


def file(name: str, data: bytes, kind: str = "application/octet-stream") -> Any:
    """A file that is given to a form."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, data, kind)
