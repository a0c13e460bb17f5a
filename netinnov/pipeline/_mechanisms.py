"""The mechanisms beside a study: models with the parameters asked for, parks and diffusion."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.mechanisms.cobweb import CoupledCobweb, critical_enclave, enclave_effect
from netinnov.mechanisms.cobweb._enclave_link import Answer
from netinnov.mechanisms.convergence import Spread, sigma_convergence
from netinnov.mechanisms.cooperation import (
    brokerage_table,
    cooperation_table,
    outages,
    park_sides,
)
from netinnov.mechanisms.diffusion import reach_table, time_to_reach
from netinnov.mechanisms.free_flow import CorePeriphery, bifurcation_diagram
from netinnov.network import MultilayerNetwork, split_periods
from netinnov.pipeline._configuration import Configuration, MechanismsPart
from netinnov.pipeline._steps import Afar, Input
from netinnov.scenarios import remove_enclaves

__all__ = ["Mechanisms", "mechanisms"]

NAMES = ("home", "host")

FEWEST = 10
"""Places with links in every period below which their spread is not followed."""

ANSWERS: dict[Answer, str] = {
    "both": "both supplies answer the gap of prices",
    "home": "only home answers the gap",
    "host_price": "home answers the price of the host",
}


class Mechanisms(NamedTuple):
    """Tables, and the parameters behind them."""

    tables: dict[str, pd.DataFrame]
    asked: dict[str, Any]


def mechanisms(given: Input, afar: Afar, configuration: Configuration) -> Mechanisms:
    """Compute what the models say, and what the park and diffusion look like in these data."""
    asked = configuration.mechanisms
    assert asked is not None
    said = asked.model_dump()
    tables = _free_flow(asked) | _cobweb(asked)
    parks, park = _parks(afar.inside, asked)
    tables |= parks
    if park:
        said["park"] = park
        observed = [layer for layer in afar.inside.layers if layer not in given.modelled]
        tables |= _diffusion(afar.inside.select(layers=observed), park, asked, configuration.seed)
    observed = [layer for layer in afar.cities.layers if layer not in given.modelled]
    cities = afar.cities.select(layers=observed)
    tables |= _specialisation(cities) | _spread(cities)
    return Mechanisms(tables, said)


def _free_flow(asked: MechanismsPart) -> dict[str, pd.DataFrame]:
    """Rest points of two regions over the freeness of trade, without and with an enclave."""
    model = CorePeriphery(asked.sigma, asked.mu)
    reach = asked.enclave
    sustain, broken = model.sustain_point(), model.break_point()
    rows = [(0.0, sustain, broken, np.nan)]
    marks = [sustain, broken]
    if reach:
        fold, held = model.fold_point(enclave=reach), model.sustain_point(enclave=reach)
        rows.append((reach, held, model.break_point(enclave=reach), fold))
        marks += [held, fold]
    columns = ["enclave", "sustain_point", "break_point", "fold_point"]
    points = pd.DataFrame(rows, columns=columns)
    known = np.array([mark for mark in marks if np.isfinite(mark)])
    # Where trade is wholly free there is nothing left to tell the regions apart.
    end = min(1.5 * known.max(), (1 + known.max()) / 2)
    values = _near(known, 0.5 * known.min(), end)
    parts = []
    for share in points["enclave"]:

        def rest(freeness: float, share: float = share) -> pd.DataFrame:
            return model.equilibria(freeness, enclave=share)

        parts.append(bifurcation_diagram(rest, values).assign(enclave=share))
    return {"free_flow": points, "free_flow_diagram": pd.concat(parts, ignore_index=True)}


def _near(points: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values of a parameter, dense where branches meet."""
    steps = np.geomspace(1e-6, 0.02 * (high - low), 8)
    close = np.concatenate([points[:, None] - steps, points[:, None] + steps]).ravel()
    values = np.union1d(np.linspace(low, high, 81), close)
    return values[(values >= low) & (values <= high)]


def _cobweb(asked: MechanismsPart) -> dict[str, pd.DataFrame]:
    """What the link of an enclave changes in the modes of two regions that are alike."""
    model = CoupledCobweb(
        [asked.demand_slope] * 2,
        [asked.supply_slope] * 2,
        mobility=asked.mobility,
        adaptation=asked.adaptation,
        regions=NAMES,
    )
    parts = []
    for answer, text in ANSWERS.items():
        strength = min(asked.link, 1.0) if answer == "host_price" else asked.link
        effect = enclave_effect(model, *NAMES, strength=strength, answer=answer)
        critical = critical_enclave(model, *NAMES, answer=answer)
        shown = ["kind", "root", "modulus", "root_with", "modulus_with", "effect"]
        table = effect[shown].reset_index(drop=True).assign(threshold=critical)
        table.insert(0, "link", text)
        table.insert(1, "strength", strength)
        parts.append(table)
    return {"cobweb": pd.concat(parts, ignore_index=True)}


