"""Two-mode layers turned into one-mode ones: by hand, by networkx, and on projects of CORDIS."""

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import co_participation, project

FIRMS, PROJECTS = list("fedcba"), ["p", "q", "r", "s"]

participations = st.lists(
    st.tuples(
        st.sampled_from(FIRMS),
        st.sampled_from(PROJECTS),
        st.sampled_from([2019, 2020, None]),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


def two_mode(rows: list[tuple[str, str, int | None, bool]], **options) -> ni.MultilayerNetwork:
    """Firms in projects; the ends of a row are written in either order."""
    nodes = pd.DataFrame(
        {"kind": ["firm"] * len(FIRMS) + ["project"] * len(PROJECTS)}, index=FIRMS + PROJECTS
    )
    ends = [(a, b) if straight else (b, a) for a, b, _, straight in rows]
    links = pd.DataFrame(ends, columns=["source", "target"])
    links["period"] = pd.array([when for *_, when, _ in rows], dtype="Int64")
    return ni.build_network(nodes, {"joins": links}, **options)


def weights(network: ni.MultilayerNetwork) -> dict[tuple[str, ...], float]:
    links = network.links
    keys = [column for column in ("source", "target", "period") if column in links]
    rows = links[keys].astype(object).where(links[keys].notna(), None)
    return dict(zip(rows.itertuples(index=False, name=None), links["weight"], strict=True))


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        # p has c, b, a; q has b and a; r has a alone. Order of the nodes: f e d c b a.
        ("count", {("c", "b"): 1, ("c", "a"): 1, ("b", "a"): 2}),
        ("newman", {("c", "b"): 1 / 2, ("c", "a"): 1 / 2, ("b", "a"): 3 / 2}),
        ("full", {("c", "b"): 1 / 3, ("c", "a"): 1 / 3, ("b", "a"): 4 / 3}),
    ],
)
def test_three_projects_by_hand(weighting, expected):
    pairs = ["ap", "pb", "cp", "aq", "bq", "ar", "ap"]
    links = pd.DataFrame([list(pair) for pair in pairs], columns=["source", "target"])
    network = ni.build_network(two_mode([("a", "p", None, True)]).nodes, {"joins": links})
    found = project(network, layer="joins", onto="firm", weighting=weighting)
    assert weights(found) == pytest.approx(expected)
    assert found.layers == ("co_joins",)
    assert list(found.nodes.index) == FIRMS
    assert list(found.links.columns) == ["layer", "source", "target", "weight"]


@pytest.mark.slow
@given(participations)
def test_projection_is_networkx_in_each_period(rows):
    functions = {
        "count": nx.bipartite.weighted_projected_graph,
        "newman": nx.bipartite.collaboration_weighted_projected_graph,
    }
    for weighting, function in functions.items():
        expected = {}
        for when in {when for _, _, when, _ in rows}:
            graph = nx.Graph([(a, b) for a, b, other, _ in rows if other == when])
            joined = function(graph, [node for node in graph if node in FIRMS])
            for a, b, weight in joined.edges(data="weight"):
                key = (*sorted((a, b), key=FIRMS.index), when)
                expected[key] = float(weight)
        network = two_mode(rows)
        found = weights(project(network, layer="joins", onto=["firm"], weighting=weighting))
        has_periods = any(when is not None for *_, when in expected)
        if not has_periods:
            expected = {(a, b): weight for (a, b, _), weight in expected.items()}
        assert found == pytest.approx(expected)


@pytest.mark.slow
@given(participations, st.sampled_from(["count", "newman", "full"]))
def test_projection_is_co_participation_of_the_links(rows, weighting):
    found = project(two_mode(rows), layer="joins", through="project", weighting=weighting).links
    table = pd.DataFrame(rows, columns=["firm", "project", "year", "_"])
    links = co_participation(
        table, member="firm", event="project", weighting=weighting, period="year"
    )
    ends = pd.DataFrame({"source": links["target"], "target": links["source"]})  # f before a
    expected = ni.build_network(
        pd.DataFrame(index=FIRMS), {"co_joins": links.assign(**ends.to_dict("series"))}
    )
    pd.testing.assert_frame_equal(found, expected.links)


