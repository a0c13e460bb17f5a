"""Two names of one place that `[places] same` joins, in every source."""

from __future__ import annotations

import pytest

from netinnov import study
from netinnov.errors import InputError
from study_cases import context_at

SAME = {"Munchen": "Munich"}


def studied(path, same=SAME, **data):
    return context_at(data={"path": path} | data, places={"same": same})


def notes(context) -> list[str]:
    return [note for note in context.loaded.notes if "joined" in note]


def test_places_jurisdictions_and_parents_are_joined(tmp_path):
    nodes = "node,place,jurisdiction\nlab,Munich,\nfirm,Munchen,Berlin\nshop,Berlin,Munchen\n"
    places = "place,lon,lat,parent\nMunich,11.57,,\nMunchen,11.58,48.1,\nSchwabing,,,Munchen\n"
    (tmp_path / "nodes.csv").write_text(nodes)
    (tmp_path / "links.csv").write_text("source,target\nlab,firm\nlab,shop\nfirm,shop\n")
    (tmp_path / "places.csv").write_text(f"{places}Berlin,13.4,52.5,\n")
    context = studied(tmp_path)
    network = context.network
    assert network.nodes["place"].tolist() == ["Munich", "Munich", "Berlin"]
    assert network.nodes["jurisdiction"].tolist() == ["Munich", "Berlin", "Munich"]
    assert network.places.index.tolist() == ["Munich", "Schwabing", "Berlin"]
    assert network.places.loc["Munich", ["lon", "lat"]].tolist() == [11.57, 48.1]
    assert network.places["parent"].tolist()[1] == "Munich"
    # lab and firm are in one place now, each linked with shop.
    assert context.cities.links.query("source != target")["weight"].tolist() == [2.0]
    assert notes(context) == [
        "places joined, as [places] same says: 1 ('Munchen' and 'Munich').",
        "where joined places differ, the name kept counts: 1 ('lon of Munich').",
    ]


TABLE = "from,to,trips\nMunich,Berlin,3\nMunchen,Berlin,4\nBerlin,Munchen,1\nMunich,Munchen,2\n"
MATRIX = ",Munich,Munchen,Berlin\nMunich,0,2,3\nMunchen,0,0,4\nBerlin,0,1,0\n"


@pytest.mark.slow
@pytest.mark.parametrize("text", [TABLE, MATRIX])
@pytest.mark.parametrize("table", [None, "Munich\nBerlin\n", "Munich\nMunchen\nBerlin\n"])
def test_flows_of_two_names_are_added_up(tmp_path, text, table):
    (tmp_path / "flows.csv").write_text(text)
    options = {}
    if table is not None:
        (tmp_path / "places.csv").write_text(f"place\n{table}")
        options["places"] = tmp_path / "places.csv"
    network = studied(tmp_path / "flows.csv", source="flows", **options).network
    assert network.nodes["place"].tolist() == network.nodes.index.tolist() == ["Munich", "Berlin"]
    weights = network.links.set_index(["source", "target"])["weight"].to_dict()
    berlin = {("Munich", "Berlin"): 7.0, ("Berlin", "Munich"): 1.0}
    assert weights == berlin | {("Munich", "Munich"): 2.0}


@pytest.mark.parametrize("kept", [True, False])
def test_the_table_of_places_of_a_list_may_have_either_name(tmp_path, kept):
    (tmp_path / "participations.csv").write_text(
        "member,event,place\na,x,Munich\na,y,Munchen\nb,x,Berlin\nb,y,Berlin\n"
    )
    name = "Munich" if kept else "Munchen"
    (tmp_path / "places.csv").write_text(f"place,lon,lat\nBerlin,13.4,52.5\n{name},11.6,48.1\n")
    context = studied(tmp_path)
    assert context.network.places["lon"].to_dict() == {"Berlin": 13.4, "Munich": 11.6}
    assert not any("without coordinates" in note for note in context.loaded.notes)
    assert not any("more than one place" in note for note in context.loaded.notes)


@pytest.mark.parametrize(
    ("same", "message"),
    [
        ({"Munchn": "Munich"}, r"\[places\] same.*'Munchn' \(did you mean 'Munchen'\?\)"),
        ({"Munchen": "Minich"}, r"\[places\] same.*'Minich' \(did you mean 'Munich'\?\)"),
    ],
)
@pytest.mark.parametrize("source", ["flows", "branches"])
def test_names_that_the_data_do_not_have_are_refused(tmp_path, same, message, source):
    header = {"flows": "from,to,firm\n", "branches": "seat,place,firm\n"}[source]
    (tmp_path / "t.csv").write_text(header + "Munich,Berlin,1\nMunchen,Berlin,2\n")
    with pytest.raises(InputError, match=message):
        studied(tmp_path / "t.csv", same, source=source)


@pytest.mark.parametrize("beside", [True, False])
def test_distances_follow_names_that_a_list_joins(tmp_path, beside):
    (tmp_path / "list").mkdir()
    rows = "firm,place,seat\nA,Munchen,Berlin\nB,Munich,Berlin\nC,Berlin,Munchen\n"
    (tmp_path / "list/branches.csv").write_text(rows)
    minutes = tmp_path / ("list" if beside else ".") / "minutes.csv"
    minutes.write_text("from,to,min\nMunchen,Berlin,9\nMunich,Berlin,8\nBerlin,Munchen,7\n")
    options = {} if beside else {"distances": minutes}
    context = studied(tmp_path / "list", source="branches", **options)
    assert context.network.distances.set_index(["origin", "destination"])["distance"].to_dict() == {
        ("Munich", "Berlin"): 8.0,
        ("Berlin", "Munich"): 7.0,
    }
    assert not [note for note in context.loaded.notes if "left out" in note]


def test_a_name_that_is_kept_is_not_joined_itself():
    with pytest.raises(ValueError, match="a name that is kept cannot be joined itself; found 'b'"):
        study.configure({"data": {"source": "yrd"}, "places": {"same": {"a": "b", "b": "c"}}})
