"""One request as a handler sees it, with everything in it checked."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from ..forms import in_words, unknown_field
from ..journal.entry import check_text
from ..node.node import Node
from ..node.tokens import Holder, token_holder
from ..problems import BadInput, Forbidden, Problem, bad_input
from .answers import NoLength, NoToken, TooLarge, etag_of

BODY_BYTES_MAX = 4 * 1024 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,150}")
_CURSOR = re.compile(r"p(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        path: What stands in the braces of the route. query: The parameters, as the route's struct.
    """

    node: Node
    request: Any
    path: dict[str, str]
    query: Any

    @property
    def commons(self) -> str:
        """The commons in the path."""
        return self.path["commons"]

    def media(self) -> str:
        """The media type of the body, without parameters."""
        return str(self.request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    def body(self) -> bytes:
        """The body.

        Raises:
            NoLength: `api.no_length`. TooLarge: `api.too_large`.
        """
        length = str(self.request.META.get("CONTENT_LENGTH") or "")
        if not re.fullmatch("[0-9]{1,18}", length):
            # Django reads as much as the length says, so a body in chunks would seem to be empty.
            raise NoLength(Problem("api.no_length", "Send the length of the body: Content-Length.", "Content-Length"))
        if int(length) > BODY_BYTES_MAX:
            raise TooLarge(Problem("api.too_large", f"A request has at most {BODY_BYTES_MAX} bytes."))
        data: bytes = self.request.body
        return data

    def idempotency_key(self) -> str:
        """The `Idempotency-Key` of the request, or nothing.

        Raises:
            BadInput: `api.bad_key`.
        """
        key = str(self.request.headers.get("Idempotency-Key", ""))
        if "Idempotency-Key" in self.request.headers and not _KEY.fullmatch(key):
            raise bad_input("api.bad_key", "An Idempotency-Key has 1 to 150 visible ASCII characters.", "Idempotency-Key")
        return key

    def holder(self) -> Holder:
        """Whose token came with the request.

        Raises:
            NoToken: `api.no_token`. Forbidden: `api.other_commons`.
        """
        scheme, _, token = str(self.request.headers.get("Authorization", "")).partition(" ")
        holder = None
        if scheme.lower() == "bearer" and token.strip():
            with self.node.read() as transaction:
                holder = token_holder(transaction, token.strip(), self.node.now())
        if holder is None:
            raise NoToken(Problem("api.no_token", "Send a token that is valid: Authorization: Bearer TOKEN.", "Authorization"))
        if holder.commons != self.commons:
            raise Forbidden(Problem("api.other_commons", "This token is for another commons.", "Authorization"))
        return holder

    def etag(self, state: str) -> str:
        """The validator of what this address shows in a state of the journal."""
        return etag_of(state, self.request.get_full_path())


def read_query(request: Any, shape: type[msgspec.Struct]) -> Any:
    """The query as a struct.

    Raises:
        BadInput: `api.bad_params`.
    """
    given: dict[str, Any] = {}
    for name, values in request.GET.lists():
        if len(values) != 1:
            raise bad_input("api.bad_params", "Give each parameter once.", name)
        given[name] = values[0]
    return _converted(given, shape, strict=False)


def read_json(data: bytes, shape: type[msgspec.Struct]) -> Any:
    """A body as a struct.

    Raises:
        BadInput: `api.bad_json`, `api.bad_params`, or `journal.malformed`, if a text holds what no entry may hold.
    """
    try:
        plain = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_input("api.bad_json", "The body is not JSON.") from None
    check_text(data)
    return _converted(plain, shape, strict=True)


def _converted(plain: Any, shape: type[msgspec.Struct], *, strict: bool) -> Any:
    try:
        return msgspec.convert(plain, shape, strict=strict)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        words = in_words(message, shape, path.strip("`"))
        field = path.strip("`").removeprefix("$").lstrip(".") or unknown_field(message)
        raise BadInput(Problem("api.bad_params", words if words.endswith("?") else f"{words}.", field)) from None


def cursor(position: int) -> str:
    """An opaque mark from which the next page goes on."""
    return base64.urlsafe_b64encode(f"p{position}".encode()).rstrip(b"=").decode()


def read_cursor(text: str) -> int | None:
    """What a mark means; None if there is none.

    Raises:
        BadInput: `api.bad_cursor`.
    """
    if not text:
        return None
    try:
        found = _CURSOR.fullmatch(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii"))
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise bad_input("api.bad_cursor", "Take `next` from the page before, as it is.", "next")
    return int(found[1])
