"""Faulty tables: every fault found in one pass, shown with its place, and set aside on request."""

import pickle
import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import netinnov as ni

# A place among the problems: table, row, column.
Spot = tuple[str, int | None, str | None]


def good_nodes(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "node": ["a", "b", "c", "d"],
            "kind": ["firm", "park", "firm", "talent"],
            "place": ["P", "Q", "P", "R"],
            **columns,
        }
    )


def good_links(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "layer": ["x", "x", "y", "y"],
            "source": ["a", "b", "a", "d"],
            "target": ["b", "c", "c", "d"],
            "weight": [1.0, 2.0, 3.0, 4.0],
            "period": [2019, 2020, 2020, 2021],
            **columns,
        }
    )


def good_places(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": ["P", "Q", "R", "S"],
            "lon": [120.0, 119.0, -180.0, 180.0],
            "lat": [30.0, 29.0, -90.0, 90.0],
            "population": [12.0, 2.0, None, 0.0],
            "parent": ["Q", "S", None, None],
            **columns,
        }
    )


def spots(problems: pd.DataFrame) -> set[Spot]:
    return {
        (row.table, None if pd.isna(row.row) else int(row.row),
         None if pd.isna(row.column) else row.column)
        for row in problems.itertuples()
    }  # fmt: skip


def raised(*tables: Any) -> ni.TableError:
    with pytest.raises(ni.TableError) as caught:
        ni.build_network(*tables)
    return caught.value


class Fault(NamedTuple):
    """Tables with one fault, where it is and words of its name."""

    tables: dict[str, Any]
    where: set[Spot]
    words: str


def fault(words: str, *where: Spot, **tables: Any) -> Fault:
    return Fault(tables, set(where), words)


