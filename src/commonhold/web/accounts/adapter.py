"""How allauth behaves here: who may sign up, and where people go on."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings

from .invitations import invitation_of, use_invitation


def display(user: Any) -> str:
    """What somebody is called on pages of their own account."""
    return str(user.email)


def may_sign_up(request: Any) -> bool:
    """Whether a new account may be made by who sends this request: open to all, or with an invitation."""
    policy = settings.COMMONHOLD_SIGN_UP
    return policy == "open" or (policy == "invited" and invitation_of(request) is not None)


class Accounts(DefaultAccountAdapter):
    """See the module."""

    def is_open_for_signup(self, request: Any) -> bool:
        return may_sign_up(request)

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        saved = super().save_user(request, user, form, commit)
        use_invitation(request)
        return saved

    def get_signup_redirect_url(self, request: Any) -> str:
        return str(settings.LOGIN_REDIRECT_URL)


class Providers(DefaultSocialAccountAdapter):
    """Who comes by way of a provider signs up by the same rule."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return may_sign_up(request)

    def save_user(self, request: Any, sociallogin: Any, form: Any = None) -> Any:
        saved = super().save_user(request, sociallogin, form)
        use_invitation(request)
        return saved
