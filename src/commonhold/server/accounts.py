"""Django's settings for accounts: who may sign up, how people prove who they are, and where letters go.

COMMONHOLD_SIGN_UP: `open`, `invited` (the default) or `closed`. COMMONHOLD_OIDC_FILE: a TOML file with the providers by which people
may sign in. COMMONHOLD_EMAIL_URL, or a file with it, COMMONHOLD_EMAIL_URL_FILE: `smtp://user:password@host:587`, `smtps://…`.
COMMONHOLD_EMAIL_FROM: the sender. Without a server for letters they are written to files in `outbox`, in the node's folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..problems import bad_input

SIGN_UP = ("open", "invited", "closed")
APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.messages",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
MINUTE = 60
_PROVIDER_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


def accounts_settings(home: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Settings by name.

    Raises:
        BadInput: `server.bad_sign_up`, `server.bad_email_url`, `server.bad_oidc`.
    """
    policy = environ.get("COMMONHOLD_SIGN_UP") or "invited"
    if policy not in SIGN_UP:
        raise bad_input("server.bad_sign_up", f"COMMONHOLD_SIGN_UP is one of {', '.join(SIGN_UP)}.", "COMMONHOLD_SIGN_UP")
    return {
        "COMMONHOLD_SIGN_UP": policy,
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "LOGIN_URL": "/-/account/login/",
        "LOGIN_REDIRECT_URL": "/-/me/",
        "ACCOUNT_ADAPTER": "commonhold.web.accounts.adapter.Accounts",
        "SOCIALACCOUNT_ADAPTER": "commonhold.web.accounts.adapter.Providers",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_USER_DISPLAY": "commonhold.web.accounts.adapter.display",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
        "ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND": True,
        # Only new accounts could change the address there: the page would tell whether one has an account. Who has mistyped it begins again.
        "ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE": False,
        "ACCOUNT_FORMS": {"confirm_email_verification_code": "commonhold.web.accounts.account_forms.Code"},
        "ACCOUNT_RATE_LIMITS": {"confirm_email": "3/3m/key"},  # a code, and two more if they are asked for
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED": True,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 15 * MINUTE,
        "ACCOUNT_SESSION_REMEMBER": True,
        "MFA_SUPPORTED_TYPES": ["webauthn", "totp", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_PASSKEY_SIGNUP_ENABLED": True,
        "MFA_TOTP_ISSUER": "Commonhold",
        "USERSESSIONS_TRACK_ACTIVITY": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": _providers(environ.get("COMMONHOLD_OIDC_FILE", ""))}},
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}},
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "DEFAULT_FROM_EMAIL": environ.get("COMMONHOLD_EMAIL_FROM") or "commonhold@localhost",
        **_letters(home, _email_url(environ)),
    }


def templates(folder: Path) -> dict[str, Any]:
    """The engine for the templates of allauth, with ours in front."""
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [folder],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }


def _email_url(environ: Mapping[str, str]) -> str:
    file = environ.get("COMMONHOLD_EMAIL_URL_FILE")
    if not file:
        return environ.get("COMMONHOLD_EMAIL_URL", "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise bad_input("server.bad_email_url", f"{file} cannot be read.", "COMMONHOLD_EMAIL_URL_FILE") from None


def _letters(home: Path, url: str) -> dict[str, Any]:
    """Where letters go.

    >>> _letters(Path("/srv/node"), "")["EMAIL_FILE_PATH"]
    '/srv/node/outbox'
    >>> found = _letters(Path("/srv/node"), "smtp://ana%40x.org:s@mail.x.org")
    >>> found["EMAIL_HOST_USER"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]
    ('ana@x.org', 587, True)
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(home / "outbox")}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        words = "The address of the server for letters is like smtp://user:password@mail.example.org:587 or smtps://…:465."
        raise bad_input("server.bad_email_url", words, "COMMONHOLD_EMAIL_URL")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and parts.hostname not in ("localhost", "127.0.0.1"),
        "EMAIL_TIMEOUT": 20,
    }


def _providers(file: str) -> list[dict[str, Any]]:
    """Providers of OpenID Connect, as allauth wants them.

    The file has a table `[provider.ID]` for each, with `name`, `server_url`, `client_id` and `secret`.
    """
    if not file:
        return []
    try:
        told = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("provider", {})
        found = [_provider(id_, one) for id_, one in told.items()]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        words = f"{file} needs a table [provider.ID] with name, server_url (https), client_id and secret for each provider."
        raise bad_input("server.bad_oidc", words, "COMMONHOLD_OIDC_FILE") from None
    return found


def _provider(id_: str, told: Mapping[str, str]) -> dict[str, Any]:
    server = urlsplit(told["server_url"])
    here = server.hostname in ("localhost", "127.0.0.1")
    if not _PROVIDER_ID.fullmatch(id_) or not (server.scheme == "https" or (here and server.scheme == "http")):
        raise ValueError(id_)
    return {
        "provider_id": id_,
        "name": told["name"],
        "client_id": told["client_id"],
        "secret": told["secret"],
        "settings": {"server_url": told["server_url"], "oauth_pkce_enabled": True},
    }
