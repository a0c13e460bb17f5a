"""Free flow between 300 regions for 1,000 steps, and phase maps of 200 x 200 points.

The peer of a simulation solves each step's short run from the start, with LAPACK (entrepreneurs) or
by the fixed point of the market (core and periphery).
"""

from __future__ import annotations

import numpy as np
import pytest

from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    LogitMigration,
    Replicator,
    phase_map,
    trade_freeness,
)

N, STEPS = 300, 1000
PEER_STEPS = 50
GRID = np.linspace(0.005, 0.995, 200)


@pytest.fixture(scope="module")
def plane():
    rng = np.random.default_rng(1)
    points = rng.random((N, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    return trade_freeness(distances, decay=5.0), rng.dirichlet(np.ones(N))


def stepwise(free, start, attraction, steps, mobility=0.5):
    phi, x = free.to_numpy(), start
    for _ in range(steps):
        v = attraction(phi, x)
        x = x * np.exp(mobility * (v - v.max()))
        x /= x.sum()
    return x


def entrepreneurs(phi, x, sigma=3, mu=0.4):
    a, b = mu / (sigma - 1), mu / sigma
    market = phi / (x @ phi)
    wages = np.linalg.solve(np.eye(N) - b * market * x, b * market @ np.full(N, 1 / N))
    return np.log(wages) + a * np.log(x @ phi)


def workers(phi, x, sigma=5, mu=0.4):
    wages = np.ones(N)
    while True:
        index = (x * wages ** (1 - sigma)) @ phi
        income = mu * x * wages + (1 - mu) / N
        new = ((income / index) @ phi) ** (1 / sigma)
        if np.abs(new - wages).max() < 1e-12:
            return wages * index ** (mu / (sigma - 1))
        wages = new


@pytest.mark.parametrize(
    ("model", "peer"),
    [(CorePeriphery(5, 0.4), workers), (FootlooseEntrepreneur(3, 0.4), entrepreneurs)],
    ids=["core-periphery", "footloose"],
)
def test_300_regions_for_1000_steps(in_turns, plane, model, peer):
    free, start = plane
    own = model.simulate(start, freeness=free, steps=PEER_STEPS, dynamics=Replicator(0.5))
    np.testing.assert_allclose(
        own.iloc[-1], stepwise(free, start, peer, PEER_STEPS), rtol=1e-7, atol=1e-12
    )
    name = f"stepwise, {PEER_STEPS} steps"
    calls = {
        "simulate": lambda: model.simulate(start, freeness=free, steps=STEPS),
        name: lambda: stepwise(free, start, peer, PEER_STEPS),
    }
    in_turns(calls, rounds=3, parts={name: STEPS / PEER_STEPS}, floors={name: 2})


@pytest.mark.parametrize(
    ("model", "axes"),
    [
        (CorePeriphery(5, 0.4), {"rows": {"border": GRID}, "columns": {"freeness": GRID}}),
        (CorePeriphery(5, 0.4), {"rows": {"enclave": GRID}, "columns": {"freeness": GRID}}),
        (FootlooseEntrepreneur(3, 0.4), {"rows": {"enclave": GRID}, "columns": {"freeness": GRID}}),
        (
            LogitMigration(2.0, 1.0),
            {"rows": {"enclave": GRID}, "columns": {"attraction": 5 * GRID}},
        ),
    ],
    ids=["core-periphery", "core-periphery with an enclave", "footloose with an enclave", "logit"],
)
def test_phase_map(benchmark, model, axes):
    found = benchmark.pedantic(lambda: phase_map(model, **axes), rounds=1)
    assert found.shape == (200, 200)
