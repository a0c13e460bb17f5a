"""Lists of branches with seats, and of participations: as nodes, links and places."""

import warnings

import pandas as pd
import pytest

import netinnov as ni
from netinnov import linkages
from netinnov.errors import InputError
from workbooks import write_workbook

# Alpha sits in Q with two branches in H and one at home; Beta sits in H with one in Q.
BRANCHES = "firm,place,staff\nAlpha,H,10\nAlpha,H,12\nAlpha,Q,3\nBeta,Q,4\n"
SEATS = "firm,place\nAlpha,Q\nBeta,H\n"
OWNED = {("H", "Q"): 1.0, ("Q", "H"): 2.0, ("Q", "Q"): 1.0}
TAKEN_PART = "member,event,place,year\na,p,P,2020\nb,p,Q,2020\na,q,P,2021\nc,q,,2021\na,q,P,2021\n"


def files(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def owned(network):
    links = network.select(layers=["ownership"]).links
    return links.set_index(["source", "target"])["weight"].to_dict()


def test_branches_are_of_their_firm_and_belong_to_the_place_of_its_seat(tmp_path):
    network = ni.read_network(files(tmp_path, branches=BRANCHES, seats=SEATS))
    nodes = network.nodes
    assert nodes["kind"].value_counts().to_dict() == {"branch": 4, "firm": 2, "place": 2}
    branches = nodes[nodes["kind"] == "branch"]
    assert branches[["place", "jurisdiction", "firm", "staff"]].to_numpy().tolist() == [
        ["H", "Q", "Alpha", 10],
        ["H", "Q", "Alpha", 12],
        ["Q", "Q", "Alpha", 3],
        ["Q", "H", "Beta", 4],
    ]
    assert branches.index[:2].tolist() == ["Alpha, H", "Alpha, H (2)"]
    assert network.directed == {"branches", "ownership"}
    of_firm = network.select(layers=["branches"]).links
    assert of_firm["source"].tolist() == ["Alpha"] * 3 + ["Beta"]
    assert sorted(of_firm["target"]) == sorted(branches.index)
    assert owned(network) == OWNED
    rank = pd.Series({"H": 2.0, "Q": 1.0})
    assert linkages.count_enclaves(network, rank=rank).tolist() == [2, 1, 0, 0]


def test_a_column_of_seats_says_what_a_table_of_seats_says(tmp_path):
    """Also where only one row of a firm has it."""
    path = tmp_path / "list.csv"
    path.write_text("firm,place,seat\nAlpha,H,Q\nAlpha,H,\nAlpha,Q,\nBeta,Q,H\n")
    assert owned(ni.read_network(path, source="branches")) == OWNED
    (tmp_path / "branches.csv").write_bytes(path.read_bytes())
    assert owned(ni.read_network(tmp_path / "branches.csv")) == OWNED


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_chinese_headers_and_names_of_files(tmp_path, kind):
    tables = {
        "分支": pd.DataFrame({"企业": ["甲", "甲", "乙"], "城市": ["杭州", "衢州", "衢州"]}),
        "总部": pd.DataFrame({"公司": ["甲", "乙"], "总部": ["衢州", "杭州"]}),
        "城市": pd.DataFrame({"城市": ["杭州", "衢州"], "经度": [120.2, 118.9], "纬度": [30, 29]}),
    }
    for name, table in tables.items():
        path = tmp_path / f"{name}.{kind}"
        table.to_csv(path, index=False) if kind == "csv" else table.to_parquet(path)
    network = ni.read_network(tmp_path)
    assert network.places["lon"].to_dict() == {"杭州": 120.2, "衢州": 118.9}
    found = linkages.find_enclaves(network, rank=pd.Series({"杭州": 2, "衢州": 1}))
    assert found[["home", "host", "direction"]].to_numpy().tolist() == [
        ["衢州", "杭州", "reverse"],
        ["杭州", "衢州", "forward"],
    ]


def test_sheets_of_a_workbook(tmp_path):
    sheets = {
        "分支": [["企业", "城市"], ["甲", "杭州"], ["甲", "衢州"]],
        "总部": [["企业", "城市"], ["甲", "衢州"]],
        "说明": [["anything"], ["at all"]],
    }
    network = ni.read_network(write_workbook(tmp_path / "book.xlsx", sheets))
    assert owned(network) == {("衢州", "杭州"): 1.0, ("衢州", "衢州"): 1.0}
    sheets = {"参与": [["成员", "项目", "年份"], ["a", "p", 2020], ["b", "p", 2020]]}
    network = ni.read_network(write_workbook(tmp_path / "other.xlsx", sheets))
    assert network.links["period"].tolist() == [2020, 2020]
    alone = {"Sheet1": sheets["参与"]}
    alone = write_workbook(tmp_path / "alone.xlsx", alone)
    assert ni.read_network(alone, source="participations").equals(network)


def test_all_faults_of_branches_are_said_at_once(tmp_path):
    branches = f"{BRANCHES}Gamma,H,1\nGamma,Q,1\n,H,2\nDelta,Q,1\nTotal,H,9\n"
    seats = f"{SEATS}Delta,H\nDelta,Q\nEpsilon,\n"
    files(tmp_path, branches=branches, seats=seats, places="place,lon,lat\nQ,1,2\n")
    with pytest.warns(UserWarning, match="rows left out") as told:
        network = ni.read_network(tmp_path)
    (fault,) = [str(each.message) for each in told]
    assert fault.splitlines()[1:] == [
        "- branches.csv: rows left out, of totals: 1 (line 10)",
        "- branches.csv: rows left out, without a firm or place: 1 (line 8)",
        "- seats.csv: rows left out, without a firm or place: 1 (line 6)",
        "- branches.csv: firms left out with their branches, as they have more than one seat: "
        "1 ('Delta')",
        "- branches.csv: branches left out, as their firm has no seat: 2 ('Gamma')",
        "- places.csv: places without a row, so without coordinates: 1 ('H')",
    ]
    assert owned(network) == OWNED
    assert network.places["lon"].isna().to_dict() == {"Q": False, "H": True}


def test_columns_that_are_missing_are_named_at_once(tmp_path):
    files(tmp_path, branches="who,place\nA,P\n", places="lon,lat\n1,2\n")
    with pytest.raises(InputError) as refused:
        ni.read_network(tmp_path)
    assert "branches.csv has no column `firm`; it has who, place" in str(refused.value)
    assert "places.csv has no column `place`" in str(refused.value)
    assert "a table of seats (`firm`, `place`) beside it, or a column `seat`" in str(refused.value)
    files(tmp_path, branches=BRANCHES, seats="firm,place\nOmega,P\n", places="place\nP\n")
    with pytest.raises(InputError, match=r"a firm whose seat is known; it has none\n.*no seat: 4"):
        ni.read_network(tmp_path)
    with pytest.raises(InputError, match=r"must hold participations.csv, .* it holds branches"):
        ni.read_network(tmp_path, source="participations")
    with pytest.raises(InputError, match=r"'branch'.*did you mean 'branches'"):
        ni.read_network(tmp_path, source="branch")
    files(tmp_path, participations=TAKEN_PART)
    with pytest.raises(InputError, match="holds branches and participations"):
        ni.read_network(tmp_path)


def test_participations_link_members_to_events(tmp_path):
    network = ni.read_network(files(tmp_path, participations=TAKEN_PART))
    assert network.nodes["kind"].to_dict() == dict.fromkeys("abc", "member") | dict.fromkeys(
        "pq", "event"
    )
    assert network.nodes["place"].dropna().to_dict() == {"a": "P", "b": "Q"}
    links = network.links
    assert links[["source", "target", "period"]].to_numpy().tolist() == [
        ["a", "p", 2020],
        ["a", "q", 2021],
        ["b", "p", 2020],
        ["c", "q", 2021],
    ]
    assert (links["weight"] == 1).all()  # twice in an event is once
    assert not network.directed


def test_a_member_is_where_most_of_its_rows_say(tmp_path):
    text = "member,event,place,owner,year\na,p,P,P,2020\na,q,Q,P,x\na,r,Q,P,2021\n,r,Q,P,1\n"
    path = files(tmp_path, participations=text)
    note = r"members with more than one place, of which the most frequent is taken: 1 \('a'\)\.$"
    with (
        pytest.warns(UserWarning, match="periods left out") as told,
        pytest.warns(match=f"^participations.csv: {note}"),
    ):
        network = ni.read_network(path)
    assert network.nodes.loc["a", ["place", "jurisdiction"]].tolist() == ["Q", "P"]
    (fault,) = [str(each.message) for each in told]
    assert "periods left out, not whole numbers: 1 (line 3)" in fault
    assert "rows left out, without a member or event: 1 (line 5)" in fault


@pytest.mark.slow
def test_patents_as_branches_of_assignees_and_as_participations_of_inventors(shared, tmp_path):
    """An assignee's seat is where most of its inventors are; pandas counts the rest."""
    path = shared / "data/patentsview_inventors/CN-A61B.csv"
    raw = pd.read_csv(path, dtype="str").dropna(subset=["assigneeid", "location_id"])
    raw = raw.rename(columns={"assigneeid": "firm", "location_id": "place"})
    seat = raw.groupby("firm")["place"].agg(lambda each: sorted(each.mode())[0])
    raw[["firm", "place"]].to_csv(tmp_path / "branches.csv", index=False)
    seat.reset_index().to_csv(tmp_path / "seats.csv", index=False)
    with pytest.warns(UserWarning, match=r"branches.csv: rows that repeat .* each counts: 165 \("):
        network = ni.read_network(tmp_path)
    pairs = pd.DataFrame({"home": raw["firm"].map(seat), "host": raw["place"]})
    outside = pairs[pairs["home"] != pairs["host"]].value_counts()
    counts = linkages.count_enclaves(network, rank=pd.Series(dtype=float), by="pair")
    assert counts[counts > 0].to_dict() == outside.to_dict()
    assert owned(network) == pairs.value_counts().to_dict()

    columns = {"inventor_id": "member", "patent_id": "event", "location_id": "place"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        network = ni.read_network(path, source="participations", columns=columns)
    table = pd.read_csv(path, dtype="str")[["inventor_id", "patent_id"]].drop_duplicates()
    both = table.merge(table, on="patent_id")
    both = both[both["inventor_id_x"] < both["inventor_id_y"]]
    together = linkages.project(network, layer="participation", onto="member")
    assert together.links["weight"].sum() == len(both)
    assert together.n_nodes == table["inventor_id"].nunique()