def _parks(
    network: MultilayerNetwork, asked: MechanismsPart
) -> tuple[dict[str, pd.DataFrame], str]:
    """All parks that stand outside their jurisdiction, and the one that is looked at."""
    table = cooperation_table(network)
    if asked.park is not None and asked.park not in table.index:
        raise InputError(_no_park(network, asked.park, list(table.index)))
    if table.empty:
        return {}, ""
    most = table["links"].sort_values(ascending=False, kind="stable").index[0]
    park = str(most) if asked.park is None else asked.park
    return {
        "parks": table,
        "park_roles": brokerage_table(network, park),
        "park_outages": outages(network, park),
    }, park


def _no_park(network: MultilayerNetwork, park: str, parks: list[str]) -> str:
    """Why this is none, and which are."""
    msg = f"mechanisms.park must be a park outside its jurisdiction; {park!r} is "
    nodes = network._nodes
    if park not in nodes.index:
        msg += f"no node in the places that are kept{did_you_mean(park, nodes.index)}. "
    elif nodes.at[park, "kind"] != "park":
        msg += "none: its kind is another. "
    else:
        msg += "a park that stands inside it, or whose jurisdiction is not given. "
    if not parks:
        return f"{msg}There is none in these data: leave the setting out."
    listed = ", ".join(parks[:5]) + (", ..." if len(parks) > 5 else "")
    return f"{msg}There are {len(parks):,}: {listed}; left out, it is the one with most links."


def _diffusion(
    network: MultilayerNetwork, park: str, asked: MechanismsPart, seed: int
) -> dict[str, pd.DataFrame]:
    """Steps from the host's actors to half of home's, with the park and without enclaves."""
    nodes = network._nodes
    native = nodes["place"].eq(nodes["jurisdiction"]) & nodes["kind"].ne("place")
    sides = park_sides(network, park).where(native)
    at = {side: list(sides.index[sides == side]) for side in NAMES}
    if not at["home"] or not at["host"]:
        return {}
    links = network.links[["source", "target"]].assign(layer="relation")
    plain = MultilayerNetwork(network.nodes, links, places=network.places)
    without = links[~links["source"].eq(park) & ~links["target"].eq(park)]
    cases = {
        "as on record": plain,
        "without this park": plain.replace_links(without),
        "without any enclave": remove_enclaves(plain, kinds=["park"], keep_nodes=True),
    }
    times = {
        name: time_to_reach(
            case,
            seeds=at["host"],
            targets=at["home"],
            rate=asked.rate,
            of="half",
            horizon=asked.horizon,
            draws=asked.draws,
            rng=seed,
        )
        for name, case in cases.items()
    }
    draws = pd.DataFrame(times).rename_axis("draw")
    table = reach_table(times, horizon=asked.horizon).rename_axis("network")
    table.insert(0, "targets", len(at["home"]))
    table.insert(0, "seeds", len(at["host"]))
    return {"diffusion": table, "diffusion_draws": draws}


def _specialisation(cities: MultilayerNetwork) -> dict[str, pd.DataFrame]:
    """What flows places take part in more than others do; one layer says nothing of that."""
    counts = centrality.degree(cities)
    counts = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0]
    if counts.shape[1] < 2:
        return {}
    quotient = location_quotient(counts)
    table = pd.DataFrame(
        {
            "links": counts.sum(axis=1),
            "krugman_index": krugman_index(counts),
            "most_special_in": quotient.idxmax(axis=1),
            "quotient": quotient.max(axis=1),
        }
    ).sort_values("links", ascending=False, kind="stable")
    return {"specialisation": table, "location_quotients": quotient.loc[table.index]}


def _spread(cities: MultilayerNetwork) -> dict[str, pd.DataFrame]:
    """Inequality of strength over places in each period."""
    if not cities.layers or cities._link_rows().period is None:
        return {}
    periods = split_periods(cities)
    if len(periods) < 2:
        return {}
    strength = pd.DataFrame(
        {period: centrality.overlapping_strength(one) for period, one in periods.items()}
    )
    positive = strength[(strength > 0).all(axis=1)]
    if len(positive) < FEWEST:
        return {}
    spreads: tuple[Spread, ...] = ("log_sd", "theil")
    table = pd.DataFrame({name: sigma_convergence(positive, spread=name) for name in spreads})
    table = table.rename_axis("period").assign(places=len(positive))
    return {"convergence": table, "strength_by_period": positive}
