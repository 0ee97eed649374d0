"""Track and trace: recorded traces of others, and what must hold for any history."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flows.history_values import history_of, history_of_document
from flows.interfacer_logs import LOGS
from hypothesis import given
from hypothesis import strategies as st

from commonhold.flows.actions import ACTIONS
from commonhold.flows.tracing.history import NONE, History, read_history
from commonhold.flows.tracing.trace import KINDS, Kind, Trace, edges, trace, track
from commonhold.store.database import open_database


def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(LOGS[name].read_text(encoding="utf-8"))
    return found


def _traced(name: str) -> tuple[History, Trace, set[str], set[str]]:
    """A history, the trace of its recorded start, the ids in it, and those in the recorded one."""
    document = _document(name)
    history, names = history_of_document(document)
    recorded = [node["id"] for node in document["traceOrder"]]
    numbers = {id_: node for node, id_ in names.items()}
    found = trace(history, numbers[recorded[0]])  # type: ignore[arg-type]
    return history, found, {names[node] for node in found.nodes()}, set(recorded)


@pytest.mark.parametrize(("name", "size"), [("libre-solar", 196), ("ifservices", 47)])
def test_a_recorded_trace_has_the_same_nodes(name: str, size: int) -> None:
    """What zenflows found from the same events, tracing the same resource."""
    _, found, ours, recorded = _traced(name)
    assert len(found) == size
    assert ours == recorded


def test_a_trace_with_a_cycle_has_the_nodes_of_the_back_end() -> None:
    """A gown is worn and cleaned again and again. Here the recorded list is of the whole flow; the back end's has this split."""
    _, found, ours, recorded = _traced("gownshirt")
    assert Counter(kind for kind, _ in found.nodes()) == {"event": 22, "resource": 6, "process": 5}
    assert ours < recorded


@pytest.mark.parametrize("name", ["libre-solar", "ifservices", "gownshirt"])
def test_parents_make_a_tree_along_the_flow(name: str) -> None:
    """Each node but the start was reached from one before it, along an edge or from an event to the event before it on the resource."""
    history, found, _, _ = _traced(name)
    kinds, numbers, parents = found.kind.tolist(), found.number.tolist(), found.parent.tolist()
    assert parents[0] == NONE
    assert all(0 <= parent < place for place, parent in enumerate(parents) if place)
    flows = set(zip(*(column.tolist() for column in edges(history, found)), strict=True))
    for place, parent in enumerate(parents[1:], 1):
        if (place, parent) not in flows:
            assert KINDS[kinds[place]] == KINDS[kinds[parent]] == "event"
            assert history.previous[history.index(numbers[parent])] == numbers[place]


def test_what_is_traced_is_found_by_tracking_too() -> None:
    """From every raw material of the box, tracking comes to the box."""
    document = _document("libre-solar")
    history, names = history_of_document(document)
    box = {id_: node for node, id_ in names.items()}[document["traceOrder"][0]["id"]]
    raised = [("resource", int(history.resource[place])) for place, event in enumerate(document["economicEvents"]) if event["action"] == "raise"]
    assert len(raised) == 8
    assert all(box in track(history, start).nodes() for start in raised)  # type: ignore[arg-type]


def test_each_thing_of_a_transport_is_traced_for_itself() -> None:
    """Two things are picked up and dropped off together: what brought the second is no part of the history of the first."""
    events = [
        {"action": "raise", "resource": 0, "quantity": 1},
        {"action": "raise", "resource": 1, "quantity": 1},
        {"action": "pickup", "input_of": 9, "resource": 0, "quantity": 1},
        {"action": "pickup", "input_of": 9, "resource": 1, "quantity": 1},
        {"action": "work", "input_of": 9},
        {"action": "dropoff", "output_of": 9, "resource": 0, "quantity": 1},
        {"action": "dropoff", "output_of": 9, "resource": 1, "quantity": 1},
    ]
    found = trace(history_of(events), ("resource", 0)).nodes()
    assert set(found) == {("resource", 0), ("event", 5), ("process", 9), ("event", 4), ("event", 2), ("event", 0)}
    assert ("event", 6) not in track(history_of(events), ("event", 0)).nodes()


