"""`docs/reference/api.md` is true: its tables are those of the program, and its examples work."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from serving import Site, signed_work

from commonhold.api.reads import API_VERSION
from commonhold.api.reference import TABLES

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```$(?:\n\n```json\n(.*?)^```$)?", PAGE, re.DOTALL | re.MULTILINE)
"""(what is typed, what the last line of it answers or nothing)"""


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_are_those_of_the_program(name: str) -> None:
    found = re.search(rf"^<!-- {name} -->\n(.*?)<!-- end -->$", PAGE, re.DOTALL | re.MULTILINE)
    assert found and found[1].strip() == TABLES[name]().strip(), "put in what python -m commonhold.api.reference prints"


def test_all_codes_of_the_api_are_explained() -> None:
    source = "".join(path.read_text() for room in ("api", "node", "server", "cli") for path in (ROOT / "src/commonhold" / room).glob("*.py"))
    assert set(re.findall(r'"(api\.[a-z_]+)"', source)) == set(re.findall(r"^\| `(api\.[a-z_]+)` \|", PAGE, re.MULTILINE))


def test_the_version_is_explained() -> None:
    assert re.findall(r"^\| (\d+) \| ", PAGE.partition("## Versions")[2], re.MULTILINE)[-1] == str(API_VERSION)


EXACT = ("state", "code", "kind", "domain", "verdict", "dryRun", "claimed", "counted", "status", "title", "apiVersion")
"""What an example must show as it is; of all else, the name and the type."""


def fits(shown: Any, given: Any, name: str = "") -> bool:
    """Whether an answer has everything that the page shows of one."""
    if isinstance(shown, dict):
        return isinstance(given, dict) and all(key in given and fits(value, given[key], key) for key, value in shown.items())
    if isinstance(shown, list):
        return isinstance(given, list) and len(given) >= len(shown) and all(map(fits, shown, given))
    return shown == given if name in EXACT else type(shown) is type(given)


class Examples:
    """Does what `curl` is told to do."""

    def __init__(self, site: Site, files: dict[str, bytes]) -> None:
        self.site, self.files = site, files
        self.variables = {"API": "/api", "COMMONS": "test", "TOKEN": site.token("Ana")}

    def curl(self, line: str) -> Any:
        words = iter(shlex.split(re.sub(r"\$([A-Z]+)", lambda found: self.variables[found[1]], line))[1:])
        headers, body, address = {}, None, ""
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(words).encode()
            elif word == "--data-binary":
                body = self.files[next(words).removeprefix("@")]
            elif word == "-o":
                next(words)
            else:
                assert word.startswith("/api/"), word
                address = word
        media = headers.pop("Content-Type", "")
        return self.site.get(address, **headers) if body is None else self.site.post(address, body, media=media, **headers)


@pytest.fixture
def example(sqlite_site: Site) -> Examples:
    """The commons of the examples: entries 19 and 20 are validated code, 21 is open."""
    world = sqlite_site.world
    for _ in range(3, 19):
        world.log("Cy")
    places = [world.log("Bo", "code", "58"), world.log("Bo", "code", "58"), world.log("Cy")]
    assert places == [19, 20, 21]
    for place in places[:2]:
        world.attest("Ana", place)
        world.attest("Cy", place)
    entry = signed_work(world, "Bo")
    return Examples(sqlite_site, {"entry.json": entry, "entries.jsonl": entry + b"\n{}\n"})


def test_the_examples_answer_what_the_page_shows(example: Examples) -> None:
    asked = 0
    for typed, shown in EXAMPLES:
        lines = [line for line in typed.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
        answers = [example.curl(line) for line in lines]
        assert [answer.status_code for answer in answers] == [200] * len(lines), (lines, [answer.content for answer in answers])
        assert not shown or fits(json.loads(shown), json.loads(answers[-1].content)), (shown, answers[-1].content)
        asked += len(lines)
    assert asked == PAGE.count("\ncurl ")


def test_the_error_that_is_shown_is_the_one_that_comes(example: Examples) -> None:
    shown = next(json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE) if "urn:commonhold" in text)
    params = {"kind": "cooking", "amount": "1", "domain": "firmware"}
    answer = example.site.post("/api/commons/test/commands/contribution.log", params, token=example.variables["TOKEN"])
    assert fits(shown, json.loads(answer.content)) and shown.keys() == json.loads(answer.content).keys()


def test_the_commands_that_are_named_exist() -> None:
    from commonhold.cli.app import root

    named = re.findall(r"^commonhold ([a-z]+) ([a-z]+)|`commonhold ([a-z]+) ([a-z]+)[ `]", PAGE, re.MULTILINE)
    assert len(named) >= 5
    for group, verb in (tuple(filter(None, words)) for words in named):
        assert root.get_command(None, group).get_command(None, verb), (group, verb)  # type: ignore[arg-type,union-attr]
