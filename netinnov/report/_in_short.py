"""The top of the report: what network this is, what was found, and what that cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from netinnov.plotting import mark_modelled
from netinnov.report._parts import Finding
from netinnov.report._words import counted, names_of, number, parameters, some, together

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find_short"]

_KINDS = 3


def find_short(study: Study, headline: list[Finding]) -> list[Finding]:
    """A few sentences for those who read no further; `headline` is what the experiment found."""
    return [*_network(study), *_structure(study), *headline, *_caution(study, tried=bool(headline))]


def _network(study: Study) -> list[Finding]:
    layers, kinds, cities = study.tables.get("layers"), study.tables.get("kinds"), study.cities
    places = counted(cities.n_nodes, "place")
    if layers is None or kinds is None:
        return [Finding(f"The report looks at {places}.", ("map_places",))]
    text = f"The network has {counted(int(kinds['nodes'].sum()), 'node')}"
    if len(kinds) > 1:
        most = kinds.sort_values("nodes", ascending=False, kind="stable").head(_KINDS)
        named = [f"{kind} ({n:,})" for kind, n in zip(most["kind"], most["nodes"], strict=True)]
        text += f", {'above all' if len(kinds) > _KINDS else 'of the kinds'} {together(named)},"
    text += f" and {counted(int(layers['links'].sum()), 'linked pair')} in "
    text += f"{counted(len(layers), 'layer')}"
    if study.modelled:
        text += f", of which {len(study.modelled):,} {_are(len(study.modelled))} modelled"
    text += f"; the report looks at {places}"
    if "members" in cities.nodes:
        text += f", to which {cities.nodes['members'].sum():,} of the nodes are added up"
    return [Finding(f"{text}.", ("layers", "kinds", "map_places"))]


def _structure(study: Study) -> list[Finding]:
    """Centres, communities and spread, or who is central; and the enclaves."""
    text, tables = _centres(study)
    if not text:
        text, tables = _central(study)
    enclaves = study.tables.get("enclaves")
    if enclaves is not None and len(enclaves):
        text += f" The data hold {counted(len(enclaves), 'enclave')}"
        if "direction" in enclaves:
            reverse = int((enclaves["direction"] == "reverse").sum())
            text += f", {reverse:,} of them reverse"
        text, tables = f"{text}.", (*tables, "enclaves")
    return [Finding(text.strip(), tables)] if text else []


def _centres(study: Study) -> tuple[str, tuple[str, ...]]:
    table, profile = study.tables.get("centres"), study.tables.get("profile")
    if table is None or table.empty:
        return "", ()
    centres = table.loc[table["centre"], "name"].tolist()
    what = f"{len(centres):,} of {counted(len(table), 'place')} {_are(len(centres))} "
    what += "a centre" if len(centres) == 1 else "centres"
    parts, tables = [what + (f" ({some(centres, len(centres))})" if centres else "")], ["centres"]
    communities = study.tables.get("communities")
    if communities is not None and len(communities):
        n = len(communities)
        parts.append(f"the links make {n:,} {'community' if n == 1 else 'communities'}")
        tables.append("communities")
    if profile is not None and profile["value"].reindex(["effective_number"]).notna().all():
        row = profile.loc[["effective_number"]].iloc[0]
        spread = f"links are spread as over {number(float(row['value']))} places of equal size"
        if pd.notna(row["low"]):
            ends = (number(float(row[end])) for end in ("low", "high"))
            spread += f" (95 % interval {' to '.join(ends)})"
        parts.append(spread)
        tables.append("profile")
    layers = study.tables["structure"].set_index("setting")["value"]["layers together"]
    kind = "modelled" if layers.split("; ")[0] in study.modelled else "observed"
    return f"In the {kind} layers {together(parts)}.", tuple(tables)


def _central(study: Study) -> tuple[str, tuple[str, ...]]:
    table = study.tables.get("centrality")
    if table is None or table.empty:
        return "", ()
    names = names_of(study)
    rank = table["pagerank"].sort_values(ascending=False, kind="stable").head(3)
    first = together([str(names.get(node, node)) for node in rank.index])
    return f"Most central, by PageRank over all layers: {first}.", ("centrality",)


def _caution(study: Study, *, tried: bool) -> list[Finding]:
    """What all of this can and cannot say."""
    text, tables = "", []
    moved = [layer for layer in parameters(study.scenario, "layer") if layer in study.modelled]
    if tried:
        text = "Caution: this is a calculation on a network, not a forecast: only the links "
        text += "change, at once, and nobody reacts."
        tables.append("scenario")
    if study.modelled:
        names = together([mark_modelled(layer, study.modelled) for layer in study.modelled])
        text = f"{text} {names}" if text else f"Caution: {names}"
        it, enters = ("it", "it enters") if len(study.modelled) == 1 else ("them", "they enter")
        text += f" {_are(len(study.modelled))} modelled, not observed; marked wherever {enters}, "
        text += f"and nothing is tested on {it}."
        if tried and moved:
            text += " The links of the experiment are modelled: it says what the model implies, "
            text += "not what is observed."
        tables.append("modelled")
    return [Finding(text, tuple(tables))] if text else []


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
