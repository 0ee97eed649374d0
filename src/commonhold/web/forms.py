"""Forms: who is signed in fills them in; a refused one comes back with all that was entered, and each problem beside its field.

A form is a `Form`: which fields it has, what they begin with, what there is to choose, and what sending it does. It is sent
with a key made when it was shown, so that what goes into the journal lands once, even if it is sent twice.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from ..forms import in_words
from ..journal.elsewhere import NeedsSignature
from ..problems import BadInput, CommonholdError, Forbidden, NotFound, Problem, Refused, bad_input
from ..store.transaction import Transaction
from .errors import error_page
from .member import Member, account_of, member_of
from .signing import Signed, act_signed, signed_in_browser, to_sign
from .views.flows import head_of

T = TypeVar("T")
Entered = dict[str, str]
LONGEST = 2_000
_KEY = re.compile(r"[0-9a-f]{32}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form is shown with.

    Attributes:
        values: What was entered, or what it begins with. problems: What was wrong with it. key: Names this filling-in.
    """

    values: Entered
    problems: Sequence[tuple[str, Problem]] = ()
    key: str = ""

    def at(self, name: str) -> list[Problem]:
        """The problems of a field."""
        return [problem for place, problem in self.problems if place == name]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: by whom, for what, with what entered, with which files (by field)."""

    node: Any
    commons: str
    member: Member
    path: Mapping[str, str]
    values: Entered
    key: str
    files: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    signed: Signed = field(default_factory=Signed)

    def act(self, command: str, params: Any) -> dict[str, Any]:
        """Run a command as the member, once for each filling-in."""
        return self.act_all([(command, params)])[0]

    def act_all(self, steps: list[tuple[str, Any]], *, key: str = "") -> list[dict[str, Any]]:
        """Run commands as the member, all of them or none. `key`: the idempotency key, if it is not that of the filling-in."""
        return act_signed(self.node, self.commons, self.member.agent, steps, key or f"web-{self.key}", self.signed)

    def attempt(self, command: str, params: Any) -> None:
        """Run a command and undo it, so that all that speaks against it is said. With a key that is elsewhere, that has to wait."""
        try:
            self.node.act(self.commons, self.member.agent, command, params, key=f"web-{self.key}", dry_run=True, public_only=True)
        except Forbidden as error:
            if error.code != "commons.no_key_here":
                raise

    def made_id(self, name: str) -> str:
        """An id for something new, the same however often the form is sent."""
        return f"{self.key[:16]}-{name}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A page that answers a form that was sent, where it does not go on to another: what it says is for its sender, once."""

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Download:
    """A file that answers a form: for its sender alone, and kept by nothing on the way."""

    name: str
    media: str
    data: bytes