def test_what_was_in_a_container_is_traced_through_it() -> None:
    """Combine and separate are passed as a pair, as the specification says."""
    events = [
        {"action": "raise", "resource": 0, "quantity": 5},
        {"action": "combine", "input_of": 8, "resource": 0, "to": 1, "quantity": 5},
        {"action": "accept", "input_of": 8, "resource": 1, "quantity": 1},
        {"action": "modify", "output_of": 8, "resource": 1, "quantity": 1},
        {"action": "accept", "input_of": 9, "resource": 1, "quantity": 1},
        {"action": "separate", "output_of": 9, "resource": 0, "quantity": 5},
    ]
    found = trace(history_of(events), ("resource", 0)).nodes()
    assert ("process", 9) in found
    assert ("event", 0) in found
    assert ("event", 5) in track(history_of(events), ("event", 0)).nodes()


def test_crumbs_show_the_way_back_through_each_round() -> None:
    """A gown is cleaned twice. Behind the second cleaning comes the first, not the making; and the gown before the work on it."""
    events = [{"action": "raise", "resource": 0, "quantity": 1}]
    for process in (5, 6):
        events += [{"action": "accept", "input_of": process, "resource": 0, "quantity": 1}, {"action": "work", "input_of": process}]
        events += [{"action": "modify", "output_of": process, "resource": 0, "quantity": 1}]
    found = trace(history_of(events), ("resource", 0))
    way = [("resource", 0), ("event", 6), ("process", 6), ("event", 4), ("event", 3), ("process", 5), ("event", 1), ("event", 0)]
    assert found.nodes() == [*way, ("event", 2), ("event", 5)]
    assert found.parent.tolist() == [NONE, 0, 1, 2, 3, 4, 5, 6, 5, 2]


def test_what_is_not_there_has_no_trace() -> None:
    """The number of a process is not that of a resource."""
    history = history_of([{"action": "produce", "output_of": 1, "resource": 0, "quantity": 1}])
    starts: list[tuple[Kind, int]] = [("event", 7), ("resource", 1), ("process", 0), ("resource", 99), ("process", NONE)]
    for start in starts:
        with pytest.raises(KeyError):
            trace(history, start)
        with pytest.raises(KeyError):
            track(history_of([]), start)


