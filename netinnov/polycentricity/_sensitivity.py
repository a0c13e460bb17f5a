"""What changes with the rule for centres and the number of places: the field's weak spot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import as_list, as_whole, check_names, check_rng
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Direction, Floats, Rng, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel
from netinnov.null_models._prepared import Prepared, prepared_null
from netinnov.polycentricity import _centre_rules, _indices
from netinnov.polycentricity._centre_rules import CentreRule, Options, Structure
from netinnov.polycentricity._indices import Setting
from netinnov.polycentricity._resampled_flows import drawn_from

_ALL = "all"  # rule by which every place counts
_CENTRE = "centre"  # in place of an index: rows that tell which places are centres
_ROUNDING = 1e-10  # relative difference below which a value equals its null mean

Places: TypeAlias = npt.NDArray[np.intp]
Rows: TypeAlias = list[tuple[Any, ...]]


def sensitivity(
    network: MultilayerNetwork,
    *,
    rules: Sequence[str] = ("all", "outliers", "head_tail", "core", "dominant_flow"),
    tops: Sequence[int | None] = (None, 2, 3, 4, 5, 10, 20),
    indices: Sequence[str] = (
        "rank_size",
        "primacy",
        "gini",
        "effective_number",
        "green",
        "functional",
        "functional_weighted",
        "entropy_index",
    ),
    direction: Direction = "total",
    ddof: Literal[0, 1] = 0,
    null: NullModel | None = None,
    replicates: Whole = 99,
    restarts: Count = 10,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Compute indices over centre rules x number of places, and how far they agree.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them.
    rules : sequence of str
        Which places are looked at: ``"all"``, or the centres by a rule of `detect_centres`.
    tops : sequence of int or None
        How many of these places, the strongest first; None: all of them.
    indices, direction, ddof
        See `profile`, whose rows they name.
    null : null model, function or None
        As for `profile`; the rules are applied to each of its networks. None: no test.
    replicates : int
        Networks drawn from it.
    restarts : int
        As for `detect_centres`.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    DataFrame
        Long: a row an index, rule and number of places. `index`, `rule`, `top` (missing: all),
        `n` (places used), `node` (missing), `value` (NaN for fewer than two places), `null_mean`,
        and `agreement`: the share of the specifications of the index whose value lies on the same
        side of their null mean as the majority (NaN without null); those that yield the same places
        count once, those that ask for more than the rule yields do not. Below, but for the rule
        "all": `index` "n_centres", one row a rule, `value` the number of centres; and "centre", one
        row a rule and node: `value` 1 for a centre, else 0, and `agreement` the share of the
        rules by which the node is a centre.

    Raises
    ------
    InputError
        There is no rule.

    Notes
    -----
    Strengths are those in the whole network, whichever places are looked at; indices of links are
    those of the network among the places. Compare slopes of rank-size lines with their null means.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "weight": [4, 3, 2]})
    >>> network = ni.build_network(links)
    >>> table = sensitivity(network, rules=["all", "core"], tops=[None, 2], indices=["gini"])
    >>> table.loc[table["index"] == "gini", ["rule", "n", "value"]].round(3).values.tolist()
    [['all', 3, 0.074], ['all', 2, 0.038], ['core', 0, nan]]
    """
    named = check_names("rules", rules, (_ALL, *get_args(CentreRule)))
    if not named:
        raise InputError("`rules` must name at least one rule.")
    cuts = _cuts(tops)
    options = Options(direction, restarts=restarts)
    setting = _indices.checked_setting(network, indices, ddof, options)
    first, for_null, own = check_rng(rng).spawn(3)
    ready = None if null is None else prepared_null(null, network, own)
    structure = _centre_rules.structure_of(network, options, first, set(named) - {_ALL})
    in_parts = partial(run, executor=executor, progress=progress)
    task = _Task(network, setting, named, cuts, ready)
    seen = task.specified(network, structure, first)
    draws = for_null.spawn(0 if null is None else replicates)
    drawn = in_parts(task, draws, label="sensitivity")
    null_values = np.array([one.value for one in drawn]).reshape(len(draws), *seen.value.shape)
    rows = [*_of_system(task, seen, null_values), *_of_places(network, named, seen.centre)]
    columns = ["index", "rule", "top", "n", "node", "value", "null_mean", "agreement"]
    types: list[Any] = ["str", "str", "Int64", "int64", "str", float, float, float]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict(zip(columns, types, strict=True)))


class _Specified(NamedTuple):
    value: Floats  # rules x cuts x indices
    n: npt.NDArray[np.int64]  # places used; -1 where there are too few
    places: npt.NDArray[np.int64]  # a number for each different set of places
    centre: npt.NDArray[np.bool_]  # rules x nodes


