"""The feeds: well-formed Atom (RFC 4287), whatever people have written; what is in them; and nothing sent twice."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from commons_to_show import SCRIPT, SECRET
from governance.deciding import propose, say
from reading import Page
from serving import Site

from commonhold.commons.people import write_profile
from commonhold.governance.entries import Option

ATOM = "{http://www.w3.org/2005/Atom}"


def read(site: Site, path: str = "/test/feed.atom") -> ET.Element:
    """A feed that has all that RFC 4287 asks for: ids that occur once, titles, times, and who wrote it."""
    root = ET.fromstring(site.get(path).content)
    assert root.tag == f"{ATOM}feed" and {"title", "id", "updated", "author"} <= {one.tag.removeprefix(ATOM) for one in root}
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert links["self"] == f"http://localhost{path}" and links["alternate"].startswith("http://localhost/test/")
    ids = [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) and all(id_.startswith("urn:commonhold:") for id_ in ids)
    for one in root.findall(f"{ATOM}entry"):
        assert one.findtext(f"{ATOM}title") and datetime.fromisoformat(one.findtext(f"{ATOM}updated")).tzinfo
        assert one.find(f"{ATOM}link").get("href").startswith("http://localhost/test/")
        assert one.find(f"{ATOM}summary").get("type") == "html"
    return root


def titles(root: ET.Element) -> list[str]:
    """The titles, the newest first."""
    return [one.findtext(f"{ATOM}title") or "" for one in root.findall(f"{ATOM}entry")]


def test_what_is_decided_shared_changed_and_validated_is_in_the_feed(site: Site) -> None:
    world = site.world
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Ana"], name="Ana", public=True)
    world.validated("Bo")
    world.validated("Bo", "code", "20")
    world.clock.days(1)
    world.income("100.00")
    world.share()
    world.clock.days(1)
    number = propose(world, "Ana", "statement", Option(id="one", title="Paint it"), title="What <colour>?")
    world.clock.days(20)
    say(world, "Ana", "close", number)
    told = titles(read(site))
    assert [any(words in title for title in told) for words in ("2 contributions became valid: Code 1, Work 1.", "Ana shared 100.00 EUR")] == [
        True,
        True,
    ]
    assert told[-1] == "Ana founded the commons, with its charter." and sum("What <colour>?" in title for title in told) == 1 and len(told) == 5
    addresses = [one.find(f"{ATOM}link").get("href") for one in read(site).findall(f"{ATOM}entry")]
    for address in addresses:
        assert site.get(address.removeprefix("http://localhost")).status_code == 200, address
    assert [address.endswith(f"/decisions/{number}/") for address in addresses].count(True) == 2
    only = read(site, "/test/decisions/feed.atom")
    assert len(titles(only)) == 2 and titles(only) == [title for title in told if title in titles(only)]


def test_hostile_words_and_private_names_stay_out_of_the_markup(strange: Site) -> None:
    content = strange.get("/test/feed.atom").content.decode()
    root = read(strange)
    assert SCRIPT in (root.findtext(f"{ATOM}title") or "") and SECRET not in content
    for one in root.iter(f"{ATOM}summary"):
        assert not [tag for tag, _ in Page(one.text or "").tags if tag not in {"a", "bdi", "span", "time", "q"}]


def test_who_has_it_is_told_so_and_who_has_not_gets_the_new_one(site: Site) -> None:
    first = site.get("/test/feed.atom")
    assert first.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    when = datetime.strptime(first.headers["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert int(when.timestamp()) == site.world.node.now()
    assert site.get("/test/feed.atom", If_None_Match=first.headers["ETag"]).status_code == 304
    assert site.get("/test/feed.atom", If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    site.world.validated("Bo")
    assert site.get("/test/feed.atom", If_None_Match=first.headers["ETag"]).status_code == 200


def test_the_public_address_is_told_where_there_is_one(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "COMMONHOLD_PUBLIC_URL", "https://commons.example.org")
    content = sqlite_site.text("/test/feed.atom")
    assert "https://commons.example.org/test/feed.atom" in content and "localhost" not in content


def test_pages_of_a_commons_say_that_there_is_a_feed(sqlite_site: Site) -> None:
    for path in ("/test/", "/test/people/", "/test/charter/"):
        found = [tag for name, tag in Page(sqlite_site.text(path)).tags if name == "link" and tag.get("type") == "application/atom+xml"]
        assert [one["href"] for one in found] == ["/test/feed.atom"], path
    assert "atom+xml" not in sqlite_site.text("/")
    assert sqlite_site.get("/none/feed.atom").status_code == 404 and sqlite_site.post("/test/feed.atom").status_code == 405