FAULTS = {
    "missing source": fault("missing column", ("links", None, "source"),
        links=good_links().drop(columns="source")),
    "missing both ends": fault("missing column", ("links", None, "source"),
        ("links", None, "target"), links=good_links().drop(columns=["source", "target"])),
    "misspelt target": fault("column", ("links", None, "target"),
        links=good_links().rename(columns={"target": "targt"})),
    "misspelt weight": fault("column", ("links", None, "weight"),
        links=good_links().rename(columns={"weight": "wieght"})),
    "misspelt place": fault("column", ("nodes", None, "place"),
        nodes=good_nodes().rename(columns={"place": "palce"})),
    "column twice": fault("twice", ("links", None, "weight"),
        links=pd.concat([good_links(), good_links()[["weight"]]], axis=1)),
    "duplicate id": fault("duplicate", ("nodes", 4, "node"),
        nodes=pd.concat([good_nodes(), good_nodes().iloc[[1]]], ignore_index=True)),
    "kinds differ": fault("kind", ("nodes", 4, "kind"),
        nodes=pd.concat([good_nodes(), good_nodes().iloc[[1]].assign(kind="firm")],
        ignore_index=True)),
    "missing id": fault("empty", ("nodes", 4, "node"),
        nodes=pd.concat([good_nodes(), good_nodes().iloc[[1]].assign(node=None)],
        ignore_index=True)),
    "empty id": fault("empty", ("nodes", 4, "node"),
        nodes=pd.concat([good_nodes(), good_nodes().iloc[[1]].assign(node="")], ignore_index=True)),
    "blank id": fault("empty", ("nodes", 4, "node"),
        nodes=pd.concat([good_nodes(), good_nodes().iloc[[1]].assign(node=" \t")],
        ignore_index=True)),
    "unknown ends": fault("not a node", ("links", 1, "source"), ("links", 1, "target"),
        ("links", 3, "target"),
        links=good_links(source=["a", "zz", "a", "d"], target=["b", "zz", "c", "yy"])),
    "empty ends": fault("empty", ("links", 0, "source"), ("links", 2, "target"),
        links=good_links(source=[None, "b", "a", "d"], target=["b", "c", "", "d"])),
    "missing weight": fault("missing", ("links", 1, "weight"),
        links=good_links(weight=[1.0, None, 3.0, 4.0])),
    "text weight": fault("number", ("links", 1, "weight"),
        links=good_links(weight=[1.0, "heavy", 3.0, 4.0])),
    "zero weight": fault("above 0", ("links", 0, "weight"),
        links=good_links(weight=[0.0, 2.0, 3.0, 4.0])),
    "negative weight": fault("above 0", ("links", 3, "weight"),
        links=good_links(weight=[1, 2, 3, -4])),
    "infinite weights": fault("infinite|above 0", ("links", 0, "weight"), ("links", 2, "weight"),
        links=good_links(weight=[np.inf, 2.0, -np.inf, 4.0])),
    "missing layer": fault("layer", ("links", 1, "layer"), ("links", 3, "layer"),
        links=good_links(layer=["x", None, "y", ""])),
    "fraction of a period": fault("whole", ("links", 2, "period"),
        links=good_links(period=[2019, 2020, 2020.5, None])),
    "text period": fault("whole", ("links", 2, "period"),
        links=good_links(period=[2019, 2020, "late", 2021])),
    "longitude out of range": fault("range", ("places", 0, "lon"), ("places", 1, "lon"),
        places=good_places(lon=[180.01, -181.0, 0.0, 0.0])),
    "latitude out of range": fault("range", ("places", 2, "lat"),
        places=good_places(lat=[30.0, 29.0, 90.5, 0.0])),
    "infinite latitude": fault("range", ("places", 2, "lat"),
        places=good_places(lat=[30.0, 29.0, np.inf, 0.0])),
    "text longitude": fault("number", ("places", 0, "lon"),
        places=good_places(lon=["120° E", 1.0, 1.0, 1.0])),
    "negative population": fault("population", ("places", 0, "population"),
        places=good_places(population=[-1.0, 1, 1, 1])),
    "place not in places": fault("not in places", ("nodes", 3, "place"),
        nodes=good_nodes(place=["P", "Q", None, "Z"]), places=good_places()),
    "jurisdiction not in places": fault("not in places", ("nodes", 0, "jurisdiction"),
        nodes=good_nodes(jurisdiction=["Z", "Q", None, "P"]), places=good_places()),
    "parent not in places": fault("not in places", ("places", 1, "parent"),
        places=good_places(parent=["Q", "Z", None, None])),
    "cycle of parents": fault("cycle", ("places", 0, "parent"), ("places", 1, "parent"),
        ("places", 3, "parent"), places=good_places(parent=["Q", "S", None, "P"])),
    "its own parent": fault("cycle", ("places", 2, "parent"),
        places=good_places(parent=[None, None, "R", None])),
    "duplicate place": fault("duplicate", ("places", 4, "place"),
        places=pd.concat([good_places(), good_places().iloc[[2]]], ignore_index=True)),
    "totals among the places": fault("total is not a place", ("places", 4, "place"),
        places=pd.concat([good_places(), good_places().iloc[[2]].assign(place="合计")])),
    "words for a missing place": fault("word for a missing value", ("nodes", 0, "place"),
        ("nodes", 1, "place"), ("nodes", 3, "jurisdiction"),
        nodes=good_nodes(place=["None", "nan", None, "P"], jurisdiction=["Q", "P", None, "<NA>"]),
        places=good_places()),
    "words for a missing parent": fault("word for a missing value", ("places", 1, "parent"),
        places=good_places(parent=["Q", "NaN", None, None])),
    "ids of two types": fault("mixed", ("nodes", None, "node"),
        nodes=good_nodes(node=[7, "7", 8, 9]), links=good_links(source=[8] * 4, target=[9] * 4)),
    "ids that are neither": fault("text or a whole number", ("nodes", 1, "node"),
        nodes=good_nodes(node=[1.0, 2.5, 3.0, 4.0]),
        links=good_links(source=[1] * 4, target=[3] * 4)),
}  # fmt: skip
every_fault = pytest.mark.parametrize("given_fault", FAULTS.values(), ids=FAULTS.keys())


def complete(tables: dict[str, Any]) -> tuple[Any, Any, Any]:
    good = {"nodes": good_nodes(), "links": good_links(), "places": good_places()}
    nodes, links, places = (good | tables).values()
    return nodes, links, places


def test_the_good_tables_are_good() -> None:
    nodes, links, places = complete({})
    assert ni.check_tables(nodes, links, places=places).empty
    assert ni.build_network(nodes, links, places).n_links == 4
    cleaned = ni.clean_tables(nodes, links, places=places)
    assert cleaned.rejected.empty
    assert (len(cleaned.nodes), len(cleaned.links), len(cleaned.places)) == (4, 4, 4)


