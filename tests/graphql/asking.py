"""Asking a served commons in GraphQL, as a member or as nobody in particular."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from serving import Site

from commonhold.store.transaction import Transaction


class Asker:
    """A client. Answers have decimal numbers as they are sent."""

    def __init__(self, site: Site, who: str = "Ana", path: str = "/graphql") -> None:
        self.site = site
        self.path = path
        self.token = site.token(who) if who else ""

    def answer(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """What comes back, errors and all."""
        sent = self.site.post(self.path, {"query": query, "variables": variables}, token=self.token, **headers or {})
        assert sent.status_code == 200, (sent.status_code, sent.content[:500])
        return dict(json.loads(sent.content, parse_float=Decimal))

    def ask(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """The data of what must succeed."""
        answer = self.answer(query, headers, **variables)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])

    def refused(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> tuple[str, str]:
        """(code, message) of what must fail."""
        answer = self.answer(query, headers, **variables)
        assert answer.get("errors"), answer
        first = answer["errors"][0]
        assert first["extensions"]["problems"][0]["code"] == first["extensions"]["code"]
        return first["extensions"]["code"], first["message"]

    def make(self, what: str, selection: str = "id", **fields: Any) -> Any:
        """Create a record of a class; return what is selected, or its id alone."""
        argument = what[0].lower() + what[1:]
        answer = {"Person": "agent", "Organization": "agent", "EcologicalAgent": "agent"}.get(what, argument)
        kind = {"Person": "Agent"}.get(what, what)
        query = f"mutation($given: {kind}CreateParams!) {{ create{what}({argument}: $given) {{ {answer} {{ {selection} }} }} }}"
        made = self.ask(query, given=fields)[f"create{what}"][answer]
        return made["id"] if selection == "id" else made

    def event(self, action: str, amount: Any = None, new: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Record an event; return its id and the resource that began with it."""
        query = (
            "mutation($event: EconomicEventCreateParams!, $new: EconomicResourceCreateParams) {"
            " createEconomicEvent(event: $event, newInventoriedResource: $new) { economicEvent { id revisionId } economicResource { id } } }"
        )
        if amount is not None:
            fields["resourceQuantity"] = amount if isinstance(amount, dict) else {"hasNumericalValue": amount}
        made = self.ask(query, event={"action": action, **fields}, new=new)["createEconomicEvent"]
        begun = made["economicResource"]
        return {**made["economicEvent"], "resource": begun and begun["id"]}

    def stock(self, resource: str) -> tuple[Any, Any]:
        """(accounting, onhand) of a resource."""
        query = "query($id: ID!) { economicResource(id: $id) { accountingQuantity { hasNumericalValue } onhandQuantity { hasNumericalValue } } }"
        found = self.ask(query, id=resource)["economicResource"]
        return found["accountingQuantity"]["hasNumericalValue"], found["onhandQuantity"]["hasNumericalValue"]


def nodes(page: dict[str, Any]) -> list[Any]:
    """What is in a page."""
    return [edge["node"] for edge in page["edges"]]


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def counted(name: str) -> Any:
        original = getattr(Transaction, name)

        def send(self: Transaction, sql: str, parameters: Any = ()) -> Any:
            sent.append(sql)
            return original(self, sql, parameters)

        return send

    with monkeypatch.context() as patched:
        for name in ("rows", "row", "stream", "execute"):
            patched.setattr(Transaction, name, counted(name))
        yield sent
