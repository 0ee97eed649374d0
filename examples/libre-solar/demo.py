"""The main job on real data: a commons imports, validates, receives, shares, explains and verifies; then its pages are served.

Every step is a command that you can type yourself, in the folder of the source; each is printed before it runs.
"""

from __future__ import annotations

import argparse
import csv
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMONHOLD = Path(sys.executable).with_name("commonhold")
EARLIER = HERE / "earlier.py"
AS_TYPED = ".venv/bin/commonhold --home .demo"
"""How a command is printed, so that it can be typed in the folder of the source."""
STEWARDS = ("Rowan", "Yew")
BOX = "063EMWS0NCTH3N6TCVNG8EEPG8"
"""The frame of the box, as the record of its assembly calls it."""
DOMAINS = {
    "LibreSolar/charge-controller-firmware": "charge-controller",
    "LibreSolar/bms-firmware": "battery-management",
    "LibreSolar/bms-c1": "hardware",
    "LibreSolar/mppt-2420-hc": "hardware",
}


class Demo:
    """Runs commands in one node folder, and shows them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.days_ago = 15
        self.environment = os.environ | {"COMMONHOLD_HOME": str(home)}
        self.environment.pop("COMMONHOLD_AS", None)

    def run(self, *arguments: str, show: bool = True) -> str:
        """Run a command; show it and what it says."""
        if show:
            print(f"\n$ {AS_TYPED} {shlex.join(arguments)}", flush=True)
        command = [COMMONHOLD] if not self.days_ago else [sys.executable, EARLIER, str(self.days_ago)]
        done = subprocess.run([*command, *arguments], env=self.environment, capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            sys.exit(f"{AS_TYPED} {shlex.join(arguments)}\n{done.stdout}{done.stderr}")
        if show:
            print(done.stdout.rstrip(), flush=True)
        return done.stdout


def say(text: str) -> None:
    """A line of the story."""
    print(f"\n\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def found(demo: Demo) -> None:
    """A commons with its stewards and the organizations around it."""
    say("A commons is founded from its charter")
    demo.run(
        "init",
        str(demo.home.relative_to(ROOT)),
        "--charter",
        str((HERE / "charter.toml").relative_to(ROOT)),
        "--name",
        "libre-solar",
        "--founder",
        "Rowan",
    )
    demo.run("member", "join", "--name", "Yew", "--as-user", "--public")
    demo.run("member", "role", "Yew", "steward")
    demo.run("person", "set", "Rowan", "--public", show=False)
    for id_, name, class_ in (
        ("org:example-foundation", "Example Foundation", "foundation"),
        ("org:example-workshop", "Example Solar Workshop", "enterprise"),
        ("org:example-rtos-commons", "Example RTOS Commons", "commons"),
    ):
        demo.run("agent", "add", id_, "--name", name, "--class", class_)


def import_work(demo: Demo) -> list[str]:
    """Four real histories become claims; returns their batches."""
    say("Four real histories are imported: every commit is a claim")
    tables = [str((HERE / name).relative_to(ROOT)) for name in ("commits.csv", "changes.csv")]
    for repository, domain in DOMAINS.items():
        demo.run("import", "commits", tables[0], "--changes", tables[1], "--repository", repository, "--domain", domain)
    return [row["id"] for row in _json(demo.run("import", "list", "--json", show=False))["batches"]]


def join(demo: Demo) -> None:
    """Those who made more than one commit join and are recognised by a steward; the others' shares wait for them."""
    with (HERE / "commits.csv").open() as file:
        commits = Counter(row["author"] for row in csv.DictReader(file))
    peers = [name for name, count in commits.most_common() if count > 1]
    say(f"{len(peers)} peers join, and a steward recognises their work; {len(commits) - len(peers)} have not come yet: their shares will wait")
    for number, name in enumerate(peers):
        demo.run("member", "join", "--name", name, "--public", show=number == 0)
        demo.run("identity", "claim", name, "--for", name, show=number == 0)
    print(f"… and so on for {', '.join(peers[1:])}.")


def validate(demo: Demo, batches: list[str]) -> None:
    """Two stewards take up the batches; where author and committer differ, the history has attested already."""
    say("A claim is not a contribution: two stewards validate the imports, batch by batch")
    for steward in STEWARDS:
        for batch in batches:
            demo.run("validate", "--batch", batch[:12], "--as", steward)
    demo.run("contributions", "--totals")


def share(demo: Demo) -> None:
    """Income comes in, and is shared by the charter."""
    say("Income: an enterprise that lives on the commons shares its benefit")
    demo.run("income", "add", "10000.00", "EUR", "--from", "org:example-workshop", "--source", "benefit_share")
    say("It is shared by the policy of the charter")
    demo.run("share", "record")
    demo.run("share", "show")
    say("And every share explains itself, down to the commits")
    demo.run("share", "explain", "Alder")


