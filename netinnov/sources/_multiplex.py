"""Multiplex networks in the files of other programs: edge lists, multinet, Pajek, MWnets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov._network.columns import misspelt, refuse_repeated
from netinnov._network.headers import unsaid_weights
from netinnov._network.numeric_columns import number_of, typed
from netinnov._network.synonyms import MISSING, key_of
from netinnov._runtime.arguments import as_path, check_name, check_names, examples
from netinnov._runtime.opening import (
    check_table,
    columns_of_rows,
    ending_of,
    kind_at_path,
    read_json,
)
from netinnov.errors import InputError
from netinnov.sources import _parsed_lines as parsing
from netinnov.sources._complete_rows import Tables, say, say_unlisted, warn_of
from netinnov.sources._pajek import parse_pajek
from netinnov.sources._parsed_lines import Link, Parsed

ENDINGS = (".edges", ".mpx", ".net", ".paj", ".json")
EDGES = {
    3: ("layer", "node", "node"),
    4: ("layer", "node", "node", "weight"),
    5: ("node", "layer", "node", "layer", "weight"),
}
# Of multinet and uunet
SECTIONS = (
    "VERSION",
    "TYPE",
    "LAYER ATTRIBUTES",
    "LAYERS",
    "ACTOR ATTRIBUTES",
    "NODE ATTRIBUTES",
    "VERTEX ATTRIBUTES",
    "EDGE ATTRIBUTES",
    "ACTORS",
    "NODES",
    "VERTICES",
    "EDGES",
)
NUMERIC = ("NUMERIC", "DOUBLE", "INTEGER", "INT")
Value = str | float | None
Section = list[tuple[str, list[str]]]

LON = ("nodelong", "nodelon", "longitude", "lon")
LAT = ("nodelat", "latitude", "lat")


def read_multiplex(
    path: str | PathLike[str],
    *,
    directed: bool | Sequence[str] | None = None,
    weight: str = "weight",
) -> Tables:
    """A network of several layers on the same nodes.

    Parameters
    ----------
    path : path-like
        A file, ``.gz`` too; its ending tells the format. ``.edges``: De Domenico's and muxViz's
        lines ``layer node node weight``, or ``node layer node layer weight``, with labels,
        coordinates and attributes in ``NAME_nodes.txt`` and ``NAME_layers.txt`` beside
        ``NAME_multiplex.edges``. ``.mpx``: multinet and uunet. ``.net`` and ``.paj``: Pajek;
        relations are layers, partitions and vectors attributes. ``.json``: Batagelj's MWnets with
        two equal ways.
    directed : bool or sequence of str, optional
        Which layers have a direction. Default: what the file says; ``.edges`` and ``.json`` do not,
        and are directed if some pairs are linked both ways and others one way: say
        ``directed=True`` of a tree, in which no link is returned.
    weight : str
        The attribute of links in ``.mpx`` and ``.json`` that is the weight, in ``.json`` ``w`` too;
        without it all weights are 1.

    Returns
    -------
    Tables
        ``nodes``: in the order of the file, by their labels, or, where labels are not unique, by
        their numbers with the label as ``name``; with their attributes. One with coordinates is its
        own place. ``links``: one row a link, with its attributes; in an undirected layer in which
        each link stands both ways, with one weight, it counts once. ``places``: those with
        coordinates, or None. An attribute of the name of a column of ours gets an underscore.

    Raises
    ------
    InputError
        The file cannot be read or has no link; a line has too few fields, or names a node or layer
        that is not listed; a weight is not a number above 0; a link joins two layers.

    Warns
    -----
    UserWarning
        Some pairs stand twice in a layer: `build_network` adds their weights up.

    Notes
    -----
    ``x`` and ``y`` of Pajek's vertices, which need not be degrees, are attributes, unless all lie
    between 0 and 1. Left out are its drawing, clusters and permutations, and what multinet says of
    an actor in one layer. ``NA`` is text.

    References
    ----------
    Magnani, Rossi and Vega (2021), Analysis of Multiplex Social Networks with R, Journal of
    Statistical Software 98(8). De Domenico, Porter and Arenas (2015), MuxViz, Journal of Complex
    Networks 3, 159-176.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "two_multiplex.edges")
    >>> _ = path.write_text("1 1 2 1\\n2 1 2 3\\n")
    >>> read_multiplex(path).links
      layer source target  weight
    0     1      1      2     1.0
    1     2      1      2     3.0
    """
    path = as_path("path", path)
    if (ending := ending_of(path)) not in ENDINGS:
        raise InputError(f"{path.name} must end in {', '.join(ENDINGS)}; rename it.")
    lines = parsing.read_lines(path)
    if ending == ".edges":
        parsed = _parse_edges(path, lines)
    elif ending == ".mpx":
        parsed = _parse_mpx(path.name, lines, weight)
    elif ending == ".json":
        parsed = _parse_json(path.name, read_json(path), weight)
    else:
        parsed = parse_pajek(path.name, lines)
    if parsed.links.empty:
        raise InputError(
            f"{path.name} must have links; none of its {len(lines)} lines is one; is it cut off?"
        )
    faults: list[str] = []
    layers = sorted(parsed.links["layer"].unique())
    say([*unsaid_weights(path.name, parsed.links), *parsed.notes])
    parsed = parsed._replace(links=parsed.links.fillna({"weight": 1.0}))
    names = _directed(parsed, layers, directed)
    links = _counted_once(path.name, parsed, names, faults)
    warn_of(faults)
    nodes, places = _with_places(parsed.nodes)
    return Tables(nodes, links, places, tuple(layer for layer in layers if layer in names))


def _parse_edges(path: Path, lines: parsing.Lines) -> Parsed:
    name = path.name
    rows = [(where, text.split()) for where, text in lines if text and text[0] != "#"]
    if not rows:
        raise InputError(f"{name} has no line.")
    if (columns := EDGES.get(len(rows[0][1]))) is None:
        raise parsing.refuse_line(*rows[0], EDGES[4])
    stem = name.removesuffix(".gz").rpartition(".")[0].removesuffix("_multiplex")
    listed = {kind: _labels(path.with_name(f"{stem}_{kind}s.txt"), kind) for kind in EDGES[3][:2]}
    if listed["layer"][0] is not None and "name" in listed["layer"][0]:
        raise InputError(f"{stem}_layers.txt must give each layer a label of its own.")

    def named(kind: str, number: str, where: str) -> str:
        ids = listed[kind][1]
        if ids and number not in ids:
            raise InputError(
                f"{where}, column {kind!r}: {number!r} must be in {stem}_{kind}s.txt; it is not."
            )
        return ids.get(number, number)

    links = []
    for where, row in rows:
        if len(row) != len(columns):
            raise parsing.refuse_line(where, row, columns)
        source, x, target, y = row[:4] if len(row) == 5 else (row[1], row[0], row[2], row[0])
        if x != y:
            raise parsing.between_layers(where, x, y)
        size = parsing.weight_of(row[-1], where) if len(row) > 3 else None
        a = named("node", source, where)
        b = named("node", target, where)
        links.append(Link(named("layer", x, where), a, b, size, {}))
    nodes = listed["node"][0]
    if nodes is None:
        ends = [*dict.fromkeys(end for link in links for end in (link.source, link.target))]
        nodes = parsing.node_table(ends, ends, {})
    return Parsed(nodes, parsing.link_table(name, links), None)


def _labels(path: Path, kind: str) -> tuple[pd.DataFrame | None, dict[str, str]]:
    if kind_at_path(path) == "nothing":
        return None, {}
    number = f"{kind}ID"
    label = f"{kind}Label"
    rows = [(where, text) for where, text in parsing.read_lines(path) if text]
    header = parsing.fields(rows[0][1])
    slip = label not in header and any(misspelt(each, label.casefold()) for each in header)
    if number not in header or slip:
        raise InputError(
            f"{rows[0][0]} must name the columns {number} and {label}, with blanks between; "
            f"found {rows[0][1][:60]!r}."
        )
    table = []
    for where, text in rows[1:]:
        # A label may hold blanks where nothing else follows it.
        row = text.split(None, 1) if len(header) == 2 else parsing.fields(text)
        if len(row) != len(header):
            raise parsing.refuse_line(where, row, header)
        table.append([field.strip().strip('"') for field in row])
    if not table:
        raise InputError(f"{path.name} must have rows below its header; it has none.")
    columns = dict(zip(header, zip(*table, strict=True), strict=True))
    numbers = columns.pop(number)
    refuse_repeated(path.name, pd.Index(numbers), number)
    labels = columns.pop(label, numbers)
    ids = parsing.ids_of(labels, numbers)
    attributes = {key: parsing.attribute(values) for key, values in columns.items()}
    return parsing.node_table(ids, labels, attributes), dict(zip(numbers, ids, strict=True))


def _parse_json(name: str, document: Any, weight: str) -> Parsed:
    """MWnets with two ways of the same nodes, and a third one for the layers."""
    try:
        ways = {way: [_id(each["ID"]) for each in of] for way, of in document["nodes"].items()}
        rows = [dict(row) for row in document["links"]]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{name} must be MWnets JSON, with 'nodes' (an ID each) by way and 'links'; "
            f"{type(error).__name__}: {error}."
        ) from None
    few = [*ways][: 3 if len(ways) <= 3 else 0]
    pairs = [(a, b) for a in few for b in few if a < b and ways[a] == ways[b]]
    if not pairs:
        sizes = examples(ways, lambda way: f"{way!r} ({len(ways[way])})")
        raise InputError(
            f"{name} must have two ways with the same nodes, and at most one for layers; it "
            f"has {sizes}."
        )
    a, b = sorted(pairs[0], key=[*ways].index)
    layer = next((way for way in ways if way not in (a, b)), None)
    held = {key for row in rows for key in row if key not in ways}
    links = []
    weight = _attribute(held, "w" if weight == "weight" and "w" in held else weight)
    for number, row in enumerate(rows, start=1):
        ends = {}
        for way in ways:
            at = row.pop(way, None)
            if type(at) is not int or not 1 <= at <= len(ways[way]):
                raise InputError(
                    f"{name}, link {number}, {way!r} must be a number from 1 to "
                    f"{len(ways[way])}; found {at!r}."
                )
            ends[way] = ways[way][at - 1]
        said = row.pop(weight, None)
        size = None if said is None else parsing.weight_of(str(said), f"{name}, link {number}")
        in_layer = "links" if layer is None else ends[layer]
        links.append(Link(in_layer, ends[a], ends[b], size, row))
    members = document["nodes"][a]
    columns = columns_of_rows(name, members)
    del columns["ID"]
    if len(set(ways[a])) < len(members):
        raise InputError(f"{name} must have each ID of {a!r} once; it has some twice.")
    nodes = parsing.node_table(ways[a], ways[a], columns)
    return Parsed(nodes, parsing.link_table(name, links), None)


def _id(value: Any) -> str:
    if type(value) not in (int, str):
        raise ValueError(f"an ID must be text or a whole number, not {value!r}")
    return str(value)


def _attribute(held: Collection[str], weight: str) -> str:
    """The attribute of links that is the weight, in any case; empty if there is none."""
    column = weight if weight in held else {key_of(each): each for each in held}.get(key_of(weight))
    if column is None and weight != "weight":
        check_name("weight", weight, sorted(held), of="the attributes of links")
    return column or ""


def _parse_mpx(name: str, lines: parsing.Lines, weight: str) -> Parsed:
    sections = _sections(lines)
    if sections.get("LAYERS") == []:
        raise InputError(f"{name} must name layers below #LAYERS; there are none: is a line lost?")
    if not (edges := sections["EDGES"]):
        raise InputError(
            f"{name} must have a section #EDGES with lines; it ends in line {len(lines)} "
            "without: is it cut off?"
        )
    several = any(row[0].casefold() == "multilayer" for _, row in sections["TYPE"])
    layers = _layers(sections["LAYERS"], several=several)
    of_edges = _edge_attributes(sections["EDGE ATTRIBUTES"], layers, several=several)
    held = [each for columns in of_edges.values() for each in columns]
    weight = _attribute(held, weight)

    links = []
    head = ["actor", "layer", "actor", "layer"] if several else ["actor", "actor", "layer"]
    for where, row in edges:
        if len(row) < len(head):
            raise parsing.refuse_line(where, row, head)
        source, target, layer = (row[0], row[2], row[1]) if several else row[:3]
        if several and row[3] != layer:
            raise parsing.between_layers(where, layer, row[3])
        if layers and layer not in layers:
            raise InputError(
                f"{where}, column 'layer': it must be one of #LAYERS ({', '.join(layers)}); "
                f"found {layer!r}."
            )
        columns = of_edges[layer] | of_edges[""]
        if len(row) != len(head) + len(columns):
            raise parsing.refuse_line(where, row, [*head, *columns])
        cells = dict(zip(columns, row[len(head) :], strict=True))
        size = parsing.weight_of(cells.pop(weight), where) if weight in cells else None
        more = {key: _typed(cell, columns[key], where, key) for key, cell in cells.items()}
        links.append(Link(layer, source, target, size, more))

    ends = [end for link in links for end in (link.source, link.target)]
    nodes = _actors(name, sections, ends)
    directed = frozenset(layer for layer in layers if layers[layer] == "DIRECTED")
    return Parsed(nodes, parsing.link_table(name, links), directed)


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
            rest = text[1 + len(section) :].strip()
            rows[section] += [(where, [rest])] if rest else []
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
) -> defaultdict[str, dict[str, str]]:
    """Types by layer; those of all layers under an empty name."""
    types: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for where, row in section:
        layer = "" if len(row) == 2 else row[0]
        if len(row) not in (2, 4 if several else 3) or (layer and layers and layer not in layers):
            raise parsing.refuse_line(where, row, ["layer", "attribute", "type"])
        types[layer][row[-2]] = row[-1]
    return types


def _actors(name: str, sections: defaultdict[str, Section], ends: list[str]) -> pd.DataFrame:
    types = {}
    rows = {}
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
    say_unlisted(name, ends, rows)
    actors = [*dict.fromkeys([*rows, *ends])]
    check_table(name, len(actors), len(types))
    table = pd.DataFrame.from_dict(rows, "index", object, [*types]).reindex(actors)
    return parsing.node_table(actors, actors, {key: table[key] for key in types})


def _typed(text: str, kind: str, where: str, column: str) -> str | float | None:
    """Blank is missing, and ``NA`` where it should be a number."""
    numeric = kind.upper() in NUMERIC
    if text == "" or (numeric and text == "NA"):
        return None
    number = number_of(text) if numeric else text
    if number != number:
        raise InputError(f"{where}, column {column!r} must be a number; found {text!r}.")
    return number


def _directed(
    parsed: Parsed, layers: Sequence[str], asked: bool | Sequence[str] | None
) -> frozenset[str]:
    """As asked, as the file says, or as its pairs suggest."""
    if isinstance(asked, bool):
        return frozenset(layers if asked else ())
    if asked is not None:
        return frozenset(check_names("directed", asked, layers))
    if parsed.directed is not None:
        return parsed.directed & {*layers}
    rows = parsed.links[["layer", "source", "target", "weight"]].itertuples(index=False)
    proper = {(*row[:3],): row[3] for row in rows if row[1] != row[2]}
    back = [proper.get((layer, b, a)) == weight for (layer, a, b), weight in proper.items()]
    returned = [(layer, b, a) in proper for layer, a, b in proper]
    symmetric = all(back) or not any(returned)
    return frozenset() if symmetric else frozenset(layers)


def _counted_once(
    name: str, parsed: Parsed, directed: frozenset[str], faults: list[str]
) -> pd.DataFrame:
    """Merge both ways of undirected links: once if the file says so, summed if the caller does."""
    table = parsed.links
    free = ~table["layer"].isin(directed)
    back = free & (table["source"] > table["target"])
    pair = table[["layer", "source", "target"]].set_axis(["layer", "a", "b"], axis=1)
    pair.loc[back, ["a", "b"]] = pair.loc[back, ["b", "a"]].to_numpy()
    by_pair = pair.assign(back=back, weight=table["weight"]).groupby(["layer", "a", "b"])
    returned = (by_pair["back"].transform("sum") == 1) & (by_pair["back"].transform("size") == 2)
    returned &= by_pair["weight"].transform("nunique") == 1
    either = returned | (table["source"] == table["target"])
    symmetric = either.groupby(table["layer"]).transform("all")
    again = pair.duplicated()
    drop = free & returned & again & (symmetric | (parsed.directed is not None))
    if (once := drop & ~symmetric).any():
        faults.append(f"{name}: {_first(table, once)} both ways where others do not, counted once")
    if (twice := again & ~drop).any():
        faults.append(f"{name}: {_first(table, twice)} twice or more, weights will be added up")
    return table[~drop].reset_index(drop=True)


def _first(table: pd.DataFrame, rows: pd.Series) -> str:
    first = table[rows].iloc[0]
    ends = f"{first['source']!r} and {first['target']!r} in {first['layer']!r}"
    return f"links that stand in {rows.sum()} rows more, the first between {ends},"


def _with_places(nodes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Coordinates of nodes become those of places; a node without a place is one itself."""
    spelt = {column.casefold(): column for column in nodes.columns[::-1]}
    lon, lat = (next((spelt[k] for k in known if k in spelt), None) for known in (LON, LAT))
    if lon is None or lat is None:
        return nodes, None
    text = nodes[[lon, lat]].set_axis(["lon", "lat"], axis=1)
    number = typed("places", text.replace([*MISSING, "NA"], None))
    nodes = nodes.drop(columns=[lon, lat])
    if "place" not in nodes:
        nodes.insert(0, "place", nodes.index.to_series().where(number.notna().any(axis=1)))
    places = number.groupby(nodes["place"]).first()
    if "jurisdiction" in nodes:
        others = pd.Index(nodes["jurisdiction"].dropna().unique())
        places = places.reindex(places.index.union(others, sort=False))
    return nodes, places.rename_axis("place")
