"""The experiment: settings, the enclave that is tried, its rivals, and what they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial, wraps
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from netinnov import centrality, connectivity, polycentricity
from netinnov._network.matrices import flat_matrix
from netinnov._runtime.arguments import check_names
from netinnov.errors import InputError, note_on_error
from netinnov.experiments import compare_scenarios, contrasts
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import RIVALS, ReverseEnclave
from netinnov.scenarios._open_size import Settings, movable_layer, open_size, weights_at
from netinnov.scenarios._prices import Funding
from netinnov.study import _enclave_list
from netinnov.study._context import Context, Result
from netinnov.study._facts import Part
from netinnov.study._measures import MeasuresPart, linked_layers

EFFICIENCY = "global_efficiency"
INEQUALITY = "access_inequality"
ACCESS = "harmonic_centrality"
PAGERANK = "pagerank"
MIRROR = "park of the host at home"  # of an enclave in either direction
AMOUNTS = {"home", "host", "size", "volume", "volume_share", "pipeline_share"}
PATHS = {"distance", "border", "distance_weight", "per"}


class ExperimentPart(Part, part="experiment"):
    home: Annotated[str, Field(min_length=1)] = ""
    host: Annotated[str, Field(min_length=1)] = ""
    size: Annotated[int, Field(ge=1)] | None = None
    volume: Annotated[float, Field(gt=0)] | None = None
    volume_share: Annotated[float, Field(gt=0)] | None = None
    pipeline_share: Annotated[float, Field(ge=0, le=1)] = Settings.pipeline_share
    funding: list[Funding] = Field(default=[Settings.funding, "new"], min_length=1)
    layer: str | None = None
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = Settings.replicates
    rivals: list[str] = Field(default=["direct links", "random ends"])

    @model_validator(mode="after")
    def _has_home_and_host(self) -> ExperimentPart:
        if bool(self.home) != bool(self.host):
            missing = "host" if self.home else "home"
            raise ValueError(f"{missing} is missing; give home and host, or neither")
        return self

    @field_validator("rivals")
    @classmethod
    def _are_known(cls, rivals: list[str]) -> list[str]:
        return check_names("rivals", rivals, list(RIVALS), of="the rivals")


class Trial(NamedTuple):
    kind: str
    funding: Funding
    scenario: Any

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.funding}"


class Choice(NamedTuple):
    part: ExperimentPart
    layer: str
    linked: bool  # home and host, already
    called: str  # by the direction that home and host give it: reverse or forward enclave, enclave

    def settings(self, seed: int, measures: MeasuresPart) -> dict[str, str]:
        settings = self.part.model_dump(include=AMOUNTS | {"replicates"})
        settings["funding"] = self.part.funding[0]
        settings["layer"] = self.layer
        settings["seed"] = seed
        settings |= measures.model_dump(include=PATHS)
        return {name: str(value) for name, value in settings.items() if value is not None}


def choose(context: Context) -> Choice | None:
    choice = context.once(settled)
    return None if isinstance(choice, str) else choice


def settled(context: Context) -> Choice | str:
    """Home, host and size, settled before measuring; or why the data have no usable enclave."""
    part = context.options(ExperimentPart)
    if part is None:
        return "[experiment] is left out"
    if part.home:
        context.check_places("experiment.home", [part.home])
        context.check_places("experiment.host", [part.host])
        return _settled(context, part)
    if (pair := most_frequent(context)) is None:
        return "no enclave known as reverse joins two places; [experiment] may name home and host"
    try:
        return _settled(context, part.model_copy(update={"home": pair[0], "host": pair[1]}))
    except InputError as error:
        context.say(f"no experiment: {error}")
        return str(error)


def most_frequent(context: Context) -> tuple[str, str, int, int] | None:
    """Home and host of most reverse enclaves; how many they have, and how many pairs as many.

    Of these the pair with most weight between them, then the largest host, then the first name.
    """
    table = context.once(_enclave_list.compute).counted
    names = context.cities.storage.node_names
    pairs = table.loc[table["direction"] == "reverse", ["home", "host"]]
    pairs = pairs[pairs.isin(names).all(axis=1)].value_counts().sort_index().reset_index()
    if pairs.empty:
        return None
    flows = flat_matrix(context.cities)
    sizes = context.once(_enclave_list.ranked).numbers
    ends = (names.get_indexer(pd.Index(pairs[end])) for end in ("home", "host"))
    rows = zip(*ends, strict=True)
    pairs["between"] = [flows[home, host] + flows[host, home] for home, host in rows]
    of_host = {kind: size.reindex(pairs["host"]).to_numpy() for kind, size in sizes.items()}
    by = pd.DataFrame({"count": pairs["count"], "between": pairs["between"], **of_host})
    first = by.sort_values([*by], ascending=False, kind="stable").index[0]
    most = pairs["count"] == pairs["count"].max()
    return *pairs.loc[first, ["home", "host"]], int(pairs["count"].max()), int(most.sum())


def _settled(context: Context, part: ExperimentPart) -> Choice:
    cities = context.cities
    layer = movable_layer(context.cities, part.layer)
    if (part.size, part.volume, part.volume_share) == (None, None, None):
        size = open_size(cities, part.home, layer=layer, pipeline_share=part.pipeline_share)
        funding = size.pop("funding")
        part = part.model_copy(update=size)
        if funding == "new" and "new" in part.funding:  # too few links at home to give up
            part = part.model_copy(update={"funding": ["new"]})
    called = enclave_called(context, part.home, part.host)
    for trial in enclaves_of(part, layer, called):
        with note_on_error(f"In scenario {trial.name!r}."):
            trial.scenario(cities, np.random.default_rng(context.seed))
    return Choice(part, layer, _linked(cities, part), called)


def _linked(cities: MultilayerNetwork, part: ExperimentPart) -> bool:
    ends = cities.storage.positions("home and host", [part.home, part.host])
    return bool(flat_matrix(cities)[ends][:, ends].sum() > 0)  # self-links are not in it


def measures_of(context: Context) -> MeasuresPart:
    """Of all sections: by weight where home and host are linked, as no park saves a step there."""
    choice = context.once(choose)
    left_open = context.configuration.measures.distance is None
    if left_open and choice is not None and choice.linked:
        return context.measures.model_copy(update={"distance": "inverse"})
    return context.measures


def enclave_called(context: Context, home: str, host: str) -> str:
    ways = context.once(_enclave_list.ranked).directions(context.inside, [home], [host])
    direction = str(ways["direction"].iloc[0])
    return f"{direction} enclave" if direction in ("reverse", "forward") else "enclave"


def check_linked(context: Context, part: str) -> None:
    if not linked_layers(context.cities):
        raise InputError(f"[{part}] needs links between places; there are none. Leave it out.")


def enclaves_of(part: ExperimentPart, layer: str, called: str) -> list[Trial]:
    park = partial(ReverseEnclave, **part.model_dump(include=AMOUNTS), layer=layer)
    return [Trial(called, paid, park(funding=paid)) for paid in part.funding]


def rivals_of(headline: Trial, cities: MultilayerNetwork, names: Sequence[str]) -> list[Trial]:
    made = {name: RIVALS[name](headline.scenario) for name in names}
    had = {name: scenario for name, scenario in made.items() if can_be_had(scenario, cities)}
    return [Trial(kind_of(name), headline.funding, scenario) for name, scenario in had.items()]


def can_be_had(scenario: Any, cities: MultilayerNetwork) -> bool:
    try:
        scenario(cities, np.random.default_rng(0))
    except InputError:
        return False
    return True


def kind_of(rival: str) -> str:
    return MIRROR if rival == "forward enclave" else rival


def measures(options: MeasuresPart) -> dict[str, Callable[..., Any]]:
    @lru_cache(maxsize=8)  # three measures look at each network in turn, in several threads
    def harmonic(network: MultilayerNetwork, nodes: tuple[str, ...]) -> pd.Series:
        return centrality.harmonic_centrality(network, **options.paths, nodes=list(nodes))

    @wraps(centrality.harmonic_centrality)
    def access(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        return harmonic(network, tuple(nodes))

    @wraps(connectivity.global_efficiency)
    def efficiency(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return float(access(network, nodes=nodes).mean())

    def inequality(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        values = access(network, nodes=nodes).to_numpy()
        return polycentricity.theil(values[~np.isnan(values)])

    def pagerank(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        # No jump leads to the park: home would gain by handing it on, however few links it has.
        return centrality.pagerank(network, nodes=nodes, **options.coupled)

    return {EFFICIENCY: efficiency, INEQUALITY: inequality, ACCESS: access, PAGERANK: pagerank}


class Experiment(Result):
    """What was tried, and what it changed: `effects` by scenario, measure and place."""

    choice: Choice
    enclaves: Sequence[Trial]
    rivals: Sequence[Trial]
    effects: pd.DataFrame
    replicates: pd.DataFrame
    contrasts: pd.DataFrame | None
    own: float  # what home has to give up in the layer: links, or weight where weight is moved
    chosen: Sequence[int] | None = None  # by the data: enclaves of this pair, pairs with as many

    @property
    def part(self) -> ExperimentPart:
        return self.choice.part

    @property
    def headline(self) -> Trial:
        return self.enclaves[0]

    def of(self, trial: Trial, measure: str) -> pd.DataFrame:
        table = self.effects
        return table[table["scenario"].eq(trial.name) & table["measure"].eq(measure)]


def compute(context: Context) -> Experiment | None:
    choice = context.once(choose)
    if choice is None:
        return None
    cities = context.cities
    part = choice.part
    enclaves = enclaves_of(part, choice.layer, choice.called)
    rivals = rivals_of(enclaves[0], cities, part.rivals)
    result = compare_scenarios(
        cities,
        scenarios={trial.name: trial.scenario for trial in (*enclaves, *rivals)},
        measures=measures(context.once(measures_of)),
        replicates=part.replicates,
        rng=context.seed,
        progress=context.progress,
    )
    chosen = None if context.settings(ExperimentPart).home else most_frequent(context)
    names = [trial.name for trial in rivals]
    weights = weights_at(cities, part.home, choice.layer)
    return Experiment(
        context=context,
        choice=choice,
        enclaves=enclaves,
        rivals=rivals,
        effects=result.effects(full=True).astype({"scenario": "str", "measure": "str"}),
        replicates=result.replicates,
        contrasts=contrasts(result, of=enclaves[0].name, against=names) if names else None,
        own=float(len(weights) if part.size is not None else weights.sum()),
        chosen=chosen and chosen[2:],
    )
