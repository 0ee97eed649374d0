"""`commonhold serve`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .session import Session, session_options


class Names(click.ParamType):  # type: ignore[type-arg]  # older versions of click have no argument there
    """Names of hosts; in the environment, with commas between."""

    name = "name"
    envvar_list_splitter = ","

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value.strip()


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PORTS = click.IntRange(1, 65_535)
_FORMATS = click.Choice(["line", "json", "none"])


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="COMMONHOLD_HOST", show_envvar=True, help="Address to listen at.")
@click.option("--port", type=_PORTS, default=8_400, show_default=True, envvar="COMMONHOLD_PORT", show_envvar=True)
@click.option("--allowed-host", "allowed", multiple=True, type=Names(), envvar="COMMONHOLD_ALLOWED_HOSTS", show_envvar=True, help="Names under which the node is reached, besides that of the public URL.")  # fmt: skip
@click.option("--public-url", default="", metavar="URL", envvar="COMMONHOLD_PUBLIC_URL", show_envvar=True, help="Where people reach it: https://commons.example.org.")  # fmt: skip
@click.option("--behind-proxy", is_flag=True, envvar="COMMONHOLD_BEHIND_PROXY", show_envvar=True, help="Believe X-Forwarded-Proto, X-Forwarded-For and X-Request-ID: only a proxy can reach the port.")  # fmt: skip
@click.option("--tls-cert", type=_FILE, envvar="COMMONHOLD_TLS_CERT", show_envvar=True, help="Certificate with its chain, PEM: speak HTTPS.")
@click.option("--tls-key", type=_FILE, envvar="COMMONHOLD_TLS_KEY", show_envvar=True, help="Its key, PEM, without a password.")
@click.option("--metrics-token-file", type=_FILE, envvar="COMMONHOLD_METRICS_TOKEN_FILE", show_envvar=True, help="Whoever sends the token in this file may read /metrics; else this machine alone.")  # fmt: skip
@click.option("--log-format", type=_FORMATS, envvar="COMMONHOLD_LOG_FORMAT", show_envvar=True, help="A line for each request on standard error. Default: line on a terminal, else json.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, envvar="COMMONHOLD_WORKERS", show_envvar=True, help="Processes.")
@click.option("--work/--no-work", default=True, show_default=True, envvar="COMMONHOLD_WORK", show_envvar=True, help="Do the background work too, in a process beside; else: commonhold work.")  # fmt: skip
@click.option("--sign-up", type=click.Choice(["open", "invited", "closed"]), default="invited", show_default=True, envvar="COMMONHOLD_SIGN_UP", show_envvar=True, help="Who may make an account.")  # fmt: skip
@session_options()
def serve_command(
    session: Session, host: str, port: int, allowed: tuple[str, ...], public_url: str, behind_proxy: bool, tls_cert: Path | None,
    tls_key: Path | None, metrics_token_file: Path | None, log_format: str | None, workers: int, work: bool, sign_up: str,
) -> None:  # fmt: skip
    """Serve the pages and the API.

    \b
    commonhold serve --behind-proxy --public-url https://commons.example.org
    commonhold serve --host 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem --public-url https://commons.example.org
    """
    from ..server.options import Serving
    from ..server.run import serve

    session.node.close()
    form = log_format or ("line" if sys.stderr.isatty() else "json")
    serving = Serving(
        host, port, workers, tuple(name for name in allowed if name), tls_cert, tls_key, behind_proxy, public_url, metrics_token_file,
        "" if form == "none" else form, work, sign_up,
    )  # fmt: skip
    serve(session.home, serving)
