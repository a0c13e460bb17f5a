"""Policies as changes of a network: a reverse enclave, its rivals and placebos, their costs."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.scenarios._apply_scenario import Scenario, apply_scenario
from netinnov.scenarios._break_even_border import BreakEvenBorder, break_even_border
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._equal_cost import break_even_prices, equal_cost
from netinnov.scenarios._matched_placebo import MatchedPlacebo, placebo
from netinnov.scenarios._new_links import NewLinks
from netinnov.scenarios._pair_draws import chosen_layer as chosen_layer
from netinnov.scenarios._placebo_candidates import placebo_candidates
from netinnov.scenarios._prices import Amounts, Prices
from netinnov.scenarios._remove_enclaves import remove_enclaves
from netinnov.scenarios._rivals import (
    RIVALS,
    Combined,
    NoChange,
    RandomEnds,
    Rival,
    TalentAttraction,
)

__all__ = [
    "RIVALS",
    "Amounts",
    "BreakEvenBorder",
    "Combined",
    "DirectLinks",
    "ForwardEnclave",
    "MatchedPlacebo",
    "NewLinks",
    "NoChange",
    "Prices",
    "RandomEnds",
    "ReverseEnclave",
    "Rival",
    "Scenario",
    "TalentAttraction",
    "apply_scenario",
    "break_even_border",
    "break_even_prices",
    "equal_cost",
    "placebo",
    "placebo_candidates",
    "remove_enclaves",
]

__dir__ = public_names(globals())
