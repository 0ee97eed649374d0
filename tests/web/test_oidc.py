"""Signing in by a provider of OpenID Connect: a small provider answers here as a real one does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from people import account, nobody
from serving import Site

from commonhold.problems import BadInput
from commonhold.server.accounts import accounts_settings


class Provider(BaseHTTPRequestHandler):
    """Who logs in here is always the same person."""

    email = "ana@provider.example"
    verified = True
    asked: list[dict[str, list[str]]]

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.startswith("/.well-known/"):
            self.tell({
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys",
                "userinfo_endpoint": f"{base}/me", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        else:
            self.tell({"sub": "4711", "email": self.email, "email_verified": self.verified, "name": "Ana"})

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        type(self).asked.append(sent)
        base = f"http://127.0.0.1:{self.server.server_port}"
        now = int(time.time())
        said = {"iss": base, "aud": "commonhold", "sub": "4711", "email": self.email, "email_verified": self.verified, "iat": now, "exp": now + 60}
        self.tell({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": jwt.encode(said, "x" * 32, "HS256", {"kid": "1"})})

    def tell(self, said: dict[str, Any]) -> None:
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provided(sqlite_site: Site, settings_of: Any, tmp_path: Path) -> Iterator[Site]:
    """The site, with such a provider named in a file."""
    nobody()
    Provider.asked, Provider.email, Provider.verified = [], "ana@provider.example", True
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file = tmp_path / "oidc.toml"
        file.write_text(
            f'[provider.house]\nname = "House login"\nserver_url = "http://127.0.0.1:{server.server_port}"\nclient_id = "commonhold"\nsecret = "s3cret"\n'
        )
        told = accounts_settings(tmp_path, {"COMMONHOLD_OIDC_FILE": str(file), "COMMONHOLD_SIGN_UP": "open"})
        settings_of(SOCIALACCOUNT_PROVIDERS=told["SOCIALACCOUNT_PROVIDERS"], COMMONHOLD_SIGN_UP="open")
        yield sqlite_site
        server.shutdown()


def returned(site: Site) -> Any:
    """Go to the provider, and come back with its code."""
    assert "House login" in site.text("/-/account/login/")
    away = site.client.post("/-/account/oidc/house/login/")
    query = parse_qs(urlsplit(away.headers["Location"]).query)
    assert query["client_id"] == ["commonhold"] and query["code_challenge_method"] == ["S256"]
    return site.client.get("/-/account/oidc/house/login/callback/", {"code": "c0de", "state": query["state"][0]})


def test_who_comes_from_the_provider_has_an_account_then(provided: Site) -> None:
    answer = returned(provided)
    assert answer.status_code == 302 and answer.headers["Location"] == "/-/me/", answer.content.decode()
    assert "ana@provider.example" in provided.text("/-/me/")
    assert Provider.asked[0]["client_secret"] == ["s3cret"] and "code_verifier" in Provider.asked[0]
    provided.client.cookies.clear()
    assert returned(provided).headers["Location"] == "/-/me/", "the second time it is the same account"
    from django.contrib.auth import get_user_model

    assert get_user_model().objects.count() == 1


def test_the_same_address_at_a_provider_does_not_take_over_an_account(provided: Site) -> None:
    account("ana@provider.example")
    answer = returned(provided)
    assert answer.headers.get("Location") != "/-/me/"
    assert provided.get("/-/me/").status_code == 302, "nobody is signed in"


def test_an_invitation_is_good_for_one_account_from_the_provider(provided: Site, settings_of: Any) -> None:
    from django.contrib.auth import get_user_model

    from commonhold.web.accounts.invitations import invite

    settings_of(COMMONHOLD_SIGN_UP="invited")
    assert "by invitation" in returned(provided).content.decode() and not get_user_model().objects.exists()
    secret = invite("test", "")
    assert provided.get(f"/-/invited/{secret}/").status_code == 302
    assert returned(provided).status_code == 302 and "ana@provider.example" in provided.text("/-/me/")
    provided.client.cookies.clear()
    assert provided.get(f"/-/invited/{secret}/").status_code == 404


def test_without_the_state_of_the_browser_nothing_is_taken(provided: Site) -> None:
    answer = provided.client.get("/-/account/oidc/house/login/callback/", {"code": "c0de", "state": "forged"})
    assert answer.status_code in (200, 401, 403) and Provider.asked == []
    assert provided.get("/-/me/").status_code == 302


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        '[provider.house]\nname = "x"\n',
        '[provider.house]\nname = "x"\nserver_url = "http://elsewhere.example"\nclient_id = "a"\nsecret = "b"\n',
        'provider = "x"',
    ],
)
def test_a_file_of_providers_that_lacks_something_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "oidc.toml"
    file.write_text(text)
    with pytest.raises(BadInput) as refused:
        accounts_settings(tmp_path, {"COMMONHOLD_OIDC_FILE": str(file)})
    assert refused.value.code == "server.bad_oidc"


@pytest.mark.parametrize("url", ["imap://x", "smtp://", "smtp://h:port", "mail.example.org"])
def test_an_address_for_letters_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput) as refused:
        accounts_settings(tmp_path, {"COMMONHOLD_EMAIL_URL": url})
    assert refused.value.code == "server.bad_email_url"
