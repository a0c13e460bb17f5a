"""Bootstrap resamples of the data (Efron and Tibshirani 1993): counts of links, or events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.random import Generator

from netinnov._network.rows import Rows
from netinnov._runtime.arguments import as_list, check_name, check_names, check_type
from netinnov._runtime.dataframes import as_pandas
from netinnov.linkages import co_participation
from netinnov.linkages._from_records import Weighting
from netinnov.network import MultilayerNetwork, check_network, with_rows
from netinnov.polycentricity._resampled_flows import resampled


@dataclass(frozen=True, slots=True)
class ResampledLinks:
    """Resample the count of every link around the number observed (Efron and Tibshirani 1993).

    Parameters
    ----------
    layers : sequence of str, optional
        Layers that are resampled; the others stay. None: all.

    Raises
    ------
    InputError
        When it is applied: a layer that is not there, or weights that are no counts.

    Notes
    -----
    A count is drawn from the Poisson distribution with the observed count as its mean. Where
    `layer_table` has the number of ``events`` of a layer, its weights are first put in events, and
    in a layer of shares those of each origin are resampled (multinomial), so that their sum stays.
    Links without an event are dropped, periods summed, attributes lost. Links are independent: if
    one event makes many (a project all pairs of its partners), take `ResampledEvents`.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [100, 400]})
    >>> drawn = ResampledLinks()(ni.build_network(links), np.random.default_rng(1))
    >>> drawn.links["weight"].between(300, 500).tolist()
    [False, True]
    """

    layers: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.layers is not None:
            object.__setattr__(self, "layers", tuple(map(str, as_list("layers", self.layers))))

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        check_network(network)
        if self.layers is None:
            return resampled(network, rng)
        chosen = check_names("layers", self.layers, network.layers)
        part = resampled(network.select(layers=chosen), rng)
        rows = part.storage.link_rows().with_layers(part.layers, network.layers)
        return _with_layers(network, chosen, rows)


@dataclass(frozen=True, slots=True, eq=False)
class ResampledEvents:
    """Whole events resampled with replacement, with all the links that each one makes.

    Parameters
    ----------
    incidence : DataFrame
        One row a participation of a node in an event, as in `linkages.co_participation`.
    member, event : str
        The columns with their ids.
    layer : str
        The layer of co-participation that is rebuilt from them; the others stay.
    weighting : {"count", "newman", "full"}
        What a pair gets from an event, as in `linkages.co_participation`.

    Raises
    ------
    InputError
        A column is not there; and when it is applied, no such layer, or members that are not nodes.

    Notes
    -----
    As many events as there are, each as likely as another (Efron and Tibshirani 1993); one that is
    drawn twice counts twice. Members in none of them keep their node and lose their links.

    Examples
    --------
    >>> rows = pd.DataFrame({"project": [1, 1, 1, 2, 2], "who": list("abcab")})
    >>> links = ni.linkages.co_participation(rows, member="who", event="project")
    >>> network = ni.build_network(pd.DataFrame(index=list("abc")), links)
    >>> again = ResampledEvents(rows, "who", "project", layer="links")
    >>> again(network, np.random.default_rng(2)).links["weight"].tolist()  # each once
    [2.0, 1.0, 1.0]
    """

    incidence: pd.DataFrame
    member: str
    event: str
    layer: str
    weighting: Weighting = "count"

    _by_event: pd.DataFrame = field(init=False, repr=False)  # what each event gives to each pair

    def __post_init__(self) -> None:
        object.__setattr__(self, "incidence", as_pandas(self.incidence))
        check_type("incidence", self.incidence, pd.DataFrame)
        check_names("columns", [self.member, self.event], list(self.incidence.columns))
        member = self.incidence[self.member]
        event = self.incidence[self.event]
        # An event as a period of its own: what it gives to its pairs is not added to others.
        columns = {"member": member, "event": event, "period": pd.factorize(event)[0]}
        names = {name: name for name in columns}
        links = co_participation(pd.DataFrame(columns), weighting=self.weighting, **names)
        object.__setattr__(self, "_by_event", links)

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        check_network(network)
        check_name("layer", self.layer, network.layers)
        position = network.storage.positions
        position("member", self.incidence[self.member].unique())  # those without a link too
        n_events = self.incidence[self.event].nunique()
        times = np.bincount(rng.integers(n_events, size=n_events), minlength=n_events)
        links = self._by_event
        weight = links["weight"].to_numpy() * times[links["period"].to_numpy(np.int64)]
        drawn = links[weight > 0]
        source, target = (position("member", drawn[end]) for end in ("source", "target"))
        layer = np.full(len(drawn), network.layers.index(self.layer), np.int32)
        return _with_layers(network, [self.layer], Rows(layer, source, target, weight[weight > 0]))


def _with_layers(network: MultilayerNetwork, layers: Sequence[str], new: Rows) -> MultilayerNetwork:
    rows = network.storage.link_rows()._replace(period=None, attributes=None)
    codes = [network.layers.index(layer) for layer in layers]
    return with_rows(network, rows.where(~np.isin(rows.layer, codes)).followed_by(new))
