"""Plans for a region: which enclaves to build, what partners achieve and how they share it."""

from netinnov._runtime.public import publish
from netinnov.planning._allocate_space import (
    SpaceAllocation as SpaceAllocation,
    allocate_space as allocate_space,
)
from netinnov.planning._cooperation_game import cooperation_game as cooperation_game
from netinnov.planning._core import excess as excess, in_core as in_core
from netinnov.planning._game import Game as Game
from netinnov.planning._nucleolus import (
    core_range as core_range,
    least_core as least_core,
    nucleolus as nucleolus,
    per_capita_nucleolus as per_capita_nucleolus,
)
from netinnov.planning._plan_centres import (
    CentrePlan as CentrePlan,
    CentreSupport as CentreSupport,
    EffectiveNumber as EffectiveNumber,
    plan_centres as plan_centres,
)
from netinnov.planning._rank_hosts import rank_hosts as rank_hosts
from netinnov.planning._sharing import (
    AllocationStability as AllocationStability,
    allocation_stability as allocation_stability,
    banzhaf_value as banzhaf_value,
    myerson_value as myerson_value,
    owen_value as owen_value,
    shapley_value as shapley_value,
    share_benefits as share_benefits,
)
from netinnov.planning._site_enclaves import (
    SitingPlan as SitingPlan,
    site_enclaves as site_enclaves,
)
from netinnov.planning._siting_choices import (
    ParetoPlans as ParetoPlans,
    pareto_plans as pareto_plans,
    siting_stability as siting_stability,
)
from netinnov.planning._space_demand import (
    SpaceDemand as SpaceDemand,
    rent_intervals as rent_intervals,
    space_demand as space_demand,
)

__dir__ = publish(globals())
