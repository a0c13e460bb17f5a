"""Tables for a manuscript: numbers as in print, and files in which every name is text."""

import re
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

import netinnov as ni
from netinnov.errors import InputError
from netinnov.manuscript import to_table

PAYLOADS = [
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "a|b", "50% & more_{x}", "[a] $1", "~b^2 \\ #",
    'say "x" | <y>', "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&amp; &lt;",
    "![i](http://e.com/a.png)", "[x](javascript:alert(1))", "<http://e.com>", "http://e.com",
    "www.e.com", "a@e.com", "**bold** _it_ `code` ~~no~~", "# head", "- item", "1. item", "---",
    "\\input{/etc/passwd}", "\\write18{ls}", "$x$", "%", "{", "衢州", "e\u0301", "😀",
    "<!-- c -->", "]]>", "{{x}}", "{% x %}", "\\\\", "\\|", "[^1]", "[x]: http://e.com",
]  # fmt: skip
CONTROLS = [chr(code) for code in (*range(1, 32), *range(127, 160), 0x2028, 0x202E, 0xFFFE, 0xFFFF)]


def named(names: list[str]) -> pd.DataFrame:
    """A table with the names as labels, as cells and as heads."""
    table = pd.DataFrame({"cell": names, "value": 1.5}, index=pd.Index(names, name="label"))
    return table.assign(**{f"head {name}": 1 for name in names[:3]})


def texts_of(cells: pd.DataFrame) -> list[str]:
    return [text.strip() for row in (cells.columns, *cells.to_numpy().tolist()) for text in row]


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data) -> None:
        if self.inside:
            self.texts[-1] += data


@pytest.fixture
def table() -> pd.DataFrame:
    return named(PAYLOADS)


def test_names_are_text_in_html(tmp_path, table) -> None:
    pytest.importorskip("great_tables")
    cells = to_table(table, path=tmp_path / "t.html", caption=PAYLOADS[9], notes=PAYLOADS[11])
    parser = Cells()
    parser.feed((tmp_path / "t.html").read_text(encoding="utf-8"))
    assert [text.strip() for text in parser.texts] == [
        PAYLOADS[9], *texts_of(cells), PAYLOADS[11],
    ]  # fmt: skip
    assert not parser.tags & {"script", "img", "a", "link", "iframe"}


def test_names_are_text_in_word(tmp_path, table) -> None:
    pytest.importorskip("maketables")
    docx = pytest.importorskip("docx")
    cells = to_table(table, path=tmp_path / "t.docx", caption=PAYLOADS[8], notes=PAYLOADS[9])
    document = docx.Document(str(tmp_path / "t.docx"))
    texts = [cell.text.strip() for row in document.tables[0].rows for cell in row.cells]
    assert texts[: len(texts_of(cells))] == texts_of(cells)
    assert document.paragraphs[0].text.endswith(PAYLOADS[8])
    assert texts[-1] == PAYLOADS[9]
    with ZipFile(tmp_path / "t.docx") as parts:
        assert b"hyperlink" not in parts.read("word/document.xml")


def test_control_characters_in_names_do_not_break_a_document(tmp_path) -> None:
    pytest.importorskip("maketables")
    names = [f"a{control}b" for control in CONTROLS]
    name = "".join(names)
    frame = pd.DataFrame({"x": names}, index=pd.Index(names, name=name))
    to_table(frame, path=tmp_path / "t.docx", caption=name, notes=name)
    with ZipFile(tmp_path / "t.docx") as parts:
        root = ET.fromstring(parts.read("word/document.xml"))
    assert {*CONTROLS} & {*"".join(root.itertext())} <= {*"\t\n\r"}
    for ending in (".html", ".md", ".tex"):
        to_table(frame, path=tmp_path / f"t{ending}", caption=name, notes=name)
        text = (tmp_path / f"t{ending}").read_text(encoding="utf-8")
        assert {*CONTROLS} & {*text} <= {"\n"}


def test_names_are_text_in_markdown(tmp_path, table) -> None:
    pytest.importorskip("tabulate")
    cells = to_table(table, path=tmp_path / "t.md", caption=PAYLOADS[11], notes=PAYLOADS[12])
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse((tmp_path / "t.md").read_text(encoding="utf-8"))
    inline = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for token in inline for child in token.children or []}
    assert kinds <= {"text", "text_special"}
    texts = ["".join(child.content for child in token.children) for token in inline]
    assert texts == [PAYLOADS[11], *texts_of(cells), PAYLOADS[12]]


