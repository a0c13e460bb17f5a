"""Options that count work have a limit that is checked before any work is done."""

import pandas as pd
import pytest

import netinnov as ni
from netinnov import community, null_models, polycentricity
from netinnov._runtime.arguments import LIMITS, as_whole
from netinnov.errors import InputError

LARGE = [1_000_000_000, 2**63, 10**30]


@pytest.fixture
def network():
    nodes = pd.DataFrame({"node": ["a", "b", "c"], "place": ["p", "q", "r"]})
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    return ni.build_network(nodes, links)


@pytest.mark.parametrize("value", LARGE)
def test_searches_and_scenarios_refuse_what_would_never_end(network, value):
    calls = [
        lambda: community.leiden(network, restarts=value),
        lambda: polycentricity.core_periphery(network, restarts=value),
        lambda: ni.ReverseEnclave("p", "q", size=value, pipeline_share=0.5),
        lambda: null_models.compare_with_null(network, measure=len, replicates=value),
        lambda: ni.rewire(network, trials=value, rng=1),
        lambda: null_models.curveball(network, trials=value, rng=1),
    ]
    for call in calls:
        with pytest.raises(InputError, match="at most 1"):
            call()


@pytest.mark.parametrize("name", LIMITS)
def test_the_limit_itself_is_allowed(name):
    assert as_whole(name, LIMITS[name]) == LIMITS[name]
    with pytest.raises(InputError, match=f"at most {LIMITS[name]:,}"):
        as_whole(name, LIMITS[name] + 1)
