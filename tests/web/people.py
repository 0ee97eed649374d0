"""Accounts in tests: making them, signing in, and reading what was sent by post."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from serving import Site

PASSPHRASE = "a long enough passphrase"


def account(email: str, password: str = PASSPHRASE) -> Any:
    """An account whose address has been verified."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user(email, password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def as_account(site: Site, user: Any) -> Any:
    """The site's browser is signed in as this user."""
    site.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return site.client


def shown_again(site: Site, password: str = PASSPHRASE) -> None:
    """Who is signed in shows once more who they are."""
    assert site.client.post("/-/account/reauthenticate/", {"password": password}).status_code == 302


def as_member(site: Site, who: str, email: str = "") -> Any:
    """An account that is this member of the world, signed in."""
    from commonhold.web.accounts.memberships import link

    user = account(email or f"{who.lower()}@people.example")
    link(user, "test", site.world.ids[who])
    as_account(site, user)
    return user


def letters() -> list[str]:
    """All letters that were sent, the newest last."""
    from django.conf import settings

    folder = Path(settings.EMAIL_FILE_PATH)
    return [path.read_text() for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)] if folder.exists() else []


def code_in(letter: str) -> str:
    """The code that a letter brings."""
    found = re.findall(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", letter, re.MULTILINE)
    return str(found[-1])


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's main form, by name."""
    import html as escapes

    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = escapes.unescape(value[1] if value else "")
    return found
