"""From plain values to a page, or to its JSON sibling; and not at all, if the browser has it already."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from io import StringIO
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ..journal.head import commons_here
from ..node.overview import validator
from ..problems import CommonholdError
from ..sharing.payments import write_csv
from ..store.transaction import Transaction
from .errors import error_page
from .member import Member, account_of, member_of
from .remembered import REMEMBERED

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a page, for its CSV sibling.

    Attributes:
        rows: Which of the page's values has the rows, which are plain values. columns: Names in a row, in order.
        numbers: Those columns whose texts are figures, and stay as they are.
    """

    rows: str
    columns: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def page(
    template: str, present: Callable[[Values], Values] | None = None, *, timed: bool = False, forms: bool = False,
    table: Table | None = None,
) -> Callable[[Callable[..., Values]], Callable[..., Any]]:  # fmt: skip
    """Turn a function from a read transaction to plain values into a view.

    Args:
        present: What the template needs besides the values: charts, chiefly.
        timed: What it shows depends on what time it is, not only on the journal.
        forms: A member finds forms on it, so that nothing keeps what they see.
        table: What its `.csv` sibling has, if it has one.
    """

    def decorate(values_of: Callable[..., Values]) -> Callable[..., Any]:
        @require_safe
        @wraps(values_of)
        def view(request: Any, *, as_json: bool = False, as_csv: bool = False, **path: Any) -> Any:
            try:
                with request.node.read() as transaction:
                    member = member_of(request, transaction, path.get("commons", ""))
                    signed_in = account_of(request) is not None
                    own = signed_in or member is not None
                    moment = f"\n{request.node.now() // 60}" if timed else ""
                    etag = _etag(request, _state(transaction, path.get("commons")) + moment, member, signed_in)
                    filled_in = forms and member is not None and not as_json and not as_csv
                    if not filled_in and etag in request.headers.get("If-None-Match", ""):
                        return _kept(HttpResponse(status=304), etag, own)
                    html = None if own or as_json or as_csv else REMEMBERED.get(etag)
                    if html is not None:
                        return _kept(HttpResponse(html), etag, own)
                    values = values_of(request, transaction, **path)
            except CommonholdError as error:
                return error_page(request, error)
            if as_json:
                return _kept(JsonResponse(values, json_dumps_params={"ensure_ascii": False}), etag, own)
            if as_csv and table is not None:
                return _kept(_csv(values, table, request.path), etag, own)
            more = present(values) if present else {}
            said = request.GET.get("said", "")
            shown = (
                {"outcome": said}
                | values
                | more
                | {"just_done": said, "sibling": _sibling(request, "json"), "member": member, "here": request.path, "signed_in": signed_in}
            )
            shown["sheet"] = _sibling(request, "csv") if table is not None else ""
            html = render_to_string(template, shown, request if filled_in else None)
            if filled_in:
                return HttpResponse(html, headers={"Cache-Control": "no-store"})
            if not own:
                REMEMBERED.keep(etag, html)
            return _kept(HttpResponse(html), etag, own)

        return view

    return decorate


def _state(transaction: Transaction, commons: str | None) -> str:
    names = commons_here(transaction) if commons is None else [commons]
    return "\n".join(validator(transaction, name) for name in names)


def _etag(request: Any, state: str, member: Member | None, signed_in: bool) -> str:
    named = f"{state}\n{request.get_full_path()}\n{get_language()}\n{member}\n{signed_in}"
    return '"' + hashlib.sha256(named.encode()).hexdigest()[:32] + '"'


def _kept(response: Any, etag: str, own: bool) -> Any:
    """What somebody sees who is signed in has their name on it, so only their browser keeps it."""
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache" if own else "public, no-cache"
    return response


def _csv(values: Values, table: Table, path: str) -> Any:
    """The rows as a sheet, with a name of its own for who saves it."""
    text = StringIO()
    write_csv(text, table.columns, ([_cell(row.get(name)) for name in table.columns] for row in values[table.rows]), table.numbers)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", path.strip("/"))
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cell(value: Any) -> Any:
    """A value in one cell: what has parts is written as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _sibling(request: Any, form: str) -> str:
    """Where the same is in another form."""
    query = request.META.get("QUERY_STRING", "")
    path = request.path.removesuffix("/") or "/index"
    return f"{escape_uri_path(path)}.{form}" + (f"?{query}" if query else "")