@pytest.fixture
def mixed() -> ni.MultilayerNetwork:
    """Talents in firms, firms in a park, flows between firms; `zoe` is a talent without a job."""
    nodes = {
        "firm": pd.DataFrame({"node": ["x", "y"], "place": ["P", "Q"]}),
        "talent": pd.DataFrame({"node": ["ann", "bo", "zoe"], "place": "Q"}),
        "park": pd.DataFrame({"node": ["park"], "place": "P"}),
    }
    links = {
        "works": pd.DataFrame(
            [("ann", "x", 9.0), ("ann", "y", 0.5), ("bo", "x", 1.0), ("bo", "y", 1.0)],
            columns=["source", "target", "weight"],
        ).assign(since="2019"),
        "tenancy": pd.DataFrame({"source": ["x"], "target": ["park"], "rent": [7.0]}),
        "knows": pd.DataFrame({"source": ["zoe"], "target": ["ann"]}),
        "flow": pd.DataFrame({"source": ["y"], "target": ["x"]}),
    }
    return ni.build_network(nodes, links, directed=("works", "flow"))


def test_what_stands_beside_the_layer_stays(mixed):
    found = project(mixed, layer="works", onto="firm")
    # All talents are dropped, with their acquaintance; the two firms share ann and bo.
    assert list(found.nodes.index) == ["x", "y", "park"]
    assert found.nodes.loc["y", "place"] == "Q"
    assert found.layers == ("co_works", "flow", "tenancy")
    assert found.directed == {"flow"}
    ends = found.links[["layer", "source", "target", "weight"]].to_numpy().tolist()
    assert ends == [
        ["co_works", "x", "y", 2.0],
        ["flow", "y", "x", 1.0],
        ["tenancy", "x", "park", 1.0],
    ]
    assert found.links["rent"].isna().tolist() == [True, True, False]
    assert found.links["since"].isna().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"onto": "firm", "layer": "work"}, "'work' .did you mean 'works'"),
        ({"onto": "firms"}, "'firms' .did you mean 'firm'"),
        ({"through": ["talents"]}, "did you mean 'talent'"),
        ({}, "give one of the two: `onto`.*found onto=None, through=None"),
        ({"onto": "firm", "through": "talent"}, "give one of the two"),
        ({"onto": "firm", "layer": "flow"}, "1 of its 1 links join two of one side: y and x"),
        ({"onto": "park"}, "4 of its 4 links join two of one side: ann and x, ann and y"),
        ({"onto": "firm", "name": "flow"}, "a layer 'flow' already"),
        ({"onto": "firm", "weighting": "sum"}, "'count', 'newman', 'full'"),
        ({"onto": "firm", "split_by": "sort"}, "split_by.*'sort'"),
        ({"onto": "firm", "split_by": "kind", "name": "firm"}, "'firm' is a value of 'kind' too"),
    ],
)
def test_layers_that_cannot_be_projected(mixed, options, words):
    with pytest.raises(InputError, match=words):
        project(mixed, **{"layer": "works", **options})


def test_pairs_split_by_kind_by_hand():
    # p joins two firms, a university and one of no kind: each of the 6 pairs gets 1 / 3. In q the
    # two firms meet again and get 1.
    nodes = pd.DataFrame(
        {"kind": ["firm", "firm", "university", None, "project", "project"]}, list("abuxpq")
    )
    links = pd.DataFrame([(m, "p") for m in "abux"] + [("q", "a"), ("b", "q")])
    links = links.set_axis(["source", "target"], axis=1).assign(layer="joins")
    network = ni.build_network(nodes, links)
    options = {"layer": "joins", "through": "project", "weighting": "newman"}
    found = project(network, **options, split_by="kind")
    assert found.layers == ("firm", "mixed")
    assert weights(found.select(layers=["firm"])) == pytest.approx({("a", "b"): 4 / 3})
    taken = network.with_links(pd.DataFrame({"source": ["a"], "target": "b", "layer": "firm"}))
    with pytest.raises(InputError, match="a layer 'firm' already; choose another `split_by`"):
        project(taken, **options, split_by="kind")
    mixed = dict.fromkeys([("a", "u"), ("a", "x"), ("b", "u"), ("b", "x"), ("u", "x")], 1 / 3)
    assert weights(found.select(layers=["mixed"])) == pytest.approx(mixed)


@pytest.mark.slow
@given(participations, st.sampled_from(["count", "newman", "full"]))
def test_layers_split_by_an_attribute_add_up_to_the_whole(rows, weighting):
    network = two_mode(rows)
    nodes = network.nodes.assign(size=["small", "large", None] * 3 + ["large"])
    network = ni.MultilayerNetwork(nodes, network.links)
    options = {"layer": "joins", "onto": "firm", "weighting": weighting}
    split = project(network, **options, split_by="size")
    assert set(split.layers) <= {"small", "large", "mixed"}
    assert weights(ni.flatten(split)) == pytest.approx(weights(project(network, **options)))
    size = nodes["size"].fillna("")
    for layer, source, target in split.links[["layer", "source", "target"]].itertuples(index=False):
        alike = size[source] == size[target] != ""
        assert layer == (size[source] if alike else "mixed")
