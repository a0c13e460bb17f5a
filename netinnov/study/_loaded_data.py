"""From the source of a configuration to a network, and what must be said of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from netinnov._network.columns import DISPLAY_NAMES, as_text
from netinnov._network.file_rows import file_of
from netinnov._network.layer_table import Quantity
from netinnov._network.numeric_columns import COLUMNS
from netinnov._runtime.arguments import check_names, did_you_mean, examples
from netinnov.datasets import gravity_parameters, load_research_cities, load_yrd_enclaves
from netinnov.datasets._packaged import packaged_tables
from netinnov.errors import InputError
from netinnov.linkages import project
from netinnov.network import MultilayerNetwork
from netinnov.sources import Tables
from netinnov.sources._distance_tables import UNSAID, distances_of_file, of_known_places
from netinnov.sources._read_network import READERS, files_read, option_of, read, recognise
from netinnov.sources._user_tables import has_places, read_table, why_placeless
from netinnov.study._facts import File, Part
from netinnov.study._places import alike, join_places

Names = Mapping[str, str]
# The sources that are part of the package; the first has the tables of no other name.
BUNDLED = ("yrd", "europe")
TWO_MODE = ("projects", "patents", "works")  # options of readers with which events stay as nodes
MOST_WEIGHT = 1e300  # of which many add up to a number
# Layer names that would clash with columns of the output.
TAKEN = ("all", "modelled_layers", "name", "node", "observed", "together")
NOTICES = (
    "Sites, actors and stated links are facts compiled from public web pages: a sample, not a "
    "census.",
    "Projects of Horizon 2020 that started in 2014 to 2016 (CORDIS, © European Union, CC BY 4.0): "
    "funded partnerships, not all cooperation.",
    "Two organisations that share a project get one over the number of partners that each has in "
    "it. A layer joins cities by pairs of organisations of its kind, and mixed by pairs of two "
    "kinds; the layers add up to all.",
    "An organisation is at its registered address: its laboratories elsewhere count there.",
)


class Projection(Part, part="project"):
    """A two-mode layer, such as organisations in projects, as links of one of its sides."""

    layer: str
    onto: str | list[str] | None = None
    through: str | list[str] | None = None
    weighting: Literal["count", "newman", "full"] = "count"
    split_by: str | None = None


PROJECTED = {"participations": Projection(layer="participation", onto="member")}
RESEARCH = Projection(layer="participation", through="project", weighting="newman", split_by="kind")


class DataPart(Part, part="data"):
    source: str = ""
    path: File | None = None
    places: File | None = None
    distances: File | None = None
    distance_unit: Annotated[str, Field(min_length=1)] | None = None
    rows: Literal["origin", "destination"] | None = None
    outflow: str | None = None
    inflow: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    project: Projection | None = None

    @field_validator("source")
    @classmethod
    def _is_known(cls, source: str) -> str:
        if source not in (known := [*BUNDLED, *READERS]):
            listed = ", ".join(map(repr, known[:-1])) + f" or {known[-1]!r}"
            raise ValueError(f"must be {listed}; found {source!r}{did_you_mean(source, known)}")
        return source

    @model_validator(mode="after")
    def _fits_its_source(self) -> DataPart:
        if self.source not in BUNDLED and self.path is None:
            needed = f"source = {self.source!r} needs `path`"
            raise ValueError(needed if self.source else "`source` or `path` is missing")
        if self.source:
            self.check_options(self.source)
        for option in ("outflow", "inflow"):
            if getattr(self, option) is not None and self.places is None:
                raise ValueError(f"`{option}` is about `places`, which is missing")
        return self

    def check_options(self, source: str) -> None:
        optional = ("decimal", "encoding", "inflow", "outflow", "places", "rows")
        fits = {name: [each for each in READERS if option_of(each, name)] for name in optional}
        fits["path"] = list(READERS)
        fits["project"] = ["europe", *(each for each in READERS if each != "flows")]
        for name in sorted(self.model_fields_set & fits.keys()):
            if source not in fits[name] and getattr(self, name) is not None:
                fit = " or ".join(map(repr, fits[name]))
                raise InputError(f"`{name}` is for source = {fit}; leave it out with {source!r}")


class LayerPart(Part, part="layers"):
    modelled: bool | None = None
    directed: bool | None = None
    quantity: Quantity | None = None
    unit: str | None = None
    events: Annotated[int, Field(ge=1)] | None = None
    name_zh: Annotated[str, Field(min_length=1)] | None = None


class Incidence(NamedTuple):
    network: MultilayerNetwork
    projection: Projection
    layers: tuple[str, ...]  # names of the projected layers


class Loaded(NamedTuple):
    network: MultilayerNetwork
    notes: tuple[str, ...]
    files: tuple[Path, ...]
    joint_events: bool = False  # whether one event, such as a project, makes several links at once
    incidence: Incidence | None = None
    left: tuple[tuple[str, int], ...] = ()  # nodes that were read and left out, by the word for why
    more: tuple[tuple[str, list[str]], ...] = ()  # tables, and their columns that are not ours
    sheets: tuple[str, ...] = ()  # that were not read


def load(data: DataPart, layers: Mapping[str, LayerPart], columns: Names, same: Names) -> Loaded:
    """Read, check and build, with what is true of some layers and what some headers mean."""
    if data.path is None:
        loaded = _bundled(data, same)
    else:
        loaded = _read(data, data.path, layers, columns, same)
    names = loaded.network.layers
    taken = [layer for layer in names if layer in TAKEN and names != ("all",)]
    if taken:
        raise InputError(
            f"a layer cannot be called {', '.join(map(repr, taken))}: tables of results use the "
            f"names {', '.join(TAKEN)} for something else. Rename it."
        )
    blocks = loaded.network.storage.blocks
    if (most := max([0.0, *(each.data.max(initial=0.0) for each in blocks)])) > MOST_WEIGHT:
        raise InputError(
            f"weights must be at most {MOST_WEIGHT:g} for each pair of nodes, so that they can be "
            f"added up; the largest is {most:g}. Divide all of a layer by one number, or give them "
            "in another unit."
        )
    if shares := [layer for layer in names if loaded.network.storage.holds_shares(layer)]:
        whole = loaded.network.storage.records[shares[0]].whole
        raise InputError(
            f"{', '.join(map(repr, shares))} holds shares of each {whole}'s total, and the report "
            "adds weights up over links and layers, which shares do not allow. Give flows in place "
            "of shares, or the totals ([data] outflow or inflow), or leave the layer out of links."
        )
    return loaded


def _bundled(data: DataPart, same: Names) -> Loaded:
    """The case that [data] names, with the user's distances, and with places joined."""
    of_cities = data.source == "europe"
    network = load_research_cities(projects="nodes") if of_cities else load_yrd_enclaves()
    fields, _, notes = _distances(data, {})
    tables = Tables(network.nodes, network.links, network.places)._replace(**fields)
    tables, lost = of_known_places(tables, Path(data.distances or "").name)
    if tables.distances is not None:
        network = network.with_distances(tables.distances, unit=tables.distance_unit)
    more = _not_ours(tables)
    network, joined = join_places(network, same)
    notes += [*lost, *joined]
    left = [("left_joined", len(tables.nodes) - network.n_nodes)]
    paths = [Path(str(entry)) for entry in packaged_tables().iterdir()]
    paths = [path for path in paths if path.name.startswith("research_") == of_cities]
    files = tuple(path for path in paths if path.suffix != ".toml")
    if not of_cities:
        notices = (NOTICES[0], str(gravity_parameters()["notice"]))
        return Loaded(network, (*notices, *notes), files, left=tuple(left), more=more)
    network, incidence = _projected(network, data.project or RESEARCH)
    left.append(("left_events", incidence.network.n_nodes - network.n_nodes))
    return Loaded(network, (*NOTICES[1:], *notes), files, True, incidence, tuple(left), more)


