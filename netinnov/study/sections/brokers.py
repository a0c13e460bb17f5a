"""Brokers: nodes between two others that are not linked directly, by jurisdiction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from netinnov import centrality
from netinnov._hierarchy import units
from netinnov.study._context import Context
from netinnov.study._section import Result, Sentence, Table
from netinnov.study._structure_plan import StructurePart, plan
from netinnov.study._words import counted, foremost, joined, name, percent, times
from netinnov.study.sections import enclaves

HEADING = "Who are the brokers"
OPTIONS = StructurePart
BETWEEN = {
    "coordinator": "inside their own jurisdiction",
    "itinerant": "between two of one other jurisdiction",
    "gatekeeper": "from outside into their own",
    "representative": "from their own to outside",
    "liaison": "between two other jurisdictions",
}
ACROSS = [role for role in BETWEEN if role != "coordinator"]


@dataclass(frozen=True, slots=True, eq=False)
class Brokers(Result):
    """Brokers, those with most pairs first: pairs by role (Gould and Fernandez) and together."""

    table: pd.DataFrame
    enclaves: bool  # whether the data hold any enclave
    modelled: bool  # whether there are modelled layers, which are left out


def compute(context: Context) -> Brokers | None:
    observed = context.observed(context.inside)
    if context.once(plan) is None or not observed:
        return None
    inside = context.inside.select(layers=observed)
    known_enclaves = context.once(enclaves.compute).table["node"]
    places = inside.storage.places
    code = units(inside.storage.jurisdiction_codes, places, context.configuration.places.level)
    if not (code >= 0).all():
        inside = inside.select(nodes=list(inside.storage.nodes.index[code >= 0]))
        code = code[code >= 0]
    nodes = inside.storage.nodes
    jurisdiction = pd.Series(places.index.take(code), nodes.index)
    counts = centrality.brokerage(inside, groups=jurisdiction)
    table = nodes[[column for column in ("name", "kind") if column in nodes]].assign(
        jurisdiction=jurisdiction,
        enclave=nodes.index.isin(known_enclaves),
        **{str(role): counts[role] for role in counts},
        together=counts.sum(axis=1),
    )
    table = table.loc[table["together"] > 0].sort_values("together", ascending=False, kind="stable")
    modelled = len(observed) < len(context.inside.layers)
    return Brokers(context, table.rename_axis("node"), bool(len(known_enclaves)), modelled)


def tell(result: Brokers) -> Iterator[Sentence]:
    table, source = result.table, ("brokerage",)
    if table.empty:
        yield Sentence("No node stands between two others that are not linked directly.", source)
        return
    names = result.context.actors
    top = foremost(table["together"], lambda node, n: f"{name(names[node])} ({n:,})", "as often")
    text = "In the observed layers " if result.modelled else ""
    text += f"{counted(len(table), 'node')} {'stands' if len(table) == 1 else 'stand'} between two "
    text += f"others that are not linked directly, {times(int(table['together'].sum()))} in all; "
    yield Sentence(f"{text}most often {top}.", source)
    if not result.enclaves:
        return
    mine = table.loc[table["enclave"]]
    if mine.empty:
        yield Sentence("No enclave is among them.", source)
        return
    shown = [
        f"{times(int(mine[role].sum()))} {words} ({role})"
        for role, words in BETWEEN.items()
        if mine[role].any()
    ]
    verb = "is an enclave" if len(mine) == 1 else "are enclaves"
    text = f"{len(mine):,} of them {verb}: {joined(shown)}"
    if not mine["liaison"].any():
        text += ", never between two other jurisdictions (liaison)"
    across, of_mine = (int(part[ACROSS].sum().sum()) for part in (table, mine))
    if across:
        text += f". Of the paths across jurisdictions {percent(of_mine / across)} lead through one"
    yield Sentence(f"{text}.", source)


def tables(result: Brokers) -> Iterator[Table]:
    view = result.table.assign(jurisdiction=result.table["jurisdiction"].map(result.names))
    caption = "Nodes between two others that are not linked directly, by jurisdiction."
    yield Table("brokerage", result.table, caption, view=view)


def explain(_: Brokers) -> Iterator[Sentence]:
    yield Sentence("Pairs joined by a broker are counted in both directions where links have none.")
