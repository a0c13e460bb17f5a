"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from netinnov.linkages import find_enclaves
from netinnov.linkages._ranking import POPULATION, STRENGTH, Ranking, ranking
from netinnov.study._context import Context
from netinnov.study._places import check_column
from netinnov.study._section import Part, Result, Sentence, Table
from netinnov.study._words import are, counted, foremost, joined, name

HEADING = "The enclaves in the data"
DIRECTIONS = {  # and what is said of each
    "reverse": "reverse",
    "forward": "forward",
    "level": "a tie (home and host rank the same)",
    "unknown": "of unknown direction (no ranking of home or host)",
}
PARK = "park"  # the kind of node that is named first; others belong to it, such as its operator


class EnclavesPart(Part, part="enclaves"):
    example: ClassVar[str] = """\
[enclaves]                    # which way the enclaves in the data reach: reverse, if their host
                              # ranks higher than their home, or forward
# rank = "strength"           # by what places rank: a column of the places, or the strength of
                              # places in the layers that do not make the enclaves; by default
                              # population, and strength where home or host have none
"""

    rank: Annotated[str, Field(min_length=1)] | None = None


def ranked(context: Context) -> Ranking:
    """By what places rank, checked before anything is measured."""
    rank, places = context.settings(EnclavesPart).rank, context.inside.storage.places
    if rank not in (None, STRENGTH):
        check_column("enclaves.rank", str(rank), [STRENGTH, *places.columns])
    return ranking(context.inside, rank=rank, level=context.configuration.places.level)


OPTIONS, CHECK = EnclavesPart, ranked


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
    ranking: Ranking
    joined_by: int = 0

    @property
    def counted(self) -> pd.DataFrame:
        """The enclaves that are counted: parks where there are any, else all nodes."""
        parks = _is_park(self.table["kind"])
        return self.table[parks] if parks.any() else self.table

    @property
    def directions(self) -> dict[str, int]:
        """How many of these have each direction, in a fixed order."""
        counts = self.counted["direction"].value_counts()
        return {word: int(counts[word]) for word in DIRECTIONS if word in counts.index}

    def direction(self, home: str, host: str) -> str:
        """Which way an enclave of one place in another reaches."""
        return self.ranking.direction(self.context.inside, home, host)

    @property
    def called(self) -> str:
        of_kind = " of kind park" if _is_park(self.counted["kind"]).any() else ""
        return counted(len(self.counted), "enclave") + of_kind


def compute(context: Context) -> Enclaves:
    inside, incidence, rank = context.inside, context.loaded.incidence, context.once(ranked)
    nodes, unranked = inside.storage.nodes, pd.Series(dtype=np.float64)
    by_place, table = find_enclaves(inside, rank=unranked), rank.find(inside)
    shown = [column for column in ("name", "kind", "type", "opened") if column in nodes]
    table = table.join(nodes[shown], on="node")
    parks_first = np.argsort(~_is_park(table["kind"]), kind="stable")
    table = table.iloc[parks_first].reset_index(drop=True)
    joined_by = 0  # outside their jurisdiction, and no nodes any more, as links were made of them
    if incidence is not None:
        every = find_enclaves(incidence.network, rank=unranked, level=rank.level)["node"]
        joined_by = int((~every.isin(context.network.storage.nodes.index)).sum())
    funnel, within = _funnel(context, by_place, table), len(by_place) - len(table)
    return Enclaves(context, table, funnel, within, rank, joined_by)


def _is_park(kinds: pd.Series) -> npt.NDArray[np.bool_]:
    return (kinds == PARK).fillna(False).to_numpy(bool)