@dataclass(frozen=True)
class _Task:
    network: MultilayerNetwork
    setting: Setting
    rules: list[str]
    cuts: tuple[int | None, ...]
    null: Prepared | None

    def __call__(self, rng: np.random.Generator) -> _Specified:
        network = self.network
        if self.null is not None:
            network = drawn_from(self.null, network, rng.spawn(1)[0])
        rules = set(self.rules) - {_ALL}
        structure = _centre_rules.structure_of(network, self.setting.options, rng, rules)
        return self.specified(network, structure, rng)

    def specified(
        self, network: MultilayerNetwork, structure: Structure, rng: np.random.Generator
    ) -> _Specified:
        shape = (len(self.rules), len(self.cuts))
        value = np.full((*shape, len(self.setting.names)), math.nan)
        n = np.full(shape, -1)
        places = np.full(shape, -1)
        centre = np.zeros((len(self.rules), network.n_nodes), np.bool_)
        strength = structure.strength
        known: dict[bytes, tuple[int, list[float]]] = {}
        for row, rule in enumerate(self.rules):
            centre[row] = strength > 0
            if rule != _ALL:
                centre[row] = _centre_rules.centres_by(rule, structure)
            order = _centre_rules.largest_first(strength)
            order = order[centre[row, order]]
            for column, cut in enumerate(self.cuts):
                if cut is not None and cut > order.size:
                    continue
                at = np.sort(order[:cut])
                key = at.tobytes()
                if key not in known:
                    known[key] = (len(known), self._values(network, strength[at], at, rng))
                n[row, column] = at.size
                places[row, column], value[row, column] = known[key]
        return _Specified(value, n, places, centre)

    def _values(
        self, network: MultilayerNetwork, strength: Floats, at: Places, rng: np.random.Generator
    ) -> list[float]:
        names = self.setting.names
        if at.size < 2:
            return [math.nan] * len(names)
        setting = _indices.among(self.setting, at)
        if at.size < network.n_nodes:
            network = network.select(nodes=list(network.storage.node_names.take(at)))
        indices = _indices.index_values(network, setting, rng, strength)
        return [indices.get(name, math.nan) for name in names]


def _cuts(tops: Sequence[int | None]) -> tuple[int | None, ...]:
    listed = as_list("tops", tops, "whole numbers of 2 or more, or None for all places")
    if not listed:
        raise InputError("`tops` must be numbers of places, or None for all of them; found none.")
    whole = (None if top is None else as_whole("tops", top, low=2) for top in listed)
    return tuple(dict.fromkeys(whole))


def _of_system(task: _Task, observed: _Specified, null_values: Floats) -> Rows:
    mean = np.ma.masked_invalid(null_values).mean(axis=0).filled(math.nan)
    _, first = np.unique(observed.places, return_index=True)  # where a set of places comes first
    rows: Rows = []
    for k, name in enumerate(task.setting.names):
        value = observed.value[..., k]
        of_null = mean[..., k]
        agreement = _agreement(value.ravel()[first], of_null.ravel()[first])
        rows += [
            (name, rule, cut, observed.n[r, c], None, value[r, c], of_null[r, c], agreement)
            for r, rule in enumerate(task.rules)
            for c, cut in enumerate(task.cuts)
            if observed.n[r, c] >= 0
        ]
    return rows


def _agreement(value: Floats, mean: Floats) -> float:
    """Share of the specifications on the majority's side of the null mean."""
    defined = np.isfinite(value) & np.isfinite(mean)
    value = value[defined]
    mean = mean[defined]
    differs = np.abs(value - mean) > _ROUNDING * np.maximum(np.abs(value), np.abs(mean))
    if not differs.any():
        return math.nan
    above = float((value > mean)[differs].mean())
    return max(above, 1 - above)


def _of_places(network: MultilayerNetwork, names: list[str], centre: npt.NDArray[np.bool_]) -> Rows:
    proper = [k for k, name in enumerate(names) if name != _ALL]
    nodes = network.storage.node_names
    share = centre[proper].mean(axis=0) if proper else np.full(len(nodes), math.nan)
    numbers = centre.sum(axis=1)
    rows: Rows = [
        ("n_centres", names[k], None, numbers[k], None, float(numbers[k]), math.nan, math.nan)
        for k in proper
    ]
    return rows + [
        (_CENTRE, names[k], None, numbers[k], node, one, math.nan, agreement)
        for k in proper
        for node, one, agreement in zip(nodes, centre[k], share, strict=True)
    ]
