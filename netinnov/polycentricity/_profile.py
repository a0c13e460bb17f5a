"""The one table a paper prints: every index with its interval and its place in a null model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Direction, Floats, Rng, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire, _prepared
from netinnov.null_models._null_statistics import CONSTANT
from netinnov.null_models._prepared import Prepared
from netinnov.polycentricity import _indices, _resampled_flows
from netinnov.polycentricity._centre_rules import CentreRule, Options, structure_of
from netinnov.polycentricity._evenness import numbers as checked_values
from netinnov.polycentricity._indices import INDICES, SIZE, Setting
from netinnov.polycentricity._rank_size import over_nodes
from netinnov.polycentricity._resampled_flows import Change, resampled, without_events
from netinnov.polycentricity._urban_centrality import widest_spread

_REWIRE = Rewire()
_NIL = 1e-12  # absolute tolerance: indices are shares, slopes and counts


def profile(  # noqa: PLR0913
    network: MultilayerNetwork,
    *,
    sizes: pd.Series | None = None,
    indices: Sequence[str] | None = None,
    direction: Direction = "total",
    ddof: Literal[0, 1] = 0,
    rule: CentreRule = "outliers",
    resamples: Whole = 200,
    resample: Change | None = None,
    leave_one_out: bool = True,
    null: NullModel | None = _REWIRE,
    replicates: Whole = 999,
    restarts: Count = 10,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Tell by every index how multi-centric a region is, how sure that is, and against chance.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them.
    sizes : Series, optional
        One number a node, such as population, for the morphological indices.
    indices : sequence of str, optional
        Rows of the table. None: all.
    direction : {"total", "in", "out"}
        What strengths and degrees count in directed layers.
    ddof : {0, 1}
        Of the standard deviations in `green` and `functional`.
    rule : {"outliers", "head_tail", "core", "dominant_flow"}
        The rule of `detect_centres` by which ``n_centres`` counts.
    resamples, resample
        Bootstrap resamples of the flows for the interval, as in `detect_centres`; 0 for none.
    leave_one_out : bool
        Compute everything without each place in turn.
    null : null model, function or None
        As for `modularity_test`; None: no null model. For a projection randomise the two-mode
        network and project it: ``lambda network, rng: project(curveball(two_mode, rng=rng), ...)``.
    replicates, restarts
        Networks drawn from the null model, and restarts of the search for a core.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    DataFrame
        A row an index. `of`: strength, links or size. `many_centres_if`: whether a high or a low
        value speaks for many centres. `value`. `low`, `high`: 95 % interval over resampled flows,
        less twice their bias, cut where no value can be. `bias`: the median of the draws minus the
        value. `low_without_one`, `high_without_one`: least and largest value without one place, and
        `most_influential`, the place whose absence changes the value most, or leaves it undefined.
        `null_mean`, `null_low`, `null_high`: mean and 2.5 and 97.5 % of the null model. `z`, `p`:
        position of the value in it, p two-sided; `untested`: why there is no p although there is a
        null model. NaN where not asked for or not defined.

    Raises
    ------
    InputError
        Sizes lack nodes; layers of shares, but in the direction of the other end.

    Warns
    -----
    UserWarning
        There is a null model, and a layer is modelled (`MultilayerNetwork.layer_table`).

    Notes
    -----
    *Rows.* ``rank_size_top`` is the mean slope over the 2, 3 and 4 largest places;
    ``dominance_index`` is the largest over places; ``link_symmetry`` and ``node_symmetry`` (without
    sign) are means weighted by flow; ``core_periphery`` is its quality and ``core_share`` the share
    of places in the core; ``n_centres`` counts the centres that `detect_centres` finds with the
    same `rng`; ``urban_centrality_index`` takes the distances of the network, and is NaN where one
    is unknown, for more than 3,000 places, and where they are not conditionally negative definite.

    *Interval.* Resampling makes a network sparser and more uneven, as sampling the observed one
    already did: `bias` says by how much, and twice the bias is taken off the draws. Where it
    is more than a quarter of the width (indices that count links, on few events), or the number of
    events is unknown, there is no interval. With 2 events or more a pair nine in ten intervals hold
    what is behind the flows.

    *Null.* p as in `null_models.compare_with_null`. There is no z and no p where all random
    networks have the observed value, as ``functional`` under given degrees, and where the null
    model moves less than 5 % of the links: take another one, such as `null_models.GravityNull`.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "weight": [4, 3, 2]})
    >>> network = ni.build_network(links)
    >>> table = profile(network, indices=["primacy", "functional"], null=None, rng=1)
    >>> table["value"].round(3).to_dict()
    {'primacy': 0.389, 'functional': 1.0}
    """
    options = Options(direction, restarts=restarts)
    size = None if sizes is None else checked_values(over_nodes(network, "sizes", sizes))
    setting = _indices.checked_setting(network, indices, ddof, options, sizes=size is not None)
    first, for_draws, for_leaving, for_null, own = check_rng(rng).spawn(5)
    shares = None
    if setting.distances is not None:
        try:
            maximum, shares = widest_spread(setting.distances)
            setting = setting._replace(maximum=maximum)
        except InputError:  # travel times seldom have a largest spread that can be found
            reason = "the distances are not conditionally negative definite"
            setting = setting._replace(distances=None, undefined=reason)
    draws = resamples if resample is not None or not without_events(network) else 0
    left = network.n_nodes if leave_one_out else 0
    nulls = 0 if null is None else replicates
    if nulls:
        why_untested(network.storage.records)
    setting = setting._replace(rule=rule)
    ready = None if null is None else _prepared.prepared_null(null, network, own)
    again = resampled if resample is None else resample
    task = _Task(network, size, setting, shares, again, ready)
    in_parts = partial(run, executor=executor, progress=progress)
    observed = None
    if rules := _indices.rules_of(setting):
        observed = structure_of(network, options, first, rules)
        task = replace(task, masses=observed.mass)
    indices_of = _indices.index_values(network, setting, first, structure=observed)
    sources = {"resample": (for_draws, draws), "without": (for_leaving, left)}
    items = [
        (draw_of, k, child)
        for draw_of, (source, number) in (sources | {"null": (for_null, nulls)}).items()
        for k, child in enumerate(source.spawn(number))
    ]
    drawn = np.array(in_parts(task, items, label="profile"))
    drawn = drawn.reshape(len(items), 1 + len(setting.names))
    moved = _prepared.mean_moved(drawn[draws + left :, 0])
    parts = np.split(drawn[:, 1:], [draws, draws + left])
    return _table(network, setting, _row(indices_of, setting, size), moved, parts)