def _funnel(context: Context, by_place: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    kinds = context.network.storage.nodes["kind"]
    located = context.network.storage.place_codes >= 0
    steps: list[tuple[str, pd.Series, int | None]] = [("nodes", kinds, None)]
    steps.append(("with a place", kinds[located], None))
    if context.configuration.places.keep:
        steps.append(("in the places kept", context.inside.storage.nodes["kind"], None))
    parts = {
        "outside their jurisdiction": by_place,
        "in another unit at the level of the study: enclaves": table,
    }
    for word, text in DIRECTIONS.items():
        if len(part := table[table["direction"] == word]):
            parts[f"of these {text}"] = part
    for text, part in parts.items():
        pairs = part[["home", "host"]].drop_duplicates()
        steps.append((text, kinds.reindex(part["node"]), len(pairs)))
    funnel = pd.DataFrame(
        {
            "step": [text for text, _, _ in steps],
            "nodes": [len(held) for _, held, _ in steps],
            "parks": [int(_is_park(held).sum()) for _, held, _ in steps],
        }
    )
    funnel["other_nodes"] = funnel["nodes"] - funnel["parks"]
    return funnel.assign(pairs=pd.array([pairs for *_, pairs in steps], "Int64"))


def tell(result: Enclaves) -> Iterator[Sentence]:
    table, sources = result.table, ("enclaves", "enclave_funnel")
    if n := result.joined_by:
        its, it = ("its", "it") if n == 1 else ("their", "them")
        text = f"{counted(n, 'node')} outside {its} jurisdiction {are(n)} not counted, as [data] "
        text += f"project makes links of {it}: without it a study looks at the table as it is."
        yield Sentence(text, ("enclave_funnel",))
    if table.empty:
        other = "other " if result.joined_by else ""
        text = f"No {other}enclave was found: no {other}node stands outside its jurisdiction"
        if result.within:
            text += f" in another unit ({result.within:,} stand outside it inside one unit)"
        text += ". Where tables do not say whose a node is, it counts as belonging to its place, "
        yield Sentence(f"{text}and none can be found.", sources)
        return
    enclaves = result.counted
    pairs = counted(len(enclaves[["home", "host"]].drop_duplicates()), "pair")
    listed = joined([f"{n:,} {DIRECTIONS[word]}" for word, n in result.directions.items()])
    text = f"{result.called} in {pairs} of a home and a host: {listed}. An enclave is reverse if "
    text += "its host ranks higher than its home, forward if its home does"
    yield Sentence(f"{text}; {_ranked_by(result)}.", sources)
    others = table["kind"].drop(enclaves.index)
    if len(others):
        kinds = others.astype(object).where(others.notna(), "none given").value_counts()
        listed = joined([f"{name(kind)} ({n:,})" for kind, n in kinds.items()])
        text = "Nodes of other kinds that stand outside their jurisdiction are not counted: "
        yield Sentence(f"{text}{listed}.", sources)
    if (n := result.within) > 0:
        stand = "node stands outside its" if n == 1 else "nodes stand outside their"
        they = "it is" if n == 1 else "they are"
        text = f"{n:,} more {stand} jurisdiction, but inside the same unit at the level of the "
        yield Sentence(f"{text}study; {they} not counted.", ("enclave_funnel",))
    for end in ("host", "home"):
        counts = enclaves[end].dropna().value_counts()
        named = foremost(counts, lambda at, n: f"{result.name(at)} ({n:,})", "as often")
        yield Sentence(f"Most frequent {end}s: {named}.", ("enclaves",))


def _ranked_by(result: Enclaves) -> str:
    by, enclaves = result.ranking, result.counted
    counts = enclaves["ranked_by"].value_counts()
    if counts.empty:
        why = [f"home or host has no {name(each)}" for each in by.numbers if each != STRENGTH]
        if STRENGTH in by.numbers:
            other = "home or host has no link in the other layers"
            why.append(other if by.layers else "no layer was observed but those of the enclaves")
        return (
            f"no direction is known, as {joined(why)} ([enclaves] rank can name a column that does)"
        )
    words = {each: name(each) for each in by.numbers}
    if STRENGTH in words:
        layers = joined([name(layer) for layer in by.layers])
        words[STRENGTH] = f"strength in {layers}, without the links of enclaves"
    parts = [f"{words[str(each)]} ({n:,})" for each, n in counts.items()]
    text = f"places rank by {joined(parts) if len(parts) > 1 else words[str(counts.index[0])]}"
    turned, known = by.turned(result.context.inside, enclaves[enclaves["ranked_by"] != POPULATION])
    return f"{text}; by population {turned:,} of {known:,} would turn" if known else text


def offer(result: Enclaves) -> Iterator[Sentence]:
    if len(result.table):
        of_all = len(result.counted)
        listed = [
            f"{'all' if n == of_all > 1 else f'{n:,}'} {DIRECTIONS[word]}"
            for word, n in result.directions.items()
        ]
        text = f"The data hold {result.called}: {joined(listed)}."
        yield Sentence(text, ("enclaves", "enclave_funnel"))


def tables(result: Enclaves) -> Iterator[Table]:
    caption = "From the records to the enclaves: nodes left at each step, how many of them are "
    caption += "parks, and pairs of a home and a host."
    some = bool(len(result.table) or result.within)
    yield Table("enclave_funnel", result.funnel, caption, whole=True, on_page=some)
    frame, first = result.table, ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    ends = {end: frame[end].map(result.names) for end in ("home", "host")}
    view = frame.assign(**ends)
    caption = "Nodes whose place is neither their jurisdiction nor inside it, at the level of the "
    caption += "study; parks first. The direction is unknown without a ranking of both places, and "
    caption += "level in a tie."
    yield Table("enclaves", frame, caption, view=view, on_page=bool(len(frame)))