def _distances(data: DataPart, columns: Names) -> tuple[dict[str, Any], Names, list[str]]:
    """What [data] says in place of fields of `Tables`, headers left for others, and notes."""
    fields: dict[str, Any] = {}
    with warned() as notes:
        if data.distances is not None:
            text = data.encoding, data.decimal
            *read_fields, columns = distances_of_file(data.distances, columns, *text)
            fields = dict(zip(("distances", "distance_unit"), read_fields, strict=True))
    if data.distance_unit is not None:
        fields["distance_unit"] = data.distance_unit
        notes = [each for each in notes if UNSAID not in each]
    return fields, columns, notes


@contextmanager
def warned() -> Iterator[list[str]]:
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield notes
    notes += [str(each.message) for each in caught if issubclass(each.category, UserWarning)]


def _projected(
    network: MultilayerNetwork, projection: Projection
) -> tuple[MultilayerNetwork, Incidence]:
    try:
        flat = project(network, **projection.model_dump())
    except InputError as error:
        raise InputError(f"[data] project: {error}") from None
    new_layers = {*flat.layers} - ({*network.layers} - {projection.layer})
    return flat, Incidence(network, projection, tuple(sorted(new_layers)))


def _read(
    data: DataPart, path: Path, layers: Mapping[str, LayerPart], columns: Names, same: Names
) -> Loaded:
    source = data.source
    incidence = None
    if not source:
        source, path = recognise(path)
        data.check_options(source)
    projection = data.project or PROJECTED.get(source)
    options = dict[str, Any]()
    if projection is not None:
        options |= {name: "nodes" for name in TWO_MODE if option_of(source, name)}
    if data.rows is not None:
        options["rows"] = data.rows
    if same and option_of(source, "same"):
        options["same"] = same
    if any(part.directed for part in layers.values()) and option_of(source, "directed"):
        options["directed"] = True  # also where a matrix is symmetric
    messages: list[str] = []
    if data.places is not None:
        of_places, columns, messages = _places_of_flows(data, data.places, columns, same)
        options |= of_places
    fields, columns, of_distances = _distances(data, columns)
    options["encoding"] = data.encoding
    options["decimal"] = data.decimal
    reading = read(path, source=source, columns=columns, **options)
    tables = reading.tables._replace(**fields)
    name = Path(data.distances or "").name
    tables, lost = of_known_places(tables, name, same)
    notes = [*reading.faults, *messages, *reading.notes, *reading.words, *of_distances, *lost]
    if why := why_placeless(tables.nodes):
        raise InputError(why)
    if not has_places(tables.nodes):
        tables = _nodes_as_places(tables)
        notes.append("These data have no places: each node is taken as a place of its own.")
    more = _not_ours(tables)
    built = _built(tables, layers)
    network, joined = join_places(built, same, options.get("same", options.get("aliases", ())))
    notes += joined
    left = [("left_joined", built.n_nodes - network.n_nodes)]
    places = network.storage.places
    if nowhere := places.index[places["lon"].eq(0) & places["lat"].eq(0)].tolist():
        notes.append(f"At 0°N 0°E, where many sources put what is not known: {examples(nowhere)}")
    notes += alike(network.storage.nodes, places)
    if source == "branches":  # the layer of ownership has the same links between places
        whole = network
        network = network.select(kinds=["branch", "firm"])
        left.append(("left_seats", whole.n_nodes - network.n_nodes))
    if projection is not None:
        whole = network
        (network, incidence) = _projected(network, projection)
        left.append(("left_events", whole.n_nodes - network.n_nodes))
    beside = tuple(each for each in (data.places, data.distances) if each is not None)
    files = files_read(source, path) + beside
    joint = option_of(source, "weighting") or incidence is not None
    rest: Any = tuple(left), more, tuple(reading.sheets)
    return Loaded(network, tuple(notes), files, joint, incidence, *rest)


