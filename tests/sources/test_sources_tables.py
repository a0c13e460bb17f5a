"""Tables of the package's own layout as people write them: text files, Parquet, network.json."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import build_network, check_tables
from netinnov.errors import InputError, TableError
from netinnov.sources import read_tables

NODES = "node,kind,place\nlab,institute,hangzhou\nfirm,firm,quzhou\n"
LINKS = "source,target,weight\nlab,firm,2\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "links.csv").write_text(LINKS)
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_tables(folder)
    return str(caught.value)


def test_ids_stay_as_they_are_written(folder):
    (folder / "nodes.csv").write_text("node,place,kind\n007,NA,null\n7,None,nan\n1e5,,N/A\n")
    nodes = read_tables(folder).nodes
    assert nodes["node"].tolist() == ["007", "7", "1e5"]
    assert nodes["place"].tolist()[:2] == ["NA", "None"]
    assert nodes["place"].isna().tolist() == [False, False, True]
    assert nodes["kind"].tolist() == ["null", "nan", "N/A"]


@pytest.mark.parametrize("word", ["None", "nan", "#N/A"])
def test_words_for_a_missing_place_are_refused_and_na_is_a_name(folder, word):
    (folder / "nodes.csv").write_text(f"node,place\na,NA\nb,{word}\nc,\n")
    (folder / "links.csv").write_text("source,target\na,b\nb,c\n")
    with pytest.raises(TableError, match=f"'place': 1 x word for a missing .* '{word}'.*Torino"):
        build_network(*read_tables(folder))
    nodes = pd.DataFrame({"place": ["NA", word, None]}, list("abc"))
    with pytest.raises(TableError, match="word for a missing value"):
        build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["3", "4"], [3, 4]),
        (["3.5", ""], [3.5, np.nan]),
        (["1e-3", "-2"], [0.001, -2.0]),
        (["007", "8"], ["007", "8"]),  # a code: a number would lose its zeros
        (["330102199001011234", ""], ["330102199001011234", np.nan]),  # a float loses 34
        (["0.30000000000000004", "1"], [0.30000000000000004, 1.0]),
        (["3", "three"], ["3", "three"]),
        (["2016-01-31", "2017-01-31"], ["2016-01-31", "2017-01-31"]),
        (["nan", "inf"], ["nan", "inf"]),
        (["", ""], [np.nan, np.nan]),
    ],
)
def test_attributes_are_numbers_if_nothing_is_lost_by_it(folder, written, read):
    lines = [f"{node},{value}" for node, value in zip(("lab", "firm"), written, strict=True)]
    (folder / "nodes.csv").write_text("\n".join(["node,code", *lines]))
    found = read_tables(folder).nodes["code"]
    expected = pd.Series(read)
    assert found.isna().tolist() == expected.isna().tolist()
    assert found.dropna().tolist() == expected.dropna().tolist()


def test_a_warning_names_the_line_that_reads(folder):
    (folder / "links.csv").write_text("source,target,trips_by_car\nlab,firm,2\n")
    with pytest.warns(UserWarning, match="no column was read as the weight") as caught:
        read_tables(folder)
    assert caught[0].filename == __file__
    (folder / "nodes.csv").write_bytes(
        "node,name\nlab,衢州㐀𠮷研究院\nfirm,杭州公司\n".encode("gb18030")
    )
    (folder / "links.csv").write_text(LINKS)
    with pytest.warns(UserWarning, match="read as GB18030") as caught:
        read_tables(folder)
    assert caught[0].filename == __file__


def test_numbers_that_are_none_stay_for_the_report(folder):
    (folder / "links.csv").write_text(
        'source,target,weight,period\nlab,firm,"1,5",2016\nlab,firm,2,20l7\nlab,firm, 3 ,\n'
    )
    links = read_tables(folder).links
    assert links["weight"].tolist() == ["1,5", 2.0, 3.0]
    problems = check_tables(*read_tables(folder)[:2])
    assert problems[["row", "column", "value"]].values.tolist() == [
        [1, "period", "20l7"],
        [0, "weight", "1,5"],
    ]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_every_form_gives_the_same_network(tmp_path, small_tables, ending):
    nodes, links, places, directed = small_tables
    for name, table in (("nodes", nodes), ("links", links), ("places", places)):
        path = tmp_path / f"{name}{ending}"
        if ending == ".parquet":
            table.to_parquet(path)
        else:
            table.to_csv(path, index=False)
    (tmp_path / "network.json").write_text(json.dumps({"directed": directed}))
    expected = build_network(nodes, links, places, directed)
    assert build_network(*read_tables(tmp_path)).equals(expected)


def test_parquet_with_the_ids_in_the_index(tmp_path, small):
    small.nodes.to_parquet(tmp_path / "nodes.parquet")
    small.links.to_parquet(tmp_path / "links.parquet")
    small.places.to_parquet(tmp_path / "places.parquet")
    (tmp_path / "network.json").write_text('{"directed": ["flow"]}')
    assert build_network(*read_tables(tmp_path)).equals(small)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_no_harm(folder, end, mark):
    text = mark + NODES.replace("\n", end).rstrip(end)
    (folder / "nodes.csv").write_bytes(text.encode())
    (folder / "network.json").write_bytes((mark + '{"directed": []}').encode())
    nodes = read_tables(folder).nodes
    assert nodes.columns.tolist() == ["node", "kind", "place"]
    assert nodes["place"].tolist() == ["hangzhou", "quzhou"]


def test_quoted_fields_hold_anything(folder):
    (folder / "nodes.csv").write_text('node,note\n"a, ""b""","two\nlines"\nfirm,"5"" wafer"\n')
    nodes = read_tables(folder).nodes
    assert nodes["node"].tolist() == ['a, "b"', "firm"]
    assert nodes["note"].tolist() == ["two\nlines", '5" wafer']


