"""Trace and value flow of a resource whose history has 1,000,000 events, on SQLite and PostgreSQL.

Ours reads all columns of all events from the store, traces the resource, rolls up its value, and spreads it back over the
contributions. The baseline reads the edges alone from the same store and searches them breadth first with scipy, from the
same resource. (rustworkx makes its graph from a Python list of pairs, which takes longer than all of scipy's search.) What the
events are worth is made up beforehand and handed over as columns.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Ratio, peak_memory_mb, seconds
from commonhold.flows.actions import NUMBERS
from commonhold.flows.tracing.history import History, read_history
from commonhold.flows.tracing.trace import trace
from commonhold.flows.tracing.valuation import flow_back, roll_up
from commonhold.flows.tracing.value_count import Worths
from commonhold.measure import MICRO
from commonhold.store.database import Database, open_database

COLUMNS = ("position", "action", "input_of", "output_of", "resource", "to_resource", "previous", "resource_micro", "stock_micro")
EQUIPMENT, DESIGNS, MATERIALS = range(1, 51), range(51, 101), range(101, 201)
STOCK = 1_000_000 * MICRO
LATE_PERCENT = 2
"""So many of a hundred hours of work are written down only after what they made."""


def run(count: int = 1_000_000) -> list[Ratio]:
    """The ratios for a history of about so many events, for each store that is here."""
    events, product = _made_up(count)
    with tempfile.TemporaryDirectory() as folder:
        ratios = _on("SQLite", open_database(Path(folder) / "bench.db"), events, product)
    with _postgres() as address:
        if address is not None:
            ratios += _on("PostgreSQL", open_database(address), events, product)
    peak = peak_memory_mb()
    return [*ratios, Ratio(f"trace {len(events):,} events: peak memory", f"{peak:,.0f} MB", "2,048 MB", peak / 2_048, ("<=", 1.0))]


def _on(store: str, database: Database, events: list[tuple[Any, ...]], product: int) -> list[Ratio]:
    _fill(database, events)
    worths = _worths(database)
    sizes: list[int] = []

    def read_ours() -> History:
        with database.read() as transaction:
            return read_history(transaction, "bench")

    def compute(history: History) -> None:
        found = trace(history, ("resource", product))
        rolled = roll_up(history, worths)
        shares = flow_back(rolled, [("resource", product)])
        assert sum(shares) == rolled.values[product] > 0
        sizes[:] = [len(found)]

    def read_edges() -> Any:
        sql = f"SELECT position, {', '.join(f'COALESCE({c}, -1)' for c in COLUMNS[2:6])} FROM economic_event WHERE commons = ? ORDER BY position"
        with database.read() as transaction:
            return np.fromiter(chain.from_iterable(transaction.stream(sql, ("bench",))), dtype=np.int64).reshape(-1, 5)

    def search(rows: Any) -> None:
        assert _breadth_first(rows, product) >= sizes[0]

    history, rows = read_ours(), read_edges()
    compute(history)
    mine, bare = _in_turn(lambda: compute(history), lambda: search(rows))
    mine_read, bare_read = _in_turn(lambda: compute(read_ours()), lambda: search(read_edges()))
    name = f"trace, roll up and flow back {sizes[0]:,} nodes of {len(events):,} events, {store}"
    return [
        Ratio(f"{name}, read from the store", f"{mine_read:.2f} s", f"read edges, search: {bare_read:.2f} s", mine_read / bare_read, ("<=", 3.0)),
        Ratio(f"{name}, without reading", f"{mine:.2f} s", f"search: {bare:.2f} s", mine / bare, (">=", 0.0)),
    ]


def _in_turn(ours: Callable[[], None], baseline: Callable[[], None], rounds: int = 4) -> tuple[float, float]:
    """The best times of both, taken in turn: what else the machine does then weighs on both."""
    times = [(seconds(ours), seconds(baseline)) for _ in range(rounds)]
    return min(mine for mine, _ in times), min(bare for _, bare in times)


def _breadth_first(rows: Any, product: int) -> int:
    """How many nodes a breadth-first search back from the product finds with scipy."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    count = len(rows)
    _, taken, given, resource, to = rows.T
    output, event = given >= 0, np.arange(count)
    adjusts = ~output & (taken < 0) & (to < 0)
    behind = np.where(output, given, np.where(adjusts, -1, resource))
    brings = (output | adjusts) & (resource >= 0)
    pairs = [
        (event, count + behind, behind >= 0),
        (count + taken, event, taken >= 0),
        (count + resource, event, brings),
        (count + to, event, to >= 0),
    ]
    sources, targets = (np.concatenate([pair[side][pair[2]] for pair in pairs]).astype(np.int32) for side in (0, 1))
    size = count + int(rows[:, 1:].max()) + 1
    graph = csr_array((np.ones(len(sources), dtype=np.int8), (sources, targets)), shape=(size, size))
    return len(breadth_first_order(graph, count + product, return_predecessors=False))


