"""Tables for a manuscript: numbers as in print, and files that other programs take."""

from __future__ import annotations

import builtins
import dataclasses
import io
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import GravityFit
from netinnov.manuscript import to_table
from netinnov.manuscript._cells import interval, number, p_value
from netinnov.null_models import MatrixRegression
from netinnov.null_models._null_statistics import NullComparison
from netinnov.panels import EventStudy, PairSample, TieEffect


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0042781, 3, "0.00428"),
        (-1.329, 2, "−1.3"),
        (9.996, 3, "10.0"),  # rounding carries into one more digit
        (12345.6, 3, "12,346"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (0.00001234, 3, "1.23 × 10⁻⁵"),
        (-2.5e17, 2, "−2.5 × 10¹⁷"),
        (np.nan, 3, "–"),
        (pd.NA, 3, "–"),
        (-np.inf, 3, "−∞"),
        (1, 3, "1.00"),
    ],
)
def test_numbers_have_significant_digits(value, digits, text):
    assert number(value, digits) == text


def test_numbers_that_count_have_no_decimals():
    assert number(12345, 3, whole=True) == "12,345"
    assert interval(-2, 3, 3, whole=True) == "[−2, 3]"


def test_p_values_have_three_decimals():
    assert [p_value(p) for p in (0.0004, 0.04, 1.0, np.nan)] == ["< 0.001", "0.040", "1.000", "–"]


def cells(markdown: str) -> list[list[str]]:
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


EFFECTS = pd.DataFrame(
    {
        "scenario": ["park", "park", "direct"],
        "measure": ["global_efficiency", "strength", "strength"],
        "node": [None, "quzhou_1", "quzhou_1"],
        "baseline": [0.5, 1200.0, 1200.0],
        "difference": [0.0123, 60.0, -6.0],
        "relative": [2.46, 5.0, -0.5],
        "low": [0.01, 40.0, np.nan],
        "high": [0.02, 80.0, np.nan],
        "placebo_low": [-0.01, 0.0, np.nan],
        "placebo_high": [0.011, 1.0, np.nan],
        "placebo_p": [0.02, 0.0002, np.nan],
        "corrected_p": [0.04, 0.0004, np.nan],
    }
)


def test_effects_say_what_their_columns_are():
    text = to_table(EFFECTS, caption="Effects of a park", notes=["Illustrative."])
    head, _, *rows = cells(text)
    assert head == [
        "Scenario", "Measure", "Node", "Baseline", "Difference", "Change, %", "Placements",
        "Placebos", "p",
    ]  # fmt: skip
    assert rows[0] == [
        "park", "global efficiency", "", "0.500", "0.0123", "2.46", "[0.0100, 0.0200]",
        "[−0.0100, 0.0110]", "0.040",
    ]  # fmt: skip
    # The scenario repeats from the row above and is left out; ids of nodes keep their underscore.
    assert rows[1][:3] == ["", "strength", r"quzhou\_1"]
    assert rows[1][-1] == r"\< 0.001"
    assert rows[2][:3] == ["direct", "strength", r"quzhou\_1"]
    assert rows[2][-3:] == ["–", "–", "–"]
    assert text.startswith("Effects of a park\n")
    assert "corrected over all tests" in text
    assert text.rstrip().endswith("–: not defined. Illustrative.")


def test_an_experiment_is_the_table_of_its_effects():
    cities = ni.datasets.make_city_system(n_cities=10, n_enclaves=0, rng=1)
    result = ni.compare_scenarios(
        cities,
        scenarios={"park": ni.ReverseEnclave("synthetic_city_10", "synthetic_city_01", 3, 0.5)},
        measures={"efficiency": ni.connectivity.global_efficiency},
        replicates=3,
        rng=1,
        progress=False,
    )
    effects = result.effects(full=True)
    assert to_table(result) == to_table(effects) == to_table(result.effects())  # no placebos
    (row,) = cells(to_table(result, digits=5))[2:]
    assert row[3] == number(effects["difference"][0], 5)
    contrast = ni.experiments.contrasts(result, of="park", against=["baseline"])
    assert cells(to_table(contrast))[0][:4] == ["Scenario", "Rival", "Measure", "Difference"]