def build_and_sell(demo: Demo) -> None:
    """The real assembly of a Libre Solar box, and an income from its sale that flows back along it."""
    say("A box was built: 156 real events, with stock, processes and work; every quantity follows from the events")
    demo.run("import", "valueflows", str((HERE / "box.json").relative_to(ROOT)), "--domain", "hardware")
    for name in ("User One", "User Two"):
        demo.run("person", "set", name, "--public", show=False)
    demo.run("flows", "list", "resources")
    batch = _json(demo.run("import", "list", "--json", show=False))["batches"][-1]["id"]
    for steward in STEWARDS:
        demo.run("validate", "--batch", batch[:12], "--as", steward, show=False)
    say("The box is sold, and what it brings flows back to those who worked on it")
    demo.run("flows", "record", "transfer", "1 u_piece", "--resource", BOX, "--by", "User One", "--to", "org:example-workshop")
    demo.run("income", "add", "480.00", "EUR", "--from", "org:example-workshop", "--source", "sale", "--fund", "box", "--for", BOX)
    demo.run("share", "record", "--fund", "box")
    demo.run("share", "explain", "User One")


def decide(demo: Demo) -> None:
    """A peer proposes another policy; producers and users vote; it carries, is carried out, and the next income follows it."""
    say("A peer proposes another policy. What it changes is shown as a difference, with its effect on the last distribution")
    for name in ("Willow", "Rose"):
        demo.run("member", "join", "--name", name, "--as-user", "--public", show=False)
    proposed = demo.home / "proposed.toml"
    charter = (HERE / "charter.toml").read_text(encoding="utf-8")
    proposed.write_text(charter.replace('at_most = "100.00"', 'at_most = "250.00"'), encoding="utf-8")
    title = "A higher basic income"
    demo.run("decide", "propose", "charter", "--title", title, "--charter", str(proposed.relative_to(ROOT)), "--as", "Alder")
    demo.run("decide", "comment", "1", "Who looks after the others' work has less time for their own.", "--as", "Yew")
    demo.run("decide", "show", "1")
    say("A week later both rolls vote; Rose has no time, and has named Yew as delegate")
    demo.run("decide", "delegate", "Yew", "--as", "Rose")
    demo.days_ago = 8
    for number, (name, answer) in enumerate((("Alder", "yes"), ("Rowan", "yes"), ("Bay", "no"), ("Yew", "yes"), ("Willow", "yes"))):
        demo.run("decide", "vote", "1", answer, "--as", name, show=number == 0)
    say("Another week later it is counted, and carried out: no steward retypes anything")
    demo.days_ago = 0
    demo.run("decide", "close", "1")
    demo.run("decide", "explain", "1", "Rose")
    say("The next income is shared by the new policy")
    demo.run("income", "add", "5000.00", "EUR", "--from", "org:example-workshop", "--source", "benefit_share")
    demo.run("share", "record")
    demo.run("share", "show")
    say("Anybody can count again")
    demo.run("decide", "recount", "1")


def require_free(port: int) -> None:
    """End with a message, before anything else is done, if the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} of 127.0.0.1 cannot be used ({error.strerror}). Choose another: make demo ARGS='--port {port + 1}'")


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="end after printing")
    parser.add_argument("--port", type=int, default=8400)
    options = parser.parse_args()
    if not options.no_serve:
        require_free(options.port)
    started = time.monotonic()
    home = ROOT / ".demo"
    shutil.rmtree(home, ignore_errors=True)
    demo = Demo(home)
    found(demo)
    batches = import_work(demo)
    join(demo)
    validate(demo, batches)
    share(demo)
    build_and_sell(demo)
    decide(demo)
    say("Anybody can check all of it: signatures, tree, checkpoints, rules, tables, shares")
    demo.run("verify", "--shares")
    print(f"\nDone in {time.monotonic() - started:.0f} s. The node is in .demo; try: {AS_TYPED} contributions", flush=True)
    if not options.no_serve:
        print("Make an account on its pages, if you like: letters, with the code that you need, are written to .demo/outbox.", flush=True)
        os.execve(COMMONHOLD, [str(COMMONHOLD), "serve", "--port", str(options.port), "--sign-up", "open"], demo.environment)


def _json(text: str) -> dict[str, list[dict[str, str]]]:
    import json

    found: dict[str, list[dict[str, str]]] = json.loads(text)
    return found


if __name__ == "__main__":
    main()
