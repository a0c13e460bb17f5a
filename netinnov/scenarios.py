"""Policies as changes of a network: a reverse enclave, no change, or any function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import check_choice, check_names, check_number, did_you_mean
from netinnov._rows import NO_PERIOD, Rows
from netinnov._tables import NodeTable
from netinnov._typing import Codes, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = ["NoChange", "ReverseEnclave", "Scenario", "apply_scenario"]

Funding: TypeAlias = Literal["reallocated", "new"]
Mask: TypeAlias = npt.NDArray[np.bool_]
Positions: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class NoChange:
    """The network as it is."""


@dataclass(frozen=True, slots=True)
class ReverseEnclave:  # numpydoc ignore=PR02
    """A park that `home`, a catching-up place, runs inside `host`, a core place.

    Parameters
    ----------
    home : str
        The place whose park it is: its jurisdiction. Places inside it (``places.parent``) belong
        to it.
    host : str
        The place where it stands.
    size : int
        Links of the park, 1 or more.
    pipeline_share : float
        Share of them that lead home, 0 to 1; ``round(pipeline_share * size)`` links, where a half
        goes to the even number. The others embed the park in the host.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its present links. ``"new"``: the links come on
        top.
    attachment : float
        0 or more. Ends are drawn in proportion to strength to this power: 0 is uniform, 1
        proportional, above 1 the strong ones win out.
    layer : str, optional
        Where the links are placed and taken. None: the layer with the most links (of several, the
        first by name).

    Raises
    ------
    InputError
        Home and host are the same, or a parameter is out of its range.

    Notes
    -----
    What `apply_scenario` does, step by step. Everything is read from the network as given, in the
    one layer; self-links are neither counted nor taken.

    1. *The park*: one node of kind ``park``, place `host`, jurisdiction `home`, id
       ``enclave:HOME@HOST`` (with ``:2``, ``:3``, ... if taken). Its other columns are missing.
    2. *Home nodes* stand in home or a place inside it, *host nodes* in host or a place inside it
       but not in home. What counts is the place, so a park that stands in host is a host node,
       whoever owns it.
    3. *Embedding*: host nodes are drawn without replacement, each time with probability in
       proportion to strength ** attachment among those left. Nodes of strength 0 come last (for
       ``attachment=0``: with the others), in uniform order. If there are more links than
       candidates, drawing starts anew, and parallel links are summed into one weight.
    4. *Pipeline*: home nodes are drawn in the same way.
    5. *Networks of places*: where host has a single node of its own (parks of other jurisdictions
       do not count), the park shares its neighbourhood. The candidates are the host node, always
       first, then its neighbours outside home, drawn in proportion to (weight of the tie) **
       attachment. Where home has a single node of its own, all pipeline links lead there, as one
       link of the summed weight.
    6. *Funding* ``"reallocated"``: `size` linked pairs are taken uniformly at random from those
       with at least one end at home, before the park is there (so no link of the park is among
       them). Each weight, summed over periods, moves to a new link: number of links (parallel
       ones counted each) and sum of weights stay exactly as they are. ``"new"``: nothing is
       taken, each link has the median weight of the layer's links.
    7. *Direction*, in a directed layer: a link points from the park to its end with the
       probability that a unit of the end's weight points to it (in-strength / strength, or for a
       neighbour of host on a network of places, its part of the tie), otherwise to the park. So
       a place that mainly receives also mainly receives from the park. 1/2 at strength 0.
    8. New links have no period and no attributes.

    Examples
    --------
    >>> ReverseEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4).funding
    'reallocated'
    """

    home: str
    host: str
    size: int
    pipeline_share: float
    funding: Funding = "reallocated"
    attachment: float = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        for name in ("home", "host"):
            place: object = getattr(self, name)
            if not isinstance(place, str):
                raise InputError(f"`{name}` must be the id of a place; found {place!r}.")
        if self.home == self.host:
            msg = f"`home` and `host` must differ; both are {self.home!r}. A park at home is none."
            raise InputError(msg)
        check_number("size", self.size, low=1)
        size: object = self.size
        if not isinstance(size, Integral):
            raise InputError(f"`size` must be a whole number of links; found {size!r}.")
        check_number("pipeline_share", self.pipeline_share, low=0, high=1)
        check_number("attachment", self.attachment, low=0)
        check_choice("funding", self.funding, Funding)


Change: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]
Scenario: TypeAlias = NoChange | ReverseEnclave | Change


def apply_scenario(
    network: MultilayerNetwork, scenario: Scenario, *, rng: Rng = None
) -> MultilayerNetwork:
    """Give the network as the scenario leaves it.

    Parameters
    ----------
    network : MultilayerNetwork
        Stays as it is.
    scenario : ReverseEnclave, NoChange or function
        A function takes the network and a ``numpy.random.Generator`` and returns a network.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.

    Returns
    -------
    MultilayerNetwork
        Nodes of before first, in their order, then those that the scenario adds.

    Raises
    ------
    InputError
        A place that is unknown or has no nodes, a host inside home, too few links to reallocate,
        or a function that returns no network.

    See Also
    --------
    ReverseEnclave : what it does, step by step.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> nodes = pd.DataFrame({"place": ["home", "host", "far"]}, index=["home", "host", "far"])
    >>> links = pd.DataFrame({"source": ["home", "host"], "target": ["far", "far"]})
    >>> park = ni.ReverseEnclave("home", "host", size=1, pipeline_share=0)
    >>> apply_scenario(ni.build_network(nodes, links), park, rng=1).links["target"].tolist()
    ['far', 'enclave:home@host']
    """
    rng = np.random.default_rng(rng)
    if isinstance(scenario, NoChange):
        return network
    if isinstance(scenario, ReverseEnclave):
        return _with_enclave(network, scenario, rng)
    change: object = scenario
    if not callable(change):
        msg = "a scenario must be a ReverseEnclave, NoChange or a function of network and generator"
        raise InputError(f"{msg}; found {scenario!r}.")
    changed = change(network, rng)
    if isinstance(changed, MultilayerNetwork):
        return changed
    name = getattr(change, "__name__", repr(change))
    found = type(changed).__name__
    raise InputError(f"scenario {name} must return a MultilayerNetwork; found {found}.")


class _Pairs(NamedTuple):
    """The linked pairs of one layer, without self-links: arrays of equal length."""

    source: Codes
    target: Codes
    weight: Floats

    def at(self, where: Mask | Positions) -> _Pairs:
        return _Pairs(self.source[where], self.target[where], self.weight[where])


class _Ends(NamedTuple):
    """Candidates for the ends of new links: arrays of equal length."""

    node: Positions
    pull: Floats
    """Proportional to the chance of being drawn; infinite: drawn first."""
    inward: Floats
    """Chance that the link points to the end, in a directed layer."""


def _with_enclave(
    network: MultilayerNetwork, scenario: ReverseEnclave, rng: np.random.Generator
) -> MultilayerNetwork:
    layer = chosen_layer(network, scenario.layer)
    pairs = _pairs(network, layer)
    if not len(pairs.weight):
        raise InputError(f"layer {layer!r} has no links between nodes, so it has room for no park.")
    home, host = _where(network, scenario)
    n, n_pipelines = network.n_nodes, round(scenario.pipeline_share * scenario.size)
    embedding = _host_ends(network, host, home, pairs, scenario)
    pipeline = _ends(_own(network, home, scenario.home), pairs, n, scenario.attachment)
    drawn = [
        (ends, _draw(ends.pull, k, rng))
        for ends, k in ((embedding, scenario.size - n_pipelines), (pipeline, n_pipelines))
    ]
    end = np.concatenate([ends.node[at] for ends, at in drawn]).astype(np.int32)
    inward = np.concatenate([ends.inward[at] for ends, at in drawn])
    park = np.full(len(end), n, np.int32)
    to_park = np.full(len(end), True)
    if layer in network.directed:
        to_park = rng.random(len(end)) >= inward
    # Drawn last, so that the same `rng` places the same links however they are paid for.
    taken = np.empty(0, np.intp)
    weight = np.full(len(end), np.median(pairs.weight))
    if scenario.funding == "reallocated":
        taken = _take_from(home, pairs, scenario, layer, rng)
        weight = pairs.weight[taken]
    new = _Pairs(np.where(to_park, end, park), np.where(to_park, park, end), weight)
    return _moved(network, _park(network, scenario), layer, pairs.at(taken), new)


def chosen_layer(network: MultilayerNetwork, name: str | None) -> str:
    """Find the layer in which an enclave's links are placed and taken.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network with links.
    name : str or None
        Of a layer. None: the layer with the most links, of several the first by name.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If there is no such layer, or no link at all.
    """
    if name is not None:
        return check_names("layer", [name], network.layers)[0]
    if not network.layers:
        raise InputError("an enclave needs a network with links; there are none.")
    # Layers are sorted, and `max` gives the first of several that are equal.
    return max(network.layers, key=lambda layer: len(_pairs(network, layer).weight))


def _pairs(network: MultilayerNetwork, layer: str) -> _Pairs:
    indptr, target, weight = network._csr(layer)
    source = np.repeat(np.arange(network.n_nodes, dtype=np.int32), np.diff(indptr))
    all_pairs = _Pairs(source, target, weight)
    return all_pairs.at(source != target if layer in network.directed else source < target)


def _where(network: MultilayerNetwork, scenario: ReverseEnclave) -> tuple[Mask, Mask]:
    """Tell which nodes stand in home, and which in host."""
    places = network._places
    for role, place in (("home", scenario.home), ("host", scenario.host)):
        if place not in places.index:
            near = did_you_mean(place, places.index)
            raise InputError(f"`{role}` must be a place of the network; {place!r} is none{near}.")
    inside_home, inside_host = (_inside(places, p) for p in (scenario.home, scenario.host))
    if inside_home[places.index.get_loc(scenario.host)]:
        msg = f"`host` must lie outside `home`; {scenario.host!r} is inside {scenario.home!r}"
        raise InputError(f"{msg}: a park there would be at home.")
    code = network._place_codes
    home = inside_home[code] & (code >= 0)
    host = inside_host[code] & (code >= 0) & ~home
    for role, place, nodes in (("home", scenario.home, home), ("host", scenario.host, host)):
        if not nodes.any():
            used = places.index.take(np.unique(code[code >= 0]))
            msg = f"`{role}` must have nodes in the network; {place!r} has none"
            raise InputError(f"{msg}{did_you_mean(place, used)}.")
    return home, host


def _inside(places: pd.DataFrame, place: str) -> Mask:
    """Tell which places are `place` or inside it."""
    parent = places.index.get_indexer(pd.Index(places["parent"]))
    inside = np.asarray(places.index == place)
    while True:
        wider = inside | (inside[parent] & (parent >= 0))
        if (wider == inside).all():
            return inside
        inside = wider


def _own(network: MultilayerNetwork, nodes: Mask, place: str) -> Positions:
    """Give the place's one node of its own, if it has one only, else all nodes that stand there."""
    own = nodes & _inside(network._places, place)[network._jurisdiction_codes]
    return np.flatnonzero(own if own.sum() == 1 else nodes)


