"""Plans for a region: which enclaves to build, what partners achieve and how they share it."""

from netinnov._public import public_names
from netinnov.planning._allocate_space import SpaceAllocation, allocate_space
from netinnov.planning._centre_targets import CentreSupport, EffectiveNumber
from netinnov.planning._cooperation import cooperation_game
from netinnov.planning._core_of_game import core_range, excess, in_core, least_core
from netinnov.planning._game import Game
from netinnov.planning._game_values import banzhaf_value, sampled_shapley_value, shapley_value
from netinnov.planning._nucleolus import nucleolus, nucleolus_certificate, per_capita_nucleolus
from netinnov.planning._pareto_plans import ParetoPlans, pareto_plans
from netinnov.planning._plan_centres import CentrePlan, plan_centres
from netinnov.planning._sharing import (
    AllocationStability,
    allocation_stability,
    share_benefits,
)
from netinnov.planning._site_enclaves import site_enclaves
from netinnov.planning._siting_plan import SitingPlan
from netinnov.planning._siting_stability import siting_stability
from netinnov.planning._space_demand import (
    SpaceDemand,
    rent_intervals,
    space_demand,
    worth_of_space,
)
from netinnov.planning._values_with_structure import myerson_value, owen_value

__all__ = [
    "AllocationStability",
    "CentrePlan",
    "CentreSupport",
    "EffectiveNumber",
    "Game",
    "ParetoPlans",
    "SitingPlan",
    "SpaceAllocation",
    "SpaceDemand",
    "allocate_space",
    "allocation_stability",
    "banzhaf_value",
    "cooperation_game",
    "core_range",
    "excess",
    "in_core",
    "least_core",
    "myerson_value",
    "nucleolus",
    "nucleolus_certificate",
    "owen_value",
    "pareto_plans",
    "per_capita_nucleolus",
    "plan_centres",
    "rent_intervals",
    "sampled_shapley_value",
    "share_benefits",
    "shapley_value",
    "site_enclaves",
    "siting_stability",
    "space_demand",
    "worth_of_space",
]

__dir__ = public_names(globals())
