"""How much one request may ask for: how deep, how much in all, how long. Judged before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from .tables import INVERSES

DEPTH_MAX = 12
COST_MAX = 50_000
TOKENS_MAX = 5_000
PAGE = 100
"""What a page is taken to hold if `first` and `last` do not tell."""
LIST = 20
"""What a list that does not come in pages is taken to hold."""
SCAN = 1_000
"""For looking at everything of a class once, because no index leads to what is meant."""
WALK = 5_000
"""For each walk along a history, or over the market."""
WALKS = frozenset({"trace", "track", "rollup", "matches"})

INTROSPECTION = {"types": 230, "fields": 10, "args": 2, "inputFields": 6, "enumValues": 4, "possibleTypes": 3, "directives": 6}
"""How many items the lists of introspection hold, about. Its fields are in memory: ten of them cost as much as one other."""

Cost = tuple[int, int, int]
"""What the fields cost, what looking through everything costs besides, and how deep they go."""


class Meter:
    """Counts what an operation asks for: each field 1, and for a list as many times what is asked of its items.

    The parts of a fragment are counted once, so a fragment that is spread a thousand times costs no time here.

    Args:
        variables: Sizes of pages may stand in them.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        self._known: dict[str, Cost] = {}
        self._known_introspection: dict[str, int] = {}
        self._open: set[str] = set()

    def of(self, operation: OperationDefinitionNode) -> Cost:
        """What an operation costs."""
        defaults = {one.variable.name.value: one.default_value for one in operation.variable_definitions or () if one.default_value}
        self._variables = {name: self._number(value) for name, value in defaults.items()} | dict(self._variables)
        root = self._schema.get_root_type(operation.operation)
        return self._selections(operation.selection_set, root, 0)

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, deep: int) -> Cost:
        if deep > 2 * DEPTH_MAX:
            return 0, 0, deep  # which is refused whatever else there is
        cost, scans, depth = 0, 0, 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                part = self._field(node, parent, deep)
            elif isinstance(node, InlineFragmentNode):
                on = self._schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                part = self._selections(node.selection_set, on, deep + 1)
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value)
            else:
                continue
            cost, scans, depth = cost + part[0], scans + part[1], max(depth, part[2])
        return cost, scans, depth

    def _fragment(self, name: str) -> Cost:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return 0, 0, 0  # a fragment within itself: refused by another rule
        if len(self._open) > 2 * DEPTH_MAX:
            return 0, 0, 2 * DEPTH_MAX  # fragments in fragments in fragments
        if name not in self._known:
            self._open.add(name)
            on = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self._selections(fragment.selection_set, on, 0)
            self._open.discard(name)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, deep: int) -> Cost:
        name = node.name.value
        if name.startswith("__"):
            return 1 + (self._introspection(node.selection_set) // 10 if node.selection_set else 0), 0, 0
        field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        if field is None or parent is None:
            return 1, 0, 0
        named = get_named_type(field.type)
        size = self._size(node, field.type, named)
        cost = 1 + (WALK if name in WALKS else 0)
        scans = SCAN if _scans(parent.name, name) or any(one.name.value in ("filter", "orderBy") for one in node.arguments or ()) else 0
        if node.selection_set is None:
            return cost, scans, 1
        inner, more, depth = self._selections(node.selection_set, named, deep + 1)
        return cost + size * inner, scans + more, depth + 1

    def _introspection(self, selections: SelectionSetNode) -> int:
        """What is asked of the schema; how deep is judged by another rule."""
        cost = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost += 1 + INTROSPECTION.get(node.name.value, 1) * (self._introspection(node.selection_set) if node.selection_set else 0)
            elif isinstance(node, InlineFragmentNode):
                cost += self._introspection(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments and node.name.value not in self._open:
                cost += self._introspected(node.name.value)
        return cost

    def _introspected(self, name: str) -> int:
        if len(self._open) > 2 * DEPTH_MAX:
            return 10 * COST_MAX
        if name not in self._known_introspection:
            self._open.add(name)
            self._known_introspection[name] = self._introspection(self._fragments[name].selection_set)
            self._open.discard(name)
        return self._known_introspection[name]

    def _size(self, node: FieldNode, type_: Any, named: GraphQLNamedType) -> int:
        """How many times what is asked of it is asked. The list of edges of a page has been counted with the page."""
        if named.name.endswith("Edge"):
            return 1
        paged = named.name.endswith("Connection")
        if not paged and not is_list_type(get_nullable_type(type_)):
            return 1
        sizes = [self._number(one.value) for one in node.arguments or () if one.name.value in ("first", "last")]
        given = [size for size in sizes if size is not None]
        return max(0, min(given)) if given else PAGE if paged else LIST

    def _number(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode) and len(value.value) < 10:
            return int(value.value)
        found = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return found if isinstance(found, int) and not isinstance(found, bool) else None


def _scans(parent: str, field: str) -> bool:
    tables = [INVERSES.get(parent, {})] if parent not in ("Agent", "Flow") else [INVERSES["Person"]]
    return any(relation.scans for table in tables for relation in table.get(field, ()))


def too_much(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> list[GraphQLError]:
    """Why an operation asks for too much, or nothing."""
    cost, scans, depth = Meter(schema, document, variables).of(operation)
    if depth > DEPTH_MAX:
        return [_error("graphql.too_deep", f"Fields stand in one another {depth} deep; {DEPTH_MAX} are enough.")]
    if cost + scans > COST_MAX:
        problem = f"This asks for about {cost + scans} things; {COST_MAX} at a time are allowed. Ask for smaller pages, with first."
        return [_error("graphql.too_costly", problem)]
    return []


def _error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
