"""Figures: axes in, axes out; in `print_style` 89 or 183 mm wide, with type of 7 points."""

from netinnov._runtime.public import publish
from netinnov.plotting._centres import (
    plot_centre_rules as plot_centre_rules,
    plot_centres as plot_centres,
    plot_roles as plot_roles,
)
from netinnov.plotting._change_maps import (
    plot_link_changes as plot_link_changes,
    plot_plan_map as plot_plan_map,
    plot_sites as plot_sites,
)
from netinnov.plotting._curves import (
    plot_event_study as plot_event_study,
    plot_reach as plot_reach,
    plot_robustness as plot_robustness,
)
from netinnov.plotting._docstrings import complete as _complete
from netinnov.plotting._effects import (
    plot_dose_response as plot_dose_response,
    plot_effects as plot_effects,
    plot_null_distribution as plot_null_distribution,
    plot_plan_value as plot_plan_value,
)
from netinnov.plotting._figure_files import save_figure as save_figure
from netinnov.plotting._flow_map import plot_flow_map as plot_flow_map
from netinnov.plotting._heat_maps import (
    plot_centralities as plot_centralities,
    plot_community_flows as plot_community_flows,
    plot_layer_similarity as plot_layer_similarity,
    plot_location_quotients as plot_location_quotients,
)
from netinnov.plotting._models import (
    plot_bifurcation as plot_bifurcation,
    plot_cobweb as plot_cobweb,
    plot_phase_map as plot_phase_map,
    plot_stability_map as plot_stability_map,
)
from netinnov.plotting._network import plot_network as plot_network
from netinnov.plotting._park import plot_park as plot_park
from netinnov.plotting._planning import (
    plot_approaches as plot_approaches,
    plot_benefit_shares as plot_benefit_shares,
    plot_host_ranking as plot_host_ranking,
    plot_pareto as plot_pareto,
    plot_space_allocation as plot_space_allocation,
)
from netinnov.plotting._polycentricity import (
    plot_profile as plot_profile,
    plot_rank_size as plot_rank_size,
)
from netinnov.plotting._style import print_style as print_style

_complete(globals())
__dir__ = publish(globals())
