"""What a policy gives to its adopters and to others, by how many homes adopt it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import numbers_of
from netinnov._runtime.arguments import check_callable, check_names, shown
from netinnov._runtime.checkpoint import seed_of_run
from netinnov._runtime.display import Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import Confidence, Count, Distance, Floats, Integers, Rng
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.experiments import Measure
from netinnov.experiments._compare_scenarios import OF_DATA, on_nodes
from netinnov.experiments._effect_statistics import mean_of, spawned
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._resampled_flows import Change, changed
from netinnov.scenarios import Scenario, apply_scenario
from netinnov.scenarios._prices import check_scenario, draws_nothing

Kind: TypeAlias = Literal["dilemma", "all gain", "nobody joins", "coordination", "some join"]
Homes: TypeAlias = frozenset[int]
Pair: TypeAlias = tuple[Homes, int]  # a set of adopters, and a home outside it

_MOST = 8  # homes of which all sets are measured
_ROUNDING = 1e-12  # changes that differ by no more are equal
_PAYOFFS = ("join", "stay", "advantage")
_OUTCOMES = ("homes", "adopters", "others", "everyone")
# Spawn keys that no scenario uses which spawns generators of its own
_OF_SETS = 2**64 - 2
_OF_ORDER = 2**64 - 3
_OF_HOMES = 2**64 - 4


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class AdoptionGame(Tabled):
    """A binary choice of several homes: adopt a policy, or not.

    Attributes
    ----------
    payoffs : DataFrame
        Index ``others``, the number k of adopters among the other homes, 0 to n - 1. ``join`` and
        ``stay``: mean change of a home that adopts and of one that does not; ``advantage``: join -
        stay; each with ``_low`` and ``_high``; ``joining``: share of homes and sets of k others in
        which joining is better.
    outcomes : DataFrame
        Index ``adopters``, their number k, 0 to n. Mean change of all ``homes``, of ``adopters``
        (NaN at 0), of ``others``, the homes that stay out (NaN at n), and of ``everyone``, the mean
        over all nodes; each with ``_low`` and ``_high``.
    by_home : DataFrame
        Index ``home``, sorted; change of a home if it adopts ``alone``, if ``all`` adopt, and if
        all but this one do (``out``); ``joining``: share of sets of others in which joining is
        better.
    stable_sets : tuple of frozenset of str, or None
        Sets of adopters from which no single home gains by changing; None above 8 homes.
    equilibria : tuple of int
        Numbers of adopters at which, by the mean payoffs, nobody gains by changing.
    optimum : int
        Smallest number of adopters with the largest mean change of ``homes``.
    kind : str
        ``"dilemma"``: joining pays whatever the others do, and all lose if all join. ``"all
        gain"``: it pays, and they do not lose. ``"nobody joins"``: staying out always pays.
        ``"coordination"``: 0 and n are equilibria, and some number between is not. Else ``"some
        join"``.
    kind_share : float
        Share of draws of the same kind.
    left_out : Series
        Index ``home``: share of the draws and sets with this home in which its scenario could not
        be carried out after those of others. It changes nothing there, and counts as adopted.
    """

    _main = "payoffs"

    kind: Kind
    kind_share: float
    equilibria: tuple[int, ...]
    optimum: int
    stable_sets: tuple[frozenset[str], ...] | None = field(repr=False)
    payoffs: pd.DataFrame = field(repr=False)
    outcomes: pd.DataFrame = field(repr=False)
    by_home: pd.DataFrame = field(repr=False)
    left_out: pd.Series[float] = field(repr=False)


def adoption_game(
    network: MultilayerNetwork,
    *,
    homes: Sequence[str],
    policy: Callable[[str], Scenario],
    measure: Measure | None = None,
    replicates: Count = 20,
    sets: Count = 60,
    resample: Change | None = None,
    confidence: Confidence = 0.95,
    rng: Rng = None,
    executor: Executor | int | None = None,
) -> AdoptionGame:
    """Measure what a policy gives to each home, by which other homes adopt it too.

    Parameters
    ----------
    network : MultilayerNetwork
        The network in which nobody has adopted; it is not changed.
    homes : sequence of str
        The n places that choose, each with nodes. Their order changes nothing.
    policy : function
        The scenario of a home: ``policy(home)``.
    measure : function, optional
        What counts: a function of a network that returns a Series over nodes, above 0 at each home
        (mean over the nodes in it). Larger is better. None: access, `harmonic_centrality`, with
        lengths 1, or 1 / weight where all scenarios move a volume.
    replicates : int
        Draws: of an order of the homes and of the random choices of each scenario.
    sets : int
        Random orders of the homes whose beginnings are the sets of adopters above 8 homes; up to 8
        all sets are measured.
    resample : function, optional
        For data uncertainty, as in `compare_scenarios`: each draw is repeated in a resample of its
        own. Intervals and `kind_share` are over these; intervals are moved so that their mean is
        the value in the data as observed.
    confidence : float
        Of the intervals, quantiles over draws, above 0 and below 1.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.
    executor : Executor, int or None
        As in `compare_scenarios`; numbers do not depend on it.

    Returns
    -------
    AdoptionGame
        Changes are shares of the value before (0.05 is 5 %), and means over draws.

    Raises
    ------
    InputError
        An unknown home, one without nodes or named twice; a scenario that cannot be carried out
        even alone, or drops nodes; a measure that gives one number, or is not finite and above 0 at
        a home before; fewer than two resamples in which each scenario can be carried out alone.

    Notes
    -----
    With S the set of adopters, v_i(S) is the measure of home i on the nodes of `network` after the
    scenarios of S, less that before, divided by that before. Nodes where the measure is not defined
    are left out of the mean. A draw has one order of all homes, in which each set applies its
    scenarios, and one generator for each home, by its place in the sorted names, of which the first
    has that of `compare_scenarios` with the same `rng`. So v_i(S) and v_i(S + i) are paired.

    *Payoffs* at k are means over homes i and sets S of k others: ``join`` of v_i(S + i), ``stay``
    of v_i(S) [1]_. *Equilibria* are the k with join >= stay at k - 1 (or k = 0) and join <= stay at
    k (or k = n). What differs by 1e-12 or less is equal.

    Above 8 homes the sets are the beginnings of random orders, and the home that joins a set is the
    next one of its order.

    References
    ----------
    .. [1] Schelling, T. C. (1973). Hockey helmets, concealed weapons, and daylight saving: a study
       of binary choices with externalities. Journal of Conflict Resolution 17, 381-428.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    >>> nodes = pd.DataFrame({"place": list("abcde")}, index=list("abcde"))
    >>> path = ni.build_network(nodes, links)
    >>> direct = lambda home: ni.scenarios.DirectLinks(home, "c", 1, funding="new")
    >>> adoption_game(path, homes=["a", "e"], policy=direct, replicates=2, rng=1)
    AdoptionGame(kind=all gain, kind_share=1, equilibria=[2], optimum=2)
    """
    names = sorted(check_names("homes", homes, list(network.storage.place_names)))
    if not names or len({*names}) < len(names):
        raise InputError(f"`homes` must be places, each named once; found {shown(homes)}.")
    groups = [np.flatnonzero(network.storage.inside([home])) for home in names]
    for home, group in zip(names, groups, strict=True):
        if not group.size:
            raise InputError(f"`homes` must have nodes in the network; {home!r} has none.")
    check_callable("policy", policy, "a function of a home that gives its scenario")
    scenarios = [policy(home) for home in names]
    for home, scenario in zip(names, scenarios, strict=True):
        check_scenario(f"policy({home!r})", scenario)
    if measure is None:
        lengths: Distance = "inverse" if all(map(draws_nothing, scenarios)) else "unit"
        measure = partial(harmonic_centrality, distance=lengths)
    check_callable("measure", measure, "a function of a network")
    measure = on_nodes(measure, list(network.storage.node_names))
    seed = seed_of_run(rng)
    seeds = seed.spawn(replicates)
    pairs = _pairs(len(names), sets, np.random.default_rng(spawned(seed, _OF_SETS)))
    draws = _Draws(network, names, groups, scenarios, measure, _sets(pairs, len(names)), seeds)
    options: dict[str, Any] = {"executor": executor, "progress": False}
    observed = np.array(run(draws.values, range(replicates), **options))
    again = observed
    if resample is not None:
        expected = "a function of a network and a Generator, such as ResampledLinks()"
        check_callable("resample", resample, expected, made=True)
        data_seed = spawned(seed, OF_DATA)
        task = partial(draws.resampled, change=resample, data_seed=data_seed)
        again = np.array(run(task, range(replicates), **options))
        again = again[np.isfinite(again).all(axis=(1, 2))]
        if len(again) < 2:
            raise InputError(
                "each scenario must be possible alone in two resamples of the data or more; all "
                f"are in {len(again)} of {replicates}. Leave out homes, or take a smaller policy."
            )
    return _game(names, draws.sets, pairs, observed, again, confidence)


def _pairs(n: int, n_orders: int, rng: np.random.Generator) -> list[Pair]:
    """Sets of adopters, each with a home that joins it; each set of a size equally often."""
    if n <= _MOST:
        chosen = [frozenset(each) for k in range(n) for each in combinations(range(n), k)]
        return [(each, home) for each in chosen for home in range(n) if home not in each]
    orders = [rng.permutation(n).tolist() for _ in range(n_orders)]
    return [(frozenset(order[:k]), order[k]) for order in orders for k in range(n)]


def _sets(pairs: Sequence[Pair], n: int) -> list[Homes]:
    """All sets of the pairs, the empty one first, each home alone, and all but each home."""
    starts = [homes for homes, _ in pairs]
    joined = [homes | {home} for homes, home in pairs]
    alone = [frozenset([home]) for home in range(n)]
    out = [frozenset(range(n)) - home for home in alone]
    return list(dict.fromkeys([*starts, *joined, *alone, *out]))


class _Step(NamedTuple):
    """After the scenarios of some homes, by their places in the order of the draw."""

    places: tuple[int, ...]
    network: MultilayerNetwork
    left_out: tuple[int, ...]  # homes


class _Draws(NamedTuple):
    """What is measured again in each draw."""

    network: MultilayerNetwork
    homes: Sequence[str]
    groups: Sequence[Integers]  # positions of the nodes of each home
    scenarios: Sequence[Scenario]
    measure: Callable[..., Any]
    sets: Sequence[Homes]
    seeds: Sequence[np.random.SeedSequence]

    def values(self, draw: int) -> Floats:
        """A row a set: change of each home and of everyone; whether each home is left out."""
        n = len(self.homes)
        rng = np.random.default_rng(spawned(self.seeds[draw], _OF_ORDER))
        order = rng.permutation(n).tolist()
        ordered = {tuple(sorted(map(order.index, homes))): homes for homes in self.sets}
        steps = [_Step((), self.network, ())]
        rows = {}
        # In dictionary order a set starts from the steps that it shares with the one before.
        for places in sorted(ordered):
            steps = [step for step in steps if step.places == places[: len(step.places)]]
            for place in places[len(steps) - 1 :]:
                steps.append(self._next(steps[-1], place, order[place], draw))
            rows[ordered[places]] = self._measured(steps[-1])
        values = np.array([rows[homes] for homes in self.sets])
        before = values[0, : n + 1]
        sound = np.isfinite(values[:, :n]).all(axis=0) & (before[:n] > 0)
        if not sound.all():
            raise InputError(
                "`measure` must be finite at each home, and above 0 before; it is not at "
                f"{self.homes[int(np.argmin(sound))]!r}."
            )
        values[:, : n + 1] = (values[:, : n + 1] - before) / before
        return values

    def resampled(self, draw: int, *, change: Change, data_seed: np.random.SeedSequence) -> Floats:
        """NaN in a resample in which a scenario cannot be carried out alone."""
        rng = np.random.default_rng(spawned(data_seed, draw))
        network = changed(self.network, change, rng, "resample")
        with suppress(InputError):
            return self._replace(network=network).values(draw)
        return np.full((len(self.sets), 2 * len(self.homes) + 1), np.nan)

    def _next(self, step: _Step, place: int, home: int, draw: int) -> _Step:
        key = (_OF_HOMES, home) if home else ()
        # A copy, because a scenario that spawns from its generator changes the seed itself.
        rng = np.random.default_rng(spawned(self.seeds[draw], *key))
        places = (*step.places, place)
        try:
            network = apply_scenario(step.network, self.scenarios[home], rng=rng)
        except InputError as error:
            if step.places:
                return _Step(places, step.network, (*step.left_out, home))
            name = self.homes[home]
            raise InputError(
                f"the scenario of home {name!r} cannot be carried out even alone: {error}"
            ) from error
        return _Step(places, network, step.left_out)

    def _measured(self, step: _Step) -> Floats:
        nodes = self.network.storage.node_names
        after = step.network.storage.node_names
        if not nodes.equals(after[: len(nodes)]):
            raise InputError("a scenario must keep the nodes of the network, and add others below.")
        value = numbers_of("measure", self.measure(step.network), after, nodes)
        if not value.ndim:
            raise InputError("`measure` must return a Series over nodes; found one number.")
        means = [mean_of(value[group]) for group in [*self.groups, slice(None)]]
        return np.array([*means, *(home in step.left_out for home in range(len(self.homes)))])


def _game(
    names: Sequence[str],
    sets: Sequence[Homes],
    pairs: Sequence[Pair],
    observed: Floats,
    again: Floats,
    confidence: float,
) -> AdoptionGame:
    in_draws = _by_number(observed, sets, pairs)
    in_again = _by_number(again, sets, pairs)
    payoffs = _table(_PAYOFFS, in_draws, in_again, confidence).rename_axis("others")
    outcomes = _table(_OUTCOMES, in_draws, in_again, confidence).rename_axis("adopters")
    advantage = payoffs["advantage"].to_numpy()
    of_homes = outcomes["homes"].to_numpy()
    kind = _kind(advantage, of_homes)
    kinds = map(_kind, in_again["advantage"].to_numpy().T, in_again["homes"].to_numpy().T)
    n = len(names)
    everybody = frozenset(range(n))
    mean = dict(zip(sets, observed.mean(axis=0), strict=True))
    gains = [mean[homes | {home}][home] - mean[homes][home] for homes, home in pairs]
    pays = pd.DataFrame({"joining": np.array(gains) > _ROUNDING})
    payoffs["joining"] = pays.groupby([len(homes) for homes, _ in pairs]).mean()
    rows = [
        (mean[frozenset([home])][home], mean[everybody][home], mean[everybody - {home}][home])
        for home in range(n)
    ]
    index = pd.Index(names, dtype="str", name="home")
    by_home = pd.DataFrame(rows, index, ["alone", "all", "out"])
    by_home["joining"] = pays.groupby([home for _, home in pairs]).mean().to_numpy()
    shares = [
        np.mean([mean[homes][n + 1 + home] for homes in sets if home in homes]) for home in range(n)
    ]
    return AdoptionGame(
        kind=kind,
        kind_share=float(np.mean([each == kind for each in kinds])),
        equilibria=_equilibria(advantage),
        optimum=int(np.argmax(of_homes >= of_homes.max() - _ROUNDING)),
        stable_sets=_stable_sets(names, sets, pairs, gains) if n <= _MOST else None,
        payoffs=payoffs,
        outcomes=outcomes,
        by_home=by_home,
        left_out=pd.Series(shares, index, name="left_out"),
    )


def _by_number(
    values: Floats, sets: Sequence[Homes], pairs: Sequence[Pair]
) -> dict[str, pd.DataFrame]:
    """Payoffs by the number of other adopters, outcomes by that of adopters; a column a draw."""
    after = dict(zip(sets, np.moveaxis(values, 1, 0), strict=True))
    everybody = frozenset(home for _, home in pairs)
    join = np.array([after[homes | {home}][:, home] for homes, home in pairs])
    stay = np.array([after[homes][:, home] for homes, home in pairs])
    tried = [*(homes for homes, _ in pairs), everybody]
    groups = {
        "homes": [everybody for _ in tried],
        "adopters": tried,
        "others": [everybody - homes for homes in tried],
        "everyone": [frozenset([len(everybody)]) for _ in tried],
    }
    columns = {"join": join, "stay": stay, "advantage": join - stay}
    for name, of in groups.items():
        rows = zip(tried, of, strict=True)
        columns[name] = np.array([mean_of(after[homes][:, [*group]].T) for homes, group in rows])
    number = np.array([len(homes) for homes in tried])
    return {
        name: pd.DataFrame(each).groupby(number[: len(each)]).mean()
        for name, each in columns.items()
    }


def _table(
    names: Sequence[str],
    observed: Mapping[str, pd.DataFrame],
    again: Mapping[str, pd.DataFrame],
    confidence: float,
) -> pd.DataFrame:
    columns = dict[str, pd.Series]()
    for name in names:
        mean = observed[name].mean(axis=1)
        centred = again[name].sub(again[name].mean(axis=1), axis=0)
        columns[name] = mean
        columns[f"{name}_low"] = mean + centred.quantile((1 - confidence) / 2, axis=1)
        columns[f"{name}_high"] = mean + centred.quantile((1 + confidence) / 2, axis=1)
    return pd.DataFrame(columns)


def _equilibria(advantage: Floats) -> tuple[int, ...]:
    joined = np.append(np.inf, advantage)  # advantage of the last that joined, and of the next
    next_one = np.append(advantage, -np.inf)
    return tuple(np.flatnonzero((joined >= -_ROUNDING) & (next_one <= _ROUNDING)).tolist())


def _kind(advantage: Floats, of_homes: Floats) -> Kind:
    if (advantage > _ROUNDING).all():
        return "dilemma" if of_homes[-1] < -_ROUNDING else "all gain"
    if (advantage < -_ROUNDING).all():
        return "nobody joins"
    equilibria = _equilibria(advantage)
    n = advantage.size
    if {0, n} <= {*equilibria} and len(equilibria) <= n:
        return "coordination"
    return "some join"


def _stable_sets(
    names: Sequence[str], sets: Sequence[Homes], pairs: Sequence[Pair], gains: Sequence[float]
) -> tuple[frozenset[str], ...]:
    unstable = set[Homes]()
    for (homes, home), gain in zip(pairs, gains, strict=True):
        if gain > _ROUNDING:
            unstable.add(homes)
        elif gain < -_ROUNDING:
            unstable.add(homes | {home})
    stable = (homes for homes in sets if homes not in unstable)
    return tuple(frozenset(names[home] for home in homes) for homes in stable)
