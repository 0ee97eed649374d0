"""Languages: the catalogues are complete and fit the sources, somebody can choose one, and figures are written as CLDR says."""

from __future__ import annotations

import gettext
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.numbers import format_decimal
from pseudo import messages
from reading import Page
from serving import Site

from commonhold.server.languages import NAMES
from commonhold.sharing.policy import Receiver, Step
from commonhold.sharing.sentence import describe

TAGS = re.compile(r"</?[a-z][^>]*>|&#?\w+;")
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}")


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return messages.template()


@pytest.fixture(params=messages.LANGUAGES)
def catalogue(request: Any) -> Catalog:
    return messages.read(messages.LOCALE / request.param / "LC_MESSAGES" / "django.po", request.param)


def ids(catalogue: Catalog) -> set[tuple[Any, str | None]]:
    return {(one.id, one.context) for one in catalogue if one.id}


def pairs(catalogue: Catalog) -> list[tuple[str, str]]:
    """(English, translation) of each text; of a plural, the many with each of its forms."""
    made = []
    for one in catalogue:
        if isinstance(one.id, tuple):
            made += [(one.id[1], form) for form in one.string[1:]]
        elif one.id:
            made.append((one.id, one.string))
    return made


def test_the_template_has_the_texts_of_the_sources(sources: Catalog) -> None:
    assert messages.TEMPLATE.read_text() == messages.written(sources), "run `make messages`"


def test_problems_mean_on_pages_what_the_reference_says() -> None:
    assert json.loads(messages.MEANINGS.read_text()) == messages.meanings(), "run `make messages`"
    assert messages.meanings()["web.bad_filter"] == "A filter of a page is unknown."


def test_whoever_reads_german_is_told_in_german_what_a_problem_means(sqlite_site: Site) -> None:
    """And the sentence with the figures is there too, marked as English."""
    english = sqlite_site.client.get("/test/contributions/?state=finished")
    german = sqlite_site.client.get("/test/contributions/?state=finished", headers={"Accept-Language": "de"})
    message = re.search(r"<p><bdi>(.*?)</bdi>", english.content.decode())
    assert message and english.status_code == german.status_code == 400
    told = gettext.translation("django", messages.LOCALE, ["de"]).gettext(messages.meanings()["web.bad_filter"])
    assert f'<p>{told} <span class="quiet" lang="en" dir="ltr">{message[1]}</span>' in german.content.decode()


def test_no_text_is_missing_or_left_over(sources: Catalog, catalogue: Catalog) -> None:
    assert ids(catalogue) == ids(sources), "run `make messages`"
    assert messages.missing(catalogue) == []


def test_placeholders_and_tags_are_those_of_the_original(catalogue: Catalog) -> None:
    for english, other in pairs(catalogue):
        assert Counter(PLACES.findall(english)) == Counter(PLACES.findall(other)), (english, other)
        assert Counter(TAGS.findall(english)) == Counter(TAGS.findall(other)), (english, other)
        assert english[:1].isspace() == other[:1].isspace() and english[-1:].isspace() == other[-1:].isspace(), (english, other)


def test_each_plural_has_its_forms(catalogue: Catalog) -> None:
    for one in catalogue:
        if isinstance(one.id, tuple):
            assert len(one.string) == catalogue.num_plurals and all(one.string), one.id
            assert set(PLACES.findall(one.string[0])) <= set(PLACES.findall(one.id[1])), one.id


