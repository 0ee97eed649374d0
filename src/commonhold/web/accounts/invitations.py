"""Invitations: a link that is good for one account. Only the digest of its secret is kept.

An account counts when its address has been verified. Until then its invitation stays good, so who has mistyped the address begins
again with the same link; the account that nobody can get into gives way.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ...problems import NotFound, not_found
from .models import Invitation, User

DAYS_DEFAULT = 14
_IN_SESSION = "invitation"


def invite(commons: str, by: str, *, days: int = DAYS_DEFAULT) -> str:
    """Make an invitation; return its secret, which is told this once.

    Args:
        commons: Where who accepts it goes on; nothing: nowhere in particular. by: Who invites, an agent of the commons.
    """
    secret = secrets.token_urlsafe(24)
    Invitation.objects.create(digest=_digest(secret), commons=commons, by=by, expires=timezone.now() + timedelta(days=days))
    return secret


def accept(request: Any, secret: str) -> Invitation | None:
    """Keep an invitation in the session until its holder has signed up; None if it is not good."""
    found = _good().filter(digest=_digest(secret)).first()
    if found is not None:
        request.session[_IN_SESSION] = found.digest
    return found


def invitation_of(request: Any) -> Invitation | None:
    """The invitation that the session has, if it is still good."""
    digest = request.session.get(_IN_SESSION)
    return _good().filter(digest=digest).first() if digest else None


def claim_invitation(request: Any) -> Invitation | None:
    """Take the invitation that the session has, for an account that is made in the same transaction; None if it is not good any more.

    Whoever else has come with the same link waits here, and finds it taken. Its `user` is to be set then.
    """
    from allauth.account.models import EmailAddress

    found = Invitation.objects.select_for_update().filter(digest=request.session.get(_IN_SESSION, "")).first()
    if found is None or found.expires <= timezone.now():
        return None
    if found.used:
        addresses = list(EmailAddress.objects.select_for_update().filter(user=found.user_id))
        if found.user_id is None or any(address.verified for address in addresses):
            return None
        User.objects.filter(pk=found.user_id).delete()
    found.used = timezone.now()
    found.save()
    return found


def open_invitations(commons: str) -> list[Invitation]:
    """Those of a commons with which nobody has got an account yet."""
    return list(_good().filter(commons=commons).order_by("expires"))


def withdraw(commons: str, id_: int) -> bool:
    """End an invitation; whether there was one."""
    return bool(_good().filter(commons=commons, pk=id_).delete()[0])


def unknown_invitation() -> NotFound:
    """What is said of one that is not good."""
    return not_found("web.bad_invitation", "This invitation is not known here: it was used, or it has expired. Ask for another.")


def _good() -> Any:
    from allauth.account.models import EmailAddress

    verified = EmailAddress.objects.filter(user=OuterRef("user"), verified=True)
    return Invitation.objects.filter(Q(used=None) | Q(user__isnull=False) & ~Exists(verified), expires__gt=timezone.now())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
