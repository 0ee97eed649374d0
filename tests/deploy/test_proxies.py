"""The samples for Caddy and nginx, run by these programs before a node: what people get, and what the node is told of them."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate
from serving import ServerProcess
from world import World

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
START_SECONDS = 20


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Front:
    """A proxy: its two ports, and the certificate by which it is known."""

    def __init__(self) -> None:
        self.plain, self.secure = free_port(), free_port()
        self.trusted = Path()

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, *, tls: bool = True, **headers: str) -> Any:
        """(status, headers, body) of what the proxy answers."""
        if tls:
            context = ssl.create_default_context(cafile=self.trusted)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection("localhost", self.secure, timeout=START_SECONDS, context=context)
        else:
            connection = http.client.HTTPConnection("localhost", self.plain, timeout=START_SECONDS)
        try:
            connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    @contextmanager
    def run(self, *command: str, **environment: str) -> Iterator[Front]:
        """Until the end of the block, with its certificate in place."""
        with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                deadline = time.monotonic() + START_SECONDS
                while True:
                    try:
                        self.ask("/healthz")
                        break
                    except (OSError, ValueError):
                        assert process.poll() is None and time.monotonic() < deadline, process.stderr.read() if process.stderr else ""
                        time.sleep(0.1)
                yield self
            finally:
                process.terminate()


@contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[Front]:
    front = Front()
    front.trusted, key = certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r"listen \[::\].*\n", "", site).replace("listen 80;", f"listen {front.plain};").replace("listen 443 ", f"listen {front.secure} ")
    site = re.sub(r"/etc/letsencrypt/\S+fullchain.pem", str(front.trusted), site)
    site = re.sub(r"/etc/letsencrypt/\S+privkey.pem", str(key), site)
    site = site.replace("commons.example.org", "localhost").replace("127.0.0.1:8400", f"127.0.0.1:{upstream}")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"user {getpass.getuser()}; daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ {places}\n{site}\n}}"
    (folder / "nginx.conf").write_text(whole)
    with front.run("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")):
        yield front


@contextmanager
def caddy(folder: Path, upstream: int) -> Iterator[Front]:
    front = Front()
    front.trusted = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    file = (DEPLOY / "Caddyfile").read_text()
    here = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {front.plain}\n\thttps_port {front.secure}\n"
    file = file.replace("\n{\n", f"\n{here}", 1)
    if "2.6" in subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout:
        file = file.replace("request_buffers 12MB", "buffer_requests")  # as the sample says
    (folder / "Caddyfile").write_text(file)
    names = {"COMMONHOLD_NAME": "localhost", "COMMONHOLD_UPSTREAM": f"127.0.0.1:{upstream}", "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    with front.run("caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile", **names):
        yield front


@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
def test_people_reach_the_node_through_it(proxy: Any, sqlite_world: World, tmp_path: Path) -> None:
    if shutil.which(proxy.__name__) is None:
        pytest.skip(f"{proxy.__name__} is not installed")
    public = "https://localhost"
    with ServerProcess(sqlite_world.node.home, "--behind-proxy", "--public-url", public) as server, proxy(tmp_path, server.port) as front:
        status, headers, page = front.ask("/test/?q=1", X_Forwarded_For="198.51.100.9", X_Request_ID="chosen-by-somebody")
        assert status == 200 and b"Test commons" in page
        assert headers["strict-transport-security"] and re.fullmatch(r"[0-9a-f-]{32,36}", headers["x-request-id"])
        assert json.loads(server.said().splitlines()[-1])["request"] == headers["x-request-id"]

        status, headers, _ = front.ask("/test/", tls=False)
        assert status in (301, 308) and headers["location"].startswith("https://localhost")
        assert front.ask("/metrics")[0] == 404

        _, headers, _ = front.ask("/test/sign-in/")
        cookie = headers["set-cookie"].partition(";")[0]
        assert "; Secure" in headers["set-cookie"]
        form = f"token=none&csrfmiddlewaretoken={cookie.partition('=')[2]}".encode()
        sent = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        assert b"web.bad_token" in front.ask("/test/sign-in/", "POST", form, Origin=public, **sent)[2]
        assert front.ask("/test/sign-in/", "POST", form, Origin="https://evil.example", **sent)[0] == 403

        assert front.ask("/api/commons/test/journal/entries", "POST", b" " * 4_000_000, Content_Type="application/json")[0] == 400
        try:
            assert front.ask("/api/commons/test/journal/entries", "POST", b" " * 20_000_000, Content_Type="application/json")[0] == 413
        except OSError:
            assert front.ask("/test/")[0] == 200  # it has hung up in the middle of the body
        assert server.end() == 0
