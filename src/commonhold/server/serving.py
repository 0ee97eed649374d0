"""Django's settings that follow from how the node is served: what is believed of a proxy, when cookies need TLS, what the log looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

YEAR_SECONDS = 31_536_000


def serving_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Settings by name, from the variables that `options.Serving.environment` gives.

    >>> serving_settings({})["SESSION_COOKIE_SECURE"]
    False
    >>> serving_settings({"COMMONHOLD_PUBLIC_URL": "https://commons.example.org"})["CSRF_TRUSTED_ORIGINS"]
    ['https://commons.example.org']
    """
    behind_proxy = bool(environ.get("COMMONHOLD_BEHIND_PROXY"))
    public_url = environ.get("COMMONHOLD_PUBLIC_URL", "")
    # A proxy speaks TLS to the world, unless the public URL says that it does not.
    tls = bool(environ.get("COMMONHOLD_TLS_CERT")) or public_url.startswith("https:") or (behind_proxy and not public_url)
    return {
        "COMMONHOLD_BEHIND_PROXY": behind_proxy,
        "COMMONHOLD_PUBLIC_URL": public_url,
        "COMMONHOLD_LOG_FORMAT": environ.get("COMMONHOLD_LOG_FORMAT", ""),
        "COMMONHOLD_METRICS_TOKEN_FILE": environ.get("COMMONHOLD_METRICS_TOKEN_FILE", ""),
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None,
        "USE_X_FORWARDED_HOST": False,  # proxies hand on `Host` itself
        "SECURE_HSTS_SECONDS": YEAR_SECONDS if tls else 0,
        "SESSION_COOKIE_SECURE": tls,
        "CSRF_COOKIE_SECURE": tls,
        "CSRF_TRUSTED_ORIGINS": [public_url] if public_url else [],
        "LOGGING": _logging(environ.get("COMMONHOLD_LOG_FORMAT", "")),
    }


def _logging(form: str) -> dict[str, Any]:
    """Errors and warnings go to standard error, each with the number of the request in which it happened."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": f"commonhold.server.logs.{'JsonRecords' if form == 'json' else 'LineRecords'}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "chosen"}, "nowhere": {"class": "logging.NullHandler"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            # What these say, the line of the request says too, and with care for what stands in paths.
            "django.security.csrf": {"handlers": ["nowhere"], "propagate": False},
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        },
    }
