"""From [data] and [columns] of a configuration to a network: words, places, projections."""

import pandas as pd
import pytest

from netinnov import build_network, study
from netinnov.errors import InputError
from study_cases import context_at, context_of


def loaded(data, columns=None, layers=None, same=None):
    parts = {"data": data, "columns": columns or {}, "layers": layers or {}}
    return context_at(**parts, places={"same": same or {}}).loaded


@pytest.fixture
def flows(tmp_path):
    """Shares in per cent between three cities, and a table of the cities."""
    (tmp_path / "shares.csv").write_text(",A,B,C\nA,,60.5,39.5\nB,100,,\nC,50,50,\n")
    cities = "stadt;lng;lat;einwohner\nA;1,5;50;1000\nBe;2,5;51;200\nC;3,5;52;10\n"
    (tmp_path / "cities.csv").write_text(cities)
    return tmp_path


COLUMNS = {"stadt": "place", "einwohner": "population"}


def test_shares_times_a_column_of_the_places_are_flows(flows):
    """60.5 % of 1,000 go from A to B, which the table of cities calls Be."""
    data = {
        "source": "flows",
        "path": flows / "shares.csv",
        "places": flows / "cities.csv",
        "outflow": "population",
    }
    result = loaded(data, COLUMNS, same={"B": "Be"})
    links = result.network.links.set_index(["source", "target"])["weight"]
    assert links.to_dict() == {
        ("A", "Be"): 605.0,
        ("A", "C"): 395.0,
        ("Be", "A"): 200.0,
        ("C", "A"): 5.0,
        ("C", "Be"): 5.0,
    }
    assert result.network.places["lon"].tolist() == [1.5, 2.5, 3.5]
    assert any("times its population" in note for note in result.notes)
    assert {path.name for path in result.files} == {"shares.csv", "cities.csv"}
    with pytest.raises(InputError, match=r"outflow`: .* not in the columns of .*'populatio' \(did"):
        loaded(data | {"outflow": "populatio"}, COLUMNS)
    with pytest.raises(InputError, match="must have a column with the places; it has stadt"):
        loaded(data, {"einwohner": "population"})


def test_shares_of_what_arrives_times_a_column_of_the_places_are_flows(flows):
    """30 % and 70 % of the 200 that reach A, all of the 10 that reach B and C."""
    (flows / "in.csv").write_text("origin,destination,share\nB,A,30\nC,A,70\nA,B,100\nA,C,100\n")
    (flows / "cities.csv").write_text("place,lon,lat,got\nA,1,1,200\nB,2,1,10\nC,3,1,10\n")
    data = {"path": flows / "in.csv", "places": flows / "cities.csv", "inflow": "got"}
    result = loaded(data, {})
    links = result.network.links.set_index(["source", "target"])["weight"]
    assert links.to_dict() == {("A", "B"): 10, ("A", "C"): 10, ("B", "A"): 60, ("C", "A"): 140}
    assert "The flows are shares of what reaches each place, times its got." in result.notes
    with pytest.raises(InputError, match="holds shares of each destination's total"):
        loaded({"path": flows / "in.csv"}, {})


def test_places_at_zero_degrees_are_named(tmp_path):
    (tmp_path / "nodes.csv").write_text("node,place\na,a\nb,b\nc,c\n")
    (tmp_path / "links.csv").write_text("source,target\na,b\nb,c\n")
    (tmp_path / "places.csv").write_text("place,lon,lat\na,9.5,50\nb,0,0\nc,0,51\n")
    notes = loaded({"source": "tables", "path": tmp_path}).notes
    assert "At 0°N 0°E, where many sources put what is not known: 'b'" in notes


def test_settings_that_do_not_fit_are_refused(flows):
    path = flows / "shares.csv"
    for data, words in (
        ({"source": "flows", "path": path, "outflow": "population"}, "about `places`"),
        ({"source": "flows", "path": path, "inflow": "population"}, "`inflow` is about `places`"),
        ({"source": "cordis", "path": path, "places": path}, "`places` is for source = 'flows'"),
        ({"source": "cordis", "path": path, "encoding": "gbk"}, "`encoding` is for source ="),
        ({"source": "tables", "path": path, "rows": "origin"}, "`rows` is for source = 'flows'"),
        ({"source": "yrd", "project": {"layer": "a", "onto": "b"}}, "leave it out with 'yrd'"),
    ):
        with pytest.raises(ValueError, match=words):
            study.configure({"data": data})
    with pytest.raises(ValueError, match="`columns` is for tables of your own"):
        study.configure({"data": {"source": "yrd"}, "columns": {"a": "b"}})