def _not_ours(tables: Tables) -> tuple[tuple[str, list[str]], ...]:
    frames = zip(("nodes", "links", "places"), tables[:3], strict=True)
    return tuple(
        (
            file_of(frame).rpartition(", sheet ")[2] or table,
            [*map(str, frame.columns.difference([*chain(*COLUMNS[table])], sort=False))],
        )
        for table, frame in frames
        if frame is not None
    )


def _places_of_flows(
    data: DataPart, path: Path, columns: Names, same: Names
) -> tuple[dict[str, Any], Names, list[str]]:
    """Options of the reader of flows, the columns that are left for it, and notes."""
    with warned() as notes:
        text: Any = {"encoding": data.encoding, "decimal": data.decimal}
        places, columns = read_table(path, "places", columns=columns, **text)
    places = places.set_index("place")
    aliases = {name: same[name] for name in same.keys() - {*as_text(places.index.to_series())[0]}}
    options: dict[str, Any] = {"places": places, "aliases": aliases}
    for option, verb in (("outflow", "leaves"), ("inflow", "reaches")):
        if (column := getattr(data, option)) is not None:
            known = places.columns.tolist()
            check_names(f"[data] {option}", [column], known, of="the columns of `places`")
            options[option] = places[column]
            notes.append(f"The flows are shares of what {verb} each place, times its {column}.")
    return options, columns, notes


def _nodes_as_places(tables: Tables) -> Tables:
    nodes = tables.nodes.assign(place=tables.nodes.get("node", tables.nodes.index))
    known = nodes.columns.intersection(["name_zh", *DISPLAY_NAMES, "lon", "lat", "population"])
    places = tables.places
    if places is None and len(known):
        places = nodes[["place", *known]].drop_duplicates("place")
    return tables._replace(nodes=nodes, places=places)


def _built(tables: Tables, layers: Mapping[str, LayerPart]) -> MultilayerNetwork:
    known: dict[str, Any] = {"exclude_none": True, "exclude": {"name_zh"}}
    parts = {layer: part.model_dump(**known) for layer, part in layers.items()}
    undirected = {layer for layer, part in layers.items() if part.directed is False}
    directed = [layer for layer in tables.directed if layer not in undirected]
    records: dict[str, dict[str, Any]] = {}
    if tables.layers is not None:
        table = tables.layers.set_index("layer") if "layer" in tables.layers else tables.layers
        records = {str(layer): dict(row) for layer, row in table.iterrows()}
    records |= {layer: records.get(layer, {}) | part for layer, part in parts.items()}
    far: Any = {"distances": tables.distances, "distance_unit": tables.distance_unit}
    nodes, links, places = tables[:3]
    return MultilayerNetwork(nodes, links, places=places, directed=directed, layers=records, **far)
