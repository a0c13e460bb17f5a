"""The bundled networks hold what the README of the facts says, and no more is claimed for them."""

import math
from itertools import combinations

import pandas as pd
import pytest

import netinnov as ni
from netinnov import datasets

PARK = "quzhou_haichuang"


@pytest.fixture(scope="module")
def delta() -> ni.MultilayerNetwork:
    return datasets.load_yrd_enclaves()


@pytest.fixture(scope="module")
def quzhou() -> ni.MultilayerNetwork:
    return datasets.load_quzhou()


@pytest.fixture(scope="module")
def sites(delta: ni.MultilayerNetwork) -> pd.DataFrame:
    nodes = delta.nodes
    return nodes[nodes["type"].notna()]


def cities(network: ni.MultilayerNetwork, places: pd.Series) -> pd.Series:
    """The prefecture-level city of each place."""
    return places.map(network.places["parent"]).fillna(places)


def test_the_quzhou_park_is_as_the_sources_say(delta: ni.MultilayerNetwork) -> None:
    park = delta.nodes.loc[PARK]
    assert park["name_zh"] == "衢州海创园"
    assert (park["kind"], park["type"]) == ("park", "reverse_enclave")
    assert (park["place"], park["jurisdiction"]) == ("yuhang", "quzhou")
    assert delta.places.loc["yuhang", "parent"] == "hangzhou"
    assert (park["floor_area_m2"], park["investment_cny"]) == (67_000, 320_000_000)
    assert (park["opened"], park["announced"]) == ("2016-04", "2012")
    assert (park["firms"], park["firms_meaning"]) == (100, "projects recruited (more than)")
    assert park["confidence"] == "B"
    assert pd.isna(park["talents"])


def test_enclaves_of_each_host_city(delta: ni.MultilayerNetwork, sites: pd.DataFrame) -> None:
    enclaves = sites[sites["type"].isin(["reverse_enclave", "talent_enclave"])]
    assert cities(delta, enclaves["place"]).value_counts().to_dict() == {
        "shanghai": 20, "shenzhen": 12, "hangzhou": 11, "wuhan": 8, "beijing": 4, "ningbo": 2,
        "foshan": 2, "jinhua": 1, "guangzhou": 1, "dongguan": 1, "fuzhou_fj": 1,
    }  # fmt: skip
    assert len(enclaves) == 63


def test_sites_by_type_and_by_what_is_known(sites: pd.DataFrame) -> None:
    assert sites["type"].value_counts().to_dict() == {
        "reverse_enclave": 59, "platform": 6, "talent_enclave": 4, "forward_enclave": 3,
    }  # fmt: skip
    known = sites[["floor_area_m2", "investment_cny", "firms", "opened"]].notna().sum()
    assert known.tolist() == [22, 11, 19, 28]
    assert (sites["confidence"] == "C").sum() == 38
    assert (sites["kind"] == "park").all()
    assert (sites["place"] != sites["jurisdiction"]).all()


def test_a_link_keeps_what_its_source_says(delta: ni.MultilayerNetwork) -> None:
    links = delta.links.set_index(["layer", "source", "target"])
    funding = links.loc[("funding", "gov_quzhou", PARK)]
    assert (funding["weight"], funding["amount"]) == (1.0, 320_000_000)
    assert funding["unit"] == "CNY, investment in the park"
    assert (funding["since"], funding["period"]) == ("2016-04", 2016)
    assert funding["status"] == "stated"
    assert funding["source_url"].startswith("http://news.cyol.com/")
    flow = links.loc[("production", PARK, "quzhou_bases")]
    assert flow["status"] == "stated flow"
    assert pd.isna(flow["period"])
    assert pd.isna(flow["since"])