def test_profile_counts_centres_without_decimals():
    cities = ni.datasets.make_city_system(n_cities=10, n_enclaves=0, rng=1)
    profile = ni.polycentricity.profile(
        cities, indices=["gini", "n_centres"], resamples=3, replicates=19, rng=1, progress=False
    )
    head, _, gini, centres = cells(to_table(profile))
    assert head[:5] == ["Index", "Of", "Value", "Resamples", "Without one"]
    assert re.fullmatch(r"0\.\d{3}", gini[2])
    assert re.fullmatch(r"\d+", centres[2])
    assert "No p where the null model moves" in to_table(profile)


def comparison(observed, draws):
    table = np.asarray(draws, float)
    names = {"observed": observed, "mean": table.mean(), "sd": table.std(ddof=1), "z": 2.0}
    return NullComparison(**names, p=0.05, low=1.0, high=3.0, draws=draws, moved=0.5)


def test_comparisons_with_a_null_model_are_rows():
    one = comparison(4.0, pd.Series([1.0, 2.0, 3.0]))
    assert cells(to_table({"efficiency": one, "strength": one}))[2:] == [
        ["efficiency", "4", "2", "[1.00, 3.00]", "2", "0.050"],
        ["strength", "4", "2", "[1.00, 3.00]", "2", "0.050"],
    ]
    assert "3 draws. A draw moves 50 % of the links." in to_table(one)


def test_a_comparison_whose_links_hardly_move_has_no_p():
    one = comparison(4.0, pd.Series([1.0, 2.0, 3.0]))
    text = to_table({"moved": one, "still": dataclasses.replace(one, moved=0.02)})
    assert [row[-1] for row in cells(text)[2:]] == ["0.050", "–"]
    assert "No p where the null model moves 2 % of the links only." in text


SAMPLE = PairSample(45, 5, 4, 30, 0, 0, 0, 170, 0, 34)


def study(**changes):
    estimates = pd.DataFrame(
        {
            "event_time": [-2, -1, 0],
            "estimate": [0.01, 0.0, 0.5],
            "standard_error": [0.02, np.nan, 0.1],
            "low": [-0.03, np.nan, 0.3],
            "high": [0.05, np.nan, 0.7],
            "n_treated": [4, 4, 4],
        }
    )
    average = TieEffect(0.5, 0.1, 0.3, 0.7, 0.0001)
    parts = {"estimates": estimates, "cells": estimates, "average": average, "pre_trend_p": 0.6}
    parts |= {"groups": pd.DataFrame(columns=["estimate"]), "reference": -1, "confidence": 0.95}
    parts |= {"method": "cohorts", "effects": "place_period", "sample": SAMPLE}
    return EventStudy(**parts | changes)


def gravity():
    network = ni.build_network(
        pd.DataFrame(index=["a"]), pd.DataFrame({"source": [], "target": []})
    )
    return GravityFit(
        network,
        network.links,
        coefficients=pd.Series({"distance": -1.2, "origin": 0.4}),
        standard_errors=pd.Series({"distance": 0.1, "origin": 0.05}),
        deviance=12.0,
        explained=0.75,
        n_pairs=1560,
        iterations=7,
        converged=True,
    )


def test_models_are_columns_side_by_side():
    qap = MatrixRegression(
        coefficients=pd.Series({"intercept": 1.0, "distance": -0.5}),
        t=pd.Series({"intercept": 4.0, "distance": -2.0}),
        p=pd.Series({"intercept": np.nan, "distance": 0.04}),
        r_squared=0.25,
        n_pairs=45,
        draws=pd.DataFrame(),
    )
    head, _, *rows = cells(to_table({"Gravity": gravity(), "MRQAP": qap}))
    assert head == ["", "Gravity", "MRQAP"]
    assert rows == [
        ["distance", "−1.20", "−0.500"],
        ["", "(0.100)", "(0.250)"],  # 0.5 / 2
        ["origin", "0.400", ""],
        ["", "(0.0500)", ""],
        ["intercept", "", "1.00"],
        ["", "", "(0.250)"],  # 1 / 4
        ["pairs", "1,560", "45"],
        ["deviance explained", "0.750", ""],
        ["R²", "", "0.250"],
    ]


