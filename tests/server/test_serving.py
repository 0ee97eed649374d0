"""How a node is served: TLS, a proxy and what is believed of it, the end of the main process, what systemd hears."""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

import pytest
from certificates import certificate
from serving import ServerProcess, Site
from world import World

from commonhold.problems import BadInput
from commonhold.server.options import Serving
from commonhold.server.serving import serving_settings
from commonhold.server.watching import watched

SOON_SECONDS = 20


def test_with_a_certificate_it_speaks_https_and_nothing_else(sqlite_world: World, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ServerProcess(sqlite_world.node.home, "--tls-cert", str(cert), "--tls-key", str(key), trusted=cert) as server:
        status, headers, body = server.get("/test/")
        assert status == 200 and b"Test commons" in body
        assert headers["strict-transport-security"] == "max-age=31536000"
        with pytest.raises((OSError, HTTPException)):
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=10)
        with pytest.raises(urllib.error.URLError) as refused:
            urllib.request.urlopen(server.address + "/healthz", timeout=10, context=ssl.create_default_context())
        assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)
        assert server.end() == 0
        assert f"Serving {sqlite_world.node.home} at https://127.0.0.1:{server.port}/ " in server.said()


def test_browsers_may_speak_http_2(sqlite_world: World, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ServerProcess(sqlite_world.node.home, "--tls-cert", str(cert), "--tls-key", str(key), trusted=cert) as server:
        for way in ("--http2", "--http1.1"):
            ask = ["curl", "--silent", "--show-error", way, "--cacert", str(cert), f"https://localhost:{server.port}/test/"]
            assert "</html>" in subprocess.run(ask, capture_output=True, text=True, check=True).stdout
            head = subprocess.run([*ask, "--head"], capture_output=True, text=True, check=True).stdout
            assert re.match(r"HTTP/[0-9.]+ 200", head) and "content-length: " in head.lower()
        assert server.end() == 0


def test_cookies_need_tls_where_there_is_tls(sqlite_world: World, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ServerProcess(sqlite_world.node.home, "--tls-cert", str(cert), "--tls-key", str(key), trusted=cert) as server:
        assert "; Secure" in server.get("/test/sign-in/")[1]["set-cookie"]
    with ServerProcess(sqlite_world.node.home) as server:
        _, headers, _ = server.get("/test/sign-in/")
        assert "csrftoken=" in headers["set-cookie"] and "Secure" not in headers["set-cookie"]
        assert "strict-transport-security" not in headers


def test_certificate_and_key_must_fit_and_be_readable(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    _, other_key = certificate(tmp_path, "other")
    _, sealed_key = certificate(tmp_path, "sealed", "password")
    Serving(tls_cert=cert, tls_key=key).check()
    for wrong in [(cert, None), (None, key), (cert, other_key), (key, cert), (cert, sealed_key), (cert, tmp_path / "none")]:
        with pytest.raises(BadInput) as refused:
            Serving(tls_cert=wrong[0], tls_key=wrong[1]).check()
        assert refused.value.code == "server.bad_tls", wrong


@pytest.mark.parametrize(
    "url", ["commons.example", "https://commons.example/node", "ftp://commons.example", "https://a b", "https://u@h", "https://h?q"]
)
def test_a_public_url_is_that_of_a_host(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        Serving(public_url=url).check()
    assert refused.value.code == "server.bad_public_url"


def test_the_host_of_the_public_url_is_answered() -> None:
    Serving(public_url="https://commons.example:8443/").check()
    assert Serving(public_url="https://commons.example:8443/", allowed_hosts=("other.example",)).hosts[-2:] == ["commons.example", "other.example"]
    assert Serving(host="::").hosts == Serving(host="0.0.0.0").hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert Serving(public_url="http://[2001:db8::1]:80").hosts[-1] == "[2001:db8::1]"


@pytest.mark.parametrize(
    ("serving", "secure"),
    [
        (Serving(), False),
        (Serving(behind_proxy=True), True),
        (Serving(behind_proxy=True, public_url="http://commons.lan"), False),
        (Serving(behind_proxy=True, public_url="https://commons.example/"), True),
        (Serving(tls_cert=Path("c"), tls_key=Path("k")), True),
    ],
)
def test_cookies_are_secure_wherever_there_is_tls(serving: Serving, secure: bool) -> None:
    made = serving_settings(serving.environment())
    assert made["SESSION_COOKIE_SECURE"] is made["CSRF_COOKIE_SECURE"] is (made["SECURE_HSTS_SECONDS"] > 0) is secure
    assert made["CSRF_TRUSTED_ORIGINS"] == ([serving.public_url.rstrip("/")] if serving.public_url else [])
    assert (made["SECURE_PROXY_SSL_HEADER"] is not None) is serving.behind_proxy


def test_forms_come_through_a_proxy_that_speaks_tls(sqlite_world: World) -> None:
    """Django compares where a form comes from with where it goes to; both are those of the proxy."""
    through = {"Host": "commons.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9", "Origin": "https://commons.example"}
    form = b"token=none&csrfmiddlewaretoken="
    with ServerProcess(sqlite_world.node.home, COMMONHOLD_BEHIND_PROXY="1", COMMONHOLD_PUBLIC_URL="https://commons.example") as server:
        _, headers, _ = server.get("/test/sign-in/", **through)
        assert headers["strict-transport-security"] and "; Secure" in headers["set-cookie"]
        cookie = headers["set-cookie"].partition(";")[0]
        token = cookie.partition("=")[2].encode()
        _, _, body = server.get("/test/sign-in/", form + token, Cookie=cookie, **through)
        assert b"web.bad_token" in body
        elsewhere = through | {"Origin": "https://evil.example"}
        status, _, body = server.get("/test/sign-in/", form + token, Cookie=cookie, **elsewhere)
        assert status == 403 and b"The form has expired. Load the page again." in body


def test_nothing_is_believed_without_a_proxy(sqlite_site: Site) -> None:
    """Anybody can send these headers."""
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9", "X_Request_ID": "chosen-by-somebody", "X_Forwarded_Host": "evil.example"}
    answer = sqlite_site.get("/test/", **said)
    assert "Strict-Transport-Security" not in answer.headers and b"evil" not in answer.content
    assert answer.headers["X-Request-ID"] != "chosen-by-somebody"
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"


def test_of_a_chain_of_proxies_the_nearest_is_believed(sqlite_site: Site) -> None:
    from django.test import RequestFactory, override_settings

    with override_settings(COMMONHOLD_BEHIND_PROXY=True):
        middleware = watched(lambda _: sqlite_site.client.get("/healthz"))
    request = RequestFactory(headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Request-ID": "from-the-proxy-1"}).get("/")
    assert middleware(request).headers["X-Request-ID"] == "from-the-proxy-1"
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    for odd in ("short", "x" * 65, "with blanks in it", "line\nbreak-in-it", '{"json": 1234}'):
        request = RequestFactory().get("/", HTTP_X_REQUEST_ID=odd)
        assert middleware(request).headers["X-Request-ID"] not in ("", odd)


def test_a_worker_ends_with_a_main_process_that_was_killed(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home, "--workers", "2") as server:
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        deadline = time.monotonic() + SOON_SECONDS
        while _taken(server.port):
            assert time.monotonic() < deadline, "somebody still listens"
            time.sleep(0.1)
    with ServerProcess(sqlite_world.node.home) as server:
        assert server.get("/readyz")[0] == 200


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_renewed_certificate_is_read_without_an_interruption(sqlite_world: World, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ServerProcess(sqlite_world.node.home, "--tls-cert", str(cert), "--tls-key", str(key), trusted=cert) as server:
        assert _shown(server.port) == cert.read_text()
        certificate(tmp_path)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + SOON_SECONDS
        while any(_shown(server.port) != cert.read_text() for _ in range(10)):  # for a while, old and new workers answer
            assert time.monotonic() < deadline, "it goes on with the old one"
            time.sleep(0.2)
        assert server.end() == 0


def _shown(port: int) -> str:
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=10)


def test_systemd_hears_that_it_is_ready_and_that_it_lives(sqlite_world: World, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(SOON_SECONDS)
        with ServerProcess(sqlite_world.node.home, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="3000000") as server:
            assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            assert server.end() == 0


def test_flags_go_before_the_environment(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home, "--log-format", "none", COMMONHOLD_LOG_FORMAT="line", COMMONHOLD_PORT="1") as server:
        assert server.get("/test/")[0] == 200
        assert server.end() == 0
        assert len(server.said().splitlines()) == 1


def test_whoever_can_be_listened_to_is_told(sqlite_world: World) -> None:
    assert Serving(host="0.0.0.0").in_the_clear and Serving(host="192.0.2.1").in_the_clear
    assert not Serving().in_the_clear and not Serving(host="0.0.0.0", behind_proxy=True).in_the_clear
    assert not Serving(host="0.0.0.0", tls_cert=Path("c"), tls_key=Path("k")).in_the_clear
    with ServerProcess(sqlite_world.node.home, "--host", "0.0.0.0") as server:
        assert server.end() == 0
        assert "Without TLS, whoever is on the way can read passwords and tokens" in server.said()