def test_a_long_history_needs_no_depth() -> None:
    """A thousand times deeper than Python recurses."""
    length = 100_000
    events = [{"action": "transfer", "resource": number, "to": number + 1, "quantity": 1} for number in range(length)]
    assert len(trace(history_of(events), ("resource", length))) == 2 * length + 1
    assert len(track(history_of(events), ("resource", 0))) == 2 * length + 1


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_history_is_read_as_it_was_written(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Positions have gaps; events of other commons, and those of no process and resource, are not read; stock goes by its own unit."""
    address = tmp_path / "flows.db" if store == "sqlite" else request.getfixturevalue("postgres").fresh_schema("history")
    database = open_database(address)
    tables = files("commonhold.flows").joinpath("tables.sql").read_text().split(";")
    names = "commons, position, at, action, input_of, output_of, resource, to_resource, resource_micro, stock_micro, previous, corrects"
    rows: list[tuple[Any, ...]] = [
        ("here", 3, 0, "raise", None, None, 1, None, 7, None, None, None),
        ("here", 4, 0, "work", None, None, None, None, None, None, None, None),
        ("there", 4, 0, "raise", None, None, 1, None, 8, None, None, None),
        ("here", 9, 0, "consume", 5, None, 1, None, -2, -2_000, 3, 3),
        ("here", 12, 0, "deliverService", 5, 2**31 - 2, None, None, None, None, None, None),
        ("here", 14, 0, "transfer", None, None, 1, 0, 10**18, None, 9, None),
    ]
    with database.write() as transaction:
        for sql in tables:
            if "TABLE economic_" in sql:
                transaction.execute(sql if store == "sqlite" else sql.replace("WITHOUT ROWID", ""))
        for row in rows:
            transaction.execute(f"INSERT INTO economic_event ({names}) VALUES ({', '.join('?' * len(row))})", row)
        transaction.insert("economic_resource", "here", 1, "kg", 0, 0, *[None] * 7, 0, None)
        history = read_history(transaction, "here")
    database.close()
    assert [ACTIONS[action] for action in history.action] == ["raise", "consume", "deliverService", "transfer"]
    columns = (history.position, history.input_of, history.output_of, history.resource, history.to_resource, history.quantity)
    assert [column.tolist() for column in columns] == [
        [3, 9, 12, 14], [-1, 5, 5, -1], [-1, -1, 2**31 - 2, -1], [1, 1, -1, 1], [-1, -1, -1, 0], [7, -2_000, 0, 10**18],
    ]  # fmt: skip
    assert (history.previous.tolist(), history.corrects.tolist(), history.units.tolist()) == ([-1, 3, -1, 9], [-1, 3, -1, -1], [-1, 0])


RESOURCES, PROCESSES = st.integers(0, 5), st.integers(6, 9)
UNPAIRED = st.lists(
    st.one_of(
        st.fixed_dictionaries({"action": st.sampled_from(["consume", "use", "cite"]), "input_of": PROCESSES, "resource": RESOURCES}),
        st.fixed_dictionaries({"action": st.just("work"), "input_of": PROCESSES}),
        st.fixed_dictionaries({"action": st.just("produce"), "output_of": PROCESSES, "resource": RESOURCES}),
        st.fixed_dictionaries({"action": st.sampled_from(["transfer", "move", "copy"]), "resource": RESOURCES, "to": RESOURCES}),
        st.fixed_dictionaries({"action": st.just("raise"), "resource": RESOURCES}),
        st.fixed_dictionaries({"action": st.just("deliverService"), "input_of": PROCESSES, "output_of": PROCESSES}),
    ),
    max_size=25,
)


@given(UNPAIRED)
def test_tracing_and_tracking_are_the_reverse_of_each_other(events: list[dict[str, Any]]) -> None:
    """Where nothing is paired and no crumbs lead on: x leads to y if and only if y comes of x. Cycles included."""
    history = history_of(events)
    history.previous[:] = NONE
    nodes: set[tuple[Kind, int]] = {("event", position) for position in range(len(events))}
    for kind, columns in (("resource", ("resource", "to")), ("process", ("input_of", "output_of"))):
        nodes |= {(kind, event[column]) for event in events for column in columns if column in event}  # type: ignore[misc]
    back = {node: set(trace(history, node).nodes()) for node in nodes}
    for node in nodes:
        assert set(track(history, node).nodes()) == {other for other in nodes if node in back[other]}


@given(UNPAIRED)
def test_crumbs_only_add(events: list[dict[str, Any]]) -> None:
    """Going on where a resource has been visited loses nothing; and the same history always gives the same trace."""
    events = [event for event in events if event["action"] != "raise"]  # a raise leads on only by its crumb
    plain, crumbed = history_of(events), history_of(events)
    plain.previous[:] = NONE
    for position in range(len(events)):
        found = trace(crumbed, ("event", position))
        assert set(trace(plain, ("event", position)).nodes()) <= set(found.nodes())
        assert found.nodes() == trace(history_of(events), ("event", position)).nodes()
        assert len(set(found.nodes())) == len(found)


@pytest.mark.parametrize("name", ["libre-solar", "gownshirt", "ifservices"])
def test_what_went_into_a_thing_leads_to_it(name: str) -> None:
    """On the real flows, cycles included: one resource is in the trace of another if, and only if, tracking it comes to the other."""
    history, _ = history_of_document(_document(name))
    numbers = sorted({*history.resource[history.resource >= 0].tolist(), *history.to_resource[history.to_resource >= 0].tolist()})

    def resources(found: Trace) -> set[int]:
        return {number for kind, number in found.nodes() if kind == "resource"}

    back = {(origin, one) for one in numbers for origin in resources(trace(history, ("resource", one)))}
    ahead = {(one, product) for one in numbers for product in resources(track(history, ("resource", one)))}
    assert back == ahead
    assert len(back) > len(numbers)