@pytest.mark.slow
@every_fault
def test_a_fault_alone_is_found_where_it_is_with_its_value(given_fault: Fault) -> None:
    nodes, links, places = complete(given_fault.tables)
    tables = {"nodes": nodes, "links": links, "places": places}
    problems = ni.check_tables(nodes, links, places=places)
    assert spots(problems) == given_fault.where
    assert problems["problem"].str.contains(given_fault.words).all()
    error = raised(nodes, links, places)
    assert re.search(given_fault.words, str(error))
    pd.testing.assert_frame_equal(error.problems, problems)
    for problem in problems[problems["row"].notna()].itertuples():
        value = tables[problem.table][problem.column].iloc[problem.row]
        both_missing = pd.isna(value) and pd.isna(problem.value)
        assert value == problem.value or both_missing, (value, problem.value)


def test_a_country_that_contains_the_others_and_a_firm_called_total_are_sound() -> None:
    places = pd.DataFrame({"place": ["P", "全国"], "parent": ["全国", None]})
    nodes = pd.DataFrame({"node": ["Total", "b"], "place": ["P", "全国"]})
    links = pd.DataFrame({"source": ["Total"], "target": ["b"]})
    assert ni.check_tables(nodes, links, places).empty
    problems = ni.check_tables(nodes.assign(place=["P", "Grand total"]), links)
    assert spots(problems) == {("nodes", 1, "place")}


BLANKS = ["\t", "\u3000", " \u202f"]


@pytest.mark.slow
@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_blanks_at_the_ends_of_ids_places_and_ends_do_not_count(blank: str) -> None:
    nodes, links, places = complete({"nodes": good_nodes(jurisdiction=["P", None, "Q", "S"])})
    for pad in ("{0}", "{0}" + blank, blank + "{0}"):
        padded = [
            table.assign(
                **{name: table[name].map(pad.format, na_action="ignore") for name in names}
            )
            for table, names in (
                (nodes, ["node", "kind", "place", "jurisdiction"]),
                (links, ["source", "target", "layer"]),
                (places, ["place", "parent"]),
            )
        ]
        network = ni.build_network(nodes, links, places)
        assert ni.check_tables(*padded).empty
        for mixed in (padded, [padded[0], links, places], [nodes, padded[1], padded[2]]):
            assert ni.build_network(*mixed).equals(network)
            text = [[name for name in table if table[name].dtype == "str"] for table in mixed]
            coded = [
                table.astype(dict.fromkeys(names, "category"))
                for table, names in zip(mixed, text, strict=True)
            ]
            assert ni.build_network(*coded).equals(network)


def test_ids_that_blanks_made_two_are_duplicates() -> None:
    nodes = pd.DataFrame({"node": ["a", "a ", "b"], "place": ["P", "P", "Q"]})
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    assert spots(ni.check_tables(nodes, links)) == {("nodes", 1, "node")}
    places = pd.DataFrame({"place": ["P", "\u3000P", "Q"]})
    found = ni.check_tables(nodes.iloc[[0, 2]], links, places)
    assert spots(found) == {("places", 1, "place")}


@pytest.mark.parametrize(
    ("a", "b"), [("杭州", "杭州市"), ("浙江", "浙江省"), ("York", "YORK"), ("New York", "NewYork")]
)
def test_places_that_differ_by_an_ending_case_or_blanks_are_told_of(a: str, b: str) -> None:
    nodes = pd.DataFrame({"node": ["x", "y"], "place": [a, "Q"], "jurisdiction": [b, None]})
    links = pd.DataFrame({"source": ["x"], "target": ["y"]})
    told = rf"differ only by case, .*: 1 \('({a}|{b})' and '({a}|{b})'\)"
    with pytest.warns(UserWarning, match=told):
        network = ni.build_network(nodes, links)
    with pytest.warns(UserWarning, match=told):
        assert ni.check_tables(nodes, links).empty
    assert len(ni.linkages.find_enclaves(network, rank=pd.Series(dtype=float))) == 1
    # One that contains the other is another place by intention.
    places = pd.DataFrame({"place": [a, b, "Q"], "parent": [b, None, None]})
    network = ni.build_network(nodes, links, places)
    assert ni.linkages.find_enclaves(network, rank=pd.Series(dtype=float)).empty


