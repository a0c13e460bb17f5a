"""What a policy gives to its adopters and to others, by how many homes adopt it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
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
from netinnov._typing import Confidence, Count, Distance, Floats, Integers, Mask, Rng
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError, note_on_error
from netinnov.experiments import Measure
from netinnov.experiments._compare_scenarios import OF_DATA, on_nodes
from netinnov.experiments._effect_statistics import mean_of, spawned
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._resampled_flows import Change, changed
from netinnov.scenarios import Scenario, apply_scenario
from netinnov.scenarios._prices import check_scenario, draws_nothing

Kind: TypeAlias = Literal["dilemma", "all gain", "nobody joins", "coordination", "some join"]
Homes: TypeAlias = frozenset[int]

_MOST = 8  # homes of which all sets are measured
_ROUNDING = 1e-12  # changes that differ by no more are equal
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
    names = _checked_homes(network, homes)
    check_callable("policy", policy, "a function of a home that gives its scenario")
    scenarios = [_scenario_of(policy, home) for home in names]
    if measure is None:
        lengths: Distance = "inverse" if all(map(draws_nothing, scenarios)) else "unit"
        measure = partial(harmonic_centrality, distance=lengths)
    check_callable("measure", measure, "a function of a network")
    if resample is not None:
        expected = "a function of a network and a Generator, such as ResampledLinks()"
        check_callable("resample", resample, expected, made=True)
    seed = seed_of_run(rng)
    seeds = seed.spawn(replicates)
    design = _design(len(names), sets, np.random.default_rng(spawned(seed, _OF_SETS)))
    draws = _Draws(
        network=network,
        homes=names,
        scenarios=scenarios,
        measure=on_nodes(measure, list(network.storage.node_names)),
        groups=[np.flatnonzero(network.storage.inside([home])) for home in names],
        sets=list(design.at),
        seeds=seeds,
        resample=resample,
        data_seed=spawned(seed, OF_DATA),
    )
    each = range(replicates)
    observed = run(draws.observed, each, executor=executor, progress=False)
    values = np.stack([changes for changes, _ in observed])
    left = np.mean([left for _, left in observed], axis=0)
    again = values
    if resample is not None:
        again = np.stack(run(draws.resampled, each, executor=executor, progress=False))
        again = again[np.isfinite(again).all(axis=(1, 2))]
        if len(again) < 2:
            raise InputError(
                "each scenario must be possible alone in two resamples of the data or more; all "
                f"are in {len(again)} of {replicates}. Leave out homes, or take a smaller policy."
            )
    return _game(names, design, values, again, left, confidence)


def _checked_homes(network: MultilayerNetwork, homes: Sequence[str]) -> list[str]:
    names = check_names("homes", homes, list(network.storage.place_names))
    if not names or len({*names}) < len(names):
        raise InputError(f"`homes` must be places, each named once; found {shown(homes)}.")
    for home in names:
        if not network.storage.inside([home]).any():
            raise InputError(f"`homes` must have nodes in the network; {home!r} has none.")
    return sorted(names)


def _scenario_of(policy: Callable[[str], Scenario], home: str) -> Scenario:
    with note_on_error(f"In the policy of home {home!r}."):
        scenario = policy(home)
    check_scenario(f"policy({home!r})", scenario)
    return scenario


class _Design(NamedTuple):
    """Sets of homes that are measured, and which home joins which of them."""

    at: dict[Homes, int]  # position of each set; the empty one is the first
    inside: Mask  # set x home
    tried: Integers  # positions of the sets of which means are taken
    start: Integers  # of pairs of a set and a home that joins it
    joined: Integers
    home: Integers


def _design(n: int, n_orders: int, rng: np.random.Generator) -> _Design:
    tried = list[Homes]()
    pairs = list[tuple[Homes, int]]()
    if n <= _MOST:
        tried = [frozenset(each) for k in range(n + 1) for each in combinations(range(n), k)]
        pairs = [(each, home) for each in tried for home in range(n) if home not in each]
    else:
        for _ in range(n_orders):
            order = rng.permutation(n).tolist()
            beginnings = [frozenset(order[:k]) for k in range(n + 1)]
            tried += beginnings
            pairs += zip(beginnings[:-1], order, strict=True)
    alone = [frozenset([home]) for home in range(n)]
    out = [frozenset(range(n)) - each for each in alone]
    at = {each: position for position, each in enumerate(dict.fromkeys([*tried, *alone, *out]))}
    return _Design(
        at=at,
        inside=np.array([[home in each for home in range(n)] for each in at]),
        tried=np.array([at[each] for each in tried]),
        start=np.array([at[each] for each, _ in pairs]),
        joined=np.array([at[each | {home}] for each, home in pairs]),
        home=np.array([home for _, home in pairs]),
    )


class _Step(NamedTuple):
    """Network after the scenarios of some homes, and those of them that are left out."""

    network: MultilayerNetwork
    left_out: list[int]


class _Draws(NamedTuple):
    """What is measured again in each draw."""

    network: MultilayerNetwork
    homes: Sequence[str]
    scenarios: Sequence[Scenario]
    measure: Callable[..., Any]
    groups: Sequence[Integers]  # positions of the nodes of each home
    sets: Sequence[Homes]
    seeds: Sequence[np.random.SeedSequence]
    resample: Any  # a Change, or None
    data_seed: np.random.SeedSequence

    def observed(self, draw: int) -> tuple[Floats, Mask]:
        return self._changes(self.network, draw)

    def resampled(self, draw: int) -> Floats:
        """NaN in a resample in which a scenario cannot be carried out alone."""
        rng = np.random.default_rng(spawned(self.data_seed, draw))
        network = changed(self.network, self.resample, rng, "resample")
        try:
            return self._changes(network, draw)[0]
        except InputError:
            return np.full((len(self.sets), len(self.homes) + 1), np.nan)

    def _changes(self, network: MultilayerNetwork, draw: int) -> tuple[Floats, Mask]:
        """Changes, set x (home, then everyone), and whose scenarios are left out, set x home."""
        n = len(self.homes)
        order = np.random.default_rng(spawned(self.seeds[draw], _OF_ORDER)).permutation(n).tolist()
        rank = {home: at for at, home in enumerate(order)}
        values = np.empty((len(self.sets), n + 1))
        left_out = np.zeros((len(self.sets), n), np.bool_)
        # In dictionary order, a set starts from the steps that it shares with the one before.
        ranked = [sorted(rank[home] for home in each) for each in self.sets]
        path = list[int]()
        steps = [_Step(network, [])]
        for at in sorted(range(len(ranked)), key=ranked.__getitem__):
            while path != ranked[at][: len(path)]:
                path.pop()
                steps.pop()
            for position in ranked[at][len(path) :]:
                alone = not path
                path.append(position)
                steps.append(self._next(steps[-1], order[position], draw, alone=alone))
            values[at] = self._measured(steps[-1].network)
            left_out[at, steps[-1].left_out] = True
        before = values[0]
        sound = np.isfinite(values[:, :-1]).all(axis=0) & (before[:-1] > 0)
        if not sound.all():
            raise InputError(
                "`measure` must be finite at each home, and above 0 before; it is not at "
                f"{self.homes[int(np.argmin(sound))]!r}."
            )
        return (values - before) / before, left_out

    def _next(self, step: _Step, home: int, draw: int, *, alone: bool) -> _Step:
        key = (_OF_HOMES, home) if home else ()
        # A copy, because a scenario that spawns from its generator changes the seed itself.
        rng = np.random.default_rng(spawned(self.seeds[draw], *key))
        name = self.homes[home]
        try:
            with note_on_error(f"In the scenario of home {name!r}, replicate {draw}."):
                after = apply_scenario(step.network, self.scenarios[home], rng=rng)
        except InputError as error:
            if alone:
                raise InputError(
                    f"the scenario of home {name!r} cannot be carried out even alone: {error}"
                ) from error
            return _Step(step.network, [*step.left_out, home])
        return _Step(after, step.left_out)

    def _measured(self, network: MultilayerNetwork) -> Floats:
        nodes = self.network.storage.node_names
        after = network.storage.node_names
        if len(lost := nodes[~nodes.isin(after)]):
            raise InputError(
                f"a scenario drops {len(lost)} nodes of the network, e.g. {list(lost[:5])}. Drop "
                "links instead of nodes."
            )
        value = numbers_of("measure", self.measure(network), after, nodes)
        if not value.ndim:
            raise InputError(
                "`measure` must return a Series over nodes, of which each home has its own; found "
                "one number."
            )
        return np.array([mean_of(value[group]) for group in [*self.groups, slice(None)]])


def _game(
    names: Sequence[str],
    design: _Design,
    values: Floats,
    again: Floats,
    left: Floats,
    confidence: float,
) -> AdoptionGame:
    n = len(names)
    payoffs, outcomes = _by_number(values, design)
    payoffs_again, outcomes_again = _by_number(again, design)
    advantage = payoffs["advantage"].mean(axis=0)
    of_homes = outcomes["homes"].mean(axis=0)
    kind = _kind(advantage, of_homes)
    drawn = zip(payoffs_again["advantage"], outcomes_again["homes"], strict=True)
    mean = values.mean(axis=0)
    gain = mean[design.joined, design.home] - mean[design.start, design.home]
    better = gain > _ROUNDING
    others = design.inside[design.start].sum(axis=1)
    pay = _table(payoffs, payoffs_again, confidence)
    pay["joining"] = [better[others == k].mean() for k in range(n)]
    by_home = pd.DataFrame(
        {
            "alone": [mean[design.at[frozenset([home])], home] for home in range(n)],
            "all": mean[design.at[frozenset(range(n))], :-1],
            "out": [mean[design.at[frozenset(range(n)) - {home}], home] for home in range(n)],
            "joining": [better[design.home == home].mean() for home in range(n)],
        },
        index=pd.Index(names, dtype="str", name="home"),
    )
    inside = design.inside[design.tried]
    share = (left[design.tried] * inside).sum(axis=0) / inside.sum(axis=0)
    return AdoptionGame(
        kind=kind,
        kind_share=float(np.mean([_kind(*each) == kind for each in drawn])),
        equilibria=_equilibria(advantage),
        optimum=int(np.argmax(of_homes >= of_homes.max() - _ROUNDING)),
        stable_sets=_stable_sets(names, design, gain) if n <= _MOST else None,
        payoffs=pay.rename_axis("others"),
        outcomes=_table(outcomes, outcomes_again, confidence).rename_axis("adopters"),
        by_home=by_home,
        left_out=pd.Series(share, by_home.index, name="left_out"),
    )


def _by_number(values: Floats, design: _Design) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Payoffs by the number of other adopters, outcomes by that of adopters; draw x number."""
    join = values[:, design.joined, design.home]
    stay = values[:, design.start, design.home]
    payoffs = {"join": join, "stay": stay, "advantage": join - stay}
    inside = design.inside[design.tried]
    changes = values[:, design.tried]
    of_home = np.moveaxis(changes[:, :, :-1], -1, 0)
    adopts = inside.T[:, None]
    outcomes = {
        "homes": of_home.mean(axis=0),
        "adopters": mean_of(np.where(adopts, of_home, np.nan)),
        "others": mean_of(np.where(adopts, np.nan, of_home)),
        "everyone": changes[:, :, -1],
    }
    others = design.inside[design.start].sum(axis=1)
    return _means(payoffs, others), _means(outcomes, inside.sum(axis=1))


