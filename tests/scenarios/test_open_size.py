"""The size of a park that nobody states, and what home gives up for it."""

import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.scenarios._open_size import Settings, open_size
from netinnov.study._experiment import ExperimentPart


def star(n: int, weights: float | list[float] = 1.0) -> ni.MultilayerNetwork:
    """Home h with n links, and a host o with one to the first of its neighbours."""
    names = ["h", "o", *(f"p{k}" for k in range(max(n, 1)))]
    rows = [("h", f"p{k}") for k in range(n)] + [("o", "p0")]
    links = pd.DataFrame(rows, columns=["source", "target"]).assign(weight=weights)
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links)


# A tenth of n links, and at least four, so that a quarter of them is a link.
@pytest.mark.parametrize(("n", "size"), [(0, 4), (2, 4), (4, 4), (30, 4), (40, 4), (60, 6)])
def test_one_link_leads_home_and_home_pays_if_it_can(n, size):
    network = star(n)
    found = open_size(network, "h", layer="links", pipeline_share=0.25)
    assert (found["size"], found["volume_share"]) == (size, None)
    assert found["funding"] == ("reallocated" if n >= size else "new")


def test_links_of_different_weights_are_counted_where_few_pairs_are_linked():
    # Eleven of 78 pairs.
    found = open_size(star(10, [*range(1, 11), 1.0]), "h", layer="links", pipeline_share=0.25)
    assert found["size"] == 4


@pytest.mark.parametrize(
    ("share", "size"), [(0, 1), (0.2, 5), (0.3, 4), (0.5, 2), (0.7, 4), (1, 1)]
)
def test_either_side_has_a_link_of_a_park_of_open_size(share, size):
    found = open_size(star(4), "h", layer="links", pipeline_share=share)
    assert found["size"] == size


def test_flows_are_moved_by_a_share_that_makes_links():
    # All three pairs, home has 8 + 2; a quarter of the park's share must be worth the least, 1.
    names = list("hop")
    rows = [("h", "o", 8), ("h", "p", 2), ("o", "p", 1)]
    links = pd.DataFrame(rows, columns=["source", "target", "weight"])
    network = ni.build_network(pd.DataFrame({"place": names}, index=names), links)
    found = open_size(network, "h", layer="links", pipeline_share=0.25)
    assert (found["size"], found["volume_share"]) == (None, pytest.approx(0.4))


def test_defaults_stand_in_one_place():
    part, park = ExperimentPart(), ni.ReverseEnclave("h", "o", 1, pipeline_share=0.25)
    default = Settings()
    assert part.pipeline_share == park.pipeline_share == default.pipeline_share
    assert park.attachment == default.attachment
    assert (part.funding[0], park.funding) == (default.funding, default.funding)
    assert part.replicates == default.replicates == 100
    assert study.configure({"data": {"source": "yrd"}}).seed == default.seed
