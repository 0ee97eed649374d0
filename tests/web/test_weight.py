"""What a page weighs: its HTML as it is sent to who accepts no compression, and all scripts that it loads, compressed."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from commons_to_show import example_world
from people import as_member, nobody
from serving import Site

HTML_BYTES_MAX = 60_000
SCRIPT_BYTES_MAX = 40_000
PLACES = (
    "", "contributions/", "money/", "incomes/", "distributions/", "distributions/1/", "payouts/", "what-if/", "log/", "log/sheet/", "validate/", "tasks/",
    "flows/", "record/", "decisions/", "decisions/new/", "delegation/", "stewards/", "people/", "charter/", "journal/", "journal/5/", "join/", "me/",
    "me/keys/", "me/profile/", "distributions/new/", "incomes/new/", "search/?q=a",
)  # fmt: skip


@pytest.fixture
def example(sqlite_home: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    world = example_world(sqlite_home)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_is_heavy(example: Site, signed_in: bool) -> None:
    nobody()
    if signed_in:
        as_member(example, "Ana")
    person = example.world.ids["Alder"]
    account = [f"/-/account/{path}/" for path in ("login", "signup/passkey", "signup", "2fa/webauthn/add", "2fa", "sessions")]
    for path in [*(f"/test/{place}" for place in PLACES), f"/test/distributions/1/{person}/", f"/test/agents/{person}/", "/", *account]:
        answer = example.client.get(path, follow=True)
        page = answer.content.decode()
        assert len(answer.content) < HTML_BYTES_MAX, (path, len(answer.content))
        assert scripts(example, page) < SCRIPT_BYTES_MAX, path


def scripts(site: Site, page: str) -> int:
    """Bytes of all scripts of a page, with those that they import."""
    wanted, seen = re.findall(r'<script[^>]* src="([^"]+)"', page), dict[str, int]()
    while wanted:
        address = wanted.pop()
        if address not in seen:
            answer = site.client.get(address)
            assert answer.status_code == 200, address
            text = answer.content
            seen[address] = len(gzip.compress(text))
            wanted += [address.rsplit("/", 1)[0] + "/" + name for name in re.findall(r'from "\./([^"]+)"', text.decode())]
    assert sum(seen.values()) > 1_000
    return sum(seen.values())