def test_faults_of_columns_do_not_hide_faults_of_rows() -> None:
    nodes = good_nodes(node=["a", "b", "c", "a"])
    links = good_links(source=["a", "zz", "a", "c"], weight=[0, 1, 1, 1]).drop(columns="target")
    places = good_places(lat=[99.0, 0, 0, 0])
    problems = ni.check_tables(nodes, links, places=places)
    assert spots(problems) == {
        ("nodes", 3, "kind"),
        ("links", None, "target"),
        ("links", 1, "source"),
        ("links", 0, "weight"),
        ("places", 0, "lat"),
    }


def test_the_table_of_problems() -> None:
    nodes, links, places = complete(FAULTS["zero weight"].tables)
    found = ni.check_tables(nodes, links, places=places)
    empty = ni.check_tables(*complete({})[:2])
    for problems in (found, empty):
        assert list(problems.columns) == ["table", "row", "column", "problem", "value"]
        assert problems["row"].dtype == "Int64"
        assert list(problems.index) == list(range(len(problems)))


def test_the_message_counts_and_shows_at_most_five_rows() -> None:
    nodes = pd.DataFrame({"node": [f"n{i}" for i in range(20)]})
    links = pd.DataFrame(
        {
            "source": ["n0"] * 20,
            "target": [f"unknown{i}" for i in range(12)] + ["n1"] * 8,
            "weight": [1.0] * 13 + [-3.5, -4.5] + [1.0] * 5,
        }
    )
    message = str(raised(nodes, links))
    assert "14 problems" in message
    assert re.search(r"\b12 ", message)
    assert re.search(r"\b2 ", message)
    assert len(re.findall("unknown[0-9]+", message)) == 5
    assert "-3.5" in message
    assert "-4.5" in message
    assert re.search(r"7 more", message)
    assert "clean_tables" in message


@pytest.mark.parametrize(
    ("table", "right", "wrong"),
    [
        ("links", "source", "sorce"),
        ("links", "target", "Target"),
        ("links", "weight", "weigth"),
        ("nodes", "node", "nodes"),
        ("nodes", "jurisdiction", "juristiction"),
        ("places", "lon", "long"),
        ("places", "lat", "lat "),
    ],
)
def test_the_nearest_spelling_is_suggested(table: str, right: str, wrong: str) -> None:
    nodes, links, places = complete({"nodes": good_nodes(jurisdiction=["P", "Q", "P", "R"])})
    tables = {"nodes": nodes, "links": links, "places": places}
    tables[table] = tables[table].rename(columns={right: wrong})
    error = raised(*tables.values())
    assert spots(error.problems) == {(table, None, right)}
    assert wrong in str(error)
    assert right in str(error)


@pytest.mark.parametrize(
    ("wrong", "right"), [(("from", "to"), ("source", "target")), (("Origin", "x"), ("source",))]
)
def test_other_words_for_the_ends_are_suggested(
    wrong: tuple[str, ...], right: tuple[str, ...]
) -> None:
    links = good_links().rename(columns=dict(zip(("source", "target"), wrong, strict=True)))
    problems = ni.check_tables(good_nodes(), links)
    assert problems["column"].tolist() == ["source", "target"]
    assert problems["value"].tolist()[: len(right)] == list(wrong[: len(right)])


def test_ids_in_a_column_of_another_name_are_found_by_what_the_links_name() -> None:
    nodes = pd.DataFrame({"label": ["x", "y"], "name": ["a", "b"], "place": ["p", "q"]})
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    problems = ni.check_tables(nodes, links)
    assert problems[["table", "column", "problem", "value"]].to_numpy().tolist() == [
        ["nodes", "node", "missing column", "name"]
    ]
    # Rows count as 0, 1 and so on where the links say so, or say nothing.
    assert ni.check_tables(nodes, pd.DataFrame({"source": [0], "target": [1]})).empty
    assert ni.check_tables(nodes, pd.DataFrame({"source": [], "target": []})).empty
    assert ni.check_tables(nodes.drop(columns="name"), links)["value"].tolist() == [None]


@pytest.mark.parametrize("thing", [7, "nodes.csv", {"firm": 3}, [("a", "b")]])
@pytest.mark.parametrize("table", ["nodes", "links"])
def test_something_that_is_no_table_is_one_problem(table: str, thing: Any) -> None:
    tables = {"nodes": good_nodes(), "links": good_links()} | {table: thing}
    problems = ni.check_tables(tables["nodes"], tables["links"])
    assert len(problems) == 1
    assert problems["table"].iloc[0].startswith(table)
    assert problems["row"].isna().all()
    assert "table" in problems["problem"].iloc[0]
    error = raised(tables["nodes"], tables["links"])
    pd.testing.assert_frame_equal(error.problems, problems)
    with pytest.raises(ni.TableError):
        ni.clean_tables(tables["nodes"], tables["links"])