def test_what_the_program_reads_is_what_translators_wrote(catalogue: Catalog) -> None:
    with (messages.LOCALE / str(catalogue.locale) / "LC_MESSAGES" / "django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    for one in catalogue:
        if isinstance(one.id, tuple):
            found = [read.npgettext(one.context, *one.id, n) if one.context else read.ngettext(*one.id, n) for n in (1, 2)]
            assert found == list(one.string)
            assert one.context or read.gettext(one.id[0]) == one.string[0], "asked for without a number, it is the singular"
        elif one.id:
            assert (read.pgettext(one.context, one.id) if one.context else read.gettext(one.id)) == one.string


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    assert set(NAMES) == set(messages.LANGUAGES)


def test_somebody_chooses_a_language_and_stays_where_they_are(sqlite_site: Site) -> None:
    page = sqlite_site.text("/test/contributions/?state=validated")
    assert re.findall(r'<button name="language" value="(\w+)" lang="\1"[^>]*>([^<]+)<', page) == [
        ("en", "English"),
        ("de", "Deutsch"),
        ("es", "Español"),
    ]
    referrer = "http://localhost/test/contributions/?state=validated"
    answer = sqlite_site.client.post("/-/language/", {"language": "de", "next": "/test/contributions/"}, headers={"Referer": referrer})
    assert answer.status_code == 302 and answer.headers["Location"] == referrer
    cookie = answer.cookies["django_language"]
    assert cookie.value == "de" and cookie["httponly"] and cookie["samesite"] == "Lax"
    german = sqlite_site.get("/test/", Accept_Language="es")
    shown = Page(german.content.decode())
    assert dict(shown.tags)["html"]["lang"] == "de" and dict(shown.tags)["html"]["dir"] == "ltr" and german.headers["Content-Language"] == "de"
    assert "Beiträge" in shown.text and "Contributions" not in shown.text
    again = sqlite_site.get("/test/", If_None_Match=german.headers["ETag"])
    assert again.status_code == 304
    sqlite_site.client.cookies.clear()
    assert sqlite_site.get("/test/", If_None_Match=german.headers["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("told", "referrer", "back"),
    [
        ("/test/people/", "", "/test/people/"),
        ("https://evil.example/", "", "/"),
        ("//evil.example", "https://evil.example/x", "/"),
        ("javascript:alert(1)", "", "/"),
        ("", "", "/"),
    ],
)
def test_the_way_back_leads_nowhere_else(sqlite_site: Site, told: str, referrer: str, back: str) -> None:
    answer = sqlite_site.client.post("/-/language/", {"language": "es", "next": told}, headers={"Referer": referrer} if referrer else {})
    assert answer.status_code == 302 and answer.headers["Location"] == back


@pytest.mark.parametrize("language", ["", "xx", "fr", "de; x=1"])
def test_a_language_that_is_not_there_is_not_kept(sqlite_site: Site, language: str) -> None:
    answer = sqlite_site.client.post("/-/language/", {"language": language})
    assert answer.status_code == 302 and "django_language" not in answer.cookies
    assert sqlite_site.get("/-/language/").status_code == 405


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_figures_and_days_are_those_of_cldr(sqlite_site: Site, language: str) -> None:
    """Spanish puts its thousands apart from 1.000 on here, where CLDR begins with 10.000: in a column of money they stand below each other."""
    from django.utils import translation

    from commonhold.web.jinja import day, number

    with translation.override(language):
        for value in ("0", "-0.5", "12345.678900", "9999999999999.99", "0.000001"):
            digits = len(value.partition(".")[2])
            assert number(value) == format_decimal(Decimal(value), f"#,##0.{'0' * digits}" if digits else "#,##0", locale=language)
        assert number("1234.56") == {"en": "1,234.56", "de": "1.234,56", "es": "1.234,56"}[language]
        shown = re.sub("<[^>]*>", "", day("2026-11-23T08:30:00Z"))
        assert (
            shown
            == {"en": "23 Nov 2026", "de": format_date(_day(), "medium", locale="de"), "es": format_date(_day(), "dd/MM/y", locale="es")}[language]
        )


def _day() -> Any:
    from datetime import date

    return date(2026, 11, 23)


STEPS = [
    Step(id="x", to="agents", percent="5", agents=[Receiver(agent="org:a"), Receiver(agent="org:b", parts=2)], funds=["lamps"]),
    Step(id="x", to="upstream", amount="5.00", agents=[Receiver(agent="org:a")], funds=["lamps", "boxes"]),
    Step(id="x", to="members", percent="10", of="remaining", active_days=30, rolls=["producer", "user"], at_most="5.00"),
    Step(id="x", to="members", percent="10", active_days=30, active_contributions=3, at_least="1.00"),
    Step(id="x", to="contributions", rest=True, weights={"work": "1"}, kinds=["work"], domains=["firmware"], processes=["p"], full_at=12),
    Step(id="x", to="contributions", rest=True, by_value=True, since="2026-01-01", until="2026-02-01", last_days=90, half_life_days=365),
    Step(id="x", to="contributions", rest=True, weights={"work": "1"}, drop_below="0.50", catch_up=True, at_most_percent="60"),
    Step(id="x", to="repay", percent="20", order="oldest"),
    Step(id="x", to="flow", rest=True, weights={"work": "1"}, use={"laser": "5", "*": "1"}, cite={"design": "whole"}),
    Step(id="x", to="reserve", monthly="10.00"),
]


@pytest.mark.parametrize("weights", [True, False])
def test_the_page_says_of_a_step_what_the_command_line_says(sqlite_site: Site, weights: bool) -> None:
    from commonhold.web.policy_words import step_sentence

    for step in STEPS:
        assert step_sentence(step, "EUR", {"org:a": "Alpha"}, weights=weights) == describe(step, "EUR", {"org:a": "Alpha"}, weights=weights)
    changed = {name for step in STEPS for name, value in msgspec.structs.asdict(step).items() if value != getattr(Step(id="", to="reserve"), name)}
    assert changed | {"label", "agents"} == set(Step.__struct_fields__)


def test_styles_know_no_left_and_no_right() -> None:
    """Only where something begins and ends, so that a page runs from the right as well."""
    physical = re.compile(
        r"(margin|padding|border|inset|scroll-\w+)-(left|right)|(?<![-\w])(left|right|float|clear)\s*:|text-align:\s*(left|right)|-(left|right)-radius"
    )
    for path in sorted((messages.WEB / "static").glob("*.css")):
        assert not physical.search(path.read_text()), (path.name, physical.search(path.read_text()))
    assert Path(messages.WEB / "static" / "commonhold.css").is_file()
