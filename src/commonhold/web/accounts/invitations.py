"""Invitations: a link that lets somebody sign up once. Only the digest of its secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from .models import Invitation

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


def use_invitation(request: Any) -> None:
    """An account has been made with it: it is no good any more."""
    digest = request.session.get(_IN_SESSION)
    if digest:
        _good().filter(digest=digest).update(used=timezone.now())


def open_invitations(commons: str) -> list[Invitation]:
    """Those of a commons that nobody has used yet."""
    return list(_good().filter(commons=commons).order_by("expires"))


def withdraw(commons: str, id_: int) -> bool:
    """End an invitation; whether there was one."""
    return bool(_good().filter(commons=commons, pk=id_).delete()[0])


def _good() -> Any:
    return Invitation.objects.filter(used=None, expires__gt=timezone.now())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