def test_event_studies_name_their_reference():
    by_interval = cells(to_table(study(), below="interval"))[2:]
    assert by_interval == [
        ["period −2", "0.0100"],
        ["", "[−0.0300, 0.0500]"],
        ["period −1", "0"],
        ["", "(reference)"],
        ["period 0", "0.500"],
        ["", "[0.300, 0.700]"],
        ["after the opening", "0.500"],
        ["", "[0.300, 0.700]"],
        ["p of no pre-trend", "0.600"],
        ["pairs with an enclave", "4"],
        ["pairs without", "30"],
        ["pairs × periods", "170"],
    ]
    assert ["", "(< 0.001)"] in cells(to_table(study(), below="p").replace("\\", ""))


def test_event_study_of_a_real_panel_has_its_groups():
    rng = np.random.default_rng(0)
    names = [f"c{k}" for k in range(8)]
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    rows = [
        {"source": a, "target": b, "period": t, "weight": float(rng.poisson(9) + 1)}
        for a, b in pairs
        for t in range(6)
    ]
    network = ni.build_network(pd.DataFrame(index=names), pd.DataFrame(rows))
    openings = pd.DataFrame(
        {"home": ["c0", "c2"], "host": ["c1", "c3"], "opened": [3, 3], "kind": ["x", "y"]}
    )
    fitted = ni.panels.event_study(network, layer="links", openings=openings, by="kind")
    labels = [row[0] for row in cells(to_table(fitted))]
    assert "x, period +1" in labels
    assert "after the opening, x - y" in labels


HARD = pd.DataFrame(
    {
        "50% & more_{x}": ["[a] $1", "~b^2 \\ #", 'say "x" | <y>'],
        "value": [-1.5e-7, 2.0, np.inf],
    }
)


def test_latex_has_booktabs_and_escapes():
    text = to_table(HARD, format="latex", caption="A & B", label="tab:hard", notes=["100 % sure"])
    assert text.count(r"\toprule") == text.count(r"\midrule") == text.count(r"\bottomrule") == 1
    assert r"\begin{tabular}{lr}" in text
    assert r"\caption{A \& B}" in text
    assert r"\label{tab:hard}" in text
    assert "{[}a] \\$1 & $-$1.50 $\\times$ 10\\textsuperscript{$-$7} \\\\" in text
    assert r"50\% \& more \{x\}" in text
    assert r"\footnotesize 100 \% sure" in text


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("pdflatex"),
    reason="needs pdflatex: apt-get install texlive-latex-base texlive-latex-recommended",
)
def test_latex_compiles(tmp_path):
    tables = [HARD, EFFECTS, {"Gravity": gravity(), "Ties": study()}]
    body = "\n".join(
        to_table(t, format="latex", caption=f"Nr {k} & 100 % José", label=f"tab:{k}", notes=["ß_1"])
        for k, t in enumerate(tables)
    )
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF")


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th"):
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data.strip()


def test_html_shows_text_as_it_is():
    pytest.importorskip("great_tables")
    content = to_table(HARD, format="html", caption="A <b>", notes=["n & <i>"], label="t")
    parser = Cells()
    parser.feed(content)
    assert parser.texts == [
        "A <b>", "50% & more {x}", "value", "[a] $1", "−1.50 × 10⁻⁷", "~b^2 \\ #", "2.00",
        'say "x" | <y>', "∞", "n & <i>",
    ]  # fmt: skip
    assert content == to_table(HARD, format="html", caption="A <b>", notes=["n & <i>"], label="t")


def test_word_opens_the_document(tmp_path):
    docx = pytest.importorskip("docx")
    path = tmp_path / "table.docx"
    content = to_table({"Ties": study()}, format="docx", caption="衢州", notes=["Last."], path=path)
    assert path.read_bytes() == content
    document = docx.Document(io.BytesIO(content))
    (table,) = document.tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[:3] == [["", "Ties"], ["period −2", "0.0100"], ["", "(0.0200)"]]
    assert document.paragraphs[0].text == "衢州"
    assert document.paragraphs[0].style.name == "Caption"
    assert document.paragraphs[-1].text.endswith("Last.")


