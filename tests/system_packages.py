"""What the tests need of the system, beside Python: installs it where it may, or says in one line what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {
    "git": "git",
    "belenios-tool": "belenios-tool",
    "hledger": "hledger",
    "chromium": "chromium",
    "go": "golang-go",
    "curl": "curl",
    "jq": "jq",
    "openssl": "openssl",
    "systemd-analyze": "systemd",
}
IN_CI = {"caddy": "caddy", "nginx": "nginx-light"}
"""Servers, which nobody wants to have started by a test run on their own machine; there, tests of their samples are left out."""
GO_SOURCES = ("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog", "golang-golang-x-mod-dev")


def missing() -> list[str]:
    """Debian packages that are not here."""
    programs = PROGRAMS | IN_CI if os.environ.get("CI") else PROGRAMS
    wanted = [package for program, package in programs.items() if shutil.which(program) is None]
    if not Path(GO_SOURCES[0]).is_dir():
        wanted.append(GO_SOURCES[1])
    return wanted


def main() -> int:
    """Install what is missing, if this is Debian and root asks; else say it."""
    wanted = missing()
    if not wanted:
        return 0
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing what the tests need: {' '.join(wanted)} …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(command, check=False, **quiet)
        wanted = missing()
    if wanted:
        print(f"The tests need: apt install {' '.join(wanted)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