def test_a_quotation_mark_inside_a_field_is_a_letter(folder):
    (folder / "nodes.csv").write_text('node,note\nlab,5" wafer\nfirm,x\n')
    assert read_tables(folder).nodes["note"].tolist() == ['5" wafer', "x"]


def test_a_spare_comma_in_each_line_does_no_harm(folder):
    (folder / "nodes.csv").write_text("node,place,,\nlab,hangzhou,,\nfirm,quzhou,,\n")
    assert read_tables(folder).nodes.columns.tolist() == ["node", "place"]


def test_a_column_without_a_name_is_not_lost(folder):
    (folder / "nodes.csv").write_text("node,place,\nlab,hangzhou,x\nfirm,quzhou,\n")
    with pytest.warns(UserWarning, match=r"nodes.csv: columns without a name: column 3\."):
        assert read_tables(folder).nodes["column 3"].tolist()[:1] == ["x"]


def test_a_folder_that_is_none(folder):
    assert "must be a folder with nodes.csv and links.csv" in refusal(folder / "nope")
    assert "must be a folder with nodes.csv and links.csv" in refusal(folder / "nodes.csv")


def test_a_missing_table_says_what_is_there(folder):
    (folder / "links.csv").rename(folder / "ties.csv")
    message = refusal(folder)
    assert (
        "must hold links.csv, .csv.gz, .parquet or .xlsx; it holds nodes.csv, ties.csv." in message
    )


def test_one_table_in_two_files(folder):
    (folder / "nodes.csv.gz").write_bytes(gzip.compress(NODES.encode()))
    assert "holds nodes.csv and nodes.csv.gz; keep one of them" in refusal(folder)


@pytest.mark.parametrize("text", ["", "\n", " \n", ",,\n"])
def test_a_file_without_a_header(folder, text):
    (folder / "links.csv").write_text(text)
    assert "links.csv must name its columns in line 1, which is empty" in refusal(folder)


@pytest.mark.parametrize("row", ["lab,firm,1,extra", "lab,firm", "lab"])
def test_a_row_of_another_width_is_named_by_its_line(folder, row):
    (folder / "links.csv").write_text(f'source,target,note\nlab,firm,"two\nlines"\n\n{row}\n')
    message = refusal(folder)
    assert "links.csv must have 3 fields in each row, as in its header" in message
    assert message.endswith("rows with more or fewer: 1 (line 5).")


def test_rows_that_are_all_too_wide_do_not_shift_the_columns(folder):
    # pandas would take the first of three fields for an index.
    (folder / "links.csv").write_text("source,target\nlab,firm,1\nfirm,lab,2\n")
    assert refusal(folder).endswith("rows with more or fewer: 2 (lines 2, 3).")


def test_an_open_quotation_mark_swallows_no_rows(folder):
    (folder / "nodes.csv").write_text('node,place\nlab,hangzhou\nfirm,"quzhou\nother,quzhou\n')
    message = refusal(folder)
    assert "nodes.csv, row in line 3" in message
    assert "is a quotation mark not closed?" in message


@pytest.mark.parametrize("cut", [3, 20, -9, -1])
def test_a_gz_file_that_is_cut_off(folder, cut):
    (folder / "links.csv").unlink()
    (folder / "links.csv.gz").write_bytes(gzip.compress(LINKS.encode() * 50)[:cut])
    message = refusal(folder)
    assert "links.csv.gz cannot be read: " in message
    assert "if it is damaged or cut off, get it again" in message


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no Parquet at all"])
def test_parquet_that_is_none(folder, content):
    (folder / "links.csv").unlink()
    (folder / "links.parquet").write_bytes(content)
    assert "links.parquet cannot be read: " in refusal(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must be JSON; Expecting property name"),
        ("", "must be JSON"),
        ("[]", "network.json must hold"),
        ('{"Directed": ["a"]}', 'must hold {"directed": [names of layers]}; found {"Directed"'),
        ('{"directed": "flow"}', 'found {"directed": "flow"}'),
        ('{"directed": [1]}', 'found {"directed": [1]}'),
        ('{"directed": null}', 'found {"directed": null}'),
    ],
)
def test_faults_of_network_json(folder, text, words):
    (folder / "network.json").write_text(text)
    assert words in refusal(folder)


def test_network_json_that_is_no_utf8(folder):
    (folder / "network.json").write_bytes(b'{"directed": ["\xff"]}')
    assert "network.json must be UTF-8" in refusal(folder)
