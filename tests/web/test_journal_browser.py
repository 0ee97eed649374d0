"""Verifying in a real browser: what is right is found right, and whatever a server could change is found and named."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commons_to_show import example_world
from decisions_to_show import decisions_world
from playwright.sync_api import Browser, Page
from published_log import ANA, BO, NODE, Published, altered, history, signed
from serving import ServerProcess
from test_browser import DESK, OVERLAPS, PHONE, Watched, violations

from commonhold.commons import entries as e
from commonhold.journal.keys import SigningKey
from commonhold.journal.tiles import bundle
from commonhold.journal.tree import Frontier, leaf_hash

VECTORS = Path(__file__).parents[1] / "vectors"
FORM = {"journal.not_canonical", "journal.malformed", "journal.bad_proof", "journal.bad_signature", "journal.too_large", "journal.not_text"}
"""What a reader refuses whatever the kind of an entry."""


@dataclass(frozen=True)
class Served:
    """A server with the example: where it is, an entry that another key signed, and an agent with a share."""

    address: str
    by_other: int
    agent: str


@pytest.fixture(scope="module")
def example_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    before = os.environ.pop("DATABASE_URL", None)
    try:
        home = tmp_path_factory.mktemp("journal") / "home"
        world = example_world(home)
        by_other = _signed_by_another(world)
        agent = world.ids["Alder"]
        world.node.close()
        with ServerProcess(home) as server:
            yield Served(server.address, by_other, agent)
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before


def _signed_by_another(world: Any) -> int:
    """An entry of Bo that a second key of his signed."""
    second, third = (SigningKey.derived(f"another key {number}") for number in (2, 3))
    world.act("Bo", "key.add", e.AddKey(key=second.did))
    fields = {"author": world.ids["Bo"], "commons": world.origin, "kind": "commons.key_add", "key": "by another", "created": "2026-11-17T00:00:00Z"}
    data = signed(1, signer=second, body={"key": third.did}, **fields)
    with world.node.writing("test") as writer:
        return int(next(iter(writer.accept_all([data]))).position)


@pytest.fixture
def window(browser: Browser, example_served: Served) -> Iterator[Watched]:
    made = Watched(browser, example_served.address)
    yield made
    made.context.close()


def verified(page: Page) -> tuple[str, str]:
    """Press the button; what the result is, and all that is said of the checks."""
    page.locator("[data-verify-start]").click()
    return result(page)


def result(page: Page) -> tuple[str, str]:
    page.locator("[data-verify-start]:enabled").wait_for()
    page.locator("[data-verify-status].done, [data-verify-status].problems").wait_for()
    checks = page.locator("[data-verify-checks]")
    return page.locator("[data-verify-status]").inner_text(), checks.inner_text() if checks.is_visible() else ""


# What is right


def test_an_entry_the_journal_and_statements_are_verified(window: Watched, example_served: Served) -> None:
    status, checks = verified(window.go("/test/journal/42/"))
    assert status.startswith("Verified: this entry") and "for the first time" in checks and "by another" not in checks
    assert "its key is the author’s own" in checks and "ends at the signed root" in checks and "bytes on this page are the signed ones" in checks
    status, checks = verified(window.go(f"/test/journal/{example_served.by_other}/"))
    assert (
        status.startswith("Verified")
        and "which this commons says speaks for did:key:" in checks
        and "The key of the journal is the one that" in checks
    )
    page = window.go("/test/journal/")
    size = int(re.search(r"here: (\d+) entries", page.inner_text("main"))[1])  # type: ignore[index]
    status, checks = verified(page)
    assert status == f"Verified: all {size} entries, their signatures and the tree are as the checkpoint says."
    assert f"author’s own key: {size - 1}." in checks and "speaks for the author: 1." in checks and "goes on from the one" in checks
    for place in ("/test/distributions/1/", f"/test/distributions/1/{example_served.agent}/"):
        page = window.go(place)
        status, checks = verified(page)
        marked = page.locator("[data-signed]").count()
        assert status.startswith("Verified: the amounts") and f"those of the signed entries: {marked}." in checks and marked >= 3, checks
    assert window.complaints == []


def test_the_checks_of_the_browser_agree_with_the_vectors(window: Watched) -> None:
    page = window.go("/test/journal/")
    entries = json.loads((VECTORS / "entries.json").read_text(encoding="utf-8"))
    cases = [[one["entry"].encode().hex(), one["signer"], one["id"]] for one in entries["good"]]
    bad = [[one["name"], one.get("hex") or one["text"].encode().hex()] for one in entries["bad"] if one["refused"] in FORM]
    assert len(cases) > 50 and len(bad) > 25
    found = page.evaluate(
        """async ({cases, bad}) => {
            const script = document.querySelector('script[src$="/verify.js"]').src
            const m = await import(script.replace('verify.js', 'verify.entry.js'))
            const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
            const wrong = []
            for (const [data, signer, id] of cases) {
                const found = await m.checkEntry(bytes(data), 'commons.example/lamp').catch((error) => ({key: String(error), leaf: []}))
                if (found.key !== signer || m.hex(found.leaf) !== id) wrong.push([id, found.key])
            }
            for (const [name, data] of bad) {
                const refused = await m.checkEntry(bytes(data), 'commons.example/lamp').then(() => false, (error) => error instanceof m.Flaw)
                if (!refused) wrong.push(name)
            }
            return wrong
        }""",
        {"cases": cases, "bad": bad},
    )
    assert found == []


def test_checkpoints_are_read_as_the_vectors_say(window: Watched) -> None:
    page = window.go("/test/journal/")
    notes = json.loads((VECTORS / "checkpoints.json").read_text(encoding="utf-8"))

    def bytes_of(case: dict[str, Any]) -> str:
        return str(case["hex"]) if "hex" in case else str(case["note"].encode().hex())

    found = page.evaluate(
        """async ({vkey, good, bad, keys}) => {
            const script = document.querySelector('script[src$="/verify.js"]').src
            const m = await import(script.replace('verify.js', 'verify.log.js'))
            const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
            const verifier = await m.readVerifierKey(vkey)
            const wrong = []
            for (const [size, data] of good) if ((await m.openCheckpoint(bytes(data), verifier)).size !== size) wrong.push(size)
            for (const [name, data] of bad) if (await m.openCheckpoint(bytes(data), verifier).then(() => true, () => false)) wrong.push(name)
            for (const key of keys) if (await m.readVerifierKey(key).then(() => true, () => false)) wrong.push(key)
            return wrong
        }""",
        {
            "vkey": notes["vkey"], "good": [[one["size"], bytes_of(one)] for one in notes["good"]],
            "bad": [[one["name"], bytes_of(one)] for one in notes["bad"]], "keys": [one["vkey"] for one in notes["bad_vkeys"]],
        },
    )  # fmt: skip
    assert found == []


def test_a_grant_is_verified_by_its_own_lines(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    world, _ = decisions_world(tmp_path / "home", until_now=True)
    world.node.close()
    with ServerProcess(tmp_path / "home") as server:
        window = Watched(browser, server.address)
        page = window.go("/test/distributions/1/")
        status, checks = verified(page)
        assert status.startswith("Verified: the amounts") and "which this commons says speaks" not in checks
        page.locator("[data-signed=shares]").first.evaluate("element => { element.textContent = '1.00' }")
        page.locator("[data-signed=step]").last.evaluate("element => { element.textContent = '2.00' }")
        status, checks = verified(page)
        assert status.startswith("Not verified. Problems: 2.") and "The page shows 1.00" in checks and "The page shows 2.00" in checks
        window.context.close()


# A journal that grows


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (8, 300), (255, 256), (256, 600), (300, 301), (512, 600), (600, 600)])
def test_a_journal_that_grew_goes_on_from_what_was_seen(window: Watched, old: int, new: int) -> None:
    """By all entries, and by a consistency proof from tiles when only one entry is verified."""
    entries = history(new)
    Published(entries[:old]).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith(f"Verified: all {old} ")
    log = Published(entries).serve(window.context)
    page = shows(window.go("/test/journal/0/"), entries[0])
    status, checks = verified(page)
    assert status.startswith("Verified") and f"the first {old} entries have the same root" in checks
    assert not any(path.startswith("tile/entries") for path in log.asked)
    status, checks = verified(window.go("/test/journal/"))
    assert status.startswith(f"Verified: all {new} ") and f"the first {new} entries have the same root" in checks


def shows(page: Page, data: bytes) -> Page:
    """The page of an entry, as a server would show it that has these bytes."""
    page.locator("[data-shown-bytes]").evaluate("(element, text) => { element.textContent = text }", data.decode())
    return page


# What a server could change


def swapped(entries: list[bytes], one: int, other: int) -> list[bytes]:
    """The entries, with the signatures of two of them exchanged."""
    value = re.compile(rb'"proofValue":"(z\w+)"')
    first, second = (value.search(entries[at])[1] for at in (one, other))  # type: ignore[index]
    made = list(entries)
    made[one], made[other] = entries[one].replace(first, second), entries[other].replace(second, first)
    return made


def byte_in_a_bundle(log: Published) -> None:
    log.files["tile/entries/001.p/44"] = bundle([*log.entries[256:299], log.entries[299].replace(b"said 299", b"said 298")])


def swapped_signatures(log: Published) -> None:
    log.files["tile/entries/001.p/44"] = bundle(swapped(log.entries, 260, 270)[256:])


def missing_entry(log: Published) -> None:
    log.files["tile/entries/001.p/44"] = bundle(log.entries[256:299])


def changed_checkpoint(log: Published) -> None:
    log.files["checkpoint"] = log.note.replace("\n300\n", "\n299\n").encode()


def checkpoint_of_another_key(log: Published) -> None:
    log.files["checkpoint"] = Published(log.entries, BO).note.encode()


def checkpoint_of_other_entries(log: Published) -> None:
    log.files["checkpoint"] = Published(history(300, "told")).note.encode()


def no_checkpoint(log: Published) -> None:
    log.files["checkpoint"] = b"nothing\n"


def no_tile(log: Published) -> None:
    log.files["tile/entries/000"] = b""


CHANGES: list[tuple[Callable[[Published], None], tuple[str, ...]]] = [
    (byte_in_a_bundle, ("Entry 299: The signature does not fit the bytes", "The entries are not those of the signed tree")),
    (swapped_signatures, ("Entry 260: The signature does not fit", "Entry 270: The signature does not fit", "not those of the signed tree")),
    (missing_entry, ("From entry 256 on, the server does not publish as many entries as the checkpoint says.",)),
    (changed_checkpoint, ("The signature of the checkpoint does not fit",)),
    (checkpoint_of_another_key, ("The checkpoint is not signed by the key of the journal.",)),
    (checkpoint_of_other_entries, ("The entries are not those of the signed tree",)),
    (no_checkpoint, ("The checkpoint is not of the form",)),
    (no_tile, ("From entry 0 on, the server does not publish as many entries",)),
]


@pytest.mark.parametrize(("change", "named"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_what_a_server_changes_in_the_journal_is_found(window: Watched, change: Callable[[Published], None], named: tuple[str, ...]) -> None:
    log = Published(history(300)).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith("Verified")
    change(log)
    status, checks = verified(window.go("/test/journal/"))
    assert status.startswith("Not verified.")
    assert [words for words in named if words not in checks.replace("\n", " ").replace("Wrong: ", "")] == [], checks
    assert "remembers the checkpoint of 300 entries" in window.page.inner_text("[data-verify-memory]")


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        (signed(2, commons="commons.example/other"), "It was signed for another journal, commons.example/other."),
        (signed(2).replace(b'{"author"', b'{ "author"'), "The bytes are not in the one form that can be signed."),
        (signed(2, kind="commons.create", body={"charter": "", "node": NODE.did}), "one entry that founds the commons"),
        (b"\xff\xfe", "The bytes are no text."),
        (b"[]", "The bytes are not of the form of an entry."),
        (signed(2, created="2026-02-30T00:00:00Z"), "The bytes are not of the form of an entry."),
        (signed(2).replace(b"assertionMethod", b"authentication1"), "It has no proof of the form that entries have."),
    ],
)
def test_what_a_tree_should_not_have_is_found_even_if_the_checkpoint_has_it(window: Watched, entry: bytes, named: str) -> None:
    """The key of the journal can sign a tree of anything; each entry still has to be one."""
    entries = history(5)
    Published([*entries[:2], entry, *entries[3:]]).serve(window.context)
    status, checks = verified(window.go("/test/journal/"))
    assert status == "Not verified. Problems: 1. They are marked below; do not rely on this page." and named in checks
    assert window.page.get_by_role("link", name="Entry 2").get_attribute("href") == "/test/journal/2/"
    assert window.page.locator("[data-verify-memory]").inner_text() == ""


def test_a_journal_whose_first_entry_names_another_key(window: Watched) -> None:
    Published(history(5), BO).serve(window.context)
    assert "The first entry names another key for the journal" in verified(window.go("/test/journal/"))[1]


@pytest.mark.parametrize("place", ["/test/journal/", "/test/journal/0/"])
def test_a_shortened_journal_is_found(window: Watched, place: str) -> None:
    """The older checkpoint is rightly signed; only who remembers the newer one can tell."""
    entries = history(300)
    new = Published(entries).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith("Verified")
    old = Published(entries[:280]).serve(window.context)
    status, checks = verified(shows(window.go(place), entries[0]) if place != "/test/journal/" else window.go(place))
    assert status.startswith("Not verified. Problems: 1.") and "Entries are missing." in checks and "had 300 entries, now it has 280" in checks
    assert old.root.hex() in checks and new.root.hex() in checks


@pytest.mark.parametrize("place", ["/test/journal/", "/test/journal/0/"])
@pytest.mark.parametrize("size", [300, 256, 12])
def test_a_rewritten_history_is_found_with_both_roots(window: Watched, place: str, size: int) -> None:
    """Whoever holds the key of the journal can sign another history that agrees with itself in everything."""
    entries = history(size)
    seen = Published(entries).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith("Verified")
    other = [*entries[:7], signed(7, "never said"), *entries[8:], *history(320)[size:]]
    Published(other).serve(window.context)
    status, checks = verified(shows(window.go(place), entries[0]) if place != "/test/journal/" else window.go(place))
    assert status.startswith("Not verified. Problems: 1.") and "History was rewritten." in checks
    assert seen.root.hex() in checks and Published(other[:size]).root.hex() in checks
    color = window.page.locator(".check-bad").evaluate("element => getComputedStyle(element).color")
    assert color == "rgb(147, 40, 27)"
    again = verified(window.go("/test/journal/"))[1]
    assert "History was rewritten." in again, "what was found wrong is not remembered as right"


def test_another_key_is_found_and_what_is_remembered_can_be_forgotten(window: Watched) -> None:
    entries = history(5)
    Published(entries).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith("Verified")
    entries[0] = signed(0, body={"charter": "", "node": BO.did})
    Published(entries, BO).serve(window.context)
    page = window.go("/test/journal/")
    status, checks = verified(page)
    assert status.startswith("Not verified.") and "The key of the journal has changed." in checks and "History was rewritten." in checks
    page.get_by_role("button", name="Forget what this browser remembers").click()
    assert page.locator("[data-verify-memory]").inner_text() == "" and page.evaluate("document.activeElement.hasAttribute('data-verify-start')")
    assert verified(page)[0].startswith("Verified")


def test_a_server_that_mixes_two_histories_in_its_tiles_is_found(window: Watched) -> None:
    """Hashes of the old history below, and the root of the new one above: no way leads from one to the other."""
    entries = history(256)
    seen = Published(entries).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith("Verified")
    other = [*entries[:7], signed(7, "never said"), *entries[8:], *history(300)[256:]]
    log = Published(other).serve(window.context)
    log.files["tile/1/000.p/1"] = seen.root
    status, checks = verified(shows(window.go("/test/journal/0/"), entries[0]))
    assert status.startswith("Not verified.") and ("do not lead to the signed root" in checks or "History was rewritten" in checks)


# One entry, and statements


@pytest.mark.parametrize(
    ("ending", "change", "named"),
    [
        (
            r"/journal/entries/42",
            lambda data: data.replace(b"hardware", b"software"),
            ("signature does not fit", "do not stand at place 42", "are not the signed ones"),
        ),
        (r"/journal/42/", lambda data: data.replace(b"hardware", b"software"), ("The bytes on this page are not the signed ones.",)),
        (r"/tile/0/000\.p/\d+", lambda data: data[:32] + bytes(32) + data[64:], ("do not stand at place 42",)),
        (r"/tile/0/000\.p/\d+", lambda data: data[:64], ("does not publish as many hashes",)),
        (r"/journal/verifier-key", lambda data: data.replace(b"+", b"-"), ("The key of the journal is not written rightly.",)),
        (r"/journal/checkpoint", lambda _: b"", ("The checkpoint is not of the form",)),
    ],
)
def test_what_a_server_changes_of_an_entry_is_found(window: Watched, ending: str, change: Any, named: tuple[str, ...]) -> None:
    altered(window.context, ending, change)
    status, checks = verified(window.go("/test/journal/42/"))
    assert status.startswith("Not verified.") and [words for words in named if words not in checks] == [], checks


def test_a_changed_amount_on_a_statement_is_found_and_marked(window: Watched, example_served: Served) -> None:
    place = f"/test/distributions/1/{example_served.agent}/"
    page = window.go(place)
    right = page.locator("dd[data-signed=shares]").inner_text().split()[0]
    altered(window.context, place, lambda data: data.replace(right.encode(), right.replace(right[-1], str((int(right[-1]) + 1) % 10)).encode(), 1))
    page = window.go(place)
    wrong = page.locator("dd[data-signed=shares]").inner_text().split()[0]
    status, checks = verified(page)
    assert wrong != right and status.startswith("Not verified. Problems: 1.")
    assert f"The page shows {wrong}" in checks and f"signed is {right.replace(',', '')}" in checks
    assert page.locator(".not-signed").count() == 1


@pytest.mark.parametrize("figure", ["given", "kept", "amount", "step", "shares"])
def test_every_amount_of_a_distribution_is_compared(window: Watched, figure: str) -> None:
    page = window.go("/test/distributions/1/")
    page.locator(f"[data-signed={figure}]").first.evaluate("element => { element.textContent = `1${element.textContent.trim()}` }")
    assert "signed is" in verified(page)[1] and page.locator(".not-signed").count() == 1


@pytest.mark.parametrize("shown", ["", "none", "10000.00 x 1", "-10,000.00", "10,000.0", "1000,000"])
def test_what_is_no_such_amount_is_not_taken_for_it(window: Watched, shown: str) -> None:
    page = window.go("/test/distributions/1/")
    page.locator("dd[data-signed=amount]").evaluate("(element, text) => { element.textContent = text }", shown)
    assert "signed is 10000.00" in verified(page)[1]


def test_shares_that_are_not_those_of_the_distribution_are_found(window: Watched, example_served: Served) -> None:
    page = window.go("/test/distributions/1/")
    position = page.locator("[data-verify]").get_attribute("data-shares")
    altered(window.context, f"/journal/entries/{position}", lambda data: data.replace(b'"amount":"5', b'"amount":"6', 1))
    status, checks = verified(page)
    assert status.startswith("Not verified.") and "not those of the distribution" in checks
    window.context.unroute_all()
    page = window.go("/test/distributions/1/")
    page.locator("[data-verify]").evaluate("element => { element.dataset.shares = '' }")
    assert re.search(r"Of \d+ shares only 0 are published", verified(page)[1])


# Browsers


def test_a_browser_that_cannot_verify_says_so(browser: Browser, example_served: Served) -> None:
    window = Watched(browser, example_served.address)
    window.context.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))")
    assert verified(window.go("/test/journal/42/"))[0].startswith("This browser cannot check Ed25519 signatures.")
    assert "commonhold journal check test-42.tlog-proof --vkey" in window.page.inner_text("[data-verify] pre")
    window.context.close()


def test_without_scripts_the_page_says_what_it_would_do(browser: Browser, example_served: Served) -> None:
    window = Watched(browser, example_served.address, java_script_enabled=False)
    page = window.go("/test/journal/")
    assert "This needs JavaScript" in page.inner_text("[data-verify]") and page.locator("[data-verify] button:visible").count() == 0
    assert "commonhold verify --export" in page.inner_text("[data-verify] pre")
    window.context.close()


def test_it_can_be_stopped_and_started_by_keyboard(window: Watched) -> None:
    Published(history(600)).serve(window.context)
    window.context.route(re.compile(r"/tile/entries/001$"), lambda _: None)  # it is never answered
    page = window.go("/test/journal/")
    page.keyboard.press("v")
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_text("256 of 600 entries").wait_for()
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [256, 600]
    page.get_by_role("button", name="Stop").click()
    page.locator("[data-verify-start]:enabled").wait_for()
    assert page.locator("[data-verify-status]").inner_text().startswith("Stopped.") and not page.locator("progress").is_visible()
    window.context.unroute(re.compile(r"/tile/entries/001$"))
    assert verified(page)[0].startswith("Verified: all 600 ")


def test_rows_are_gone_through_by_keyboard_and_entries_lead_to_their_neighbours(window: Watched) -> None:
    page = window.go("/test/journal/")
    page.keyboard.press("j")
    newest = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/journal/\d+/$"))
    page.keyboard.press("]")
    page.wait_for_url(f"**{newest}")


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "dark"), (PHONE, "light"), (DESK, "light"), (PHONE, "dark")])
def test_the_pages_are_accessible_and_in_one_piece(browser: Browser, example_served: Served, width: int, scheme: str) -> None:
    """Before anything is verified, when all is right, and when something is wrong."""
    window = Watched(browser, example_served.address, width, scheme)
    places = ["/test/journal/", "/test/journal/?kind=sharing&author=Alder", "/test/journal/42/", "/test/journal/0/", "/test/distributions/1/"]
    for place in [*places, f"/test/distributions/1/{example_served.agent}/"]:
        page = window.go(place)
        looked_at(page, place)
        verified(page)
        looked_at(page, place)
    altered(window.context, r"/journal/entries/42", lambda data: data.replace(b"hardware", b"software"))
    page = window.go("/test/journal/42/")
    verified(page)
    for one in page.locator("details").all():
        one.evaluate("element => { element.open = true }")
    looked_at(page, "wrong")
    assert window.complaints == []
    window.context.close()


def looked_at(page: Page, place: str) -> None:
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), f"{place} scrolls sideways"
    assert page.evaluate(OVERLAPS) == [], place
    assert violations(page) == [], place


def test_the_logs_of_these_tests_are_logs() -> None:
    """The journals made here have the roots that our own tree has."""
    frontier = Frontier()
    for entry in history(9):
        frontier.append(leaf_hash(entry))
    assert Published(history(9)).root == frontier.root() and base64.b64encode(frontier.root()).decode() in Published(history(9)).note
    assert ANA.did != BO.did