def _made_up(count: int) -> tuple[list[tuple[Any, ...]], int]:
    """Events of an assembly of 1,000 levels, and the number of what comes out at the end.

    On each level, each process consumes products of the level below and materials, uses equipment, cites a design, and takes
    work, of which some is recorded late. A quarter of the products change hands before they are used.
    """
    chance = random.Random(1)
    book = _Book()
    for number in chain(EQUIPMENT, DESIGNS, MATERIALS):
        book.write("raise", resource=number, quantity=STOCK)
    width = max(2, count // 1_000 // 17)
    numbers = iter(range(MATERIALS.stop, 1 << 40))
    below: list[int] = []
    late: list[int] = []
    while len(book.events) < count:
        level = [_make(book, numbers, chance, [below[(each * 5 + k) % len(below)] for k in range(5)] if below else [], late) for each in range(width)]
        for process in late:
            book.write("work", input_of=process)
        late.clear()
        below = level
    return book.events, _make(book, numbers, chance, below, late)


def _make(book: _Book, numbers: Iterator[int], chance: random.Random, parts: list[int], late: list[int]) -> int:
    process, product = next(numbers), next(numbers)
    for part in parts:
        book.write("consume", input_of=process, resource=part, quantity=2 * MICRO)
    for _ in range(4):
        book.write("consume", input_of=process, resource=chance.choice(MATERIALS), quantity=chance.randrange(1, 9) * MICRO // 4)
    for _ in range(3):
        if chance.randrange(100) < LATE_PERCENT:
            late.append(process)
        else:
            book.write("work", input_of=process)
    book.write("use", input_of=process, resource=chance.choice(EQUIPMENT), quantity=MICRO)
    book.write("use", input_of=process, resource=chance.choice(EQUIPMENT), quantity=MICRO)
    book.write("cite", input_of=process, resource=chance.choice(DESIGNS), quantity=MICRO)
    book.write("produce", output_of=process, resource=product, quantity=10 * MICRO)
    if chance.randrange(4):
        return product
    there = next(numbers)
    book.write("transfer", resource=product, to_resource=there, quantity=10 * MICRO)
    return there


class _Book:
    """Rows of events in the order of `COLUMNS`, with the breadcrumbs that the fold would leave."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self._last: dict[int, int] = {}

    def write(
        self,
        action: str,
        *,
        input_of: int | None = None,
        output_of: int | None = None,
        resource: int | None = None,
        to_resource: int | None = None,
        quantity: int | None = None,
    ) -> None:
        position = len(self.events) + 1
        previous = None if resource is None else self._last.get(resource)
        self.events.append((position, action, input_of, output_of, resource, to_resource, previous, quantity, quantity))
        for number in (resource, to_resource):
            if number is not None:
                self._last[number] = position


def _fill(database: Database, events: list[tuple[Any, ...]]) -> None:
    tables = [sql.strip() for sql in files("commonhold.flows").joinpath("tables.sql").read_text().split(";") if sql.strip()]
    with database.write() as transaction:
        for sql in tables:
            if "TABLE economic_" in sql or "ON economic_" in sql:
                transaction.execute(sql if database.name == "sqlite" else sql.replace("WITHOUT ROWID", ""))
        names = [line.split()[0] for line in tables[0].splitlines()[1:] if line.startswith("    ") and "PRIMARY" not in line]
        where = {name: place for place, name in enumerate(COLUMNS)}
        fixed = {"commons": "bench", "at": 0}
        for event in events:
            transaction.insert("economic_event", *(event[where[name]] if name in where else fixed.get(name) for name in names))


def _worths(database: Database) -> Worths:
    """Made-up worths in millionths of a cent: of work, and of the stocks at the beginning; and of each use."""
    with database.read() as transaction:
        action = read_history(transaction, "bench").action
    chance = np.random.default_rng(1)
    amount = chance.integers(1_000, 10_000, len(action)) * MICRO
    worth = np.where((action == NUMBERS["work"]) | (action == NUMBERS["raise"]), amount, 0)
    return Worths(worth, np.where((action == NUMBERS["use"]) | (action == NUMBERS["cite"]), amount, 0))


@contextmanager
def _postgres() -> Iterator[str | None]:
    """The address of a PostgreSQL: the server of the tests, if it can be started here."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("postgres_server", Path(__file__).parents[1] / "tests/postgres_server.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        server = module.PostgresServer()
    except (ImportError, RuntimeError):
        yield None
        return
    try:
        yield server.url()
    finally:
        server.stop()
