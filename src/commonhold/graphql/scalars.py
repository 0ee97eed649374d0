"""The scalars of the schema: exact numbers, times, addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, ValueNode
from graphql.language import FloatValueNode, IntValueNode, StringValueNode

DIGITS_MAX = 30
"""More are nowhere needed; a number of a million digits is no number of ours."""


def read_decimal(value: Any) -> Decimal:
    """An exact number, from a JSON number or a text.

    Raises:
        GraphQLError: It is none.
    """
    try:
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or (isinstance(value, str) and len(value) > DIGITS_MAX + 2):
            raise InvalidOperation
        number = Decimal(value)
        _, digits, exponent = number.as_tuple()
        if not isinstance(exponent, int) or len(digits) > DIGITS_MAX or not -DIGITS_MAX <= exponent <= DIGITS_MAX:
            raise InvalidOperation
    except InvalidOperation:
        raise GraphQLError("This is not a decimal number like 12.5.", extensions={"code": "graphql.bad_value"}) from None
    return number


def decimal_text(number: Decimal) -> str:
    """A number as it stands in entries: digits, and a point where there is a fraction.

    >>> decimal_text(Decimal("1.50")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("-0.0"))
    ('1.5', '1000', '0')
    """
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _literal_decimal(node: ValueNode, _: Any = None) -> Decimal:
    if not isinstance(node, IntValueNode | FloatValueNode | StringValueNode):
        raise GraphQLError("This is not a decimal number like 12.5.", node, extensions={"code": "graphql.bad_value"})
    return read_decimal(node.value)


def read_time(value: Any) -> str:
    """A time as it stands in entries: UTC, with at most six digits after the second.

    >>> read_time("2026-07-01T14:00:00.000+02:00"), read_time("2026-07-01T12:00:00Z")
    ('2026-07-01T12:00:00.000Z', '2026-07-01T12:00:00Z')

    Raises:
        GraphQLError: It is no time, or has no offset.
    """
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or len(value) < 17 or value[10] not in "Tt":
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise GraphQLError("This is not a time like 2026-11-23T08:30:00Z.", extensions={"code": "graphql.bad_value"}) from None
    precision = "microseconds" if moment.microsecond % 1_000 else "milliseconds" if "." in value else "seconds"
    return f"{moment.replace(tzinfo=None).isoformat(timespec=precision)}Z"


def _literal_time(node: ValueNode, _: Any = None) -> str:
    return read_time(node.value if isinstance(node, StringValueNode) else None)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("This is not a text.", extensions={"code": "graphql.bad_value"})
    return value


def _literal_text(node: ValueNode, _: Any = None) -> str:
    return _text(node.value if isinstance(node, StringValueNode) else None)


def _same(value: Any) -> Any:
    return value


def set_scalars(schema: GraphQLSchema) -> None:
    """Give the scalars of the schema their meaning."""
    meaning = {"Decimal": (read_decimal, _literal_decimal), "DateTime": (read_time, _literal_time), "URI": (_text, _literal_text)}
    for name, (read, literal) in meaning.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.serialize = scalar.coerce_output_value = _same  # type: ignore[method-assign]
        scalar.parse_value = scalar.coerce_input_value = read  # type: ignore[method-assign]
        scalar.parse_literal = literal  # type: ignore[method-assign,assignment]