def test_places_that_are_no_table() -> None:
    for thing in (7, "places.csv", ["P"]):
        problems = ni.check_tables(good_nodes(), good_links(), places=thing)
        assert len(problems) == 1
        assert spots(problems) == {("places", None, None)}


@pytest.mark.slow
@every_fault
def test_cleaning_sets_faulty_rows_aside_and_keeps_the_rest(given_fault: Fault) -> None:
    nodes, links, places = complete(given_fault.tables)
    tables = {"nodes": nodes, "links": links, "places": places}
    if any(row is None for _, row, _ in given_fault.where):
        with pytest.raises(ni.TableError) as caught:
            ni.clean_tables(nodes, links, places=places)
        assert spots(caught.value.problems) >= given_fault.where
        return
    kept = ni.clean_tables(nodes, links, places=places)
    reject = kept.rejected
    faulty = {(table, row) for table, row, _ in given_fault.where}
    gone = set(zip(reject["table"], reject["row"], strict=True))
    assert faulty <= gone
    assert len(gone) == len(reject)
    for name, table in tables.items():
        n_rejected = (reject["table"] == name).sum()
        assert len(getattr(kept, name)) + n_rejected == len(table)
    assert reject["problem"].str.len().gt(0).all()
    assert ni.check_tables(kept.nodes, kept.links, places=kept.places).empty
    assert ni.build_network(kept.nodes, kept.links, kept.places).n_nodes == len(kept.nodes)


def test_rejected_rows_carry_their_own_columns() -> None:
    links = good_links(
        weight=[1.0, -2.0, 3.0, 4.0], target=["b", "c", "zz", "d"], note=list("wxyz")
    )
    rejected = ni.clean_tables(good_nodes(), links).rejected
    assert list(rejected.columns[:3]) == ["table", "row", "problem"]
    assert rejected["row"].tolist() == [1, 2]
    assert rejected["note"].tolist() == ["x", "y"]
    assert rejected["target"].tolist() == ["c", "zz"]
    assert rejected["weight"].tolist() == [-2.0, 3.0]


def test_a_row_with_two_faults_is_rejected_once_for_both() -> None:
    links = good_links(weight=[1.0, -2.0, 3.0, 4.0], target=["b", "zz", "c", "d"])
    rejected = ni.clean_tables(good_nodes(), links).rejected
    assert rejected["row"].tolist() == [1]
    assert re.search("(?=.*not a node)(?=.*above 0)", rejected["problem"].iloc[0])


def test_what_rests_on_a_rejected_row_goes_with_it() -> None:
    # Q is out of range; b lies in it; two links end at b. P, whose parent is Q, goes too, and
    # with it a and c.
    places = good_places(lat=[30.0, 99.0, 0.0, 0.0])
    kept = ni.clean_tables(good_nodes(), good_links(), places=places)
    assert "Q" not in kept.places.index
    assert "b" not in kept.nodes.index
    assert not {"b"} & {*kept.links["source"], *kept.links["target"]}
    assert ni.check_tables(kept.nodes, kept.links, places=kept.places).empty


def test_of_rows_with_one_id_the_first_is_kept() -> None:
    nodes = good_nodes(node=["a", "b", "c", "a"], kind=["firm", "park", "firm", "firm"])
    links = good_links(source=["a"] * 4, target=["b"] * 4)
    kept = ni.clean_tables(nodes, links)
    assert kept.nodes.loc["a", "place"] == "P"
    assert kept.rejected["row"].tolist() == [3]
    assert len(kept.links) == 4