def test_names_are_text_in_latex(tmp_path, table) -> None:
    pytest.importorskip("great_tables")
    to_table(table, path=tmp_path / "t.tex", caption="A & B", notes="100 % sure")
    text = (tmp_path / "t.tex").read_text(encoding="utf-8")
    commands = set(re.findall(r"\\([A-Za-z]+)", text))
    assert not commands & {"input", "write"}
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    rows = text[text.index(r"\midrule") : text.index(r"\bottomrule")].splitlines()[1:]
    assert len(rows) == len(table)
    # Only escaped signs, and as many cells as columns.
    for row in rows:
        assert len(re.findall(r"(?<!\\)&", row)) == len(table.columns)
        assert not re.search(r"(?<!\\)[%$#_]", row)
    assert r"A \& B" in text
    assert r"100 \% sure" in text


def test_numbers_have_significant_digits_and_counts_all_of_theirs() -> None:
    table = pd.DataFrame(
        {
            "share": [0.123456, -1234.56, 1.5e-7, np.inf, np.nan, 0.0, 9.9996],
            "n_links": [3, 1_234_567, 0, 1, 2, 3, 4],
            "corrected_p": [0.04, 0.0004, np.nan, 1.0, 0.5, 0.001, 0.0],
            "year": [2010, 2011, 2012, 2013, 2014, 2015, 2016],
        }
    )
    cells = to_table(table)
    assert cells.columns.tolist() == ["share", "n links", "corrected p", "year"]
    assert cells["share"].tolist() == ["0.123", "−1,235", "1.50e−07", "inf", "–", "0.00", "10.0"]
    assert cells["n links"].tolist()[:3] == ["3", "1,234,567", "0"]
    assert cells["corrected p"].tolist()[:4] == ["0.040", "< 0.001", "–", "1.000"]
    assert cells["year"].tolist()[0] == "2010"
    assert to_table(table, digits=5)["share"].tolist()[:2] == ["0.12346", "−1,234.6"]


def test_labels_come_first_and_heads_of_several_levels_are_joined() -> None:
    index = pd.MultiIndex.from_tuples([("h", 1), ("h", 2)], names=["home", None])
    table = pd.DataFrame({("x", "a"): [1, 2], ("x", "b"): [True, None]}, index)
    cells = to_table(table)
    assert cells.columns.tolist() == ["home", "", "x, a", "x, b"]
    assert cells.to_numpy().tolist() == [["h", "1", "1", "True"], ["h", "2", "2", "–"]]


def test_results_and_mappings_of_results_are_tables() -> None:
    cities = ni.datasets.make_city_system(n_cities=10, n_enclaves=0, rng=1)
    result = ni.compare_scenarios(
        cities,
        scenarios={"park": ni.ReverseEnclave("synthetic_city_10", "synthetic_city_01", 3, 0.5)},
        measures={"efficiency": ni.connectivity.global_efficiency},
        replicates=3,
        rng=1,
        progress=False,
    )
    assert to_table(result).equals(to_table(result.effects()))
    series = pd.Series([0.25], index=pd.Index(["h"], name="node"), name="pagerank")
    assert to_table(series).to_dict("list") == {"node": ["h"], "pagerank": ["0.250"]}
    fit = ni.polycentricity.rank_size(pd.Series([8.0, 4.0, 2.0], list("abc")))
    both = to_table({"one": fit, "other": fit})
    assert both["of"].tolist() == ["one", "other"]
    assert both.columns.tolist()[1] == "slope"


@pytest.mark.parametrize(
    ("result", "options", "message"),
    [
        (named(["a"]), {"path": "t.pdf"}, r"must end with .docx, .html, .md or .tex; found '.pdf'"),
        (named(["a"]), {"digits": 0}, "`digits` must be a whole number"),
        (named(["a"]).iloc[:0], {}, "needs at least one row"),
        (pd.DataFrame({"a_b": [1], "a b": [2]}), {}, "different names; found .'a b', 'a b'"),
        (3, {}, "`result` must be a result of netinnov"),
        (ni.MultilayerNetwork, {}, "`result` must be a result of netinnov"),
        ({}, {}, "`result` must be a result of netinnov"),
        ({"a": 3}, {}, "`result` must be a result of netinnov"),
    ],
)
def test_bad_input(result, options, message) -> None:
    with pytest.raises(InputError, match=message):
        to_table(result, **options)


@pytest.mark.parametrize(
    ("ending", "package"),
    [("html", "great_tables"), ("tex", "great_tables"), ("docx", "maketables"), ("md", "tabulate")],
)
def test_a_missing_package_says_how_to_install_it(monkeypatch, ending, package, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"needs {package}.*pip install 'netinnov\[paper\]'"):
        to_table(named(["a"]), path=tmp_path / f"t.{ending}")
    assert not any(tmp_path.iterdir())
