"""Places without coordinates: what needs distances uses the others, and says which it left out."""

import math

import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.study.sections import (
    SECTIONS,
    _governance as governance,
    _sites as siting,
    data,
    space,
)
from study_cases import (
    LINKS,
    NODES,
    PLACES,
    context_of,
    few_draws,
    network_of,
    said,
    tables_of,
    text_in,
    three,
)

DEGREE = math.radians(6371.0088)
WEIGHT = {"distance_weight": 1.0, "per": DEGREE, "distance": "unit"}  # 1 for each degree
(where_next, gains) = (each for each in SECTIONS if each.name in ("where_next", "gains"))


def without(*bare):
    """The places P, Q, R and S at 0, 1, 2 and 4 degrees of the equator, some not located."""
    return PLACES.assign(lon=PLACES["lon"].mask(PLACES["place"].isin(bare)))


def case(*bare, links=LINKS, nodes=NODES, **settings):
    return context_of(network_of(links, nodes=nodes, places=without(*bare)), **settings)


def chain(*bare, **settings):
    """P - Q - R."""
    places = without(*bare).iloc[:3]
    network = network_of([("P", "Q"), ("Q", "R")], places=places)
    return context_of(network, measures=WEIGHT, **settings)


def test_an_unknown_distance_adds_nothing_to_a_link_and_is_counted():
    # All known: both links are 1 + 1 long, so that Q has (1/2 + 1/2) / 2 and P (1/2 + 1/4) / 2.
    assert access(chain()) == {"P": 0.375, "Q": 0.5, "R": 0.375}
    assert "known distance" not in said(data, chain())
    # Without R the link to it is 1 long: Q (1/2 + 1) / 2, P (1/2 + 1/3) / 2, R (1 + 1/3) / 2.
    one = chain("R")
    assert access(one) == pytest.approx({"P": 5 / 12, "Q": 0.75, "R": 2 / 3})
    assert "1 of 3 places has no coordinates (R)" in said(data, one)
    assert "1 linked pair of places has no known distance: none is added" in said(data, one)


def test_only_what_lengthens_a_link_is_said():
    assert "A link is longer by 1 for each 111.195 km." in said(data, chain())
    network = network_of([("P", "Q"), ("Q", "R")])
    border = context_of(network, measures={"border": 0.5})
    assert "longer by 0.5 where it crosses a jurisdiction's border." in said(data, border)


def test_a_table_of_the_user_without_a_distance_of_linked_places_is_refused():
    unknown = pd.DataFrame(np.nan, list("PQR"), list("PQR"))
    network = network_of([("P", "Q"), ("Q", "R")]).with_distances(unknown, unit="min")
    with pytest.raises(InputError, match="need distances of linked places, and none is known"):
        study._checked(context_of(network, measures=WEIGHT))


def access(context):
    return harmonic_centrality(context.cities, **context.measures.paths).to_dict()


def test_columns_x_and_y_in_degrees_are_offered_as_coordinates():
    for at, offered in (([8.5, 9.0, 11.2], True), ([0.1, 0.5, 0.9], False), ([1e5, 2e5, 1], False)):
        places = pd.DataFrame({"X": at, "y": at, "place": [*"PQR"]})
        context = context_of(three(places=places))
        assert (
            'write "X" = "lon" and "y" = "lat" below [columns]' in said(data, context)
        ) is offered


def test_space_counts_the_homes_and_hosts_with_coordinates():
    context = case("S", space={"floor": 100.0})
    stock = space.CHECK(context)
    assert stock.units.to_dict() == {"P": 8}
    assert stock.capacity.to_dict() == {"Q": 1500, "R": 3000}
    # 800 for P, all at Q, one degree away.
    assert space.facts(space.compute(context))["distance"] == pytest.approx(DEGREE)
    assert "1 home (firms: 8) would need about 800 m²" in said(space, context)
    assert "Left out, as no distance of theirs is known: S." in said(space, context)
    assert tables_of(space, context)["space_rents"].frame["host"].tolist() == ["Q", "R"]
    assert "no coordinates" not in said(space, case(space={}))


