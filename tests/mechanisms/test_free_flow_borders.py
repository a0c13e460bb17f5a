"""Borders and enclaves: where they move the points of each model, and maps of both."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from netinnov.errors import InputError
from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    LogitMigration,
    bifurcation_diagram,
    phase_map,
)

PHASES = ("convergence", "either", "divergence")
CORE, FOOTLOOSE = CorePeriphery(5, 0.4), FootlooseEntrepreneur(3, 0.4)
both = pytest.mark.parametrize("model", [CORE, FOOTLOOSE], ids=["cp", "fe"])
# 100 points each, inside the region without a black hole.
GRID = [
    (kind(sigma, mu), e)
    for kind, highest in (
        (CorePeriphery, lambda sigma: 0.9 * (sigma - 1) / sigma),
        (FootlooseEntrepreneur, lambda sigma: 0.9 * min(sigma - 1, 1)),
    )
    for sigma in np.linspace(1.5, 9.0, 5)
    for mu in np.linspace(0.1, highest(sigma), 4)
    for e in (0.03, 0.2, 0.5, 0.8, 1.0)
]


@pytest.mark.slow
def test_break_points_with_mutual_enclaves_are_where_moving_begins_to_pay():
    # The slope of what a move out of the even split earns, when each reaches e of the other's.
    h = 1e-5
    assert len(GRID) == 200
    for model, e in GRID:
        phi = model.break_point(enclave=e)
        reach = {(0, 1): e, (1, 0): e}
        slopes = []
        for level in (phi - 1e-6, phi + 1e-6):
            v = model.attraction([0.5 + h, 0.5 - h], freeness=level, enclaves=reach)
            w = model.attraction([0.5 - h, 0.5 + h], freeness=level, enclaves=reach)
            slopes.append((v[0] - v[1]) - (w[0] - w[1]))
        assert slopes[0] < 0 < slopes[1], (model, e)


def test_sustain_points_with_an_enclave_are_where_a_core_begins_to_hold():
    for model, e in GRID:
        phi = model.sustain_point(enclave=e)
        step = min(1e-6, 1e-6 * phi)
        gaps = model.gap(0.0, freeness=np.array([phi - step, phi + step]), enclave=e)
        assert gaps[0] > 0 > gaps[1], (model, e)
        # The core at home does not need the enclave: its point stays.
        assert model.gap(1.0, freeness=0.3, enclave=e) == model.gap(1.0, freeness=0.3)


@both
def test_with_everything_in_reach_both_points_are_one(model):
    c = 0.4 if model is CORE else 0.4 / 3
    assert model.break_point(enclave=1) == pytest.approx((1 - c) / (1 + c), abs=1e-14)
    assert model.sustain_point(enclave=1) == pytest.approx((1 - c) / (1 + c), abs=1e-14)


@both
def test_points_with_a_vanishing_enclave_are_those_without(model):
    assert model.break_point(enclave=1e-12) == pytest.approx(model.break_point(), abs=1e-9)
    assert model.sustain_point(enclave=1e-12) == pytest.approx(model.sustain_point(), abs=1e-9)
    # The pitchfork unfolds with the power 2/3 of what breaks the symmetry.
    fold = model.fold_point(enclave=1e-7)
    assert fold == pytest.approx(model.break_point(), abs=1e-4)
    assert fold < model.break_point()


@pytest.mark.slow
@both
@pytest.mark.parametrize("e", [0.01, 0.05, 0.1])
def test_the_spread_state_ends_at_the_fold(model, e):
    fold = model.fold_point(enclave=e)
    spread = [model.equilibria(fold + step, enclave=e) for step in (-1e-6, 1e-6)]
    inside = [t[t["share"].between(0.5, 1, inclusive="neither")] for t in spread]
    assert inside[0]["stable"].tolist() == [True, False]
    assert not len(inside[1])
    assert model.fold_point(enclave=e, unit="cost") ** (1 - model.sigma) == pytest.approx(fold)


def test_no_fold_where_the_spread_state_slides_into_home():
    assert np.isnan(FOOTLOOSE.fold_point(enclave=0.6))
    low = FOOTLOOSE.sustain_point()
    before = FOOTLOOSE.equilibria(low - 1e-6, enclave=0.6)
    assert before["stable"].tolist() == [True]
    assert 0.999 < before["share"][0] < 1
    after = FOOTLOOSE.equilibria(low + 1e-6, enclave=0.6)
    assert after["share"].tolist() == [1.0]


@both
@pytest.mark.parametrize("e", [0.02, 0.3])
@pytest.mark.parametrize("place", [0.5, 1.2])
def test_rest_points_with_an_enclave_draw_or_repel_as_they_say(model, e, place):
    phi = place * model.break_point()
    table = model.equilibria(min(phi, 0.95), enclave=e)
    share = table["share"].to_numpy()
    x = start = share + np.where(share < 1, 1e-4, -1e-4)
    for _ in range(100):
        gap = model.gap(x, freeness=min(phi, 0.95), enclave=e)
        x = np.clip(x + 8.0 * x * (1 - x) * gap, 0, 1)
    nearer = np.abs(x - share) < np.abs(start - share)
    assert nearer.tolist() == table["stable"].tolist()
    inside = share[(share > 0) & (share < 1)]
    assert np.abs(model.gap(inside, freeness=min(phi, 0.95), enclave=e)).max(initial=0) < 1e-12


@both
def test_a_border_brings_the_even_split_back(model):
    border = 1 - model.break_point() / 0.9
    for step, stable in ((-1e-6, False), (1e-6, True)):
        table = model.equilibria(0.9, border=border + step).set_index("share")
        assert table["stable"][0.5] == stable


def random_logit(rng, **fixed):
    theta, c, s, border = rng.uniform([0.3, 0, 0, 0], [4, 2, 2, 0.9])
    values = {"sensitivity": theta, "congestion": c, "spillover": s, "border": border}
    return {**values, **fixed}


def test_logit_break_points_are_where_the_even_split_turns_unstable():
    # One step of all the mobile from beside the even split leads further away, or back.
    rng = np.random.default_rng(0)
    for _ in range(20):
        fixed = random_logit(rng)
        point = LogitMigration(attraction=1.0, **fixed).break_point()

        def growth(attraction, fixed=fixed):
            model = LogitMigration(attraction=attraction, **fixed)
            step = model.simulate([0.5 + 1e-4, 0.5 - 1e-4], steps=1, mobility=1.0)[0]
            return step[1] - step[0]

        numeric = optimize.brentq(growth, point - 0.3, point + 0.3, xtol=1e-10)
        assert numeric == pytest.approx(point, abs=1e-6)
        by_hand = fixed["congestion"] + fixed["spillover"] * (1 - fixed["border"])
        assert point == pytest.approx(by_hand + 2 / fixed["sensitivity"])


def test_logit_fold_points_are_where_two_rest_points_appear():
    rng = np.random.default_rng(1)
    for _ in range(20):
        fixed = random_logit(rng, enclave=rng.uniform(0.01, 0.9))
        point = LogitMigration(attraction=1.0, **fixed).fold_point()
        step = 1e-6 * max(1.0, point)
        counts = [
            len(LogitMigration(attraction=point + d, **fixed).equilibria()) for d in (-step, step)
        ]
        assert counts == [1, 3], fixed


def test_logit_fold_point_of_the_page_by_its_parameter():
    # s = 1/2: theta K / 2 = 4/3, theta e A / 4 = 2/3 - atanh(1/2); theta = 1, C = S = 0.
    shift = 4 * (2 / 3 - np.arctanh(0.5))
    attraction = 8 / 3 + shift / 2
    model = LogitMigration(1.0, attraction, enclave=shift / attraction)
    assert model.fold_point() == pytest.approx(attraction, abs=1e-10)


@pytest.mark.parametrize("enclave", [0.0, 0.1])
def test_logit_rest_points_draw_or_repel_as_they_say(enclave):
    model = LogitMigration(1.0, 5.0, congestion=0.5, spillover=1.0, border=0.2, enclave=enclave)
    table = model.equilibria()
    assert table["stable"].tolist() == [True, False, True]
    for row in table.itertuples():
        x = row.share + 1e-3 * (1 if row.share < 0.5 else -1)
        end = model.simulate([x, 1 - x], steps=400)[0].iloc[-1]
        assert (abs(end - row.share) < 1e-6) == row.stable


def test_a_diagram_lists_the_rest_points_of_each_value():
    diagram = bifurcation_diagram(CORE.equilibria, [0.05, 0.12, 0.2])
    assert list(diagram) == ["freeness", "share", "stable"]
    assert diagram.groupby("freeness").size().tolist() == [1, 5, 3]
    with pytest.raises(InputError, match="`values` must hold at least one"):
        bifurcation_diagram(CORE.equilibria, [])


def phase_of(table: pd.DataFrame) -> str:
    stable = table.loc[table["stable"], "share"]
    spread = stable.between(0, 1, inclusive="neither").any()
    core = stable.isin([0.0, 1.0]).any()
    return PHASES[0] if not core else PHASES[1] if spread else PHASES[2]


@pytest.mark.slow
@both
@pytest.mark.parametrize("enclave", [0.0, 0.05, 0.4])
def test_a_phase_map_says_what_the_rest_points_say(model, enclave):
    borders, levels = np.linspace(0, 0.9, 4), np.linspace(0.03, 0.93, 6)
    found = phase_map(
        model, rows={"border": borders}, columns={"freeness": levels}, enclave=enclave
    )
    assert (found.index.name, found.columns.name) == ("border", "freeness")
    for border in borders:
        for phi in levels:
            exact = phase_of(model.equilibria(phi, border=border, enclave=enclave))
            assert found.loc[border, phi] == exact, (border, phi)


def test_a_phase_map_over_parameters_of_the_model():
    sigmas, shares = [1.5, 3.0, 6.0], [0.2, 0.5, 0.8]
    found = phase_map(CORE, rows={"sigma": sigmas}, columns={"mu": shares}, freeness=0.3)
    for sigma in sigmas:
        for mu in shares:
            exact = phase_of(CorePeriphery(sigma, mu).equilibria(0.3))
            assert found.loc[sigma, mu] == exact
    assert found.loc[1.5, 0.8] == "divergence"  # a black hole


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CORE.break_point(enclave=1.5), "`enclave` must .* at most 1; found 1.5"),
        (lambda: CORE.fold_point(enclave=0.0), "`enclave` must .* above 0"),
        (lambda: CorePeriphery(2, 0.6).fold_point(enclave=0.1), "no fold point: mu must be below"),
        (lambda: LogitMigration(1, -1, enclave=0.5), "`attraction` must be at least 0 with an enc"),
        (lambda: LogitMigration(1, 1, enclave=0.5).break_point(), "`enclave` must be 0 for this"),
        (lambda: LogitMigration(1, 1).fold_point(), "fold_point needs an `enclave` above 0"),
        (lambda: bifurcation_diagram(lambda _: pd.DataFrame({"x": [1]}), [0.1]),
         "`equilibria` must have the columns share and stable; found"),
        (lambda: phase_map(CORE, rows={"mu": [0.2]}, columns={"mu": [0.2]}, freeness=0.5),
         "`rows` and `columns` must differ"),
        (lambda: phase_map(CORE, rows={"mu": [0.2]}, columns={"sigma": [2.0]}),
         "`freeness` must be given"),
        (lambda: phase_map(CORE, rows={"price": [0.2]}, columns={"freeness": [0.5]}),
         "`rows` must be one of sigma, mu, .*; found 'price'"),
        (lambda: phase_map(LogitMigration(1, 1), rows={"border": [0]}, columns={"enclave": [0]},
         border=0.5), "are for models of trade"),
        (lambda: phase_map(FootlooseEntrepreneur(3, 0.4, regions=3), rows={"mu": [0.2]},
         columns={"freeness": [0.5]}), "phase_map is for two regions"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
