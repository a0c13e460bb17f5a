"""Policies as changes of a network: a reverse enclave, its rivals, their costs."""

from netinnov._runtime.public import publish
from netinnov.scenarios._apply_scenario import (
    apply_scenario as apply_scenario,
    remove_enclaves as remove_enclaves,
)
from netinnov.scenarios._changed_distances import ChangedDistances as ChangedDistances
from netinnov.scenarios._direct_links import DirectLinks as DirectLinks, NewLinks as NewLinks
from netinnov.scenarios._enclave import (
    ForwardEnclave as ForwardEnclave,
    ReverseEnclave as ReverseEnclave,
)
from netinnov.scenarios._equal_cost import (
    break_even_prices as break_even_prices,
    equal_cost as equal_cost,
)
from netinnov.scenarios._prices import Prices as Prices, Scenario as Scenario
from netinnov.scenarios._rivals import (
    RIVALS as RIVALS,
    Combined as Combined,
    NoChange as NoChange,
    RandomEnds as RandomEnds,
)
from netinnov.scenarios._similar_places import similar_places as similar_places
from netinnov.scenarios._talent_attraction import TalentAttraction as TalentAttraction

__dir__ = publish(globals())