def test_space_at_an_unknown_distance_is_not_used():
    def spaced(minutes):
        net = network_of(LINKS, nodes=NODES, places=PLACES).with_distances(minutes, unit="min")
        return context_of(net, space={"floor": 100.0})

    minutes = pd.DataFrame(9.0, list("PQRS"), list("PQRS"))
    minutes.loc["P", "Q"] = minutes.loc["Q", "P"] = np.nan
    context = spaced(minutes)
    assert "1 pair of a home and a host has no known distance" in said(space, context)
    minutes.loc["S"] = minutes["S"] = np.nan  # but from S to S, which is 0
    assert space.CHECK(spaced(minutes)).units.to_dict() == {"P": 8}
    assert "no known distance" not in said(space, spaced(minutes))


@pytest.mark.parametrize("bare", ["PS", "QR", "PQRS"])
def test_space_without_any_home_or_host_on_the_map_is_refused(bare):
    with pytest.raises(InputError, match=r"none has one: .* or leave \[space\] out"):
        space.CHECK(case(*bare, space={"floor": 100.0}))


@pytest.mark.slow
def test_approaches_are_compared_where_a_place_is_not_located():
    pair = {"home": "P", "host": "R"}
    with few_draws():
        context = case("R", measures=WEIGHT, governance=pair, sharing=False)
        bare, every = said(gains, context), said(gains, case(measures=WEIGHT, governance=pair))
        plain = said(gains, case("R", governance=pair))
    assert f"and 1 for each {DEGREE:,g} km (unknown at R, so none)." in bare
    assert f"and 1 for each {DEGREE:,g} km." in every
    assert "for each" not in plain
    assert governance.CHECK(context).frictions.distance == 1.0


def planned(*bare):
    ids = list("abcdefg")
    rng = np.random.default_rng(4)
    at = {"lon": rng.uniform(100, 104, 7), "lat": rng.uniform(30, 33, 7)}
    at = pd.DataFrame({"place": ids, **at})
    at["lon"] = at["lon"].mask(at["place"].isin(bare))
    tree = [("a", "b"), ("a", "c"), ("b", "d"), ("b", "e"), ("c", "f"), ("f", "g")]
    part = {"homes": ["d", "g"], "hosts": ["a"], "k": 2}
    return context_of(network_of(tree, places=at), experiment=False, siting=part)


@pytest.mark.slow
def test_sites_are_drawn_where_both_ends_are_located():
    with few_draws():
        every, one, none = (planned(*bare) for bare in ("", "g", "a"))
        drawn = [[each.name for each in siting.draw(c.once(siting.compute))] for c in (every, one)]
        assert drawn == [["siting"], ["siting"]]
        assert [*siting.draw(none.once(siting.compute))] == []
        assert "Not drawn" not in text_in(where_next, every).figures["siting"][0]
        assert "no coordinates: " in text_in(where_next, one).figures["siting"][0]
        (picture,) = siting.draw(one.once(siting.compute))
        assert picture.plot().patches


@pytest.mark.parametrize("many", [6, 7])
def test_with_many_places_it_is_said_beforehand_how_long_sites_take(monkeypatch, many):
    monkeypatch.setattr(siting, "MANY", many)
    told, searched = [], siting.site_enclaves

    def counted(network, **options):
        told.append(options.get("placebos", 0))
        return searched(network, **options)

    monkeypatch.setattr(siting, "site_enclaves", counted)
    context = planned()
    context.say = told.append
    with few_draws():
        siting.compute(context)
    first = next(at for at, each in enumerate(told) if isinstance(each, int) and each)  # the search
    lines = [each for each in told[:first] if isinstance(each, str)]
    assert len(lines) == (many < 7)  # more than so many
    for line in lines:
        assert line.startswith("2 candidates among 7 places take about ")
        assert " s here, by a part of " in line
