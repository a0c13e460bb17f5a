"""The size of a park that nobody states, and what home gives up for it."""

import pandas as pd
import pytest

import netinnov as ni
from netinnov.study.sections import experiment
from study_cases import context_of, facts_of


def star(n: int, weights: float | list[float] = 1.0) -> ni.MultilayerNetwork:
    """Home h with n links, and a host o with one to the first of its neighbours."""
    names = ["h", "o", *(f"p{k}" for k in range(max(n, 1)))]
    rows = [("h", f"p{k}") for k in range(n)] + [("o", "p0")]
    links = pd.DataFrame(rows, columns=["source", "target"]).assign(weight=weights)
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links)


def open_size(network, share: float = 0.25):
    """What an experiment says of the size that it takes."""
    park = {"home": "h", "host": "o", "layer": "links", "pipeline_share": share}
    park |= {"replicates": 1, "rivals": []}
    return facts_of(experiment, context_of(network, experiment=park))


# A tenth of n links, and at least four, so that a quarter of them is a link.
@pytest.mark.parametrize(("n", "size"), [(0, 4), (2, 4), (4, 4), (30, 4), (40, 4), (60, 6)])
def test_one_link_leads_home_and_home_pays_if_it_can(n, size):
    found = open_size(star(n))
    assert (found["size"], found["share"]) == (size, 0)
    assert (found["paid"], found["too_few"]) == (n >= size, n < size)


def test_links_of_different_weights_are_counted_where_few_pairs_are_linked():
    # Eleven of 78 pairs.
    assert open_size(star(10, [*range(1, 11), 1.0]))["size"] == 4


@pytest.mark.parametrize(
    ("share", "size"), [(0, 1), (0.2, 5), (0.3, 4), (0.5, 2), (0.7, 4), (1, 1)]
)
def test_either_side_has_a_link_of_a_park_of_open_size(share, size):
    assert open_size(star(4), share)["size"] == size
