"""Delegation among 100,000 people: ranked delegates, a cap and the ways included.

The baseline solves one sparse system of the same size with scipy, (I - 0.99·Wᵀ)·x = 1, where W has only the first delegate of
everybody: the usual computation of transitive weights, without ranks, cap or ways. The factor lets cycles converge.
"""

from __future__ import annotations

import numpy as np

from benchmarks.measure import Ratio, seconds
from commonhold.governance.delegation import resolve


def run(people: int = 100_000) -> list[Ratio]:
    """The ratio for so many people, of whom 60 % delegate, to up to three others of very unequal popularity."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    chance = np.random.default_rng(1)
    votes = chance.random(people) >= 0.6
    popularity = chance.pareto(1.2, people) + 1
    delegates = chance.choice(people, size=(people, 3), p=popularity / popularity.sum()).astype(np.int64)
    delegates[np.arange(3) >= chance.integers(1, 4, people)[:, None]] = -1
    delegates[votes] = -1
    since = chance.integers(0, 10**9, people)
    cap = int(people**0.5)

    delegators = np.flatnonzero(~votes & (delegates[:, 0] != np.arange(people)))
    shape = (people, people)
    transposed = sparse.csr_matrix((np.full(len(delegators), 0.99), (delegates[delegators, 0], delegators)), shape=shape)
    system = (sparse.identity(people, format="csr") - transposed).tocsc()
    ones = np.ones(people)

    def iterate() -> None:
        solution = ones
        for _ in range(30):
            solution = ones + transposed @ solution

    resolved = resolve(delegates, votes, since, cap)
    assert int(resolved.weight.max()) <= cap and int(resolved.weight.sum()) == int((resolved.representative >= 0).sum())
    mine = seconds(lambda: resolve(delegates, votes, since, cap), 5)
    solved = seconds(lambda: spsolve(system, ones), 5)
    iterated = seconds(iterate, 5)
    name = f"resolve delegations of {people:,} people"
    ours = f"{mine * 1000:.1f} ms"
    return [
        Ratio(f"{name}, ranked and capped", ours, f"scipy spsolve, one delegate each: {solved * 1000:.1f} ms", mine / solved, ("<=", 3.0)),
        Ratio(f"{name}, against 30 iterations", ours, f"scipy CSR, one delegate each: {iterated * 1000:.1f} ms", mine / iterated, (">=", 0.0)),
    ]
