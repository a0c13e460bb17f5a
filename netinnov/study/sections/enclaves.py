"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov.linkages import find_enclaves
from netinnov.study._context import Context
from netinnov.study._section import Result, Sentence, Table
from netinnov.study._words import are, counted, joined, name, phrase

HEADING = "The enclaves in the data"

RULES = {
    "population": "is the larger of the two places, forward if its home is",
    "pagerank": "has the higher PageRank, forward if its home has",
}
DIRECTIONS = {
    "reverse": "reverse",
    "forward": "forward",
    "level": "a tie (home and host rank the same)",
    "unknown": "of unknown direction (no ranking of home or host)",
}
"""What is said of each direction."""

PARK = "park"
"""The kind of node that is named first; others belong to it, such as its operator."""


@dataclass(frozen=True, slots=True, eq=False)
class Enclaves(Result):
    """Enclaves (columns node, home, host, direction and what is known of each), and their ranks.

    `funnel` counts nodes, parks among them and pairs of home and host, from the records to the
    directions; `within` is how many stand outside their jurisdiction in the same unit; `joined_by`
    how many do of those that [data] project makes links of.
    """

    table: pd.DataFrame
    funnel: pd.DataFrame
    within: int
    ranked_by: Literal["population", "pagerank"]
    joined_by: int = 0

    @property
    def counted(self) -> pd.DataFrame:
        """The enclaves that are counted: parks where there are any, else all nodes."""
        parks = _is_park(self.table["kind"])
        return self.table[parks] if parks.any() else self.table

    @property
    def directions(self) -> dict[str, int]:
        """How many of these have each direction, in a fixed order."""
        counts = _direction(self.counted).value_counts()
        return {word: int(counts[word]) for word in DIRECTIONS if word in counts.index}

    @property
    def called(self) -> str:
        """Their number, in words."""
        of_kind = " of kind park" if _is_park(self.counted["kind"]).any() else ""
        return counted(len(self.counted), "enclave") + of_kind


def compute(context: Context) -> Enclaves:
    cities, inside = context.cities, context.inside
    people = cities.storage.places["population"].reindex(cities.storage.nodes["place"])
    known = bool(people.notna().all())
    rank = people if known else context.pagerank
    level = context.configuration.places.level
    by_place = find_enclaves(inside, rank=rank)
    table = find_enclaves(inside, rank=rank, level=level)
    shown = [
        column for column in ("name", "kind", "type", "opened") if column in inside.storage.nodes
    ]
    about = inside.storage.nodes[shown].reindex(table["node"]).reset_index(drop=True)
    table = pd.concat([table, about], axis=1)
    parks_first = np.argsort(~_is_park(table["kind"]), kind="stable")
    table = table.iloc[parks_first].reset_index(drop=True)
    return Enclaves(
        context,
        table,
        _funnel(context, by_place, table),
        len(by_place) - len(table),
        "population" if known else "pagerank",
        _joined_by(context, rank, level),
    )


def _joined_by(context: Context, rank: pd.Series, level: int) -> int:
    """Nodes outside their jurisdiction that are no nodes any more, as links were made of them."""
    incidence = context.loaded.incidence
    if incidence is None:
        return 0
    table = find_enclaves(incidence.network, rank=rank, level=level)
    return int((~table["node"].isin(context.network.storage.nodes.index)).sum())


def _is_park(kinds: pd.Series) -> npt.NDArray[np.bool_]:
    return (kinds == PARK).fillna(False).to_numpy(bool)


def _direction(table: pd.DataFrame) -> pd.Series:
    return table["direction"].astype(object).where(table["direction"].notna(), "unknown")


