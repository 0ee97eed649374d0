"""How a node is served: what the options of `commonhold serve` say, checked, and handed on to the workers through the environment."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..problems import bad_input

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened at
_PUBLIC_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?")
TOKEN_CHARACTERS_MIN = 16
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library of Prometheus knows the folder that all workers count into. It looks when it is first imported."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The options.

    Attributes:
        host: Address to listen at. workers: Processes.
        allowed_hosts: Names that requests may ask for besides those of this machine. `*`: any.
        tls_cert: Certificate with its chain, PEM; with `tls_key`, the server speaks HTTPS and nothing else.
        behind_proxy: What `X-Forwarded-Proto`, `X-Forwarded-For` and `X-Request-ID` say is believed.
        public_url: Where people reach the node, such as `https://commons.example.org`.
        metrics_token_file: Who sends the token in it may read `/metrics`; without it, only this machine.
        log_format: `json`, `line`, or nothing: no requests are logged.
        work: A process beside does the background work, too. sign_up: Who may make an account: `open`, `invited` or `closed`.
    """

    host: str = "127.0.0.1"
    port: int = 8_400
    workers: int = 1
    allowed_hosts: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    public_url: str = ""
    metrics_token_file: Path | None = None
    log_format: str = ""
    work: bool = True
    sign_up: str = "invited"

    def check(self) -> None:
        """Look at what can be wrong before anything listens.

        Raises:
            BadInput: `server.bad_tls`, `server.bad_public_url`, `server.bad_metrics_token`.
        """
        if (self.tls_cert is None) != (self.tls_key is None):
            raise bad_input("server.bad_tls", "TLS takes a certificate and its key: --tls-cert and --tls-key.", "tls")
        if self.tls_cert is not None and self.tls_key is not None:
            _must_fit(self.tls_cert, self.tls_key)
        checked_public_url(self.public_url)
        if self.metrics_token_file is not None:
            metrics_token(self.metrics_token_file)

    @property
    def address(self) -> str:
        """Where it listens, as an URL."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls_cert else 'http'}://{shown}:{self.port}/"

    @property
    def hosts(self) -> list[str]:
        """All names that it answers to."""
        named = [] if self.host in EVERYWHERE else [f"[{self.host}]" if ":" in self.host else self.host]
        public = [_host_of(self.public_url)] if self.public_url else []
        return list(dict.fromkeys([*LOCAL_HOSTS, *named, *public, *self.allowed_hosts]))

    @property
    def in_the_clear(self) -> bool:
        """Whether tokens may cross a network that anybody can listen to."""
        return self.tls_cert is None and not self.behind_proxy and self.host not in ("localhost", "127.0.0.1", "::1")

    def environment(self) -> dict[str, str]:
        """What the workers, which read their settings from the environment, need to know of it."""
        return {
            "COMMONHOLD_HOST": self.host,
            "COMMONHOLD_PORT": str(self.port),
            "COMMONHOLD_ALLOWED_HOSTS": ",".join(self.hosts),
            "COMMONHOLD_TLS_CERT": str(self.tls_cert or ""),
            "COMMONHOLD_BEHIND_PROXY": "1" if self.behind_proxy else "",
            "COMMONHOLD_PUBLIC_URL": checked_public_url(self.public_url),
            "COMMONHOLD_METRICS_TOKEN_FILE": str(self.metrics_token_file or ""),
            "COMMONHOLD_LOG_FORMAT": self.log_format,
            "COMMONHOLD_SIGN_UP": self.sign_up,
        }


def checked_public_url(url: str) -> str:
    """Where people reach the node, without a slash at its end; nothing, if that is not told.

    Raises:
        BadInput: `server.bad_public_url`.
    """
    if url and not _PUBLIC_URL.fullmatch(url):
        raise bad_input("server.bad_public_url", "The public URL is that of a host alone, such as https://commons.example.org.", "public-url")
    return url.rstrip("/")


def metrics_token(file: Path) -> str:
    """The token in a file.

    Raises:
        BadInput: `server.bad_metrics_token`.
    """
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise bad_input("server.bad_metrics_token", f"The token for /metrics cannot be read from {file}.", "metrics-token-file") from None
    if len(token) < TOKEN_CHARACTERS_MIN or not re.fullmatch(r"[\x21-\x7e]+", token):
        words = f"The token for /metrics has at least {TOKEN_CHARACTERS_MIN} visible ASCII characters and no blanks."
        raise bad_input("server.bad_metrics_token", words, "metrics-token-file")
    return token


def _host_of(url: str) -> str:
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def _must_fit(cert: Path, key: Path) -> None:
    def no_password() -> str:
        raise bad_input("server.bad_tls", f"The key in {key} is sealed by a password, which nobody could give when the server starts.", "tls-key")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, no_password)
    except OSError as error:  # also what OpenSSL says
        why = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        raise bad_input("server.bad_tls", f"{cert} and {key} are no certificate with its key, or cannot be read: {why}.", "tls-cert") from None
