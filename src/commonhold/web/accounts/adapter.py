"""How allauth behaves here: who may sign up, and where people go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction

from ..errors import error_page
from .invitations import claim_invitation, invitation_of, unknown_invitation
from .letters import told_of


def display(user: Any) -> str:
    """What somebody is called on pages of their own account."""
    return str(user.email)


def may_sign_up(request: Any) -> bool:
    """Whether a new account may be made by who sends this request: open to all, or with an invitation."""
    policy = settings.COMMONHOLD_SIGN_UP
    return policy == "open" or (policy == "invited" and invitation_of(request) is not None)


def by_invitation(request: Any, save: Callable[[], Any]) -> Any:
    """Save a new account, and take the invitation for it: both or neither.

    Raises:
        ImmediateHttpResponse: It takes an invitation, and somebody else was quicker with this one.
    """
    with transaction.atomic():
        invitation = claim_invitation(request)
        if invitation is None and settings.COMMONHOLD_SIGN_UP == "invited":
            raise ImmediateHttpResponse(error_page(request, unknown_invitation()))
        user = save()
        if invitation is not None:
            invitation.user = user
            invitation.save()
    return user


class Accounts(DefaultAccountAdapter):
    """See the module."""

    def is_open_for_signup(self, request: Any) -> bool:
        return may_sign_up(request)

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        return by_invitation(request, lambda: super(Accounts, self).save_user(request, user, form, commit))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            # What is raised here is logged with its trace, so no address may be in it.
            raise OSError(f"a letter could not be handed over: {told_of(error)}") from None

    def get_signup_redirect_url(self, request: Any) -> str:
        return str(settings.LOGIN_REDIRECT_URL)


class Providers(DefaultSocialAccountAdapter):
    """Who comes by way of a provider signs up by the same rule."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return may_sign_up(request)

    def save_user(self, request: Any, sociallogin: Any, form: Any = None) -> Any:
        if form is not None:  # which is saved as other accounts are, above
            return super().save_user(request, sociallogin, form)
        return by_invitation(request, lambda: super(Providers, self).save_user(request, sociallogin))