@pytest.mark.parametrize("load", [datasets.load_yrd_enclaves, datasets.load_quzhou])
def test_columns_have_their_types(load: object) -> None:
    network = load()
    text = {"kind", "place", "jurisdiction", "name", "name_zh", "type", "opened", "announced"}
    text |= {"firms_meaning", "confidence", "source_url", "host_detail", "as_of", "note"}
    number = {"floor_area_m2", "investment_cny"}
    count = {"firms", "talents", "industrialised_at_home"}
    nodes = network.nodes.dtypes.astype("str").to_dict()
    assert nodes == (
        dict.fromkeys(text, "str")
        | dict.fromkeys(number, "float64")
        | dict.fromkeys(count, "Int64")
    )
    links = network.links.dtypes.astype("str").to_dict()
    text = {"layer", "source", "target", "unit", "status", "since", "source_url", "note"}
    assert links == dict.fromkeys(text, "str") | {
        "weight": "float64",
        "amount": "float64",
        "period": "Int64",
    }
    places = network.places.dtypes.astype("str").to_dict()
    text = {"name", "name_zh", "level", "parent", "province", "tier"}
    assert places == dict.fromkeys(text, "str") | dict.fromkeys(
        ["lon", "lat", "population"], "float64"
    )


def test_one_level_up_brings_districts_and_counties_to_their_city(
    delta: ni.MultilayerNetwork,
) -> None:
    placed = delta.select(nodes=delta.nodes.index[delta.nodes["place"].notna()].tolist())
    network = ni.aggregate(placed, level=1)
    # All 64 cities; Tianmen answers to its province, and Anhui is one (it owns a site).
    assert set(network.nodes.index) == {
        *delta.nodes.index[delta.nodes["kind"] == "place"],
        "tianmen",
        "anhui",
    }
    # Two owners from Quzhou (one of them in its county Jiangshan) hold sites in districts of
    # Hangzhou: quzhou_haichuang in Yuhang and jiangshan_jianggan in Jianggan.
    at = network.nodes.index.get_indexer(["quzhou", "hangzhou"])
    assert network.adjacency("ownership")[at[0], at[1]] == 2


def test_the_modelled_layer_says_so(delta: ni.MultilayerNetwork) -> None:
    parameters = datasets.gravity_parameters()
    assert parameters["layer"] == "gravity_modelled"
    assert parameters["modelled"] is True
    assert "modelled, not observed" in parameters["notice"]
    assert (parameters["exponent"], parameters["strongest"]) == (2.0, 5)
    assert parameters["sphere_radius_km"] == 6371.0088
    links = delta.links
    modelled = links["layer"] == "gravity_modelled"
    assert links.loc[modelled, "status"].isna().all()
    assert links.loc[modelled, ["source_url", "since", "period", "amount"]].isna().all(axis=None)
    assert parameters["n_links"] == modelled.sum()
    assert parameters["n_units"] == (delta.nodes["kind"] == "place").sum()


def test_the_modelled_layer_follows_from_its_parameters(delta: ni.MultilayerNetwork) -> None:
    """All 2,016 pairs again in plain Python, by the spherical law of cosines."""
    parameters = datasets.gravity_parameters()
    places = delta.places.loc[delta.nodes.index[delta.nodes["kind"] == "place"]]
    flow: dict[tuple[str, str], float] = {}
    for a, b in combinations(places.itertuples(), 2):
        north, south = math.radians(a.lat), math.radians(b.lat)
        cosine = math.sin(north) * math.sin(south) + math.cos(north) * math.cos(south) * math.cos(
            math.radians(a.lon - b.lon)
        )
        km = parameters["sphere_radius_km"] * math.acos(cosine)
        flow[a.Index, b.Index] = a.population * b.population / km ** parameters["exponent"]
    kept = set()
    for unit in places.index:
        own = sorted((pair for pair in flow if unit in pair), key=flow.__getitem__, reverse=True)
        kept |= set(own[: parameters["strongest"]])
    mean = sum(flow[pair] for pair in kept) / len(kept)
    expected = {pair: flow[pair] / mean for pair in kept}

    links = delta.links.query("layer == 'gravity_modelled'")
    found = links.set_index(["source", "target"])["weight"].to_dict()
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1e-6)
    assert links["weight"].mean() == pytest.approx(1.0, abs=1e-8)