def test_a_source_that_is_left_out_is_found(flows):
    (flows / "pairs.csv").write_text("from,to,weight\nA,C,2\n")
    assert loaded({"path": flows / "pairs.csv"}).network.layers == ("flow",)


def test_rows_of_a_matrix_are_what_the_settings_say(flows):
    path = flows / "inbound.csv"
    path.write_text("to,A,B,C\nA,,1,2\nB,3,,4\nC,5,6,\n")
    adjacency = loaded({"path": path, "rows": "destination"}).network.adjacency("flow")
    assert adjacency.toarray().tolist() == [[0, 3, 5], [1, 0, 6], [2, 4, 0]]
    (flows / "nodes.csv").write_text("node,place\na,A\n")
    (flows / "links.csv").write_text("source,target\na,a\n")
    with pytest.raises(InputError, match="`rows` is for source = 'flows'; leave it out with 'tab"):
        loaded({"path": flows, "rows": "destination"})


def test_a_two_mode_layer_is_projected_inside_the_run(tmp_path):
    """Firms a, b, c in project p, and a, b in q: Newman's weights are 1/2 and 1/2 + 1."""
    nodes = "id,type,city\na,firm,A\nb,firm,B\nc,firm,C\np,project,\nq,project,\n"
    (tmp_path / "nodes.csv").write_text(nodes)
    (tmp_path / "links.csv").write_text(
        "from,to,layer\na,p,takes part\nb,p,takes part\nc,p,takes part\na,q,takes part\n"
        "b,q,takes part\n"
    )
    projection = {"layer": "takes part", "onto": "firm", "weighting": "newman"}
    result = loaded({"path": tmp_path, "project": projection})
    assert result.network.layers == ("co_takes part",)
    links = result.network.links.set_index(["source", "target"])["weight"]
    assert links.to_dict() == {("a", "b"): 1.5, ("a", "c"): 0.5, ("b", "c"): 0.5}
    assert result.joint_events
    assert result.incidence is not None
    assert result.incidence.network.layers == ("takes part",)
    side = projection | {"onto": None, "through": "project"}
    through = loaded({"path": tmp_path, "project": side})
    pd.testing.assert_frame_equal(through.network.links, result.network.links)
    with pytest.raises(InputError, match=r"\[data\] project: give one of the two: `onto`"):
        loaded({"path": tmp_path, "project": {"layer": "takes part"}})
    with pytest.raises(InputError, match=r"\[data\] project: .*'take part'"):
        loaded({"path": tmp_path, "project": projection | {"layer": "take part"}})


def test_a_symmetric_matrix_is_undirected_unless_the_configuration_says_otherwise(tmp_path):
    (tmp_path / "ties.csv").write_text(",A,B,C\nA,,1,2\nB,1,,3\nC,2,3,\n")
    data = {"path": tmp_path / "ties.csv"}
    result = loaded(data)
    assert result.network.links["weight"].tolist() == [1.0, 2.0, 3.0]
    assert not result.network.directed
    assert any("the matrix is symmetric" in note for note in result.notes)
    result = loaded(data, layers={"flow": {"directed": True}})
    assert (result.network.n_links, result.network.directed) == (6, {"flow"})
    assert not result.notes


def test_nodes_without_places_lend_them_their_names(tmp_path):
    (tmp_path / "nodes.csv").write_text("node,name\n1,Quzhou\n2,Hangzhou\n")
    (tmp_path / "links.csv").write_text("source,target\n1,2\n")
    context = context_at(data={"source": "tables", "path": tmp_path})
    assert context.cities.places["name"].to_dict() == {"1": "Quzhou", "2": "Hangzhou"}
    assert "each node is taken as a place of its own" in " ".join(context.loaded.notes)


def test_a_country_is_no_place_beside_its_cities():
    places = pd.DataFrame(
        {"parent": ["FR", "FR", None], "level": ["city", "city", "country"]},
        index=["PARIS, FR", "LYON, FR", "FR"],
    )
    nodes = pd.DataFrame({"place": ["PARIS, FR", "LYON, FR", "FR"]}, index=["a", "b", "c"])
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    network = build_network(nodes, links, places)
    cities = context_of(network).level
    assert cities.cities.nodes.index.tolist() == ["PARIS, FR", "LYON, FR"]
    assert cities.coverage["nodes"].tolist() == [3, 3, 2, 2]
    countries = context_of(network, places={"level": 1}).level
    assert countries.cities.nodes["members"].to_dict() == {"FR": 3}
    assert countries.coverage["nodes"].tolist() == [3, 3, 3]
