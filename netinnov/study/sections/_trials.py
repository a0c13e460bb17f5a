"""What an experiment tries and measures: the enclave, its rivals, their costs, other set-ups."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity, scenarios
from netinnov.errors import InputError
from netinnov.experiments import PairSums, Specification, specification_curve
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import RIVALS, Prices, ReverseEnclave, break_even_prices, equal_cost
from netinnov.scenarios._between_places import volume_of
from netinnov.scenarios._open_size import given_up
from netinnov.scenarios._prices import Funding, draws_nothing
from netinnov.study._context import Context

if TYPE_CHECKING:
    from netinnov.study._measures import MeasuresPart
    from netinnov.study.sections._enclave_choice import ExperimentPart

EFFICIENCY, INEQUALITY = "global_efficiency", "access_inequality"
MIRROR = "park of the host at home"  # of an enclave in either direction
ACCESS, PAGERANK = "harmonic_centrality", "pagerank"
MANY = 1000  # places above which measures with a search from each are left out, but for efficiency
AGAIN = 20  # placements in each specification: its median is wanted, not its tails


@dataclass(frozen=True, slots=True)
class Trial:
    """An enclave or a rival; a `contrast` is the enclave in another form at its cost."""

    name: str
    scenario: Any
    funding: Funding
    contrast: bool = False

    @property
    def sized(self) -> Any:
        return getattr(self.scenario, "scenario", self.scenario)

    @property
    def kind(self) -> str:
        return self.name.removesuffix(f", {self.funding}")


def enclaves(part: ExperimentPart, layer: str, called: str) -> list[Trial]:
    """The enclave, funded in each way; the first is the headline."""
    park = partial(_enclave, part, layer, attachment=part.attachment)
    return [Trial(f"{called}, {paid}", park(funding=paid), paid) for paid in part.funding]


def _enclave(part: ExperimentPart, layer: str, **options: Any) -> ReverseEnclave:
    amounts = part.model_dump(include={"home", "host", "size", "volume", "volume_share"})
    return ReverseEnclave(**amounts, pipeline_share=part.pipeline_share, layer=layer, **options)


def priced_rivals(
    cities: MultilayerNetwork, rivals: Sequence[str], headline: Trial, prices: Prices | None
) -> list[Trial]:
    """Rivals of equal cost (or size), without those that cannot be had."""
    enclave, trials = headline.scenario, []
    assert isinstance(enclave, ReverseEnclave)
    if prices:
        _check_cost(cities, "the enclave", enclave, prices)
    for name in dict.fromkeys(rivals):
        rival = RIVALS[name]
        scenario: Any = rival.make(enclave)
        if prices and not rival.contrast:
            _check_cost(cities, name, scenario, prices)
        try:
            if prices and not rival.contrast:
                scenario = equal_cost(cities, enclave, scenario, prices=prices)
            scenario(cities, np.random.default_rng(0))
        except InputError:
            continue
        kind = MIRROR if name == "forward enclave" else name
        title = f"{kind}, {headline.funding}"
        trials.append(Trial(title, scenario, headline.funding, rival.contrast))
    return trials


def _check_cost(cities: MultilayerNetwork, name: str, scenario: Any, prices: Prices) -> None:
    try:
        scenario.cost(prices, cities)
    except InputError as error:
        raise InputError(f"[experiment.prices] the cost of {name} is not known: {error}") from None


def costs(cities: MultilayerNetwork, trials: Sequence[Trial], prices: Prices) -> pd.DataFrame:
    needs = [trial.scenario.amounts(cities, kilometres=prices.pipeline_km > 0) for trial in trials]
    return pd.DataFrame(
        {
            "scenario": [trial.name for trial in trials],
            "size": [volume_of(cities, trial.sized) for trial in trials],
            "parks": [needed.park for needed in needs],
            "local_links": [needed.link for needed in needs],
            "kilometres": [needed.pipeline_km for needed in needs],
            "cost": [trial.scenario.cost(prices, cities) for trial in trials],
        }
    )


def break_evens(
    cities: MultilayerNetwork,
    headline: Trial,
    rivals: Sequence[Trial],
    prices: Prices,
    effects: pd.DataFrame,
) -> pd.DataFrame | None:
    """Prices at which the enclave and each rival do as much per cost, by median effects."""
    home, measure, node = headline.sized.home, effects["measure"], effects["node"]
    of_home = measure.isin([ACCESS, PAGERANK]) & node.eq(home)
    wanted = (of_home | measure.eq(EFFICIENCY)).to_numpy(bool, na_value=False)
    medians = effects[wanted].set_index(["measure", "scenario"])["median"].unstack("scenario")
    rows = []
    for name, by_scenario in medians.iterrows():
        for rival in rivals:
            pair = [float(by_scenario[headline.name]), float(by_scenario[rival.name])]
            if rival.contrast or not np.isfinite(pair).all():
                continue
            both = headline.scenario, rival.scenario
            even = break_even_prices(cities, *both, prices=prices, effects=pair).reset_index()
            place = None if name == EFFICIENCY else home
            of: dict[str, Any] = {"rival": rival.name, "measure": str(name), "node": place}
            rows.append(even.assign(**of, effect=pair[0], rival_effect=pair[1]))
    if not rows:
        return None
    first = ["rival", "measure", "node", "of", "price", "break_even", "ratio", "better", "why"]
    table = pd.concat(rows, ignore_index=True)[[*first, "effect", "rival_effect"]]
    return table.astype({"node": "str"})


def specifications(
    context: Context, part: ExperimentPart, layer: str, options: MeasuresPart
) -> pd.DataFrame | None:
    cities = context.cities
    if cities.n_nodes > MANY:
        return None
    links = cities.links
    weights = links.loc[links["source"] != links["target"], "weight"]
    # Length of the median link between two places, without frictions.
    length = 1 / weights.median() if options.distance == "inverse" and len(weights) else 1.0
    border = options.border or 0.5 * float(length)
    attachments = {0.0, 1.0, part.attachment}
    if draws_nothing(_enclave(part, layer, funding="new", attachment=part.attachment)):
        attachments = {part.attachment}  # weight moves in proportion to weights

    moved = given_up(cities, _enclave(part, layer, funding="reallocated"))
    paid = ["reallocated", "new"] if moved.amount <= moved.of else ["new"]

    def make(funding: Funding, attachment: float, border: float, measure: str) -> Specification:
        frictions = connectivity.Frictions(border=border, distance=options.kilometres)
        of_node = measure == ACCESS
        function = centrality.harmonic_centrality if of_node else connectivity.global_efficiency
        measured = partial(function, distance=options.distance or "unit", frictions=frictions)
        park = _enclave(part, layer, funding=funding, attachment=attachment)
        return Specification(park, measured, node=part.home if of_node else None)

    choices: dict[str, list[Any]] = {
        "measure": [ACCESS, EFFICIENCY],
        "funding": paid,
        "attachment": sorted(attachments),
        "border": [0.0, border, 2 * border],
    }
    curve = specification_curve(
        cities,
        specifications=choices,
        make=make,
        replicates=min(AGAIN, part.replicates),
        rng=context.seed,
        progress=context.progress,
    )
    shown = [*choices, "baseline", "median", "low", "high", "standardised", "same_sign"]
    curve = curve[[*shown, "replicates"]]
    return curve.sort_values("measure", kind="stable", ascending=False, ignore_index=True)


def matched_on(cities: MultilayerNetwork, part: ExperimentPart) -> tuple[str, ...]:
    """What hosts are matched on; without coordinates there is no distance."""
    if part.match is not None:
        return tuple(part.match)
    known = cities.storage.places[["lon", "lat"]].notna().all(axis=None)
    return ("strength", "distance") if known else ("strength",)


def placebos(
    cities: MultilayerNetwork, part: ExperimentPart, trials: Sequence[Trial], match: tuple[str, ...]
) -> dict[str, Any] | None:
    """The same parks at other hosts; None: not asked for, or there is none."""
    if part.placebos == 0:
        return None
    try:
        drawn = {
            trial.name: scenarios.MatchedPlacebo(trial.scenario, match=match, nearest=part.placebos)
            for trial in trials
        }
        scenarios.placebo_candidates(cities, trials[0].scenario, match=match)
    except InputError:
        if part.match is not None:
            raise
        return None
    return drawn


def measures(
    context: Context, part: ExperimentPart, options: MeasuresPart
) -> tuple[dict[str, Any], list[str]]:
    def efficiency(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return connectivity.global_efficiency(network, **options.paths, nodes=nodes)

    def versatility(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        # No jump leads to the park: home would gain by handing it on, however few links it has.
        return options.pagerank(network, nodes=nodes)

    if context.cities.n_nodes > MANY:
        return {EFFICIENCY: efficiency, PAGERANK: versatility}, [EFFICIENCY]
    last = threading.local()

    def access(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        if getattr(last, "network", None) is not network:  # which two measures look at in turn
            last.network = network
            last.access = centrality.harmonic_centrality(network, **options.paths, nodes=nodes)
        of_nodes: pd.Series = last.access
        return of_nodes

    def inequality(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        at = network.storage.positions("nodes", nodes)
        return polycentricity.theil(access(network, nodes=nodes).to_numpy()[at])

    measured = {
        EFFICIENCY: PairSums(part.home, part.host, **options.paths),
        INEQUALITY: inequality,
        ACCESS: access,
        PAGERANK: versatility,
    }
    return measured, [EFFICIENCY, ACCESS]
