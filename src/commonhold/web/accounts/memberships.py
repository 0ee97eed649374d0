"""Which agent of a commons a user is. One user is one agent in each commons, and no agent is two users."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from ...problems import refuse
from .models import Membership

JOINING_SECONDS = 60
"""Longer than joining takes. What has not come to its end by then never will."""


def agent_in(user: Any, commons: str) -> str:
    """The agent that a user is in a commons, or nothing."""
    found: str | None = Membership.objects.filter(user=user, commons=commons).values_list("agent", flat=True).first()
    return found or ""


def agents_of(user: Any) -> dict[str, str]:
    """The agents that a user is, by commons, in the order of names."""
    return dict(Membership.objects.filter(user=user).order_by("commons").values_list("commons", "agent"))


def link(user: Any, commons: str, agent: str) -> None:
    """From now on the user is this agent in the commons.

    Raises:
        Refused: `web.linked`: the agent is another user's, or the user is another agent there.
    """
    try:
        Membership.objects.create(user=user, commons=commons, agent=agent)
    except IntegrityError:
        raise refuse("web.linked", "This member has an account already, or your account is another member here.", "token") from None


def unlink(user: Any, commons: str, agent: str) -> None:
    """The user is not this agent in the commons any more. The member stays."""
    Membership.objects.filter(user=user, commons=commons, agent=agent).delete()


def is_under_way(user: Any, commons: str) -> bool:
    """Whether the user has begun to be somebody in the commons just now."""
    return Membership.objects.filter(user=user, commons=commons, made__gt=timezone.now() - timedelta(seconds=JOINING_SECONDS)).exists()
