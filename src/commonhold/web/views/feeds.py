"""`/{commons}/feed.atom` and `/{commons}/decisions/feed.atom`: what is new, for programs that read feeds (RFC 4287)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ...commons.queries import commons_section
from ...journal.head import read_head
from ...node.news import news
from ...node.overview import validator
from ...problems import CommonholdError
from ..errors import error_page
from ..news_words import Told, told

ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document of XML may hold, whoever wrote it."""


@require_safe
def feed(request: Any, commons: str, only: str = "") -> Any:
    """The newest entries that people at large want to know of. Who has them already is told so."""
    try:
        with request.node.read() as transaction:
            head = read_head(transaction, commons)
            etag = f'"{validator(transaction, commons)}-{get_language()}-{only or "all"}"'
            answer = get_conditional_response(request, etag=etag, last_modified=head.time)
            if answer is None:
                found = news(transaction, commons, ENTRIES, only)
                answer = HttpResponse(
                    _atom(request, commons, commons_section(transaction, commons).name, head, told(found), only),
                    content_type="application/atom+xml; charset=utf-8",
                )
    except CommonholdError as error:
        return error_page(request, error)
    answer.headers["ETag"] = etag
    answer.headers["Last-Modified"] = datetime.fromtimestamp(head.time, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _atom(request: Any, commons: str, name: str, head: Any, items: list[Told], only: str) -> str:
    base = (settings.COMMONHOLD_PUBLIC_URL or request.build_absolute_uri("/")).rstrip("/")
    title = _("Decisions of %(name)s") if only else _("What is new in %(name)s")
    made = Atom1Feed(
        title=_text(title % {"name": name}), link=f"{base}/{commons}/{f'{only}/' if only else ''}", description=None, language=get_language(),
        author_name=_text(name), feed_url=f"{base}{request.path}", feed_guid=f"urn:commonhold:feed:{head.origin}{f':{only}' if only else ''}",
    )  # fmt: skip
    for item in items:
        when = datetime.fromisoformat(item.time)
        made.add_item(
            title=_text(unescape(item.said.striptags())), link=f"{base}{item.address}", description=_text(str(item.said).replace('href="/', f'href="{base}/')),
            unique_id=f"urn:commonhold:{head.origin}:{item.id}", pubdate=when, updateddate=_updated(item, when, head.time),
            author_name=_text(item.author) or None,
        )  # fmt: skip
    written: str = made.writeString("utf-8")
    return written


def _updated(item: Told, when: datetime, now: int) -> datetime:
    """An entry never changes; what became valid on a day grows until the day is over."""
    return when if item.what != "validated" else max(when, min(when + timedelta(days=1), datetime.fromtimestamp(now, UTC)))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