class Position(NamedTuple):
    null_mean: float = math.nan
    null_low: float = math.nan
    null_high: float = math.nan
    z: float = math.nan
    p: float = math.nan
    untested: str | None = None


def position(value: float, draws: Floats, moved: float = 1.0) -> Position:
    """Position among draws that moved this share of the links; NaN if that says nothing."""
    if not draws.size:
        return Position()
    if not math.isfinite(value):
        return Position(untested="the index is not defined")
    if not np.isfinite(draws).all():
        return Position(untested="the index is not defined in all random networks")
    mean = float(draws.mean())
    low, high = np.quantile(draws, [0.025, 0.975])
    # Draws that differ by rounding only are equal, to one another and to the value.
    near = max(CONSTANT * max(abs(value), float(np.abs(draws).max())), _NIL)
    sd = float(draws.std(ddof=1)) if draws.size > 1 else 0.0
    untested = _prepared.too_few_moved(moved)
    if untested is None and sd <= near and abs(mean - value) <= near:
        untested = "all random networks have the observed value"
    if untested:
        return Position(mean, float(low), float(high), untested=untested)
    z = (value - mean) / sd if sd > near else math.nan
    tails = [(draws <= value + near).sum() + 1, (draws >= value - near).sum() + 1]
    return Position(mean, float(low), float(high), z, min(1.0, 2 * min(tails) / (draws.size + 1)))


@dataclass(frozen=True)
class _Task:
    network: MultilayerNetwork
    size: Floats | None
    setting: Setting
    shares: Floats | None
    resample: Change
    null: Prepared | None
    masses: Floats | None = None  # with which fits in resamples begin

    def __call__(self, item: tuple[str, int, np.random.Generator]) -> Floats:
        draw_of, number, rng = item
        network = self.network
        setting = self.setting
        start = self.masses
        moved = math.nan
        size = None
        if draw_of == "resample":
            network = _resampled_flows.changed(network, self.resample, rng, "resample")
        elif draw_of == "null" and self.null is not None:
            network = _resampled_flows.drawn_from(self.null, network, rng)
            start = None
            moved = self.null.moved(network)
        elif draw_of == "without":
            rest = np.delete(np.arange(network.n_nodes), number)
            network = network.select(nodes=list(network.storage.node_names.take(rest)))
            setting = _indices.among(setting, rest, self.shares)
            start = None if start is None else start[rest]
            size = None if self.size is None else self.size[rest]
        indices = _indices.index_values(network, setting, rng, start=start)
        return np.concatenate([[moved], _row(indices, setting, size)])


def _row(indices: dict[str, float], setting: Setting, size: Floats | None) -> Floats:
    if size is not None:
        indices = indices | _indices.value_indices(size, setting, SIZE)
    return np.array([indices.get(name, math.nan) for name in setting.names])


def _table(
    network: MultilayerNetwork, setting: Setting, value: Floats, moved: float, parts: list[Floats]
) -> pd.DataFrame:
    rows = []
    nodes = network.storage.node_names
    draws, without_one, null = parts
    for k, name in enumerate(setting.names):
        plain = name.removeprefix(SIZE)
        of, many_centres_if, *_ = INDICES[plain]
        is_size = name.startswith(SIZE)
        row: dict[str, Any] = {
            "index": name,
            "of": "size" if is_size else of,
            "many_centres_if": many_centres_if,
            "value": value[k],
        }
        rows_of = slice(0 if is_size else None)
        resampled_values = draws[rows_of, k]
        null_values = null[rows_of, k]
        possible = _indices.possible(plain, network.n_nodes, setting.rule, value[k])
        row |= _resampled_flows.interval(value[k], resampled_values, possible)._asdict()
        row |= _leaving(value[k], without_one[:, k], nodes)
        row |= position(value[k], null_values, moved)._asdict()
        if name.endswith("urban_centrality_index") and setting.undefined:
            row["untested"] = setting.undefined
        rows.append(row)
    profiles = pd.DataFrame(rows).set_index("index")
    return profiles.astype({"most_influential": "str", "untested": "str"})


def _leaving(value: float, draws: Floats, nodes: pd.Index) -> dict[str, Any]:
    defined = np.isfinite(draws)
    names = ("low_without_one", "high_without_one", "most_influential")
    if not defined.any():
        return dict(zip(names, (math.nan, math.nan, None), strict=True))
    low = float(draws[defined].min())
    high = float(draws[defined].max())
    most = max(abs(low - value), abs(high - value))
    near = CONSTANT * max(abs(value), most)
    # Without some places the index may not even be defined.
    largest = ~defined if not defined.all() else np.abs(draws - value) >= most - near
    single = math.isfinite(value) and largest.sum() == 1 and (not defined.all() or most > near)
    influential = nodes[int(largest.argmax())] if single else None
    return dict(zip(names, (low, high, influential), strict=True))
