"""Apply a scenario, or remove the enclaves that there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_names, check_rng
from netinnov._typing import Rng
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.scenarios._prices import Scenario, check_scenario


def apply_scenario(
    network: MultilayerNetwork, scenario: Scenario, *, rng: Rng = None
) -> MultilayerNetwork:
    """Apply a scenario to a network.

    Parameters
    ----------
    network : MultilayerNetwork
        Where it starts.
    scenario : ReverseEnclave, one of its rivals, NoChange or function
        A function takes the network and a ``numpy.random.Generator`` and returns a network.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.

    Returns
    -------
    MultilayerNetwork
        The original nodes first, in their order, then those that the scenario adds.

    Raises
    ------
    InputError
        A place that is unknown or has no nodes, a host inside home, too few links to reallocate,
        or a function that returns no network.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["home", "host", "far"]}, index=["home", "host", "far"])
    >>> links = pd.DataFrame({"source": ["home", "host"], "target": ["far", "far"]})
    >>> park = ni.ReverseEnclave("home", "host", size=1, pipeline_share=0)
    >>> apply_scenario(ni.build_network(nodes, links), park, rng=1).links["target"].tolist()
    ['far', 'enclave:home@host']
    """
    rng = check_rng(rng)
    check_scenario("scenario", scenario)
    changed: object = scenario(network, rng)
    if isinstance(changed, MultilayerNetwork):
        return changed
    name = getattr(scenario, "__name__", repr(scenario))
    returned = type(changed).__name__
    raise InputError(f"scenario {name} must return a MultilayerNetwork; found {returned}.")


def remove_enclaves(
    network: MultilayerNetwork, *, kinds: Sequence[str] | None = None, keep_nodes: bool = False
) -> MultilayerNetwork:
    """Remove the nodes located outside their jurisdiction, with all their links.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction.
    kinds : sequence of str, optional
        Only remove nodes of these kinds, such as ``["park"]``.
    keep_nodes : bool
        Keep the nodes without links, so that an experiment can be measured on the same nodes.

    Returns
    -------
    MultilayerNetwork
        The other nodes in their order, and all places; empty layers are dropped.

    Raises
    ------
    InputError
        A kind that no node has.

    Notes
    -----
    Do so before `aggregate` merges a park with its host. The loss says nothing where a network was
    sampled through its enclaves, as the bundled case was.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": "host", "jurisdiction": ["host", "home"]}, index=["f", "p"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["f"], "target": ["p"]}))
    >>> remove_enclaves(network).nodes.index.tolist()
    ['f']
    """
    enclaves = find_enclaves(network, rank=pd.Series(dtype=np.float64))
    nodes = network.storage.nodes
    enclave = nodes.index.isin(enclaves["node"])
    if kinds is not None:
        known = nodes["kind"].dropna().unique().tolist()
        enclave &= nodes["kind"].isin(check_names("kinds", kinds, known)).to_numpy(bool)
    if not enclave.any():
        return network
    if not keep_nodes:
        return network.select(nodes=list(nodes.index[~enclave]))
    rows = network.storage.link_rows()
    return with_rows(network, rows.where(~enclave[rows.source] & ~enclave[rows.target]))