def _host_ends(
    network: MultilayerNetwork, host: Mask, home: Mask, pairs: _Pairs, scenario: ReverseEnclave
) -> _Ends:
    nodes = _own(network, host, scenario.host)
    ends = _ends(nodes, pairs, len(host), scenario.attachment)
    if len(nodes) > 1:
        return ends
    centre = nodes[0]
    ties = pairs.at((pairs.source == centre) | (pairs.target == centre))
    near = np.zeros(len(home), bool)
    near[ties.source] = near[ties.target] = True
    near[centre] = False
    shared = _ends(np.flatnonzero(near & ~home), ties, len(host), scenario.attachment)
    return _Ends(
        np.append(nodes, shared.node),
        np.append(math.inf, shared.pull),
        np.append(ends.inward, shared.inward),
    )


def _ends(nodes: Positions, pairs: _Pairs, n: int, attachment: float) -> _Ends:
    inward = np.bincount(pairs.target, pairs.weight, n)[nodes]
    strength = inward + np.bincount(pairs.source, pairs.weight, n)[nodes]
    largest = strength.max(initial=0.0) or 1.0
    pull: Floats = (strength / largest) ** attachment
    half = np.full(len(nodes), 0.5)
    return _Ends(nodes, pull, np.divide(inward, strength, out=half, where=strength > 0))


