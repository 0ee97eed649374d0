"""The shapes of values in entries: strict to the last character."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from commonhold.commons import entries as commons
from commonhold.contributions import entries as contributions
from commonhold.flows import vocabulary as flows
from commonhold.measure import parse_money, parse_quantity
from commonhold.sharing import entries as sharing

EXAMPLES = [
    (commons.AgentId, "org:foundation"),
    (commons.IdentityId, "id:" + "0" * 32),
    (commons.RoleName, "steward"),
    (contributions.EntryId, "0" * 64),
    (contributions.Name, "work"),
    (flows.Decimal, "12.5"),
    (flows.SignedDecimal, "-12.5"),
    (flows.Time, "2026-01-02T03:04:05Z"),
    (flows.Time, "2026-01-02T03:04:05.678901Z"),
    (commons.Second, "2026-01-02T03:04:05Z"),
    (flows.Degrees, "-52.3702"),
    (flows.Address, "https://example.org/a"),
    (commons.Money, "10.00"),
    (sharing.Currency, "EUR"),
    (commons.Hash, "f" * 64),
]


@pytest.mark.parametrize(("shape", "value"), EXAMPLES, ids=[value for _, value in EXAMPLES])
def test_nothing_stands_before_or_after(shape: Any, value: str) -> None:
    """A value is taken as it is, and refused with anything around it, a line's end among it."""
    assert msgspec.convert(value, shape) == value
    for other in (value + "\n", "\n" + value, value + " ", value + "\0"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(other, shape)


@pytest.mark.parametrize("text", ["\u0661\u0662", "1\n", "１", "1_000", "+1", "1e3", "0x10", " 1", ""])
def test_numbers_have_plain_digits(text: str) -> None:
    """Other digits, signs, exponents and separators are not numbers here."""
    for parse in (parse_quantity, lambda value: parse_money(value, "EUR")):
        with pytest.raises(ValueError):  # the doors turn it into a problem that names the field
            parse(text)
    for shape in (flows.Decimal, flows.SignedDecimal, commons.Money):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, shape)
