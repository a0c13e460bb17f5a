"""Networks and projects of Pajek, with one or several relations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple

from netinnov._network.columns import own_names
from netinnov._network.numeric_columns import number_of
from netinnov._runtime.arguments import examples
from netinnov._runtime.opening import check_table
from netinnov.errors import InputError
from netinnov.sources import _parsed_lines as parsing
from netinnov.sources._parsed_lines import Link, Parsed

# Of lines without blanks at their ends; possessive, so that a line of any length is read once.
RELATION = re.compile(
    r'\*(arcslist|edgeslist|arcs|edges|matrix)\b\s*+(?::\s*+(\d++))?\s*+(?:"([^"]*+)"|([^"\s][^"]*+))?',
    re.IGNORECASE,
)
PREFIX = re.compile(r"(\d++)\s*+:(.*)")
CLASS = re.compile(r"(\d{1,15}+)(?:\s*+[-=:]|\s)\s*+(\S.*)")
BATCH = 2**16  # links that are read at once
UNKNOWN = 999999998.0  # Pajek's number for a missing value of a vector
SHAPES = ("ellipse", "box", "diamond", "triangle", "cross", "empty", "house", "man", "woman")
# How vertices and lines are drawn, which is no matter of the network.
DRAWN = re.compile(
    "s_size|x_fact|y_fact|phi|r|q|ic|bc|bw|lc|la|lr|lphi|fos|font|size|w|c|p|s|a|ap|l|lp|h1|h2|a1|"
    "k1|k2|a2"
)
ENDS = ("from", "to", "weight")
OTHERS = ("*partition", "*vector", "*cluster", "*permutation", "*hierarchy")


class Part(NamedTuple):
    where: str
    title: str
    body: list[tuple[str, str]]
    comments: list[str]

    @property
    def kind(self) -> str:
        return self.title.split()[0].casefold()


def parse_pajek(name: str, lines: parsing.Lines) -> Parsed:
    labels: list[str] | None = None
    bare: list[str] = []
    ids: Sequence[str] = ()
    columns: dict[str, Any] = {}
    layers: dict[str | None, str] = {None: "links"}
    arcs: list[Link] = []
    edges: list[Link] = []
    for part in _parts(lines):
        if part.kind == "*vertices":
            if labels is not None:
                raise InputError(
                    f"{part.where}: a file must hold one network; a second one begins here; "
                    "give it a file of its own."
                )
            labels, columns, bare = _vertices(name, part)
            ids = parsing.ids_of(labels, [str(at + 1) for at in range(len(labels))])
        elif match := RELATION.fullmatch(part.title):
            if labels is None:
                raise InputError(f"{part.where}: a line '*Vertices n' must stand before the links.")
            form, number, quoted, plain = match.groups()
            layers[number] = quoted or plain or layers.get(number) or str(number)
            part_links = _links(part, form.casefold(), layers[number], layers, ids)
            held = edges if form.casefold().startswith("edges") else arcs
            _add(held, part_links, name, len(arcs) + len(edges) - len(held))
        elif part.kind in OTHERS:
            if not part.body:
                raise InputError(
                    f"{part.where}: the values of {part.title!r} must follow; there are none; "
                    "get the file again."
                )
            if labels is not None and part.kind in OTHERS[:2]:
                title = " ".join(part.title.split()[1:]) or part.kind[1:]
                title = re.sub(r"\.(clu|vec)$", "", title, flags=re.IGNORECASE)  # its file's ending
                columns[title] = _values(part, len(labels))
        elif part.kind != "*network":
            raise InputError(
                f"{part.where}: {part.title[:40]!r} is not a section of Pajek's, such as "
                "'*Vertices 71'; is it damaged, or has it another delimiter?"
            )
    if labels is None:
        raise InputError(
            f"{name} must hold a network; none of its {len(lines)} lines is '*Vertices n'."
        )

    directed = frozenset(link.layer for link in arcs)
    both_ways = [edge for edge in edges if edge.layer in directed and edge.source != edge.target]
    back = [edge._replace(source=edge.target, target=edge.source) for edge in both_ways]
    links = parsing.link_table(name, [*arcs, *edges, *back], parsing.attribute)
    notes = [*_numbered_alone(name, bare, len(labels)), *_turned(name, both_ways)]
    return Parsed(parsing.node_table(ids, labels, columns), links, directed, notes)


def _add(held: list[Link], more: Iterator[Link], name: str, others: int) -> None:
    while batch := [*islice(more, BATCH)]:
        held += batch
        check_table(name, others + len(held), len(ENDS) + 1)


def _numbered_alone(name: str, bare: Sequence[str], n: int) -> Iterator[str]:
    if 0 < len(bare) < n:
        numbered = f"{len(bare):,} of {n:,} ({examples(bare, str)})"
        yield f"{name}: vertices without a line, called by their numbers: {numbered}."


def _turned(name: str, both_ways: Sequence[Link]) -> Iterator[str]:
    if mixed := sorted({edge.layer for edge in both_ways}):
        yield f"{name}: layers of arcs in which each edge is two: {examples(mixed)}."


def _parts(lines: parsing.Lines) -> list[Part]:
    parts: list[Part] = []
    for where, text in lines:
        if text.startswith("*"):
            if text.count('"') % 2:
                raise InputError(
                    f"{where}: a quotation mark is not closed ({text[:40]!r}); is the file cut off?"
                )
            begun = parts and parts[-1].kind in OTHERS and not parts[-1].body
            if not (begun and text.casefold().startswith("*vertices")):  # above its values
                parts.append(Part(where, text, [], []))
        elif text.startswith("%"):
            if parts:
                parts[-1].comments.append(text[1:])
        elif text:
            if not parts:
                raise InputError(
                    f"{where}: a Pajek file must begin with a line such as '*Vertices n'; "
                    f"found {text[:40]!r}."
                )
            parts[-1].body.append((where, text))
    return parts


def _vertices(name: str, part: Part) -> tuple[list[str], dict[str, Any], list[str]]:
    digits = [*part.title.split(), ""][1]
    if not re.fullmatch("[0-9]{1,15}", digits):
        raise InputError(
            f"{part.where}: the number of vertices must follow '*Vertices'; found {part.title!r}."
        )
    n = int(digits)
    check_table(name, n, len(ENDS))  # not every vertex needs a line
    labels = [str(at + 1) for at in range(n)]
    cells: dict[str, list[str]] = {}
    spots: dict[int, list[str]] = {}
    for where, text in part.body:
        row = parsing.fields(text)
        at = _vertex(row[0], n, where, "number") - 1
        if at in spots:
            raise InputError(f"{where}: the vertex {row[0]} stands there twice; keep one line.")
        if len(row) > 1:
            labels[at] = row[1]
        spots[at] = list(takewhile(_is_number, row[2:5]))
        rest = row[2 + len(spots[at]) :]
        if rest and rest[0].casefold() in SHAPES:
            rest = rest[1:]
        for column, value in _pairs(rest, where).items():
            if column not in cells:
                check_table(name, n, len(cells) + len(ENDS))
                cells[column] = [""] * n
            cells[column][at] = value
    bare = [labels[at] for at in range(n) if at not in spots]
    spots = {at: spot for at, spot in spots.items() if len(spot) > 1}
    if not all(0 <= float(value) <= 1 for spot in spots.values() for value in spot[:2]):
        for axis, column in enumerate(own_names(["x", "y"], cells)):
            cells[column] = [spots[at][axis] if at in spots else "" for at in range(n)]
    return labels, {name: parsing.attribute(values) for name, values in cells.items()}, bare


def _links(
    part: Part, form: str, layer: str, layers: dict[str | None, str], ids: Sequence[str]
) -> Iterator[Link]:
    if form == "matrix":
        yield from _matrix(part, layer, ids)
        return

    def end(text: str, column: str) -> str:
        return ids[_vertex(text, len(ids), where, column) - 1]

    for where, text in part.body:
        prefix = PREFIX.fullmatch(text)  # the number of a relation
        own_layer = layers.setdefault(prefix[1], prefix[1]) if prefix else layer
        row = parsing.fields(prefix[2] if prefix else text)
        if len(row) < 2:
            raise parsing.refuse_line(where, row, ENDS)
        source = end(row[0], "from")
        if form.endswith("list"):
            yield from (Link(own_layer, source, end(to, "to"), None, {}) for to in row[1:])
            continue
        target = end(row[1], "to")
        weight = parsing.weight_of(row[2], where) if len(row) > 2 else None
        more = _pairs(row[3:], where)
        # Files of this package say the layer on each line: a relation may be a period of it.
        yield Link(more.pop("layer", own_layer), source, target, weight, more)


def _matrix(part: Part, layer: str, ids: Sequence[str]) -> Iterator[Link]:
    n = len(ids)
    if len(part.body) != n:
        raise InputError(
            f"{part.where}: a matrix must have {n} rows, one a vertex; it has "
            f"{len(part.body)}; is the file cut off?"
        )
    for source, (where, text) in zip(ids, part.body, strict=True):
        row = parsing.fields(text)
        if len(row) != n:
            raise InputError(f"{where} must have {n} numbers, one a vertex; it has {len(row)}.")
        for target, value in zip(ids, row, strict=True):
            if number_of(value) != 0:
                yield Link(layer, source, target, parsing.weight_of(value, where), {})


def _values(part: Part, n: int) -> Sequence[Any]:
    if len(part.body) != n:
        raise InputError(
            f"{part.where}: {part.title!r} must have {n} values, one a vertex; it has "
            f"{len(part.body)}; is the file cut off?"
        )
    values = []
    for where, text in part.body:
        if not _is_number(text):
            raise InputError(
                f"{where}: a value of {part.title!r} must be a number; found {text!r}."
            )
        values.append(number_of(text))
    if part.kind == "*vector":
        return [None if value == UNKNOWN else value for value in values]
    named: dict[int, str] = {}
    for comment in part.comments:
        matches = [CLASS.fullmatch(piece.strip()) for piece in comment.split(";")]
        named |= {int(match[1]): match[2] for match in matches if match and all(matches)}
    if not all(value.is_integer() and abs(value) < 2**53 for value in values):
        raise InputError(
            f"{part.where}: classes of {part.title!r} must be whole numbers below 2**53; not "
            "all are."
        )
    codes = [int(value) for value in values]
    return [named.get(code) for code in codes] if {*codes} - {0} <= {*named} else codes


def _vertex(text: str, n: int, where: str, column: str) -> int:
    if not re.fullmatch("[0-9]{1,40}", text) or not 1 <= int(text) <= n:
        raise InputError(
            f"{where}, column {column!r}: a vertex must be a whole number from 1 to {n}; "
            f"found {text!r}."
        )
    return int(text)


def _pairs(cells: Sequence[str], where: str) -> dict[str, str]:
    """Names and values; times such as [1-3] are alone."""
    if len(cells) % 2 and cells[-1].startswith("["):
        cells = [*cells[:-1], "time", cells[-1]]
    if len(cells) % 2:
        raise InputError(
            f"{where}: after the fixed fields names and values must alternate; {cells[-1]!r} has "
            "no value. Is a name with blanks not in quotation marks?"
        )
    pairs = dict(zip(cells[::2], cells[1::2], strict=True))
    return {column: value for column, value in pairs.items() if not DRAWN.fullmatch(column)}


def _is_number(text: str) -> bool:
    return math.isfinite(number_of(text))
