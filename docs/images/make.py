"""Makes the pictures of the README from the pages of the demo.

    make demo                                    # serves the demo on 127.0.0.1:8400
    .venv/bin/python docs/images/make.py         # in another terminal; or with another address, http://127.0.0.1:9000
    .venv/bin/python docs/images/make.py http://127.0.0.1:9000 decision budget      # only those of these names

It needs the packages of the test group and Chromium. Each picture is a PNG of less than 200 kB: what a window of that
size shows of the page, from the top.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
BYTES_MAX = 200_000
BOX = "063EMWS0NCTH3N6TCVNG8EEPG8"
"""The box of the demo."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@dataclass(frozen=True)
class Picture:
    """A picture: which page, in which light, through how large a window, from which part of the page on."""

    name: str
    path: str
    scheme: Literal["light", "dark"]
    width: int
    height: int
    part: str = ""


def pictures(address: str) -> list[Picture]:
    """The pictures, of the commons that the server at this address has."""
    commons = f"/{_read(f'{address}/index.json')['commons'][0]['commons']}"
    distribution = f"{commons}/distributions/1"
    peer = next(line["agent"] for line in _read(f"{address}{distribution}.json")["agents"] if line["type"] == "Person")
    return [
        Picture("commons", f"{commons}/", "light", 1280, 1225),
        Picture("distribution", f"{distribution}/", "light", 880, 1035, part="#steps"),
        Picture("share", f"{distribution}/{peer}/", "dark", 1280, 1120),
        Picture("box", f"{commons}/resources/{BOX}/", "light", 880, 980, part="#trace"),
        Picture("phone", f"{commons}/", "light", 390, 1100, part="#money"),
        *_decisions(address, commons),
    ]


def _decisions(address: str, commons: str) -> list[Picture]:
    """The last charter that was changed by a vote, and the last budget, where the commons has decided such questions."""
    shown = {"charter": ("decision", 1170), "budget": ("budget", 1000)}
    found = {}
    for one in reversed(_read(f"{address}{commons}/decisions.json?phase=closed")["decided"]):
        if one["question"] in shown and one["outcome"] == "carried":
            name, height = shown[one["question"]]
            found[name] = Picture(name, f"{commons}/decisions/{one['number']}/", "light", 880, height)
    return list(found.values())


def main() -> None:
    """Make them all."""
    address = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8400").rstrip("/")
    wanted = sys.argv[2:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for picture in [one for one in pictures(address) if one.name in wanted or not wanted]:
            page = browser.new_page(viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme, reduced_motion="reduce")
            page.goto(f"{address}{picture.path}{picture.part}")
            target = HERE / f"{picture.name}.png"
            page.screenshot(path=target)
            size = target.stat().st_size
            assert size < BYTES_MAX, f"{target} has {size} bytes"
            print(f"{target.relative_to(HERE.parent.parent)}: {size} bytes")
        browser.close()


def _read(address: str) -> Any:
    with urlopen(address) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
