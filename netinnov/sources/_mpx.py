"""The text format of multinet and uunet: sections of comma-separated lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from netinnov.errors import InputError
from netinnov.sources import _parsed_lines as parsing
from netinnov.sources._parsed_lines import Link, Parsed

SECTIONS = (
    *("VERSION", "TYPE", "LAYER ATTRIBUTES", "LAYERS", "ACTOR ATTRIBUTES", "NODE ATTRIBUTES"),
    *("VERTEX ATTRIBUTES", "EDGE ATTRIBUTES", "ACTORS", "NODES", "VERTICES", "EDGES"),
)
NUMERIC = ("NUMERIC", "DOUBLE", "INTEGER", "INT")
Value = str | float | None
Section = list[tuple[str, list[str]]]


def parse_mpx(name: str, lines: parsing.Lines, weight: str) -> Parsed:
    sections = _sections(lines)
    edges = sections["EDGES"]
    if not edges:
        msg = f"{name} must have a section #EDGES with lines; it ends in line {len(lines)} "
        raise InputError(f"{msg}without: is it cut off?")
    several = any(row[0].casefold() == "multilayer" for _, row in sections["TYPE"])
    layers = _layers(sections["LAYERS"], several=several)
    of_edges = _edge_attributes(sections["EDGE ATTRIBUTES"], layers, several=several)

    links = []
    head = ["actor", "layer", "actor", "layer"] if several else ["actor", "actor", "layer"]
    for where, row in edges:
        if len(row) < len(head):
            raise parsing.refuse_line(where, row, head)
        source, target, layer = (row[0], row[2], row[1]) if several else row[:3]
        if several and row[3] != layer:
            raise parsing.between_layers(where, layer, row[3])
        if layers and layer not in layers:
            msg = f"{where}, column 'layer': it must be one of #LAYERS ({', '.join(layers)}); "
            raise InputError(f"{msg}found {layer!r}.")
        columns = of_edges(layer)
        if len(row) != len(head) + len(columns):
            raise parsing.refuse_line(where, row, [*head, *columns])
        cells = dict(zip(columns, row[len(head) :], strict=True))
        size = parsing.weight_of(cells.pop(weight), where) if weight in cells else 1.0
        more = {key: _typed(cell, columns[key], where, key) for key, cell in cells.items()}
        links.append(Link(layer, source, target, size, more))

    ends = [end for link in links for end in (link.source, link.target)]
    actors, attributes = _actors(sections, ends)
    nodes = parsing.node_table(actors, actors, attributes)
    directed = frozenset(layer for layer in layers if layers[layer] == "DIRECTED")
    return Parsed(nodes, parsing.link_table(links), directed)


def _sections(lines: parsing.Lines) -> defaultdict[str, Section]:
    rows: defaultdict[str, Section] = defaultdict(list)
    section = "EDGES"
    for where, text in lines:
        if not text or text.startswith("--"):
            continue
        if text.startswith("#"):
            title = " ".join(text[1:].upper().split())
            section = next((s for s in SECTIONS if title == s or title.startswith(f"{s} ")), "")
            if not section:
                known = ", ".join(f"#{other}" for other in SECTIONS)
                raise InputError(f"{where}: a section must be one of {known}; found {text!r}.")
            if rest := text[1 + len(section) :].strip():
                rows[section].append((where, [rest]))
            continue
        rows[section].append((where, [field.strip() for field in text.split(",")]))
    return rows


def _layers(section: Section, *, several: bool) -> dict[str, str]:
    columns = ["layer", "layer", "direction"] if several else ["layer", "direction"]
    layers: dict[str, str] = {}
    for where, row in section:
        direction = row[len(columns) - 1].upper() if len(row) >= len(columns) else ""
        if direction not in ("DIRECTED", "UNDIRECTED"):
            raise parsing.refuse_line(where, row, columns)
        if several and row[0] != row[1]:
            continue
        if direction == "DIRECTED" or row[0] not in layers:
            layers[row[0]] = direction
    return layers


def _edge_attributes(
    section: Section, layers: Collection[str], *, several: bool
) -> Callable[[str], dict[str, str]]:
    own: defaultdict[str, dict[str, str]] = defaultdict(dict)
    everywhere = {}
    for where, row in section:
        if len(row) == 2:
            everywhere[row[0]] = row[1]
        elif len(row) == (4 if several else 3) and (not layers or row[0] in layers):
            own[row[0]][row[-2]] = row[-1]
        else:
            raise parsing.refuse_line(where, row, ["layer", "attribute", "type"])
    return lambda layer: own[layer] | everywhere


def _actors(
    sections: defaultdict[str, Section], ends: Iterable[str]
) -> tuple[list[str], dict[str, list[Value]]]:
    types, rows = {}, {}
    for where, row in sections["ACTOR ATTRIBUTES"]:
        if len(row) != 2:
            raise parsing.refuse_line(where, row, ["attribute", "type"])
        types[row[0]] = row[1]
    for where, row in sections["ACTORS"]:
        if len(row) != 1 + len(types):
            raise parsing.refuse_line(where, row, ["actor", *types])
        if row[0] in rows:
            raise InputError(f"{where}, column 'actor': {row[0]!r} stands there twice.")
        cells = zip(types, row[1:], strict=True)
        rows[row[0]] = [_typed(cell, types[key], where, key) for key, cell in cells]
    actors = [*dict.fromkeys([*rows, *ends])]
    unknown: list[Value] = [None] * len(types)
    cells_of = [rows.get(actor, unknown) for actor in actors]
    return actors, {key: [row[at] for row in cells_of] for at, key in enumerate(types)}


def _typed(text: str, kind: str, where: str, column: str) -> Value:
    """Blank is missing, and ``NA`` where it should be a number."""
    numeric = kind.upper() in NUMERIC
    if text == "" or (numeric and text == "NA"):
        return None
    try:
        return float(text) if numeric else text
    except ValueError:
        raise InputError(f"{where}, column {column!r} must be a number; found {text!r}.") from None
