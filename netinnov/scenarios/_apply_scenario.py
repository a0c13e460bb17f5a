"""Apply a scenario to a network."""

from __future__ import annotations

from typing import TypeAlias

from netinnov._arguments import check_rng
from netinnov._typing import Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Change, check_scenario
from netinnov.scenarios._rivals import (
    Combined,
    NoChange,
    RandomEnds,
    TalentAttraction,
)

Scenario: TypeAlias = (
    NoChange
    | ReverseEnclave
    | ForwardEnclave
    | TalentAttraction
    | DirectLinks
    | RandomEnds
    | Combined
    | Change
)


def apply_scenario(
    network: MultilayerNetwork, scenario: Scenario, *, rng: Rng = None
) -> MultilayerNetwork:
    """Apply a scenario to a network.

    Parameters
    ----------
    network : MultilayerNetwork
        The original network; it is not changed.
    scenario : ReverseEnclave, one of its rivals, NoChange or function
        A function takes the network and a ``numpy.random.Generator`` and returns a network. All
        scenarios are such functions.
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
    rng = check_rng(rng)
    check_scenario("scenario", scenario)
    changed: object = scenario(network, rng)
    if isinstance(changed, MultilayerNetwork):
        return changed
    name = getattr(scenario, "__name__", repr(scenario))
    returned = type(changed).__name__
    raise InputError(f"scenario {name} must return a MultilayerNetwork; found {returned}.")
