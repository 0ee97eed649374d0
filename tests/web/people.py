"""Accounts in tests: making them, signing in, and reading what was sent by post."""

from __future__ import annotations

import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from forms import hidden
from serving import Site
from world import CHARTER, World

from commonhold.commons.people import write_profile
from commonhold.journal.entry import verification_method
from commonhold.journal.keys import SigningKey

PASSPHRASE = "a long enough passphrase"


def nobody(*models: Any) -> None:
    """Nobody has an account, nothing is kept of these models, and nothing limits how often one may try."""
    from django.contrib.auth import get_user_model
    from django.core.cache import cache

    for model in (get_user_model(), *models):
        model.objects.all().delete()
    cache.clear()


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


def answered(page: str, key: SigningKey) -> dict[str, str]:
    """The fields of a page that asks for a signature, signed as the browser does it."""
    document = html.unescape(re.search(r'data-document="([^"]*)"', page)[1]).encode()
    method = verification_method(key.did)
    configuration = (
        '{"cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","type":"DataIntegrityProof","verificationMethod":"' + method + '"}'
    )
    digest = hashlib.sha256(document)
    signature = key.sign(hashlib.sha256(configuration.encode()).digest() + digest.digest())
    fields = hidden(page)
    return fields | {"signer": key.did, "signatures": json.dumps(json.loads(fields["signatures"] or "{}") | {digest.hexdigest(): signature.hex()})}


def public(world: World, who: str, name: str = "") -> None:
    """Let everybody see a name."""
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids[who], name=name or who, public=True)


def furnished(site: Site) -> Site:
    """The site with money in it, and a second commons that only Zoe is in; with no accounts and nothing that limits how often one may try."""
    from django.contrib.sessions.models import Session

    nobody(Session)
    world, zoe = site.world, SigningKey.derived("Zoe")
    world.node.found("other", CHARTER.replace("Test commons", "Another commons"), zoe, keep=True)
    world.ids["Zoe"] = zoe.did
    world.validated("Bo", amount="3")
    world.organization("Giver")
    world.income("1000.00")
    world.share("100.00")
    world.log("Cy", amount="2")
    return site
