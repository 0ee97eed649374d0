"""Files that attack whoever opens them: uploads that a browser would show, malformed forms, and sheets with formulas."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from forms import hidden
from people import as_member, furnished
from serving import Site
from working import entries

from commonhold.commons.people import write_profile
from commonhold.contributions.commands import LogParams
from commonhold.sharing.commands import IncomeParams

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "=cmd|'/c calc'!A1")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


@pytest.fixture
def here(sqlite_site: Site) -> Site:
    return furnished(sqlite_site)


@pytest.mark.parametrize(("name", "media", "data"), [
    ("x.svg", "image/svg+xml", SVG), ("x.html", "text/html", HTML), ("x.xhtml", "application/xhtml+xml", HTML), ("x.pdf", "application/pdf", HTML),
    ("../../../etc/passwd", "text/plain", b"x"), ("a\r\nSet-Cookie: x=1.html", "text/html", HTML), ("C:\\evil\\..\\x.html", "text/html", HTML),
    ("." * 300, "text/plain", b"x"), ("\u202egnp.exe", "image/png", b"MZ"), ('"; filename="x.html', "text/html", HTML),
])  # fmt: skip
def test_a_file_is_only_ever_saved(here: Site, name: str, media: str, data: bytes) -> None:
    as_member(here, "Bo")
    form = hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware", "files": SimpleUploadedFile("x", data, media)}
    form["files"].__dict__["_name"] = name  # as a hostile client names it
    sent = here.client.post("/test/log/", form)
    if sent.status_code != 302:
        assert sent.status_code in (400, 422), sent.status_code
        return
    answer = here.client.get(f"/test/files/{hashlib.sha256(data).hexdigest()}/")
    saved = answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/octet-stream" and saved.startswith("attachment") and "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"[\r\n\\/]|\.\./|\u202e", unquote(saved).replace("''", "")), saved
    page = here.text(sent.headers["Location"])
    assert "<script>alert" not in page and "<svg xmlns" not in page.split("<main")[1]


@pytest.mark.parametrize("body", [
    b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nno end", b"", b"\xff" * 4_000, b"--x--",
    b"--x\r\n" * 3_000, b"--x\r\nContent-Disposition: form-data; name=\"" + b"a" * 100_000 + b"\"\r\n\r\n1\r\n--x--",
    b"".join(b"--x\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\n1\r\n" % n for n in range(2_000)) + b"--x--",
])  # fmt: skip
@pytest.mark.parametrize("path", ["/test/log/", "/test/log/sheet/"])
def test_a_malformed_form_is_refused_and_leaves_nothing(here: Site, path: str, body: bytes) -> None:
    as_member(here, "Bo")
    before = entries(here)
    answer = here.client.generic("POST", path, body, content_type="multipart/form-data; boundary=x")
    assert 400 <= answer.status_code < 500 or "problem" in answer.content.decode() or answer.status_code == 200, answer.status_code
    assert "Traceback" not in answer.content.decode() and entries(here) == before


def test_no_sheet_has_a_formula(here: Site) -> None:
    """Names, notes and fields of work that a spreadsheet would compute: in each sheet of the commons they are texts."""
    world = here.world
    for who, text in zip(("Ana", "Bo", "Cy"), FORMULAS, strict=False):
        with world.node.database.write() as transaction:
            write_profile(transaction, "test", world.ids[who], name=text, public=True)
    for text in FORMULAS:
        as_member(here, "Bo", f"{hashlib.sha256(text.encode()).hexdigest()[:8]}@people.example") if text == FORMULAS[0] else None
        world.act("Bo", "contribution.log", LogParams(kind="work", amount="1", domain="firmware", note=text.strip()))
        world.act("Ana", "income.add", IncomeParams(amount="1.00", currency="EUR", giver="org:giver", note=text.strip()))
    world.share()
    sheets = [f"/test/{path}.csv" for path in ("people", "contributions", "money", "incomes", "payouts", "distributions", "distributions/2", "journal", "validate", "what-if")]  # fmt: skip
    cells = 0
    for path in [*sheets, "/test/log/sheet/template.csv"]:
        answer = here.client.get(path)
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment"), path
        for row in csv.reader(io.StringIO(answer.content.decode())):
            for cell in row:
                cells += 1
                assert not re.match(r"\s*[=@+]|\s*-(?![0-9.]+$)", cell), (path, cell)
    assert cells > 100
