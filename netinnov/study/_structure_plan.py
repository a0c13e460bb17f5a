"""What the sections on structure share: the layers together, and how often they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from netinnov._typing import Direction
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import Change, without_events
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._null_choice import Null, NullName, choose_null
from netinnov.study._section import Part
from netinnov.study._two_mode_draws import Participation, participation_of

RESTARTS = 3  # searches for communities
COSTLY = 100  # places above which communities are not searched for in every draw
MOST_PLACES = 1000  # with more nothing is drawn, as it would take long


class StructurePart(Part, part="structure"):
    example: ClassVar[str] = """\
[structure]                   # centres, indices, communities, layer similarity, brokers and mix of
                              # layers; for none write structure = false at the top, below the seed
rule = "hubs"                 # what makes a place a centre: "hubs" (strongest of its community of
                              # three places or more, or in the core and at least half as strong),
                              # "top" (tenth with most strength), "head_tail" (above the mean; used
                              # for "hubs" where communities are not beyond chance), "core", "z" (z
                              # of 2.5 or more in its community) or "dominant_flow" (its largest
                              # flow to a smaller place)
direction = "total"           # what strength counts in directed layers: "total", "in" or "out"
resamples = 200               # bootstrap resamples of the flows, for intervals; 0: none, as where
                              # one event makes several links (projects, papers): they go together
# null = "degree"             # random networks to compare with: "degree" (links are rewired),
                              # "distance" (the same, and lengths stay), "gravity" (flows from
                              # totals and distance) or "curveball" (with [data] project: events
                              # trade members); by default curveball where there are events,
                              # gravity where half of the pairs are linked, else degree; the report
                              # says which, why, and how many links it moves
replicates = 200              # how many of them; 0: none, for the same reason as resamples
"""

    rule: CentreRule = "hubs"
    direction: Direction = "total"
    null: NullName | None = None
    resamples: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    replicates: Annotated[int, Field(ge=0, le=1_000_000)] = 200


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`cities`: all linked layers; `network`: the observed ones, or modelled if there are none.

    `left_out` is the word of a page for why something is not computed, by the word for it.
    """

    options: StructurePart
    cities: MultilayerNetwork
    network: MultilayerNetwork
    modelled: tuple[str, ...]
    modelled_beside: tuple[str, ...]
    null: Null
    participation: Participation | None
    left_out: dict[str, str]
    seed: int
    progress: bool

    @property
    def draw(self) -> dict[str, Any]:
        direction = self.options.direction
        options = {"rng": self.seed, "progress": self.progress, "restarts": RESTARTS}
        return options | {"direction": direction}

    @property
    def resamples(self) -> int:
        return 0 if "intervals" in self.left_out else self.options.resamples

    @property
    def resample(self) -> Change | None:
        """How flows are resampled; None: each event behind a link by itself."""
        return None if self.participation is None else self.participation.resampled

    @property
    def search(self) -> bool:
        return self.network.n_nodes <= COSTLY


def plan(context: Context) -> Plan | None:
    """Plan the sections on structure; None if they are left out, or no two places are linked."""
    options = context.options(StructurePart)
    linked = linked_layers(context.cities)
    if options is None or not linked:
        return None
    cities = context.cities.select(layers=linked)
    observed = context.observed(cities)
    network = cities.select(layers=observed or linked)
    incidence, participation = context.loaded.incidence, None
    if incidence is not None and {*observed} <= {*incidence.layers}:
        participation = participation_of(incidence, network, context.configuration.places.level)
    undrawn = ""
    if not observed:
        undrawn = "why_all_modelled"
    elif context.loaded.joint_events and participation is None:
        undrawn = "why_joint_events"
    elif cities.n_nodes > MOST_PLACES:
        undrawn = "why_many_places"
    left_out = {}
    if undrawn or not options.resamples:
        left_out["intervals"] = undrawn or "why_not_asked"
    elif participation is None and without_events(network, None):
        left_out["intervals"] = "why_no_counts"
    elif cities.n_nodes > COSTLY:
        left_out["interval of the number of centres"] = "why_many_places"
    if undrawn or not options.replicates:
        null = Null(undrawn or "why_not_asked")
    else:
        null = choose_null(network, options.null, context.seed, participation)
    if null.model is None:
        left_out["null model"] = null.code
    return Plan(
        options,
        cities,
        network,
        modelled=() if observed else tuple(linked),
        modelled_beside=context.in_model(cities) if observed else (),
        null=null,
        participation=participation,
        left_out=left_out,
        seed=context.seed,
        progress=context.progress,
    )
