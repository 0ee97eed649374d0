"""What a page says, read as a browser would: its links, tables, pictures and everything that could run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from serving import Site

LINKS_MAX = 6_000
JOURNAL_ALIKE = 12
"""So many entries of the journal, and pages of it, are looked at of each sort; all entries have sentences in `test_journal_pages`."""
FOREIGN = {"script", "style", "img", "iframe", "object", "embed", "base"}
VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Table:
    """A table: its caption, the words of its heads, and of each row of its body and foot, as (text, links)."""

    caption: str = ""
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    foot: list[list[str]] = field(default_factory=list)

    def column(self, head: str) -> list[str]:
        """The cells of a column, by its head."""
        place = self.heads.index(head)
        return [row[place] for row in self.rows]


@dataclass
class Picture:
    """An SVG that is a picture: its title, its description, and the titles of its parts."""

    title: str = ""
    description: str = ""
    parts: list[str] = field(default_factory=list)


def _is_ours(script: dict[str, str]) -> bool:
    source = script.get("src")
    if source is None:
        return script.get("type") == "application/json"
    own = script.get("type") == "module" and re.fullmatch(r"/static/[0-9a-f]{12}/[a-z.-]+\.js", source)
    return bool(own or re.fullmatch(r"/static/library/[a-z]+/js/[a-z_-]+\.js", source))


class Page(HTMLParser):
    """A page that has been read.

    Attributes:
        text: All that people can read. tags: Every (tag, attributes), in order. ids: All ids. codes: What stands in `<code>`.
    """

    def __init__(self, html: str, address: str = "/") -> None:
        super().__init__()
        self.address = address
        self.text = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: list[Table] = []
        self.pictures: list[Picture] = []
        self.codes: list[str] = []
        self._open: list[str] = []
        self._row: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"{address} leaves {self._open} open"

    def foreign(self) -> list[tuple[str, dict[str, str]]]:
        """What could run or load something that is not ours: only our own files may stand on a page, and data that does not run."""
        return [(tag, found) for tag, found in self.tags if tag in FOREIGN and not (tag == "script" and _is_ours(found))]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self.tags.append((tag, found))
        if tag not in VOID and tag not in {"rect", "path"}:
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "svg" and found.get("role") in {"img", "group"}:
            self.pictures.append(Picture())
        elif tag == "tr":
            self._row = []
        elif tag in {"td", "th"}:
            self._row.append("")
        elif tag == "code":
            self.codes.append("")
        elif tag == "title" and "g" in self._open:
            self.pictures[-1].parts.append("")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"rect", "path"}:
            return
        assert self._open and self._open[-1] == tag, f"{self.address}: </{tag}> where {self._open[-3:]} are open"
        if tag == "tr":
            table = self.tables[-1]
            if "thead" in self._open:
                table.heads = [" ".join(cell.split()) for cell in self._row]
            else:
                (table.foot if "tfoot" in self._open else table.rows).append([" ".join(cell.split()) for cell in self._row])
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if "title" in self._open and "svg" in self._open:
            if "g" in self._open:
                self.pictures[-1].parts[-1] += data
            else:
                self.pictures[-1].title += data
        elif "desc" in self._open:
            self.pictures[-1].description += data
        elif "caption" in self._open:
            self.tables[-1].caption += data
        elif self._row and ("td" in self._open or "th" in self._open):
            self._row[-1] += data
        if "code" in self._open:
            self.codes[-1] += data

    @property
    def ids(self) -> list[str]:
        """All ids."""
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(address, fragment) of every link, whole."""
        hrefs = [attributes["href"] for tag, attributes in self.tags if tag in {"a", "link"} and "href" in attributes]
        return [(found, fragment) for href in hrefs for found, fragment in [urldefrag(urljoin(self.address, href))]]

    def table(self, caption: str) -> Table:
        """The table whose caption begins so."""
        return next(table for table in self.tables if table.caption.startswith(caption))


def amount(text: str) -> Decimal:
    """A figure as a page shows it."""
    return Decimal(text.replace(",", "").replace("EUR", "").removesuffix("%").strip())


def crawl(site: Site) -> tuple[dict[str, Page], dict[str, bytes]]:
    """Follow every link from the first page on: the pages by address, and the content of all that is not a page."""
    pages: dict[str, Page] = {}
    others: dict[str, bytes] = {}
    wanted, seen, fragments = ["/"], {"/"}, []
    alike: Counter[str] = Counter()
    while wanted:
        address = wanted.pop()
        answer = site.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        assert len(seen) < LINKS_MAX
        if not answer.headers["Content-Type"].startswith("text/html"):
            others[address] = answer.content
            continue
        pages[address] = Page(answer.content.decode(), address)
        for found, fragment in pages[address].links:
            if urlsplit(found).netloc:
                continue
            if fragment:
                fragments.append((address, found, fragment))
            once = re.sub(r"[?&]next=.*", "", found) if found.startswith("/-/account/") else found  # the same page from everywhere
            if once not in seen:
                seen.add(once)
                shape = re.sub(r"before=[0-9]+", "before=N", re.sub(r"/[0-9]+", "/N", found))
                alike[shape] += 1
                if "/journal" not in found or alike[shape] <= JOURNAL_ALIKE:
                    wanted.append(found)
    for address, found, fragment in fragments:
        assert found not in pages or fragment in pages[found].ids, f"{address} leads to {found}#{fragment}, which is not there"
    return pages, others
