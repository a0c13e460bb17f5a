"""Nodes outside their jurisdiction, at the level of the study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from netinnov.linkages import find_enclaves
from netinnov.study._context import Context
from netinnov.study._section import Section, Sentence, Table
from netinnov.study._words import are, counted, joined, name, phrase

__all__ = ["ENCLAVES", "Enclaves", "compute"]

RULES = {
    "population": "is the larger of the two places, forward if its home is",
    "pagerank": "has the higher PageRank, forward if its home has",
}


@dataclass(frozen=True, slots=True, eq=False)
class Enclaves:
    """Enclaves (columns node, home, host, direction and what is known of each), and their ranks."""

    table: pd.DataFrame
    ranked_by: Literal["population", "pagerank"]
    names: dict[Any, str]


def compute(context: Context) -> Enclaves:
    cities, inside = context.cities, context.inside
    people = cities.storage.places["population"].reindex(cities.storage.nodes["place"])
    known = bool(people.notna().all())
    table = find_enclaves(
        inside,
        rank=people if known else context.pagerank,
        level=context.configuration.places.level,
    )
    shown = [
        column for column in ("name", "kind", "type", "opened") if column in inside.storage.nodes
    ]
    about = inside.storage.nodes[shown].reindex(table["node"]).reset_index(drop=True)
    return Enclaves(
        pd.concat([table, about], axis=1), "population" if known else "pagerank", context.names
    )


def tell(result: Enclaves) -> Iterator[Sentence]:
    table = result.table
    if table.empty:
        yield Sentence(
            "No enclave was found: no node stands outside its jurisdiction. Where tables do not "
            "say whose a node is, it counts as belonging to its place, and none can be found.",
            ("enclaves",),
        )
        return
    kinds = table["direction"].astype("str").where(table["direction"].notna(), "not ranked")
    listed = joined([f"{n:,} {direction}" for direction, n in kinds.value_counts().items()])
    text = phrase(
        "{}: {}. An enclave is reverse if its host {}.",
        counted(len(table), "enclave"),
        listed,
        RULES[result.ranked_by],
    )
    yield Sentence(text, ("enclaves",))
    for end in ("host", "home"):
        top = table[end].dropna().value_counts().head(3)
        named = [phrase("{} ({:,})", name(result.names[at]), n) for at, n in top.items()]
        yield Sentence(phrase("Most frequent {}s: {}.", end, joined(named)), ("enclaves",))


def offer(result: Enclaves) -> Iterator[Sentence]:
    n, reverse = len(result.table), int((result.table["direction"] == "reverse").sum())
    if n:
        text = (
            f"The data hold {counted(n, 'enclave')}, of which {reverse:,} {are(reverse)} reverse."
        )
        yield Sentence(text, ("enclaves",))


def tables(result: Enclaves) -> Iterator[Table]:
    frame = result.table.assign(ranked_by=result.ranked_by)
    first = ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    view = frame.assign(**{end: frame[end].map(result.names) for end in ("home", "host")})
    yield Table(
        "enclaves",
        frame,
        "Nodes whose place is neither their jurisdiction nor inside it.",
        view=view,
        on_page=bool(len(frame)),
    )


ENCLAVES = Section("enclaves", "The enclaves in the data", compute, tell, tables, offer=offer)
