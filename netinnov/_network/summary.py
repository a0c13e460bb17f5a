"""A network in a line, and as a table in a notebook."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd

from netinnov._runtime.display import table, without_controls

NAMED = 6  # layers that the line names, and kinds
ROWS = 12  # layers of the table


def as_text(n_nodes: int, n_places: int, links: Mapping[str, int]) -> str:
    where = f" in {_count(n_places, 'place')}" if n_places else ""
    names = ", ".join([*links][:NAMED]) + (", ..." if len(links) > NAMED else "")
    names = without_controls(names, one_line=True)
    listed = f" ({names})" if names else ""
    n_links = _count(sum(links.values()), "link")
    counted = f"{_count(n_nodes, 'node')}{where}, {n_links} in {_count(len(links), 'layer')}"
    return f"MultilayerNetwork: {counted}{listed}"


def as_html(
    n_nodes: int,
    n_places: int,
    links: Mapping[str, int],
    weights: Sequence[float],
    flags: pd.DataFrame,
    kinds: pd.Series,
) -> str:
    answers = flags.map({True: "yes", False: "no"}.get).to_numpy()
    rows = [
        (layer, f"{size:,}", f"{weight:,.6g}", *row)
        for (layer, size), weight, row in zip(links.items(), weights, answers, strict=True)
    ]
    layers = table(rows[:ROWS], ("layer", "links", "weight", *flags.columns))
    counts = [f"{html.escape(str(kind))} {n:,}" for kind, n in kinds.value_counts().items()]
    more = f"<p>{len(links) - ROWS:,} more layers</p>" if len(links) > ROWS else ""
    counts = counts[:NAMED] + ["..."] * (len(counts) > NAMED)
    of_kinds = f" ({', '.join(counts)})" if counts else ""
    where = f" in {_count(n_places, 'place')}" if n_places else ""
    head = f"<b>MultilayerNetwork</b>: {_count(n_nodes, 'node')}{of_kinds}{where}"
    return f"<p>{head}</p>{layers}{more}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
