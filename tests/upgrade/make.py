"""Writes the data of a node as the installed version keeps it, for the test of upgrades: `python tests/upgrade/make.py NAME`.

Run it once for each release, with that release (`PYTHONPATH=…/src`, or its own environment), and keep what it writes. It uses
commands that every version has, and `decide` where there is one. Databases are kept as SQL, which can be read and compared.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

NODES = Path(__file__).parent / "nodes"
CHARTER = """
[commons]
name = "Garden of an earlier version"
purpose = "To be opened by a later one."
licence = ["CERN-OHL-W-2.0"]
currency = "EUR"
domains = ["beds", "tools"]
joining = "open"

[kinds.work]
value = "25.00"
[kinds.expense]
[kinds.documentation]

[validation]
quorum = 2

[[sharing.steps]]
id = "repay"
to = "repay"
percent = "20"

[[sharing.steps]]
id = "contributions"
to = "contributions"
rest = true
weights = { work = "1", documentation = "0.5" }
"""
DECIDING = """
[governance.questions.role]
discussion_days = 0
voting_days = 3
seconds = 0
"""
RUN = "import sys; from commonhold.cli import main; sys.exit(main())"
ACCOUNTS = """
import sys
from pathlib import Path
from commonhold.server.wsgi import configure
configure(Path(sys.argv[1]))
from commonhold.web.accounts.models import Membership, User
user = User.objects.create_user("bo@garden.example", "correct horse battery staple")
Membership.objects.create(user=user, commons="garden", agent=sys.argv[2])
"""
SAID = {
    "members": ["member", "list"],
    "contributions": ["contributions"],
    "shares": ["share", "show", "1"],
    "explained": ["share", "explain", "Bo"],
    "checkpoint": ["journal", "checkpoint"],
}
"""What the version says of its node: the later one has to say the same."""


class Maker:
    """A node in a folder, and commands in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = os.environ | {"COMMONHOLD_HOME": str(home)}
        self._environment.pop("DATABASE_URL", None)
        self.token = ""

    def run(self, *words: str, optional: bool = False) -> Any:
        """Run a command, return what it says as plain values."""
        command = [sys.executable, "-c", RUN, *words, "--json"]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode and not optional:
            sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def fill(self) -> None:
        """Let a little happen: everything that has tables of its own, where the version has it."""
        with tempfile.TemporaryDirectory() as folder:
            charter = Path(folder) / "charter.toml"
            charter.write_text(CHARTER)
            init = ["init", str(self.home), "--charter", str(charter), "--name", "garden", "--origin", "garden.example/garden", "--founder", "Ana"]
            self.run(*init)
            charter.write_text(CHARTER + DECIDING)
            decides = self.run("charter", "change", str(charter), "--reason", "To decide", optional=True) is not None
        for name in ("Bo", "Cy"):
            self.run("member", "join", "--name", name, "--public")
        self.run("person", "set", "Bo", "--email", "bo@garden.example", "--iban", "DE89370400440532013000")
        self.run("agent", "add", "org:baker", "--name", "Baker", "--class", "enterprise")
        for who, kind, amount, domain in (("Ana", "work", "4", "beds"), ("Bo", "work", "12.5", "tools"), ("Bo", "expense", "30.00", "tools")):
            position = str(self.run("log", kind, amount, "--domain", domain, "--as", who, "--note", f"{kind} by {who}")["position"])
            for peer in {"Ana", "Bo", "Cy"} - {who}:
                self.run("validate", position, "--as", peer)
        refused = str(self.run("log", "work", "99", "--domain", "beds", "--as", "Cy")["position"])
        self.run("validate", refused, "--refuse", "--reason", "Nobody saw it.", "--as", "Ana")
        self.run("log", "documentation", "2", "--domain", "beds", "--as", "Cy")
        self.run("flows", "record", "raise", "50 piece", "--new", "Seedlings", "--as", "Cy", optional=True)
        self.run("income", "add", "1000.00", "EUR", "--from", "org:baker", "--source", "benefit_share")
        self.run("share", "record")
        self.run("share", "pay", "1", "--to", "Ana", "--reference", "first transfer", optional=True)
        self.run("income", "add", "70.00", "EUR", "--from", "org:baker")
        self.token = self.run("token", "new", "--as", "Bo", "--label", "phone", "--days", "3660")["token"]
        if decides:
            self.run("decide", "propose", "role", "--title", "Bo as a steward", "--role", "Bo", "steward", "--as", "Ana")
            self.run("decide", "vote", "1", "yes", "--as", "Bo")
            self.run("decide", "delegate", "Ana", "--as", "Cy")

    def keep(self, folder: Path) -> None:
        """Write it all to a folder."""
        said = {name: self.run(*words) for name, words in SAID.items()}
        said["token"] = self.token
        said["version"] = subprocess.run([sys.executable, "-c", RUN, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        bo = next(member["agent"] for member in said["members"]["members"] if member["name"] == "Bo")
        subprocess.run([sys.executable, "-c", ACCOUNTS, str(self.home), bo], env=self._environment, check=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("commonhold", "accounts"):
            with closing(sqlite3.connect(self.home / f"{name}.db")) as database:
                (folder / f"{name}.sql").write_text("\n".join(database.iterdump()) + "\n", encoding="utf-8")
        (folder / "node.key.hex").write_text((self.home / "node.key").read_bytes().hex() + "\n")
        (folder / "said.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Make the node of a name."""
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(Path(folder) / "node")
        maker.fill()
        maker.keep(NODES / sys.argv[1])


if __name__ == "__main__":
    main()