def _funnel(context: Context, by_place: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """From the records to the enclaves: how many nodes are left at each step."""
    kinds = context.network.storage.nodes["kind"]
    located = context.network.storage.place_codes >= 0
    steps: list[tuple[str, pd.Series, int | None]] = [
        ("nodes", kinds, None),
        ("with a place", kinds[located], None),
    ]
    if context.configuration.places.keep:
        steps.append(("in the places kept", context.inside.storage.nodes["kind"], None))
    for text, part in (
        ("outside their jurisdiction", by_place),
        ("in another unit at the level of the study: enclaves", table),
        *(
            (f"of these {DIRECTIONS[word]}", table[_direction(table) == word])
            for word in DIRECTIONS
        ),
    ):
        if len(part) or not text.startswith("of these"):
            pairs = part[["home", "host"]].drop_duplicates()
            steps.append((text, kinds.reindex(part["node"]), len(pairs)))
    rows = [
        (text, len(held), int(_is_park(held).sum()), len(held) - int(_is_park(held).sum()), pairs)
        for text, held, pairs in steps
    ]
    funnel = pd.DataFrame(rows, columns=["step", "nodes", "parks", "other_nodes", "pairs"])
    funnel["pairs"] = funnel["pairs"].astype("Int64")
    return funnel


def tell(result: Enclaves) -> Iterator[Sentence]:
    table = result.table
    if n := result.joined_by:
        nodes = counted(n, "node")
        yield Sentence(
            f"{nodes} outside {'its' if n == 1 else 'their'} jurisdiction {are(n)} not counted, as "
            f"[data] project makes links of {'it' if n == 1 else 'them'}: without it a study looks "
            "at the table as it is.",
            ("enclave_funnel",),
        )
    if table.empty:
        text = "No enclave was found: no node stands outside its jurisdiction"
        if result.joined_by:
            text = "No other enclave was found: no other node stands outside its jurisdiction"
        if result.within:
            text += f" in another unit ({result.within:,} stand outside it inside one unit)"
        yield Sentence(
            f"{text}. Where tables do not say whose a node is, it counts as belonging to its "
            "place, and none can be found.",
            ("enclaves", "enclave_funnel"),
        )
        return
    enclaves = result.counted
    listed = joined([f"{n:,} {DIRECTIONS[word]}" for word, n in result.directions.items()])
    text = phrase(
        "{} in {} of a home and a host: {}. An enclave is reverse if its host {}.",
        result.called,
        counted(len(enclaves[["home", "host"]].drop_duplicates()), "pair"),
        listed,
        RULES[result.ranked_by],
    )
    yield Sentence(text, ("enclaves", "enclave_funnel"))
    others = table["kind"].drop(enclaves.index)
    if len(others):
        kinds = others.astype(object).where(others.notna(), "none given").value_counts()
        named = [phrase("{} ({:,})", name(kind), n) for kind, n in kinds.items()]
        text = "Nodes of other kinds that stand outside their jurisdiction are not counted: {}."
        yield Sentence(phrase(text, joined(named)), ("enclaves", "enclave_funnel"))
    if (n := result.within) > 0:
        one = "1 more node stands outside its jurisdiction, but inside the same unit at the level "
        many = (
            f"{n:,} more nodes stand outside their jurisdiction, but inside the same unit at the "
        )
        text = one + "of the study; it is" if n == 1 else many + "level of the study; they are"
        yield Sentence(f"{text} not counted.", ("enclave_funnel",))
    for end in ("host", "home"):
        top = enclaves[end].dropna().value_counts().head(3)
        named = [phrase("{} ({:,})", result.name(at), n) for at, n in top.items()]
        yield Sentence(phrase("Most frequent {}s: {}.", end, joined(named)), ("enclaves",))


def offer(result: Enclaves) -> Iterator[Sentence]:
    if len(result.table):
        reverse = result.directions.get("reverse", 0)
        direction = f"{reverse:,} {are(reverse)} reverse"
        if reverse == len(result.counted) > 1:
            direction = "all are reverse"
        text = f"The data hold {result.called}; {direction}."
        yield Sentence(text, ("enclaves", "enclave_funnel"))


def tables(result: Enclaves) -> Iterator[Table]:
    yield Table(
        "enclave_funnel",
        result.funnel,
        "From the records to the enclaves: nodes left at each step, how many of them are parks, "
        "and pairs of a home and a host.",
        whole=True,
        on_page=bool(len(result.table) or result.within),
    )
    frame = result.table.assign(ranked_by=result.ranked_by)
    first = ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    view = frame.assign(
        direction=_direction(frame),
        **{end: frame[end].map(result.names) for end in ("home", "host")},
    )
    yield Table(
        "enclaves",
        frame,
        "Nodes whose place is neither their jurisdiction nor inside it, at the level of the study; "
        "parks first. The direction is unknown without a ranking of both places, and level in a "
        "tie.",
        view=view,
        on_page=bool(len(frame)),
    )
