"""Collects the texts of the pages into the template of the catalogues, and brings the catalogues up to it: `make messages`.

Beside the template (`commonhold.pot`) lies a catalogue for each language (`LANGUAGE/LC_MESSAGES/django.po`), and what the program reads
(`django.mo`). All of them are committed, so a checkout and a wheel have their languages without a step more.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "commonhold" / "web"
LOCALE = WEB / "locale"
TEMPLATE = LOCALE / "commonhold.pot"
PROBLEMS = ROOT / "docs" / "reference" / "problems.md"
MEANINGS = LOCALE / "problems.json"
NOT_ON_PAGES = ("api", "backup", "cli", "export", "graphql", "keys", "server")
"""Problems of these sorts are told on the command line and by the interfaces of programs alone."""
LANGUAGES = ("de", "es")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "counted": (1, 2),
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [
    ("accounts/templates/**.html", "django"),
    ("templates/**.html", "jinja2"),
    ("**.py", "python"),
]
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}
"""As `commonhold.web.jinja` has them: blanks within a text are part of it."""
HEADER = "# The texts of Commonhold's pages. `make messages` writes this file; docs/how-to/translate.md says how to fill it in."
COMMENT = "Translators:"
Text = tuple[str, int, Any, list[str], str | None]


def of_django(source: Any, keywords: Any, comments: Any, options: Any) -> Iterator[tuple[int, str | None, Any, list[str]]]:
    """The texts of one of Django's templates: Django makes Python of it, of which only the calls are kept, each in its line."""
    made = templatize(source.read().decode())
    for number, line in enumerate(made.splitlines(), 1):
        for call in _calls(line):
            for _number, text, _comments, context in extract("python", BytesIO(call.encode()), keywords=KEYWORDS):
                parts = text if isinstance(text, tuple) else (text,)
                name = ("np" if context else "n") if len(parts) > 1 else ("p" if context else "")
                yield number, f"{name}gettext", (context, *parts) if context else parts, []


def _calls(line: str) -> Iterator[str]:
    """The calls within a line that is blanked out otherwise.

    >>> list(_calls("XX gettext(u'One') BB gettext(u'Two')"))
    ["gettext(u'One')", "gettext(u'Two')"]
    """
    starts = [at for at in range(len(line)) if line.startswith(("gettext(u", "pgettext(u", "ngettext(u"), at) and (at == 0 or line[at - 1] == " ")]
    for start, after in pairwise([*starts, len(line)]):
        yield line[start : line.rindex(")", start, after) + 1]


def found() -> Iterator[Text]:
    """All texts of the sources: file, line, text, comments, context; always in the same order."""
    options = {pattern: dict(JINJA) for pattern, method in METHODS if method == "jinja2"}
    methods = [(pattern, of_django if method == "django" else method) for pattern, method in METHODS]
    yield from sorted(extract_from_dir(WEB, methods, options, keywords=KEYWORDS, comment_tags=[COMMENT]), key=lambda one: (one[0], one[1]))


def template() -> Catalog:
    """The texts of the sources as a catalogue without translations. It names files and no lines, so that it changes only as texts do."""
    made = Catalog(project="Commonhold", header_comment=HEADER, charset="utf-8")
    for name, _line, text, comments, context in found():
        made.add(text, None, [(f"src/commonhold/web/{name}", None)], auto_comments=comments, context=context)
    for meaning in meanings().values():
        made.add(meaning, None, [(str(PROBLEMS.relative_to(ROOT)), None)])
    return made


def meanings() -> dict[str, str]:
    """What each problem means that a page can tell, by its code, from the reference."""
    rows = re.findall(r"^\| `(([a-z]+)[a-z_.]+)` (?:\| [1-5][^|\n]* \| \d+ )?\| ((?:[^|\n]|\\\|)*) \|", PROBLEMS.read_text(), re.MULTILINE)
    return {code: _plain(meaning) for code, sort, meaning in rows if sort not in NOT_ON_PAGES}


def _plain(markdown: str) -> str:
    """The words alone.

    >>> _plain("Not of [the form](journal.md#4-entries), such as `2026-11-23`.")
    'Not of the form, such as 2026-11-23.'
    """
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown).replace("`", "").replace("\\|", "|")


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def written(catalogue: Catalog) -> str:
    """The text of a catalogue, without the time at which it was made."""
    made = BytesIO()
    write_po(made, catalogue, width=0, omit_header=True, include_lineno=False, sort_output=False)
    head = [
        HEADER,
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        '"MIME-Version: 1.0\\n"',
    ]
    if catalogue.locale:
        head += [f'"Language: {catalogue.locale_identifier}\\n"', f'"Plural-Forms: {catalogue.plural_forms}\\n"']
    return "\n".join(head) + "\n\n" + made.getvalue().decode()


def update(language: str, texts: Catalog) -> Catalog:
    """Writes the catalogue of a language: what is in the sources and only that, with the translations it had. What changed is empty again."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    kept = read(path, language) if path.is_file() else Catalog(locale=language)
    made = Catalog(locale=language, charset="utf-8")
    for one in texts:
        if not one.id:
            continue
        before = kept.get(one.id if isinstance(one.id, str) else one.id[0], one.context)
        if before is None or before.id != one.id:
            before = Message(one.id, "" if isinstance(one.id, str) else ("", ""))
        made.add(one.id, before.string, one.locations, (), one.auto_comments, before.user_comments, context=one.context)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(made))
    if len(missing(made)) < len(texts):
        compiled(made, path.with_suffix(".mo"))
    return made


def compiled(catalogue: Catalog, path: Path) -> None:
    """Writes what the program reads: the translations, without notes."""
    with path.open("wb") as file:
        write_mo(file, catalogue)


def missing(catalogue: Catalog) -> list[str]:
    """The texts without a translation, or with one that has to be looked at."""
    return [
        one.id if isinstance(one.id, str) else one.id[0]
        for one in catalogue
        if one.id and (one.fuzzy or not (one.string if isinstance(one.id, str) else all(one.string)))
    ]


def main() -> None:
    """Writes the template and the catalogues of the languages that are named (else of all), and says how much of each language is there."""
    texts = template()
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_text(written(texts))
    MEANINGS.write_text(json.dumps(meanings(), ensure_ascii=False, indent=0) + "\n")
    print(f"{len(texts)} texts")
    for language in sys.argv[1:] or LANGUAGES:
        open_texts = missing(update(language, texts))
        print(f"{language}: {len(texts) - len(open_texts)} translated, {len(open_texts)} missing", *open_texts[:5], sep="\n  ")


if __name__ == "__main__":
    main()
