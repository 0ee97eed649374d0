"""The templates' environment: escaping, translations, and how figures and days are written."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import formats, translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ..commons.people import short
from . import decision_words, flow_words, market_words, policy_words, problem_words
from .addresses import at
from .assets import asset_url
from .charts.marks import swatch
from .labels import label
from .navigation import SECTIONS, section_here, tab_here
from .tables import cards


def environment(**options: Any) -> Environment:
    """Jinja2 as Django asks for it."""
    options["undefined"] = StrictUndefined
    made = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - Django passes autoescape
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext, npgettext=translation.npgettext
    )
    made.filters |= {
        "number": number,
        "signed": signed,
        "day": day,
        "moment": moment,
        "short": short,
        "sentence": sentence,
        "isolated": isolated,
        "within": within,
        "cards": cards,
        "percent": percent,
        "remark": policy_words.remark,
        "short_id": flow_words.short_id,
        "twice": lambda word: (word, word),
    }
    made.globals |= {"asset": asset_url, "label": label, "measured": measured, "swatch": swatch, "bar": bar, "language": translation.get_language}
    made.globals |= {"right_to_left": translation.get_language_bidi, "languages": lambda: settings.LANGUAGES}
    made.globals |= {"sections": SECTIONS, "section_here": section_here, "tab_here": tab_here, "meaning": problem_words.meaning}
    made.globals |= {
        "at": at, "named": flow_words.named, "sentence_of": flow_words.sentence, "task_of": flow_words.task, "promise_of": flow_words.promise,
        "amount_of": flow_words.amount, "counted": flow_words.counted, "change_of": decision_words.change_words,
        "reason_of": market_words.reason_words,
    }  # fmt: skip
    return made


def number(value: int | str) -> str:
    """A figure with its thousands apart, and as many digits after the point as it has."""
    exact = Decimal(value)
    exponent = exact.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return str(formats.number_format(exact, digits, use_l10n=True, force_grouping=True))


def signed(value: str) -> str:
    """A difference, with its sign where there is one."""
    return f"{'+' if Decimal(value) > 0 else ''}{number(value)}"


def measured(value: str, unit: str) -> str:
    """A quantity with its unit: 1 hour, 1.5 hours."""
    return f"{number(value)} {label('one' if Decimal(value) == 1 else 'unit', unit)}"


def percent(text: str, part: int | str = 0) -> str:
    """A percentage; a part that is there, but less than a hundredth of a percent, is called so."""
    small = Decimal(text) < Decimal("0.01") and (Decimal(text) > 0 or Decimal(part or 0) > 0)
    return f"< {number('0.01')}" if small else number(text)


def day(text: str) -> Markup:
    """The day of a time like `2026-11-23T08:30:00Z`."""
    shown = formats.date_format(_parsed(text), "j M Y" if translation.get_language() == "en" else "SHORT_DATE_FORMAT")
    return Markup('<time datetime="{}">{}</time>').format(text, shown)


def moment(text: str) -> Markup:
    """The day and minute of a time, UTC."""
    return Markup('{} <span class="quiet">{} UTC</span>').format(day(text), text[11:16])


def sentence(text: str) -> str:
    """Words that begin with a capital letter, as a sentence does."""
    return text[:1].upper() + text[1:]


def within(text: str) -> str:
    """A label within an English sentence: "Hardware design" begins small there, "GPU hours" does not."""
    return text[:1].lower() + text[1:] if translation.get_language() == "en" and text[1:2].islower() else text


def isolated(text: str) -> Markup:
    """A name within a sentence, whatever direction it is written in."""
    return Markup("<bdi>{}</bdi>").format(text)


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def bar(part: int, whole: int) -> Markup:
    """A bar in a table, as long as a part is of the whole. The figure stands beside it, so it is hidden from readers."""
    permille = part * 1_000 // whole if whole else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="1000" height="10" rx="2" fill="currentColor" fill-opacity=".1"/><rect width="{}" height="10" fill="currentColor"/></svg>'
    ).format(permille)
