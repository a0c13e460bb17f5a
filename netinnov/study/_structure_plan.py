"""What the sections on structure share: the layers together, and how often they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from netinnov._typing import Direction
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import Change, NoEvents, without_events
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._null_choice import Null, NullName, choose_null, no_null
from netinnov.study._section import Part
from netinnov.study._two_mode_draws import Participation, participation_of
from netinnov.study._words import name

COSTLY = 100  # places above which communities are not searched for in every draw of the profile
# Draws for the support of centres, a search for communities each, with more places than that.
FEWER = 50
ONE_BY_ONE = 300  # places above which none is left out in turn
TINY = 4  # places below which no two links have four ends, so that nothing can be rewired
Omitted = Literal[
    "intervals",
    "null model",
    "the indices without each place in turn",
    "interval of the number of centres",
]


class StructurePart(Part, part="structure"):
    example: ClassVar[str] = """\
[structure]                   # centres, indices, communities, layer similarity, brokers; for none
                              # write structure = false at the top, below the seed, for this part
rule = "hubs"                 # what makes a place a centre: "hubs" (strongest of its community of
                              # three places or more, or in the core and half as strong), "top"
                              # (tenth with most strength), "head_tail" (above the mean; used for
                              # "hubs" where communities are not beyond chance), "core", "z" (z of
                              # 2.5 or more in its community) or "dominant_flow" (its largest flow
                              # to a smaller place)
# minimum_share = 0.02        # of all strength, that a centre by "hubs" holds at least; by default
                              # 2 %, or 2 / n among n > 100 places with strength
direction = "total"           # what strength counts in directed layers: "total", "in" or "out"
resolution = 1.0              # of communities: a larger one gives more and smaller ones
restarts = 3                  # searches for communities: more for large networks
resamples = 200               # bootstrap resamples of the flows, for intervals; 0: none, as where
                              # one event makes several links (projects, papers): they go together
# null = "degree"             # random networks to compare with: "degree" (links are rewired),
                              # "distance" (the same, and lengths stay), "gravity" (flows from
                              # totals and distance), "curveball" (with [data] project: events
                              # trade members) or "none"; by default curveball where there are
                              # events, gravity where half of the pairs are linked, else degree.
                              # The report says which, and tables/structure.csv why
replicates = 200              # how many of them; 0: none, for the same reason as resamples
most_places = 1000            # with more places nothing is drawn, as it would take long
"""

    rule: CentreRule = "hubs"
    resolution: Annotated[float, Field(ge=0)] = 1.0
    restarts: Annotated[int, Field(ge=1)] = 3
    minimum_share: Annotated[float, Field(ge=0, le=1)] | None = None
    direction: Direction = "total"
    null: NullName | None = None
    resamples: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    replicates: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    most_places: Annotated[int, Field(ge=0)] = 1000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not computed, why, and the word of a page for the reason."""

    result: Omitted
    why: str
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`cities`: all linked layers; `network`: the observed ones, or modelled if there are none."""

    options: StructurePart
    cities: MultilayerNetwork
    network: MultilayerNetwork
    modelled: tuple[str, ...]
    modelled_beside: tuple[str, ...]
    resamples: int
    replicates: int
    null: Null
    participation: Participation | None
    leave_one_out: bool
    search: bool
    left_out: tuple[LeftOut, ...]
    seed: int
    progress: bool

    @property
    def draw(self) -> dict[str, Any]:
        options = self.options.model_dump(include={"restarts", "direction"})
        return {"rng": self.seed, "progress": self.progress, **options}

    @property
    def choices(self) -> dict[str, Any]:
        return self.options.model_dump(include={"resolution", "minimum_share"})

    @property
    def resample(self) -> Change | None:
        """How flows are resampled; None: each event behind a link by itself."""
        return None if self.participation is None else self.participation.resampled

    @property
    def resampled(self) -> str:
        return "flows" if self.participation is None else "events"


def plan(context: Context) -> Plan | None:
    """Plan the sections on structure; None if they are left out, or no two places are linked."""
    options = context.options(StructurePart)
    linked = linked_layers(context.cities)
    if options is None or not linked:
        return None
    cities = context.cities.select(layers=linked)
    observed = context.observed(cities)
    together = observed or list(cities.layers)
    network, n = cities.select(layers=together), cities.n_nodes
    incidence, participation = context.loaded.incidence, None
    if incidence is not None and set(observed) <= set(incidence.layers):
        participation = participation_of(incidence, network, context.configuration.places.level)
    no_draws, code = None, ""  # why nothing is drawn
    if not observed:
        code = "why_all_modelled"
        no_draws = "all links are modelled, and links that a model made are no evidence"
    elif context.loaded.joint_events and participation is None:
        code = "why_joint_events"
        no_draws = (
            "one event, such as a project, makes several links at once, and drawing these one "
        )
        no_draws += (
            "by one, as if they were independent, would understate the uncertainty; `project` "
        )
        no_draws += "in [data] draws events"
    elif n > options.most_places:
        no_draws, code = too_many(options.most_places), "why_many_places"
    if not options.replicates:
        null = no_null("not asked for", "why_not_asked")
    elif no_draws:
        null = no_null(no_draws, code)
    elif n < TINY:
        why = f"among fewer than {TINY} places hardly another network has the same degrees"
        null = no_null(why, "why_few_places")
    else:
        null = choose_null(network, options.null, context.seed, participation)
    most = min(ONE_BY_ONE, options.most_places)
    unknown = None
    if not no_draws and participation is None:
        unknown = without_events(network, None)
    return Plan(
        options,
        cities,
        network,
        () if observed else tuple(together),
        tuple(layer for layer in cities.layers if layer not in together),
        0 if no_draws else options.resamples,
        0 if null.model is None else options.replicates,
        null,
        participation,
        leave_one_out=n <= most,
        search=TINY <= n <= COSTLY,
        left_out=tuple(_left_out(n, options, (no_draws, code), null, unknown, most)),
        seed=context.seed,
        progress=context.progress,
    )


def too_many(places: int) -> str:
    return f"it would take long for more than {places:,} places"


def _left_out(
    n: int,
    options: StructurePart,
    no_draws: tuple[str | None, str],
    null: Null,
    unknown: NoEvents | None,
    most: int,
) -> Iterator[LeftOut]:
    reason, code = no_draws
    if not options.resamples:
        yield LeftOut("intervals", "not asked for", "why_not_asked")
    elif reason:
        yield LeftOut("intervals", reason, code)
    elif unknown:
        why = f"{unknown.why(name)} (`unit` or `events` in [layers] or the table of layers)"
        yield LeftOut("intervals", why, "why_no_counts")
    if null.model is None:
        yield LeftOut("null model", null.why, null.code)
    if n > most:
        why = too_many(most)
        yield LeftOut("the indices without each place in turn", why, "why_many_places")
    if reason or unknown or not options.resamples:
        return
    if n < TINY:
        why = f"fewer than {TINY} places have no communities to speak of"
        yield LeftOut("interval of the number of centres", why, "why_few_places")
    elif n > COSTLY:
        why = "communities would have to be searched for in every draw, which takes long for more "
        why += f"than {COSTLY:,} places; the support of centres rests on {FEWER} draws at most"
        yield LeftOut("interval of the number of centres", why, "why_many_places")
