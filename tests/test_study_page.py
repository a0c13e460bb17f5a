"""Words, cells and views of tables, and the page made of chapters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.explorer._payload import tries_enclaves
from netinnov.study._report_page import Chapter, write_page
from netinnov.study._section import Sentence, Table, mark_layers, with_modelled
from netinnov.study._table_views import view_of
from netinnov.study._words import (
    cell,
    decimals_for,
    fixed,
    in_html,
    joined,
    name,
    number,
    out_of,
    per_cent_of,
    percent,
    plain,
    signed,
    some,
)

EVIL = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (np.False_, "no"),
        (None, "–"),
        (float("nan"), "–"),
        (pd.NA, "–"),
        (1234567, "1,234,567"),
        (-2, "−2"),
        (0.123456, "0.123"),
        (-1.329e-05, "−0.0000133"),
        (1.5e-300, "1.50 × 10⁻³⁰⁰"),
        (-2e20, "−2.00 × 10²⁰"),
        (12345.6, "12,346"),
        (-0.0, "0"),
        (-0.04, "−0.04"),
        ("a" * 100, "a" * 79 + "…"),
    ],
)
def test_cells_of_a_table(value, text):
    assert cell(value) == text


def test_numbers_in_sentences():
    assert number(0.0123456) == "0.0123"
    assert number(9.73, digits=2) == "9.7"
    assert number(float("nan")) == "not defined"
    assert number(-0.0) == "0"
    assert fixed(-0.0, 2, sign=True) == "0"
    texts = ("-0.0", "+0.00", "-0", "-0.1", "+0.1", "-1,000")
    assert [signed(text) for text in texts] == ["0.0", "0.00", "0", "−0.1", "+0.1", "−1,000"]
    assert decimals_for(0.0012, -0.00034) == 4
    assert decimals_for(12.0) == 0
    assert fixed(0.51234, 4) == "0.5123"
    assert fixed(-0.00113, 4, sign=True) == "−0.0011"
    assert fixed(0.0000113, 4) == "below 0.0001"
    assert fixed(-0.0000113, 4, sign=True) == "just below 0"
    assert fixed(0.0, 4, sign=True) == "0"
    assert per_cent_of([0.05, -0.1], 0.5) == ["+10.0 %", "−20.0 %"]
    shares = [percent(share) for share in (0.0, 0.001, 0.456, 0.999, 1.0)]
    assert shares == ["0 %", "less than 0.5 %", "46 %", "more than 99.5 %", "100 %"]


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
    assert some(["a", "b", "c"], 5, most=2) == "a, b and 3 more"
    assert joined(["a"]) == "a"


def test_long_tables_show_their_first_rows_and_say_how_many_there_are():
    many = pd.DataFrame({"kind": [f"kind{i:03}" for i in range(1234)], "nodes": 1})
    view = view_of(Table("kinds", many, "Kinds."))
    assert view.cut == "8 of 1,234 rows are shown; the file has all."
    assert [row[0] for row in view.rows] == [f"kind{i:03}" for i in range(8)]
    assert view.numeric == [False, True]
    wide = pd.DataFrame(np.ones((2, 20)), columns=[f"c{i}" for i in range(20)])
    assert view_of(Table("wide", wide, "Wide.")).cut == (
        "13 of 20 columns are shown; the file has all."
    )
    assert len(view_of(Table("whole", many, "All.", whole=True)).rows) == 40


def test_ids_go_only_where_names_tell_rows_apart():
    table = pd.DataFrame({"name": ["A", "B"], "n": [1, 2]}, pd.Index(["p", "q"], name="node"))
    assert view_of(Table("t", table, "")).columns == ["name", "n"]
    table["name"] = ["A", "A"]
    view = view_of(Table("t", table, ""))
    assert view.columns == ["node", "n"]
    assert plain(view.alike) == "In all rows shown: name A."


def test_layers_are_marked_where_they_are_named():
    frame = pd.DataFrame({"layer": ["a", "b"], "x": [1, 2]})
    assert mark_layers(frame, ["b"])["layer"].tolist() == ["a", "b (modelled)"]
    wide = pd.DataFrame({"a": [1], "b": [2]})
    assert mark_layers(wide, ["b"], columns=True).columns.tolist() == ["a", "b (modelled)"]
    assert mark_layers(wide, ["b"]).columns.tolist() == ["a", "b"]
    assert with_modelled(wide, []).columns.tolist() == ["a", "b"]
    assert with_modelled(wide, ["b"])["modelled_layers"].tolist() == ["b (modelled)"]


def chapter():
    table = Table("t", pd.DataFrame({"kind": [EVIL], "n": [1]}), "A table.", modelled=("gravity",))
    sentences = [Sentence(f"One is {name(EVIL)}.", ("t",)), Sentence("Two.", (), "More")]
    return Chapter("built", "What was built", (), sentences, [], [table])


def page_of(tmp_path, chapters, **options):
    write_page(
        tmp_path / "report.html",
        title=EVIL,
        command='" onmouseover="alert(1)',
        version="0.1.0",
        short=[Sentence("Short.", ("t",))],
        chapters=chapters,
        reading=[Sentence("Read.")],
        **options,
    )
    return (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("n", "n_links", "link"),
    [
        (300, 1, "Explore the places and try other enclaves"),
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
    page = page_of(tmp_path, [chapter()])
    assert "<script" not in page
    assert ' onmouseover="' not in page
    assert "One is <bdi>&lt;script&gt;" in page
    assert '<th scope="row"><bdi>&lt;script&gt;' in page
    assert '<td class="n">1</td>' in page
    # A sentence names its table by number, and has a badge for the modelled layers in it.
    mark = '<sup class="mark">[<a href="tables/t.csv" title="tables/t.csv">1</a>]</sup>'
    badge = '<a class="badge" href="#methods" title="gravity">modelled</a>'
    assert page.count(f"{mark} {badge}") == 3  # the top, the sentence, the table
    assert page.index('id="short"') < page.index('id="built"')
    assert page.index("One is") < page.index("A table.") < page.index("<h3>More</h3>")
    assert "tables/t.csv</a>: 1 row" in page


def test_the_first_sentence_answers_the_question(tmp_path):
    page = page_of(tmp_path, [chapter()], question="What is short?")
    assert "<h2>What is short?</h2>" in page
    assert '<p class="answer">Short.<sup' in page
    assert "<li>Short." not in page


def test_tables_are_folded_and_can_be_scrolled_by_keyboard(tmp_path):
    page = page_of(tmp_path, [chapter()])
    assert '<details id="table-t"><summary>Table: A table.</summary>' in page
    box = '<div class="scroll" tabindex="0" role="region" aria-label="Table: A table.">'
    assert box in page
    assert page.count('<th scope="col"') == 2
    assert "2 sentences and 1 table</summary>" in page


def test_numbers_are_written_as_a_table_asks():
    frame = pd.DataFrame({"place": ["a", "b"], "share": [0.5, np.nan]})
    table = Table("t", frame, "", formats={"share": percent})
    assert view_of(table).rows == [["a", "50 %"], ["b", "–"]]
    assert [out_of(6)(share) for share in (1 / 6, 1.0)] == ["1 of 6", "6 of 6"]


def test_the_page_is_the_same_each_time_and_changes_no_table(tmp_path):
    part = chapter()
    before = part.tables[0].frame.copy()
    assert page_of(tmp_path, [part]) == page_of(tmp_path, [part])
    pd.testing.assert_frame_equal(part.tables[0].frame, before)


def test_control_characters_of_names_do_not_reach_the_page(tmp_path):
    sentences = [Sentence("Most central: " + name("a\x1b[2J\x00b\x85"))]
    chapter = Chapter("central", "Who is central", sentences)
    options = {"title": "a\x07", "command": "netinnov run", "version": "0", "short": []}
    write_page(tmp_path / "page.html", chapters=[chapter], reading=[], **options)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<bdi>a\ufffd[2J\ufffdb\ufffd</bdi>" in page
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in page)
