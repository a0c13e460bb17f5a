"""Cities of Europe that share research projects: observed links, from the tables of CORDIS."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from netinnov.build import aggregate, build_network
from netinnov.datasets._packaged import read_packaged
from netinnov.errors import InputError
from netinnov.linkages import project
from netinnov.linkages._from_records import Weighting
from netinnov.network import MultilayerNetwork

UNITS = {
    "count": "pairs of partners",
    "newman": "participations shared out among partners",
    "full": "projects shared out among pairs of partners",
}


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
            msg = "`weighting` is for pairs; leave it out with projects='nodes' "
            raise InputError(f"{msg}(found {weighting!r}).")
        return _two_mode()
    network = project(
        _two_mode(), layer="participation", through="project", weighting=weighting, split_by="kind"
    )
    located = network.storage.nodes.index[network.storage.place_codes >= 0]
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