def test_a_wide_table_for_word_lies_on_a_page_in_landscape():
    docx = pytest.importorskip("docx")
    for columns, wide in ((8, False), (9, True)):
        table = pd.DataFrame([range(columns)], columns=list("abcdefghi"[:columns]))
        content = to_table(table, format="docx")
        section = docx.Document(io.BytesIO(content)).sections[0]
        assert (section.page_width > section.page_height) == wide


def test_columns_for_word_are_as_wide_as_their_longest_words():
    docx = pytest.importorskip("docx")
    table = pd.DataFrame({"a": [1.0], "internationalisation": [2.0], "of a few words": [3.0]})
    content = to_table(table, format="docx")
    cells = docx.Document(io.BytesIO(content)).tables[0].rows[0].cells
    narrow, wide, several = (cell.width for cell in cells[-3:])
    assert narrow < several < wide


@pytest.mark.parametrize(("format", "package"), [("html", "great_tables"), ("docx", "docx")])
def test_a_missing_package_says_how_to_install_it(monkeypatch, format, package):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return real(name, *rest, **more)

    monkeypatch.setattr("netinnov._optional.import_module", without)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[tables\]'"):
        to_table(HARD, format=format)


def test_any_table_and_any_result(tmp_path):
    frame = pd.DataFrame({"n": [3, 1200], "yes": [True, False], "text": ["a\nb", None]})
    text = to_table(frame, path=tmp_path / "t.md")
    assert cells(text)[2:] == [["3", "yes", "a b"], ["1,200", "no", "–"]]
    assert (tmp_path / "t.md").read_text(encoding="utf-8") == text
    series = pd.Series([0.25], index=pd.Index(["h"], name="node"), name="pagerank")
    assert cells(to_table(series)) == [["node", "pagerank"], ["---", "---:"], ["h", "0.250"]]
    fit = ni.polycentricity.rank_size(pd.Series([8.0, 4.0, 2.0], list("abc")))
    assert "slope" in to_table(fit)


def test_years_and_ids_have_no_separators_and_counts_have():
    by_year = pd.DataFrame({"links": [1234, 5]}, pd.Index([2010, 2020], name="year"))
    assert "| 2010 | 1,234 |" in to_table(by_year)
    assert "| 2010 | 1,234 |" in to_table(by_year.rename_axis("period").reset_index())
    by_pair = by_year.set_index(pd.MultiIndex.from_tuples([(1001, 2002), (1, 2)]))
    assert "| 1001 | 2002 | 1,234 |" in to_table(by_pair)
    assert "| --- | --- | ---: |" in to_table(by_pair)


def test_heads_of_several_levels_and_cells_like_rules_are_text():
    table = pd.DataFrame({("x", "a"): ["---|b"], ("x", "b"): [1 + 2j]})
    assert to_table(table) == "| x, a | x, b |\n| --- | ---: |\n| ---\\|b | (1+2j) |\n"


@pytest.mark.parametrize(
    ("result", "options", "message"),
    [
        (HARD, {"format": "pdf"}, "`format` must be one of 'markdown', 'latex', 'html', 'docx'"),
        (HARD, {"digits": 0}, "`digits` must be a whole number"),
        (HARD, {"below": "t"}, "`below` must be one of"),
        (HARD, {"notes": "one"}, r"write \['one'\]"),
        (HARD.iloc[:0], {}, "needs at least one row"),
        (3, {}, "`result` must be a result of netinnov"),
        ({}, {}, "a mapping must lead from names"),
        ({"a": 3}, {}, "a mapping must lead from names"),
        ({"a": TieEffect(1, 1, 0, 2, 0.3), "b": 3}, {}, "all columns of a table of models"),
    ],
)
def test_bad_input(result, options, message):
    with pytest.raises(InputError, match=message):
        to_table(result, **options)
