"""Figures for a paper: axes in, axes out, 89 or 183 mm wide, fonts embedded."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.plotting._adjacency import plot_adjacency
from netinnov.plotting._alluvial import plot_alluvial
from netinnov.plotting._approaches import plot_approaches
from netinnov.plotting._benefit_shares import plot_benefit_shares
from netinnov.plotting._centre_plans import plot_plan_map, plot_plan_path
from netinnov.plotting._centre_rules import plot_centre_rules
from netinnov.plotting._centres import plot_centres
from netinnov.plotting._cobweb import plot_cobweb, plot_price_paths
from netinnov.plotting._cobweb_maps import plot_attractors, plot_stability_map
from netinnov.plotting._convergence import plot_convergence, plot_spread
from netinnov.plotting._diffusion import plot_reach
from netinnov.plotting._doses import plot_dose_response
from netinnov.plotting._effects import plot_effects
from netinnov.plotting._event_study import plot_event_study
from netinnov.plotting._figure_files import save_figure
from netinnov.plotting._flow_map import plot_flow_map
from netinnov.plotting._fonts import cjk_font, place_names
from netinnov.plotting._frame import dense_frame, frame_of, map_height
from netinnov.plotting._free_flow import plot_bifurcation, plot_phase_map, plot_trajectories
from netinnov.plotting._heat_maps import plot_community_flows, plot_layer_similarity
from netinnov.plotting._link_changes import plot_link_changes
from netinnov.plotting._network import plot_network
from netinnov.plotting._notes import caption_notes
from netinnov.plotting._null_distribution import plot_null_distribution
from netinnov.plotting._park import plot_park
from netinnov.plotting._profile import plot_profile
from netinnov.plotting._quotients import plot_location_quotients
from netinnov.plotting._rank_size_and_centralities import plot_centralities, plot_rank_size
from netinnov.plotting._relatedness import plot_entry_rates
from netinnov.plotting._robustness import plot_robustness
from netinnov.plotting._roles import plot_roles
from netinnov.plotting._sites import plot_pareto, plot_plan_value, plot_sites
from netinnov.plotting._space_allocation import plot_space_allocation
from netinnov.plotting._style import (
    DOUBLE,
    SINGLE,
    figure_style,
    mark_modelled,
    new_figure,
)

__all__ = [
    "DOUBLE",
    "SINGLE",
    "caption_notes",
    "cjk_font",
    "dense_frame",
    "figure_style",
    "frame_of",
    "map_height",
    "mark_modelled",
    "new_figure",
    "place_names",
    "plot_adjacency",
    "plot_alluvial",
    "plot_approaches",
    "plot_attractors",
    "plot_benefit_shares",
    "plot_bifurcation",
    "plot_centralities",
    "plot_centre_rules",
    "plot_centres",
    "plot_cobweb",
    "plot_community_flows",
    "plot_convergence",
    "plot_dose_response",
    "plot_effects",
    "plot_entry_rates",
    "plot_event_study",
    "plot_flow_map",
    "plot_layer_similarity",
    "plot_link_changes",
    "plot_location_quotients",
    "plot_network",
    "plot_null_distribution",
    "plot_pareto",
    "plot_park",
    "plot_phase_map",
    "plot_plan_map",
    "plot_plan_path",
    "plot_plan_value",
    "plot_price_paths",
    "plot_profile",
    "plot_rank_size",
    "plot_reach",
    "plot_robustness",
    "plot_roles",
    "plot_sites",
    "plot_space_allocation",
    "plot_spread",
    "plot_stability_map",
    "plot_trajectories",
    "save_figure",
]

__dir__ = public_names(globals())