def _draw(pull: Floats, k: int, rng: np.random.Generator) -> Positions:
    """Draw k positions without replacement, in proportion to their pull, in rounds if k > n."""
    rounds = [np.empty(0, np.intp)]
    for left in range(k, 0, -len(pull)):
        # Of exponential waiting times with rates `pull`, the order of arrival is that of drawing.
        waiting = np.full(len(pull), math.inf)
        np.divide(rng.standard_exponential(len(pull)), pull, out=waiting, where=pull > 0)
        rounds.append(np.lexsort((rng.random(len(pull)), waiting))[:left])
    return np.concatenate(rounds)


def _take_from(
    home: Mask, pairs: _Pairs, scenario: ReverseEnclave, layer: str, rng: np.random.Generator
) -> Positions:
    pool = np.flatnonzero(home[pairs.source] | home[pairs.target])
    if len(pool) < scenario.size:
        raise InputError(
            f"reallocated funding takes `size` links from home: {scenario.size} are asked for, "
            f"{scenario.home!r} has {len(pool)} in layer {layer!r}. Choose a smaller `size`, "
            "another `layer`, or funding='new'."
        )
    return rng.choice(pool, scenario.size, replace=False)


def _park(network: MultilayerNetwork, scenario: ReverseEnclave) -> NodeTable:
    """Give the nodes with the park at the end."""
    name = f"enclave:{scenario.home}@{scenario.host}"
    free, number = name, 1
    while free in network._nodes.index:
        number += 1
        free = f"{name}:{number}"
    row = {"kind": "park", "place": scenario.host, "jurisdiction": scenario.home}
    park = pd.DataFrame(row, index=[free], dtype="str")
    host, home = network._places.index.get_indexer(pd.Index([scenario.host, scenario.home]))
    return NodeTable(
        pd.concat([network._nodes, park]).rename_axis("node"),
        np.append(network._place_codes, np.int32(host)),
        np.append(network._jurisdiction_codes, np.int32(home)),
    )


def _moved(
    network: MultilayerNetwork, nodes: NodeTable, layer: str, gone: _Pairs, new: _Pairs
) -> MultilayerNetwork:
    """Take the rows of some pairs out of a layer and add others."""
    rows = network._link_rows()
    here = network._layers.index(layer)
    n = len(nodes.frame)
    key = rows.source.astype(np.int64) * n + rows.target
    keep = (rows.layer != here) | ~np.isin(key, gone.source.astype(np.int64) * n + gone.target)
    more = len(new.weight)
    period, attributes = rows.period, rows.attributes
    if period is not None:
        period = np.append(period[keep], np.full(more, NO_PERIOD))
    if attributes is not None:
        attributes = attributes[keep].reset_index(drop=True)
        attributes = attributes.reindex(range(len(attributes) + more))
    merged = Rows(
        np.append(rows.layer[keep], np.full(more, here, np.int32)),
        np.append(rows.source[keep], new.source),
        np.append(rows.target[keep], new.target),
        np.append(rows.weight[keep], new.weight),
        period,
        attributes,
    )
    return network._assemble(nodes, network._places, network._layers, merged, network._directed)
