"""Numbers, names and tables as a page writes them, in both languages, and the page of chapters."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.explorer._payload import tries_enclaves
from netinnov.plotting import plot_approaches
from netinnov.study._facts import KeyFigure, Layer, Name, Place, Table, Term
from netinnov.study._language import (
    Language,
    Text,
    changes,
    in_html,
    joined,
    name,
    number,
    percent,
    plain,
    signed,
)
from netinnov.study._report_page import (
    Chapter,
    _key_figure,
    chapter,
    translate,
    view_of,
    write_page,
    write_tables,
)
from netinnov.study._section import Section

EVIL = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (pd.NA, "–"),
        (1234567, "1,234,567"),
        (-1.329e-05, "−0.0000133"),
        (1.5e-300, "1.50 × 10⁻³⁰⁰"),
        (12345.6, "12,346"),
        (-0.0, "0"),
        ("a" * 100, "a" * 79 + "…"),
    ],
)
def test_cells_of_a_table(value, text):
    assert ENGLISH.cell(value, "x", Table("t", pd.DataFrame())) == text


def test_numbers_in_sentences():
    assert number(0.0123456) == "0.0123"
    assert number(9.73, digits=2) == "9.7"
    assert number(-0.0) == "0"
    texts = ("-0.0", "+0.00", "-0", "-0.1", "+0.1", "-1,000")
    assert [signed(text) for text in texts] == ["0.0", "0.00", "0", "−0.1", "+0.1", "−1,000"]
    assert changes([0.1, -0.2]) == ["+10.0 %", "−20.0 %"]
    assert changes([0.0051234, -0.0000113]) == ["+0.51 %", "−0.001 %"]
    assert changes([-0.0, 0.0]) == ["0 %", "0 %"]
    assert [*changes([4e-12]), *changes([1e-11])] == ["+4 × 10⁻¹⁰ %", "+1 × 10⁻⁹ %"]
    shares = [percent(share) for share in (0.0, 0.001, 0.456, 0.999, 1.0)]
    assert shares == ["0 %", "0.1 %", "46 %", "99.9 %", "100 %"]


def test_names_from_data_are_escaped_and_isolated_once():
    text = f"{name(EVIL)} is a & b ({joined([name('x'), name(chr(0x202E) + 'y')])})"
    assert in_html(text) == (
        "<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</bdi> is a &amp; b (<bdi>x</bdi> and "
        "<bdi>\u202ey</bdi>)"
    )
    assert plain(text) == f"{EVIL} is a & b (x and \u202ey)"
    # Ends of isolates that data bring along leave the elements of the page balanced.
    odd = in_html(name("\u2069a\u2068") + " <b>")
    assert odd.count("<bdi>") == odd.count("</bdi>")
    assert odd.endswith(" &lt;b&gt;")
    assert joined(["a"]) == "a"


ENGLISH = Language("en", {"p": "Paris"}, {}, ("gravity",))
CHINESE = Language("zh", {"p": "巴黎"}, {"gravity": "引力", "talent": "人才"}, ("gravity",))


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (Place("p"), "Paris", "巴黎"),
        (Layer("gravity"), "gravity (modelled)", "引力（模型）"),
        (Name("park"), "park", "园区"),
        (Term("yes"), "yes", "是"),
        (np.False_, "no", "否"),
        (-0.0784, "−0.078", "−0.078"),
        (float("nan"), "not known", "不详"),
    ],
)
def test_facts_are_written_in_the_language_of_the_page(value, english, chinese):
    assert plain(ENGLISH.write(value)) == english
    assert plain(CHINESE.write(value)) == chinese


def test_lists_changes_and_intervals_in_both_languages():
    three = [Name(each) for each in "abc"]
    assert plain(ENGLISH.names(three)) == "a, b and c"
    assert plain(CHINESE.names(three)) == "a、b、c"
    assert plain(ENGLISH.names(three, most=2)) == "a, b and 1 more"
    assert ENGLISH.names([]) == CHINESE.names([]) == ""
    assert ENGLISH.counted(1, "city", "cities") == "1 city"
    assert ENGLISH.counted(2, "city", "cities") == "2 cities"
    assert ENGLISH.change(-0.078) == "−7.8 %"
    assert CHINESE.change(-0.078) == "−7.8%"
    assert ENGLISH.change(-0.078, sign=False) == "7.8 %"
    assert ENGLISH.span(-0.12, -0.04, "change") == "−12.0 to −4.0 %"
    assert CHINESE.span(-0.12, -0.04, "change") == "−12.0% 至 −4.0%"
    assert CHINESE.form(0.001, "percent") == "0.1%"
    assert CHINESE.span(-1e-7, 0.3, "change") == "−0.00001% 至 +30.0%"
    assert ENGLISH.form(3.7, "distance") == "4 km"
    assert ENGLISH.form(2020.0, "year") == "2020"


@pytest.mark.parametrize(
    ("part", "english", "chinese"),
    [
        ("figures", "gravity (modelled), up to 6.3", "引力（模型），至多 6.3"),
        ("figures", "Warsaw, PL", "Warsaw, PL"),
        (
            "figures",
            "B: 38\u00a0% of 1,770\none more saves 3 km for one",
            "B：已用 38%，共 1,770\n多一单位可使一单位省 3 km",
        ),
        (
            "notes",
            "a.csv: read 'x' as node, 'y' as talent.",
            "a.csv：读取时“x”作 node，“y”作 talent。",
        ),
        (
            "notes",
            "Some rows or values could not be used as they are: a.csv: rows left out, without a "
            "number: 2 (lines 3, 4).",
            "部分行或数值未能使用：a.csv：略去缺少 数字 的行：2（第 3, 4 行）。",
        ),
        ("notes", "What nobody knows yet.", "What nobody knows yet."),
        (
            "notes",
            "At 0°N 0°E, where many sources put what is not known: 'X', 'Y'.",
            "位于 0°N 0°E（许多数据以此表示坐标未知）：“X”、“Y”。",
        ),
        (
            "notes",
            "Pairs of names that may be of one place (they differ by case, blanks, an ending such "
            "as 市 or one letter, or are names of one city): 9. Where they are, same = "
            '{"A, UK" = "a, UK", "B" = "b"} in [places] joins them.',
            "可能指同一城市的名称（只差大小写、空格、“市”等字尾或一个字母，"
            "或为同一城市的不同名称）：9 对。如确为同一城市，可在 [places] 中写入 same = "
            '{"A, UK" = "a, UK", "B" = "b"} 加以合并。',
        ),
        (
            "notes",
            "Places joined, as [places] same says: 9 ('A, UK' and 'a, UK', 'B' and 'b', ... and 7 "
            "more).",
            "按 [places] same 合并的城市：9 对（“A, UK”与“a, UK”、“B”与“b”、……及另外 7 个）。",
        ),
    ],
)
def test_notes_and_labels_are_told_in_chinese_with_their_numbers(part, english, chinese):
    assert CHINESE.translated(english, part) == chinese
    assert ENGLISH.translated(english, part) == english


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font:UserWarning")
def test_labels_of_an_axis_are_told_in_chinese_when_the_figure_is_drawn(monkeypatch):
    monkeypatch.setattr("netinnov.study._report_page.cjk_font", lambda: "DejaVu Sans")
    row = {"approach": "merger", "measure": "home_access", "baseline": 1.0, "difference": 0.1}
    ax = plot_approaches(pd.DataFrame([row | {"low": 0.1, "high": 0.1}]))
    translate(ax.figure, CHINESE)
    ax.figure.canvas.draw()
    labels = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    assert [label.get_text() for label in labels] == ["飞出地\n可达性", "合并"]


def test_long_tables_show_their_first_rows_and_say_how_many_there_are():
    many = pd.DataFrame({"kind": [f"kind{i:03}" for i in range(1234)], "nodes": 1})
    view = view_of(Table("kinds", many), ENGLISH)
    assert "12 of 1,234 rows" in view.cut
    assert [row[0] for row in view.rows] == [f"kind{i:03}" for i in range(12)]
    assert view.numeric == [False, True]
    shown_in_part = Table("kinds", many, many.iloc[:20])
    assert "12 of 1,234 rows" in view_of(shown_in_part, ENGLISH).cut  # as the file has them
    assert "共 1,234 行" in view_of(Table("kinds", many), CHINESE).cut
    wide = pd.DataFrame(np.ones((2, 20)), columns=[f"c{i}" for i in range(20)])
    assert len(view_of(Table("wide", wide), ENGLISH).columns) == 9


def test_cells_are_written_as_a_table_asks():
    frame = pd.DataFrame(
        {
            "home": ["p", "q"],
            "layer": ["gravity", "x"],
            "share": [0.5, np.nan],
            "direction": ["yes"] * 2,
        }
    )
    table = Table("t", frame, forms={"share": "percent"})
    assert view_of(table, ENGLISH).rows[0] == ["Paris", "gravity (modelled)", "50 %", "yes"]
    assert view_of(table, CHINESE).rows == [
        ["巴黎", "引力（模型）", "50%", "是"],
        ["q", "x", "–", "是"],
    ]
    assert view_of(table, CHINESE).columns[:2] == ["飞出地", "层"]


def test_files_name_the_modelled_layers_that_enter(tmp_path):
    frame = pd.DataFrame({"a": [1.0], "b": [2.0]})
    tables = [Table("plain", frame), Table("marked", frame, modelled=("a", "b"))]
    write_tables(tables, tmp_path)
    assert pd.read_csv(tmp_path / "plain.csv").columns.tolist() == ["a", "b"]
    assert pd.read_parquet(tmp_path / "marked.parquet")["modelled_layers"].tolist() == ["a; b"]


class Worded(Language):
    """A language in which every section says the same."""

    def template(self, section):
        return self.environment.from_string(
            "{% set question %}What?{% endset %}{% set answer %}{{ said }}{% endset %}"
            "{% set notes %}A note.{% endset %}{% set labels = {'n': 'Number'} %}"
            "{% set tables = {'t': 'A table'} %}"
        )


def made(answer="One.", *, front=False, code="en"):
    language = Worded(code, {"p": "Paris"}, {}, ("gravity",))
    frame = pd.DataFrame({"kind": [EVIL], "n": [1]})
    table = Table("t", frame, on_page=True, modelled=("gravity",), front=front)
    section = Section(
        "data",
        compute=lambda context: None,
        facts=lambda result: {"said": answer},
        tables=lambda result: (),
        key_figures=lambda *_: [KeyFigure("n", 3, 1.0, 5.0, of=9)],
    )
    result = SimpleNamespace(context=SimpleNamespace(language=language, command=""))
    return chapter(section, result, [table, Table("u", frame)])


def page_of(tmp_path, chapters, *, language=ENGLISH, **options):
    page = {"title": EVIL, "command": '" onmouseover="alert(1)', "version": "0"}
    page |= {"absent": [], "advice": ""}
    page |= {"tries": True, "tables": [("t", 1)], "others": []} | options
    path = tmp_path / "report.html"
    write_page(path, language, chapters, page)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("figure", "more"),
    [
        (KeyFigure("n", 29.83, 29.51, 30.04, digits=3), "29.5 to 30.0"),
        (KeyFigure("n", 11.0, 6.2, 14.0, of=60), "6 to 14; out of 60"),
        (KeyFigure("n", 0.194, -0.001, 0.21), "0.00 to 0.21"),
        (KeyFigure("n", 9.73, 8.0, 11.26), "8.0 to 11.3"),
        (KeyFigure("n", 248.2, 31.4, 4321.7), "31 to 4,322"),
        (KeyFigure("n", 0.0, -0.12, 3.0), "−0.12 to 3"),
    ],
)
def test_ends_of_an_interval_have_the_decimals_of_the_value(figure, more):
    assert _key_figure(figure, Text("", "", labels={"n": ""}), ENGLISH)[2] == more


@pytest.mark.parametrize(
    ("n", "n_links", "link"),
    [
        (300, 1, "Explore the places and try other parks"),
        (301, 1, "Explore the places"),
        (2, 0, "Explore the places"),
    ],
)
def test_the_link_to_the_explorer_says_what_can_be_done_there(tmp_path, n, n_links, link):
    links = pd.DataFrame({"source": ["0"], "target": ["1"], "layer": "x"})[:n_links]
    network = ni.build_network(pd.DataFrame(index=list(map(str, range(n)))), links)
    page = page_of(tmp_path, [], tries=tries_enclaves(network))
    assert f'<a href="explorer.html">{link}</a>' in page


def test_the_page_is_a_loop_over_chapters_and_escapes_what_it_is_given(tmp_path):
    page = page_of(tmp_path, [made(f"One is {name(EVIL)}.")])
    assert "<script" not in page
    assert ' onmouseover="' not in page
    assert '<p class="says">One is <bdi>&lt;script&gt;' in page
    assert '<th scope="row"><bdi>&lt;script&gt;' in page
    assert '<td class="n">1</td>' in page
    assert 'title="gravity (modelled) ">modelled</a>' in page
    assert '<th scope="row">Number</th><td>3</td><td>1 to 5; out of 9</td>' in page
    assert '<h2 id="data">What?</h2>' in page  # the section that leads
    assert "tables/u.csv" not in page[: page.index('id="files"')]


def test_the_section_that_leads_answers_at_the_top(tmp_path):
    page = page_of(tmp_path, [made(), Chapter("other", Text("Where?", "Here."))])
    assert '<section class="part" id="other">\n<h2>1. Where?</h2>' in page
    assert '<a href="#other">Where?</a>' in page  # the table of contents
    assert page.index('<h2 id="data">What?</h2>') < page.index("<nav")
    assert page.count("One.") == 1


def test_a_page_is_in_one_language_and_leads_to_the_other(tmp_path):
    page = page_of(tmp_path, [made("一。", code="zh")], language=CHINESE,
                   others=[("en", "report.html")])  # fmt: skip
    assert '<html lang="zh-Hans">' in page
    assert '<a href="report.html" hreflang="en">English</a>' in page
    assert ">更多说明与表格</summary>" in page


def test_control_characters_of_names_do_not_reach_the_page(tmp_path):
    page = page_of(tmp_path, [made("Most central: " + name("a\x1b[2J\x00b\x9f"))], title="a\x07")
    assert "<bdi>a\ufffd[2J\ufffdb\ufffd</bdi>" in page
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in page)
