"""Verifying in a real browser: whatever a server could change is found, and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browsers import Watched
from published_log import BO, NODE, Published, altered, history, signed
from verifying import Served, shows, verified

from commonhold.journal.tiles import bundle

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
