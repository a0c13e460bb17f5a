"""Firms with people away from their seat: which outposts there are, and how links are led."""

import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import add_outposts, find_enclaves

PLACES = pd.DataFrame(
    {
        "parent": {
            "hangzhou": None, "yuhang": "hangzhou", "xihu": "hangzhou", "quzhou": None,
            "kecheng": "quzhou", "shanghai": None,
        }
    }
)  # fmt: skip
RANK = pd.Series({"hangzhou": 12.0, "quzhou": 2.0, "shanghai": 25.0})


@pytest.fixture
def firms() -> ni.MultilayerNetwork:
    """Solar of Quzhou with four people in Hangzhou and elsewhere, chips of Yuhang with three."""
    nodes = pd.DataFrame(
        [
            ("ann", "talent", "xihu"),
            ("bo", "talent", "xihu"),
            ("cy", "talent", "kecheng"),
            ("di", "talent", "shanghai"),
            ("ed", "talent", None),
            ("solar", "firm", "quzhou"),
            ("chips", "firm", "yuhang"),
        ],
        columns=["node", "kind", "place"],
    )
    works = pd.DataFrame(
        [
            ("ann", "solar", 1.0, 2019),
            ("ann", "solar", 2.0, 2020),
            ("solar", "bo", 4.0, 2020),  # an undirected link may be written either way
            ("cy", "solar", 8.0, 2020),  # in a district of the seat
            ("di", "solar", 16.0, 2020),
            ("ed", "solar", 32.0, 2020),  # nobody knows where
            ("bo", "chips", 64.0, 2020),  # in another district of one city
            ("cy", "chips", 128.0, None),
        ],
        columns=["source", "target", "weight", "period"],
    ).astype({"period": "Int64"})
    knows = pd.DataFrame({"source": ["ann", "solar"], "target": ["bo", "chips"]})
    return ni.build_network(nodes, {"works": works, "knows": knows}, PLACES)


def rows(network: ni.MultilayerNetwork, layer: str) -> list[tuple]:
    links = network.links[network.links["layer"] == layer]
    links = links[["source", "target", "weight", "period"]].astype(object)
    return list(links.where(links.notna(), None).itertuples(index=False, name=None))


def test_outposts_by_hand(firms):
    before = firms.links
    found = add_outposts(firms, layer="works")
    assert list(found.nodes.index[: firms.n_nodes]) == list(firms.nodes.index)
    posts = found.nodes.iloc[firms.n_nodes :]
    columns = ["kind", "place", "jurisdiction", "owner", "members"]
    assert posts[columns].reset_index().to_numpy().tolist() == [
        ["outpost:solar@xihu", "outpost", "xihu", "quzhou", "solar", 2],
        ["outpost:solar@shanghai", "outpost", "shanghai", "quzhou", "solar", 1],
        ["outpost:chips@xihu", "outpost", "xihu", "yuhang", "chips", 1],
        ["outpost:chips@kecheng", "outpost", "kecheng", "yuhang", "chips", 1],
    ]
    assert rows(found, "works") == [
        ("ann", "outpost:solar@xihu", 1.0, 2019),
        ("ann", "outpost:solar@xihu", 2.0, 2020),
        ("bo", "outpost:solar@xihu", 4.0, 2020),
        ("bo", "outpost:chips@xihu", 64.0, 2020),
        ("cy", "solar", 8.0, 2020),
        ("cy", "outpost:chips@kecheng", 128.0, None),
        ("di", "outpost:solar@shanghai", 16.0, 2020),
        ("ed", "solar", 32.0, 2020),
    ]
    assert rows(found, "outpost") == [
        ("solar", "outpost:solar@xihu", 1.0, 2019),
        ("solar", "outpost:solar@xihu", 6.0, 2020),  # ann and bo
        ("solar", "outpost:solar@shanghai", 16.0, 2020),
        ("chips", "outpost:chips@xihu", 64.0, 2020),
        ("chips", "outpost:chips@kecheng", 128.0, None),
    ]
    assert rows(found, "knows") == rows(firms, "knows")
    pd.testing.assert_frame_equal(firms.links, before)


def test_outposts_are_enclaves(firms):
    # On the level of cities the other district of Hangzhou is no outpost of chips any more.
    assert find_enclaves(firms, rank=RANK).empty
    found = find_enclaves(add_outposts(firms, layer="works", level=1), rank=RANK)
    assert found.to_numpy().tolist() == [
        ["outpost:solar@hangzhou", "quzhou", "hangzhou", "reverse"],
        ["outpost:solar@shanghai", "quzhou", "shanghai", "reverse"],
        ["outpost:chips@quzhou", "hangzhou", "quzhou", "forward"],
    ]


def test_a_firm_that_stands_abroad_is_there(firms):
    # Solar is run from Quzhou and stands in Hangzhou: people there are not away from it.
    nodes = firms.nodes
    nodes.loc["solar", ["place", "jurisdiction"]] = ["hangzhou", "quzhou"]
    moved = ni.build_network(nodes, firms.links, firms.places)
    posts = add_outposts(moved, layer="works").nodes.query("owner == 'solar'")
    assert list(posts.index) == ["outpost:solar@shanghai"]


@given(
    st.lists(
        st.tuples(st.sampled_from("tuvw"), st.sampled_from("fgh"), st.integers(1, 9)), min_size=1
    ),
    st.lists(st.sampled_from(["P", "Q", "R", None]), min_size=7, max_size=7),
    st.integers(1, 2),
)
def test_no_link_is_lost(rows, places, least):
    nodes = pd.DataFrame(
        {"node": list("tuvwfgh"), "kind": ["talent"] * 4 + ["firm"] * 3, "place": places}
    ).astype({"place": "str"})
    links = pd.DataFrame(rows, columns=["source", "target", "weight"])
    network = ni.build_network(nodes, {"works": links})
    found = add_outposts(network, layer="works", least=least)
    where = nodes.set_index("node")["place"]
    away: dict[tuple[str, str], set[str]] = {}
    for talent, firm, _ in rows:
        a, b = where[talent], where[firm]
        if isinstance(a, str) and isinstance(b, str) and a != b:
            away.setdefault((firm, a), set()).add(talent)
    posts = {key: talents for key, talents in away.items() if len(talents) >= least}
    names = {f"outpost:{firm}@{place}": len(t) for (firm, place), t in posts.items()}
    new = found.nodes.iloc[7:]
    assert dict(zip(new.index, new["members"] if names else [], strict=True)) == names
    assert found.select(layers=["works"]).links["weight"].sum() == links["weight"].sum()
    strength = ni.centrality.strength(found)
    for name in names:  # what comes in from the people goes on to the firm
        assert strength.loc[name, "works"] == strength.loc[name, "outpost"]
    for talent in "tuvw":
        total = links.loc[links["source"] == talent, "weight"].sum()
        assert strength.loc[talent, "works"] == total


@pytest.mark.parametrize(
    ("options", "words"),
    [({"layer": "work"}, "did you mean 'works'"), ({"owner": "firms"}, "did you mean 'firm'")],
)
def test_outposts_that_cannot_be_asked_for(firms, options, words):
    with pytest.raises(InputError, match=words):
        add_outposts(firms, **{"layer": "works", **options})


def test_an_id_that_is_taken(firms):
    other = pd.DataFrame({"kind": ["firm"]}, index=["outpost:solar@xihu"])
    with pytest.raises(InputError, match="duplicate id"):
        add_outposts(firms.with_nodes(other), layer="works")