def test_dicts_of_tables_give_kinds_and_layers() -> None:
    network = ni.build_network(
        {
            "talent": pd.DataFrame({"node": ["ann"], "place": ["P"]}),
            "Firm": pd.DataFrame({"node": ["solar", "wind"], "staff": [5, 7]}),
        },
        {
            "works": pd.DataFrame({"source": ["ann"], "target": ["solar"]}),
            "owns": pd.DataFrame({"source": ["solar"], "target": ["wind"], "weight": [0.4]}),
        },
        directed=["owns"],
    )
    assert network.nodes["kind"].to_dict() == {"ann": "talent", "solar": "firm", "wind": "firm"}
    assert network.layers == ("owns", "works")
    # A table without weights has weights of 1, whatever the others have.
    assert network.links["weight"].tolist() == [0.4, 1.0]
    assert network.directed == frozenset({"owns"})
    assert network.nodes["staff"].isna().tolist() == [True, False, False]


def test_problems_name_the_table_of_the_dict() -> None:
    nodes = {
        "talent": pd.DataFrame({"node": ["ann"]}),
        "firm": pd.DataFrame({"node": ["x", "ann"]}),
    }
    links = {
        "works": pd.DataFrame({"source": ["ann"], "target": ["x"], "weight": [1.0]}),
        "owns": pd.DataFrame({"source": ["x", "x"], "target": ["x", "zz"], "weight": [1.0, 0.0]}),
    }
    problems = ni.check_tables(nodes, links)
    found = [(row.table, row.row, row.column) for row in problems.itertuples()]
    assert sorted(found) == [
        ("links['owns']", 1, "target"),
        ("links['owns']", 1, "weight"),
        ("nodes['firm']", 1, "kind"),
    ]
    kept = ni.clean_tables(nodes, links)
    assert len(kept.nodes) + kept.rejected["table"].str.startswith("nodes").sum() == 3
    assert len(kept.links) + kept.rejected["table"].str.startswith("links").sum() == 3
    network = ni.build_network(kept.nodes, kept.links, kept.places)
    assert network.nodes["kind"].to_dict() == {"ann": "talent", "x": "firm"}


def test_whole_number_ids_become_text() -> None:
    expected = ["7", "10", "9007199254740993"]
    # The last one is the first whole number that a float cannot hold.
    ids = [7, 10, 2**53 + 1]
    for nodes in (
        pd.DataFrame({"node": ids}),
        pd.DataFrame({"node": pd.array(ids, dtype="Int64")}),
        pd.DataFrame({"node": pd.array(ids, dtype=object)}),
        pd.DataFrame(index=pd.Index(ids, name="node")),
        pd.DataFrame({"node": expected}),
    ):
        for ends in (ids, expected):
            links = pd.DataFrame({"source": [ends[0], ends[2]], "target": [ends[1], ends[0]]})
            network = ni.build_network(nodes, links)
            assert list(network.nodes.index) == expected
            assert network.nodes.index.dtype == "str"
            assert network.adjacency("links").toarray().tolist() == [
                [0, 1, 1],
                [1, 0, 0],
                [1, 0, 0],
            ]


def test_whole_numbers_that_became_floats_are_whole_numbers() -> None:
    # As when a column of numbers has a gap somewhere.
    nodes = pd.DataFrame({"node": [1.0, 2.0, 30.0]})
    links = pd.DataFrame({"source": [1.0, 30.0], "target": [2.0, 1.0]})
    network = ni.build_network(nodes, links)
    assert list(network.nodes.index) == ["1", "2", "30"]
    assert network.n_links == 2
    gap = pd.DataFrame({"node": [1.0, None, 30.0]})
    assert spots(ni.check_tables(gap, links)) == {("nodes", 1, "node"), ("links", 0, "target")}


def test_text_ids_are_taken_as_they_are() -> None:
    ids = ["7", "07", "7.0", "NA", "nan", "None", "null", "True", "é", "e\u0301", "A", "a"]
    nodes = pd.DataFrame({"node": ids})
    links = pd.DataFrame({"source": ids, "target": ids[::-1]})
    network = ni.build_network(nodes, links)
    assert list(network.nodes.index) == ids
    assert network.n_nodes == len(ids)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "float32", "Float64"])
def test_every_number_dtype_is_a_weight(dtype: str) -> None:
    links = good_links(weight=pd.array([1, 2, 3, 4], dtype=dtype))
    assert ni.build_network(good_nodes(), links).equals(
        ni.build_network(good_nodes(), good_links())
    )


def test_the_message_survives_a_pickle() -> None:
    # Errors travel between processes.
    error = raised(*complete(FAULTS["zero weight"].tables))
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    pd.testing.assert_frame_equal(again.problems, error.problems)
    assert isinstance(again, ValueError)
