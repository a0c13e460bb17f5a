"""Resampled data: counts of links, and events with all the links that they make."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import ResampledEvents, ResampledLinks


def test_only_the_layers_asked_for_are_counted_anew() -> None:
    links = pd.DataFrame(
        {"source": list("aab"), "target": list("bca"), "weight": [50, 60, 0.25],
         "layer": ["seen", "seen", "modelled"]}
    )  # fmt: skip
    network = ni.build_network(pd.DataFrame(index=list("abc")), links, directed=["modelled"])
    drawn = [ResampledLinks(layers=["seen"])(network, np.random.default_rng(at))
             for at in range(400)]  # fmt: skip
    assert all(one.layers == network.layers for one in drawn)
    assert all(one.directed == network.directed for one in drawn)
    assert {one.adjacency("modelled")[1, 0] for one in drawn} == {0.25}
    seen = np.array([one.adjacency("seen").toarray()[0, 1:] for one in drawn])
    assert seen.mean(axis=0) == pytest.approx([50, 60], abs=1.5)
    assert seen.var(axis=0) == pytest.approx([50, 60], rel=0.25)
    with pytest.raises(InputError, match="are not whole numbers"):
        ResampledLinks()(network, np.random.default_rng(1))
    with pytest.raises(InputError, match="did you mean 'seen'"):
        ResampledLinks(layers=["sen"])(network, np.random.default_rng(1))


def test_events_are_drawn_whole() -> None:
    # Event 0 joins a, b and c, event 1 joins a and d, event 2 has d alone.
    rows = pd.DataFrame({"event": [0, 0, 0, 1, 1, 2], "who": list("abcadd")})
    links = ni.linkages.co_participation(rows, member="who", event="event")
    other = pd.DataFrame({"source": ["c"], "target": ["d"], "weight": [7.0], "layer": "other"})
    network = ni.build_network(
        pd.DataFrame(index=list("abcd")), pd.concat([links.assign(layer="met"), other])
    )
    again = ResampledEvents(rows, "who", "event", layer="met")
    arrow = ResampledEvents(pa.Table.from_pandas(rows), "who", "event", layer="met")
    assert again(network, np.random.default_rng(1)).equals(arrow(network, np.random.default_rng(1)))
    drawn = [again(network, np.random.default_rng(at)) for at in range(300)]
    assert {one.adjacency("other")[2, 3] for one in drawn} == {7.0}
    met = np.array([one.adjacency("met").toarray() for one in drawn if "met" in one.layers])
    none = np.zeros((300 - len(met), 4, 4))  # three times event 2
    met = np.concatenate([met, none])
    # The pairs of event 0 come together; its number is binomial with n = 3, p = 1/3.
    assert (met[:, 0, 1] == met[:, 0, 2]).all()
    assert (met[:, 0, 1] == met[:, 1, 2]).all()
    share = np.bincount(met[:, 0, 1].astype(int), minlength=4) / 300
    assert share == pytest.approx([8 / 27, 12 / 27, 6 / 27, 1 / 27], abs=0.1)
    assert (met[:, 0, 1] + met[:, 0, 3] <= 3).all()
    alone = ResampledEvents(rows[rows["event"] == 1], "who", "event", layer="met")
    with pytest.raises(InputError, match=r"1 are none, e.g. \['d'\]"):
        alone(network.select(nodes=list("abc")), np.random.default_rng(1))
    with pytest.raises(InputError, match="`weighting`"):
        ResampledEvents(rows, "who", "event", layer="met", weighting="some")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="did you mean 'who'"):
        ResampledEvents(rows, "Who", "event", layer="met")


@pytest.mark.parametrize("weighting", ["count", "newman", "full"])
def test_events_that_are_drawn_make_the_links_of_co_participation(weighting) -> None:
    rows = pd.DataFrame({"event": [0, 0, 0, 0, 1, 1, 2, 2, 2, 3], "who": list("abcddaabaa")})
    columns = {"member": "who", "event": "event", "weighting": weighting}
    links = ni.linkages.co_participation(rows, **columns)
    network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    again = ResampledEvents(rows, **columns, layer="links")
    for seed in range(5):
        # An event that is drawn twice is two events of the same members.
        drawn = np.random.default_rng(seed).integers(4, size=4)
        parts = [rows[rows["event"] == event].assign(event=at) for at, event in enumerate(drawn)]
        expected = network.replace_links(ni.linkages.co_participation(pd.concat(parts), **columns))
        got = pickle.loads(pickle.dumps(again))(network, np.random.default_rng(seed))
        np.testing.assert_allclose(
            got.adjacency("links").toarray(), expected.adjacency("links").toarray()
        )
    missing = pd.DataFrame({"event": [0, 0, None], "who": list("abc")})
    with pytest.raises(InputError, match="event"):
        ResampledEvents(missing, "who", "event", layer="links")


def test_one_event_with_many_links_makes_more_uncertainty_than_single_links() -> None:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"event": np.repeat(np.arange(40), 5), "who": rng.integers(8, size=200)})
    rows["who"] = "n" + rows["who"].astype(str)
    links = ni.linkages.co_participation(rows, member="who", event="event").assign(layer="met")
    network = ni.build_network(pd.DataFrame(index=sorted(rows["who"].unique())), links)

    def spread(resample):
        drawn = [resample(network, np.random.default_rng(at)) for at in range(150)]
        return np.std([each.links["weight"].sum() for each in drawn])

    # The sum of Poisson counts has the root of the total; that of events the sd of their sizes.
    total = links["weight"].sum()
    assert spread(ResampledLinks()) == pytest.approx(math.sqrt(total), rel=0.2)
    size = rows.drop_duplicates().groupby("event").size()
    whole = math.sqrt(40) * (size * (size - 1) / 2).std(ddof=0)
    assert spread(ResampledEvents(rows, "who", "event", layer="met")) == pytest.approx(
        whole, rel=0.2
    )
