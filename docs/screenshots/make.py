"""Makes the screenshots of all screens from the node of the demo: light, dark, and on a telephone.

    make screenshots                                       # makes the demo, and all pictures
    .venv/bin/python docs/screenshots/make.py .demo        # from a node that is there
    .venv/bin/python docs/screenshots/make.py .demo log validate      # only those of these names

It works on a copy of the node, signed in as a steward where a screen is for members. It needs the packages of the test
group and Chromium. Each picture is a PNG of less than 200 kB: what a window of that size shows of the page.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
COMMONHOLD = str(Path(sys.executable).with_name("commonhold"))
BYTES_MAX = 200_000
STEWARD = "Rowan"
BOX = "063EMWS0NCTH3N6TCVNG8EEPG8"
"""The box of the demo."""
HAPPENED = (
    ("log", "work", "3.5", "--domain", "hardware", "--note", "Soldered two prototypes of the charge controller, and measured their ripple"),
    ("log", "documentation", "120", "--domain", "battery-management", "--note", "How to balance the cells, with pictures"),
    ("log", "care", "2", "--domain", "hardware", "--note", "Cooked for the camp in spring"),
    ("income", "add", "2500.00", "EUR", "--from", "Example Solar Workshop", "--source", "benefit_share", "--as", STEWARD),
)
"""What happens in the copy, so that something waits for peers, and there is something to share."""
NEEDED = (
    {
        "type": "Intent",
        "id": "test-controller",
        "action": "work",
        "name": "Test the charge controller at 40 °C",
        "effortQuantity": {"hasNumericalValue": "6", "hasUnit": "hour"},
    },
    {
        "type": "Intent",
        "id": "translate-manual",
        "action": "work",
        "name": "Translate the manual into Spanish",
        "effortQuantity": {"hasNumericalValue": "10", "hasUnit": "hour"},
    },
    {
        "type": "Intent",
        "id": "two-rolls",
        "action": "transfer",
        "name": "Two rolls of solder",
        "provider": "",
        "resourceQuantity": {"hasNumericalValue": "2", "hasUnit": "one"},
    },
    {
        "type": "Intent",
        "id": "solder-wanted",
        "action": "transfer",
        "name": "Solder for two prototypes",
        "receiver": "",
        "resourceQuantity": {"hasNumericalValue": "1", "hasUnit": "one"},
    },
)
"""What is offered and wanted in the copy: open tasks, an offer and a request. Who is empty is the peer."""
PEER = "Alder"
START_SECONDS = 60
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@dataclass(frozen=True)
class Light:
    """In which light, and through how large a window, a screen is seen."""

    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int


LIGHTS = (Light("light", "light", 1200, 820), Light("dark", "dark", 1200, 820), Light("phone", "light", 390, 844))


@dataclass(frozen=True)
class Screen:
    """A screen.

    Attributes:
        path: Its address below that of the commons; with a slash in front, below that of the node.
        section: The section of the commons that it belongs to. part: From which part of the page on. member: Whether one is signed in.
    """

    name: str
    path: str
    section: str = "-"
    part: str = ""
    member: bool = False


SCREENS = (
    Screen("node", "/"),
    Screen("sign-up", "/-/account/signup/passkey/"),
    Screen("sign-in", "/-/account/login/"),
    Screen("join", "join/"),
    Screen("overview", "", ""),
    Screen("overview-money", "", "", "#money"),
    Screen("contributions", "contributions/", "contributions/"),
    Screen("contribution", "contributions/{contribution}/", "contributions/"),
    Screen("money", "money/", "money/"),
    Screen("income", "incomes/new/", "money/", member=True),
    Screen("preview", "distributions/new/", "money/", member=True),
    Screen("what-if", "what-if/?steps.contributions.weights.documentation=9", "money/"),
    Screen("distribution", "distributions/1/", "money/"),
    Screen("steps", "distributions/1/", "money/", "#steps"),
    Screen("share", "distributions/1/{peer}/", "money/"),
    Screen("log", "log/", "log/", member=True),
    Screen("sheet", "log/sheet/", "log/", member=True),
    Screen("validate", "validate/", "validate/", member=True),
    Screen("tasks", "tasks/", "tasks/"),
    Screen("flows", "flows/", "flows/"),
    Screen("trace", f"resources/{BOX}/", "flows/", "#trace"),
    Screen("market", "market/", "flows/"),
    Screen("decisions", "decisions/", "decisions/"),
    Screen("decision", "decisions/{charter}/", "decisions/"),
    Screen("proposal", "decisions/new/?question=charter", "decisions/", member=True),
    Screen("delegation", "delegation/", "decisions/"),
    Screen("stewards", "stewards/", "decisions/"),
    Screen("people", "people/", "people/"),
    Screen("agent", "agents/{peer}/", "people/"),
    Screen("charter", "charter/", "charter/"),
    Screen("journal", "journal/", "journal/"),
    Screen("entry", "journal/{contribution}/", "journal/"),
    Screen("me", "me/", member=True),
    Screen("keys", "me/keys/", member=True),
    Screen("search", "search/?q=charge"),
    Screen("desk", "desk/", member=True),
    Screen("desk-members", "desk/members/", member=True),
    Screen("desk-charter", "desk/charter/", member=True),
    Screen("desk-data", "desk/data/", member=True),
)


def file_of(screen: Screen, light: Light) -> Path:
    """Where a picture is kept."""
    return HERE / f"{screen.name}.{light.name}.png"


@contextmanager
def served(home: Path) -> Iterator[tuple[str, str]]:
    """A copy of the node, served: (its address, a token of the steward)."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        copy = shutil.copytree(home, Path(folder) / "home")
        environment = os.environ | {"COMMONHOLD_HOME": str(copy), "COMMONHOLD_SIGN_UP": "open"}
        for command in HAPPENED:
            who = () if "--as" in command else ("--as", PEER)
            subprocess.run([COMMONHOLD, *command, *who], env=environment, check=True, capture_output=True)
        told = subprocess.run([COMMONHOLD, "person", "show", PEER, "--json"], env=environment, check=True, capture_output=True)
        peer = json.loads(told.stdout)["agent"]
        needed = json.dumps([{name: value or peer for name, value in one.items()} for one in NEEDED]).encode()
        subprocess.run([COMMONHOLD, "flows", "create", "-", "--as", PEER], env=environment, input=needed, check=True, capture_output=True)
        made = subprocess.run([COMMONHOLD, "token", "new", "--as", STEWARD, "--json"], env=environment, check=True, capture_output=True)
        process = subprocess.Popen([COMMONHOLD, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/healthz")
            yield address, json.loads(made.stdout)["token"]
        finally:
            process.terminate()
            process.wait()


def _wait(address: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            urlopen(address).close()
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def places(address: str, commons: str) -> dict[str, str]:
    """What the addresses of screens name, of the commons that is shown."""
    read = f"{address}/{commons}"
    people = [line["agent"] for line in _read(f"{read}/distributions/1.json")["agents"] if line["type"] == "Person"]
    listed = _read(f"{read}/contributions.json?kind=work")["contributions"] or _read(f"{read}/contributions.json")["contributions"]
    found = {"peer": people[0], "contribution": str(listed[0]["position"])}
    for one in _read(f"{read}/decisions.json?phase=closed")["decided"]:
        if one["outcome"] == "carried":
            found.setdefault(one["question"], str(one["number"]))
    return found


def taken(page: Page, address: str, screen: Screen, light: Light) -> int:
    """Make a picture; how many bytes it has."""
    page.emulate_media(color_scheme=light.scheme, reduced_motion="reduce")
    page.goto(address + screen.part)
    page.wait_for_load_state("networkidle")
    target = file_of(screen, light)
    page.screenshot(path=target)
    size = target.stat().st_size
    assert size < BYTES_MAX, f"{target} has {size} bytes"
    return size


def signed_in(browser: Browser, light: Light, address: str, token: str) -> Page:
    """A window of that size, in which the steward is signed in."""
    page = browser.new_page(viewport={"width": light.width, "height": light.height})
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Your token").fill(token)
    page.get_by_label("Your token").press("Enter")
    page.wait_for_url("**/me/**")
    return page


def main() -> None:
    """Make them all."""
    home, wanted = Path(sys.argv[1] if len(sys.argv) > 1 else ".demo"), sys.argv[2:]
    with served(home) as (address, token), sync_playwright() as playwright:
        commons = _read(f"{address}/index.json")["commons"][0]["commons"]
        named = places(address, commons)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for light in LIGHTS:
            stranger = browser.new_page(viewport={"width": light.width, "height": light.height})
            member = signed_in(browser, light, f"{address}/{commons}", token)
            for screen in [one for one in SCREENS if one.name in wanted or not wanted]:
                path = screen.path.format(**named)
                whole = address + (path if path.startswith("/") else f"/{commons}/{path}")
                size = taken(member if screen.member else stranger, whole, screen, light)
                print(f"{file_of(screen, light).name}: {size} bytes", flush=True)
        browser.close()


def _read(address: str) -> Any:
    with urlopen(address) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