def _means(columns: Mapping[str, Floats], number: Integers) -> dict[str, Floats]:
    numbers = range(int(number.max()) + 1)
    return {
        name: np.stack([values[:, number == k].mean(axis=1) for k in numbers], axis=1)
        for name, values in columns.items()
    }


def _table(
    observed: Mapping[str, Floats], drawn: Mapping[str, Floats], confidence: float
) -> pd.DataFrame:
    columns = dict[str, Floats]()
    for name, values in observed.items():
        mean = values.mean(axis=0)
        centred = drawn[name] - drawn[name].mean(axis=0)
        ends = np.quantile(centred, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
        columns[name] = mean
        columns[f"{name}_low"], columns[f"{name}_high"] = mean + ends
    return pd.DataFrame(columns)


def _equilibria(advantage: Floats) -> tuple[int, ...]:
    n = advantage.size
    return tuple(
        k
        for k in range(n + 1)
        if (k == 0 or advantage[k - 1] >= -_ROUNDING) and (k == n or advantage[k] <= _ROUNDING)
    )


def _kind(advantage: Floats, of_homes: Floats) -> Kind:
    n = advantage.size
    if (advantage > _ROUNDING).all():
        return "dilemma" if of_homes[n] < -_ROUNDING else "all gain"
    if (advantage < -_ROUNDING).all():
        return "nobody joins"
    equilibria = _equilibria(advantage)
    if {0, n} <= {*equilibria} and len(equilibria) < n + 1:
        return "coordination"
    return "some join"


def _stable_sets(
    names: Sequence[str], design: _Design, gain: Floats
) -> tuple[frozenset[str], ...]:
    left = {*design.start[gain > _ROUNDING], *design.joined[gain < -_ROUNDING]}
    stable = (homes for homes, at in design.at.items() if at not in left)
    return tuple(frozenset(names[home] for home in homes) for homes in stable)