def downloaded(file: Download) -> HttpResponse:
    """The file as an answer."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{file.name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file.data, content_type=file.media, headers=headers)


@dataclass(frozen=True, slots=True)
class Form:
    """A form.

    Attributes:
        begin: (request, transaction, commons, member, path) → what the fields begin with; raises if there is nothing to fill in.
        context: (transaction, commons, member, path, values) → what the template needs besides.
        send: Does it; returns the address to go on to, or the page to show, or a file.
        places: (part of a problem's field path, field of the form), the first that fits.
        more: (transaction, commons, path) → fields that follow from what the address names.
        longest: So many characters has each field at most.
    """

    template: str
    fields: tuple[str, ...]
    begin: Callable[[Any, Transaction, str, Member, Mapping[str, str]], Entered]
    context: Callable[[Transaction, str, Member, Mapping[str, str], Entered], dict[str, Any]]
    send: Callable[[Sent], str | Answer | Download]
    places: Sequence[tuple[str, str]] = field(default_factory=tuple)
    more: Callable[[Transaction, str, Mapping[str, str]], tuple[str, ...]] = lambda _transaction, _commons, _path: ()
    longest: int = LONGEST

    def view(self) -> Callable[..., Any]:
        """The form as a view: GET shows it, POST sends it."""

        @require_http_methods(["GET", "HEAD", "POST"])
        def shown_or_sent(request: Any, commons: str, **path: str) -> Any:
            try:
                return self._answer(request, commons, path)
            except CommonholdError as error:
                return error_page(request, error)

        return shown_or_sent

    def _answer(self, request: Any, commons: str, path: Mapping[str, str]) -> Any:
        with request.node.read() as transaction:
            head_of(transaction, commons)
            member = member_of(request, transaction, commons)
            if member is None and request.method == "POST":
                raise Forbidden(Problem("web.not_signed_in", "You are not signed in here, or your token has ended: sign in again.", "token"))
            if member is None:
                return to_sign_in(request, transaction, commons)
            fields = (*self.fields, *self.more(transaction, commons, path))
            if request.method != "POST":
                values = dict.fromkeys(fields, "") | self.begin(request, transaction, commons, member, path)
                return self._page(request, transaction, commons, member, path, Shown(values, key=secrets.token_hex(16)))
        values, problems = entered(request, fields, self.longest)
        key = request.POST.get("key", "")
        key = key if _KEY.fullmatch(key) else secrets.token_hex(16)
        signed = signed_in_browser(request.POST)
        try:
            if problems:
                raise BadInput(*problems)
            done = self.send(Sent(request.node, commons, member, path, values, key, dict(request.FILES.lists()), signed))
            if isinstance(done, str):
                return HttpResponseRedirect(done)
            if isinstance(done, Download):
                return downloaded(done)
            with request.node.read() as transaction:
                return private(request, transaction, commons, done.template, {"member": member} | dict(done.values))
        except NeedsSignature as needed:
            return asked_to_sign(request, commons, member, needed)
        except (BadInput, Refused, NotFound, Forbidden) as error:
            shown = Shown(values, [(self._place(problem.field, fields), problem) for problem in error.problems], key)
            with request.node.read() as transaction:
                return self._page(request, transaction, commons, member, path, shown, error.status)

    def _place(self, path: str, fields: Sequence[str]) -> str:
        found = next((name for part, name in self.places if part in path), path)
        return found if found in fields else ""

    def _page(
        self, request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], shown: Shown, status: int = 200
    ) -> Any:  # fmt: skip
        more = self.context(transaction, commons, member, path, shown.values)
        return private(request, transaction, commons, self.template, more | {"form": shown, "member": member}, status)


def asked_to_sign(request: Any, commons: str, member: Member, needed: NeedsSignature) -> Any:
    """The page on which a member signs what a form has come to."""
    with request.node.read() as transaction:
        shown = to_sign(transaction, commons, member.agent, needed, signed_in_browser(request.POST), request.POST, request.node.now())
        return private(request, transaction, commons, "sign.html", shown | {"member": member})


def to_sign_in(request: Any, transaction: Transaction, commons: str) -> Any:
    """The page that stands in for one that only members see."""
    return private(request, transaction, commons, "flows/sign_in.html", {"form": Shown({"next": request.get_full_path()}), "first": True})


def private(request: Any, transaction: Transaction, commons: str, template: str, values: dict[str, Any], status: int = 200) -> Any:
    """A page for one person, which nothing keeps."""
    said = request.GET.get("said", "")
    ground = {"names": {}, "member": None, "outcome": said, "here": request.path, "signed_in": account_of(request) is not None}
    values = ground | head_of(transaction, commons) | values
    return HttpResponse(render_to_string(template, values, request), status=status, headers={"Cache-Control": "no-store"})


def entered(request: Any, fields: Sequence[str], longest: int = LONGEST) -> tuple[Entered, list[Problem]]:
    """What was entered, without blanks around it, and what no field takes."""
    values, problems = {}, []
    for name in fields:
        text = str(request.POST.get(name, "")).strip().replace("\r\n", "\n")
        if len(text) > longest or "\0" in text:
            problems.append(Problem("web.bad_text", f"At most {longest} characters, none of them U+0000.", name))
            text = text.replace("\0", "")[:longest]
        values[name] = text
    return values, problems


def utc(text: str, name: str) -> str:
    """A time of a form, `2026-11-23T08:30`, as entries have it; nothing, if it is empty.

    Raises:
        BadInput: `web.bad_time`.
    """
    if not text:
        return ""
    if not _TIME.fullmatch(text):
        raise bad_input("web.bad_time", "Give a day and a time, like 2026-11-23T08:30.", name)
    return f"{text}:00Z" if len(text) == 16 else f"{text}Z"


def of_shape(shape: type[T], plain: Mapping[str, Any]) -> T:
    """Plain values as a struct; those that are empty are left out.

    Raises:
        BadInput: `web.bad_value`.
    """
    try:
        return msgspec.convert({name: value for name, value in plain.items() if value not in ("", None, [])}, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        raise bad_input("web.bad_value", f"{in_words(message, shape, path.strip('`'))}.", path.strip("`").removeprefix("$.")) from None


def measure(value: str, unit: str) -> dict[str, str] | None:
    """A quantity of a form; none, if nothing was entered. A comma is taken for the point."""
    return {"hasNumericalValue": value.replace(",", "."), "hasUnit": unit} if value else None
