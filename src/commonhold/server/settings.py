"""Django's settings. They come from the environment that `commonhold serve` sets; there is no settings file to edit.

COMMONHOLD_HOME: the node's folder. COMMONHOLD_ALLOWED_HOSTS: names that the server answers to, with commas between.
DATABASE_URL: PostgreSQL instead of SQLite.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from .accounts import APPS, accounts_settings, templates
from .accounts import MIDDLEWARE as ACCOUNTS_MIDDLEWARE
from .accounts_database import accounts_database
from .background import APPS as BACKGROUND_APPS
from .background import background_settings
from .languages import languages
from .secret import web_secret
from .serving import serving_settings

COMMONHOLD_HOME = Path(os.environ["COMMONHOLD_HOME"])

DEBUG = False
SECRET_KEY = web_secret(COMMONHOLD_HOME)
ALLOWED_HOSTS = [name for name in os.environ.get("COMMONHOLD_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if name]
ROOT_URLCONF = "commonhold.server.urls"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["commonhold.web.uploads.BoundedUploads"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "commonhold.web.accounts",
    "commonhold.web",
    *APPS,
    *BACKGROUND_APPS,
]
MIDDLEWARE = [
    "commonhold.server.watching.watched",
    "django.middleware.security.SecurityMiddleware",
    "commonhold.server.middleware.content_security_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "commonhold.server.middleware.LanguageOfPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *ACCOUNTS_MIDDLEWARE,
    "commonhold.server.middleware.node_of_request",
    "commonhold.server.access.Access",
]

DATABASES = {"default": accounts_database(COMMONHOLD_HOME, os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.Argon2PasswordHasher"] if find_spec("argon2") else []),
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "commonhold.server.errors.form_refused"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [Path(__file__).parent.parent / "web" / "locale"]
LANGUAGES = languages(LOCALE_PATHS[0])
FORMAT_MODULE_PATH = ["commonhold.web.formats"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).parent.parent / "web" / "templates"],
        "OPTIONS": {"environment": "commonhold.web.jinja.environment", "autoescape": True},
    },
    templates(Path(__file__).parent.parent / "web" / "accounts" / "templates"),
]
STATIC_URL = "/static/library/"

globals().update(serving_settings(os.environ))
globals().update(accounts_settings(COMMONHOLD_HOME, os.environ))
globals().update(background_settings())
