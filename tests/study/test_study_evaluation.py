"""Openings evaluated in a report: planted differences, numbers by hand, and faults of tables."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import netinnov as ni
from netinnov import study
from netinnov.cli import app
from netinnov.errors import InputError
from netinnov.panels import enclave_openings, evaluate_openings
from netinnov.study import sections
from netinnov.study.sections import evaluation
from study_cases import (
    context_at,
    context_of,
    facts_of,
    figures_of,
    network_of,
    plain_text_of,
    said,
    tables_of,
)

YEARS = range(2011, 2019)
PLACES = [f"p{k:02}" for k in range(40)]
OPENED = dict.fromkeys(PLACES[:8], 2014) | dict.fromkeys(PLACES[8:16], 2016)
LINKS = [(PLACES[k], PLACES[16 + k]) for k in range(6)]  # six that never open are exposed
EFFECT, SPILL = 2.0, 0.5


def panel_of(*, noise=0.0, before=0.0, spill=0.0, places=PLACES):
    """Common growth, and `EFFECT` since the opening; `before`: growth of those that will open."""
    rng = np.random.default_rng(3)
    rows = []
    for at, place in enumerate(PLACES):
        opened = OPENED.get(place, np.inf)
        linked = OPENED[PLACES[at - 16]] if 16 <= at < 22 else np.inf
        for year in YEARS:
            value = at + 0.3 * (year - 2011) + noise * rng.normal()
            value += EFFECT * (year >= opened) + spill * (year >= linked)
            value += before * (year - 2011) * (place in OPENED)
            rows.append((place, year, value))
    table = pd.DataFrame(rows, columns=["place", "period", "patents"])
    return table[table["place"].isin(places)]


def openings_of(**columns):
    table = pd.DataFrame({"place": [*OPENED], "opened": [*OPENED.values()]})
    return table.assign(**columns)


@pytest.fixture
def evaluated(tmp_path):
    """Write the tables; the context of a study of them."""

    def write(panel, openings=None, *, links=LINKS, network=None, **settings):
        panel.to_csv(tmp_path / "panel.csv", index=False)
        settings = {"panel": str(tmp_path / "panel.csv"), "outcome": "patents"} | settings
        settings = {"permutations": 0} | settings
        if openings is not None:
            openings.to_csv(tmp_path / "openings.csv", index=False)
            settings["openings"] = str(tmp_path / "openings.csv")
        nodes = pd.DataFrame({"place": PLACES}, index=PLACES)
        network = network_of(links, nodes=nodes) if network is None else network
        return context_of(network, evaluation=settings)

    return write


@pytest.mark.slow
def test_a_planted_difference_is_found_to_the_last_digit(evaluated):
    context = evaluated(panel_of(spill=SPILL), openings_of())
    known = facts_of(evaluation, context)
    assert [known[name] for name in ("estimate", "low", "high")] == pytest.approx([EFFECT] * 3)
    assert [known[name] for name in ("spill_estimate", "spill_low")] == pytest.approx([SPILL] * 2)
    assert known["plain_estimate"] < EFFECT - 0.05  # exposed controls grow, too
    assert (known["places"], known["opened"], known["cohorts"], known["never"]) == (40, 16, 2, 24)
    # In 2014 and 2015 the later eight are controls, with the 18 that are never exposed.
    assert (known["fewest"], known["most"], known["exposed"]) == (18, 26, 6)
    assert known["moved"] == 0
    answer = plain_text_of(evaluation, context).answer
    assert answer.startswith("In the places that opened, “patents” changed by 2 more than in the ")
    chinese = plain_text_of(evaluation, context, "zh").answer
    assert chinese.startswith(
        "开园城市的“patents”变化比对照城市多 2（差异的 95% 区间：2.0 至 2.0）。"
    )
    assert figures_of(evaluation, context)["average"].value == pytest.approx(EFFECT)


@pytest.mark.slow
def test_the_numbers_are_those_of_evaluate_openings(evaluated):
    openings = openings_of(way=["up", "down"] * 8)
    panel = panel_of(noise=1.0)
    context = evaluated(panel, openings, by="way", permutations=19, anticipation=1, clean=0.2)
    result = context.once(evaluation.compute)
    by_hand = partial(
        evaluate_openings,
        panel,
        outcome="patents",
        openings=openings,
        anticipation=1,
        clean=0.2,
        rng=1,
    )
    linked = by_hand(network=context.cities, permutations=19)
    pd.testing.assert_frame_equal(result.whole.cells, linked.cells)
    pd.testing.assert_frame_equal(result.plain.average, by_hand().average)
    groups = by_hand(network=context.cities, by="way")
    pd.testing.assert_frame_equal(result.groups.average, groups.average)
    known = facts_of(evaluation, context)
    assert known["permutation_p"] == linked.permutation_p
    assert (known["wald"], known["breakdown"]) == (linked.pre_trend_p, linked.breakdown)
    written = tables_of(evaluation, context)
    pd.testing.assert_frame_equal(written["evaluation_by_time"].frame, linked.dynamic)
    averages = written["evaluation_averages"].frame.set_index("comparison")
    rows = ["all_openings", "links_ignored", "linked_to_openings", "down", "up"]
    assert [*averages.index] == rows
    assert averages.loc["up", "estimate"] == groups.average["estimate"][1]
    assert f"By way, up: {averages.loc['up', 'estimate']:.2g}" in said(evaluation, context)


@pytest.mark.slow
@pytest.mark.parametrize("before", [0.0, 0.4])
def test_a_difference_is_an_effect_only_with_its_assumptions_in_sight(evaluated, before):
    context = evaluated(panel_of(noise=0.3, before=before), openings_of())
    known = facts_of(evaluation, context)
    answers = [plain_text_of(evaluation, context, code).answer for code in ("en", "zh")]
    fair = not before
    # The band for all periods leaves 0 out where the places moved apart by 0.4 a year.
    assert (known["moved"] == 0) is fair
    for answer, assumptions, unfair in zip(
        answers,
        (
            ("no anticipation", "parallel trends", "no interference"),
            ("无预期", "平行趋势", "无干扰"),
        ),
        ("the comparison is not fair", "比较并不公平"),
        strict=True,
    ):
        assert all((each in answer) is fair for each in assumptions)
        assert (unfair in answer) is not fair
    effect = "This is their effect only if" if fair else "This is no effect of the openings"
    assert effect in answers[0]


@pytest.mark.slow
@pytest.mark.parametrize("enough", [evaluation.ENOUGH, 1])
def test_a_wald_test_of_small_cohorts_is_a_doubt_and_no_refusal(evaluated, enough, monkeypatch):
    # Two cohorts that stray in opposite ways two years before, so that their mean does not.
    panel = panel_of(noise=0.3)
    for cohort, (sign, year) in enumerate(((1, 2012), (-1, 2014))):
        of_cohort = panel["place"].isin(PLACES[8 * cohort : 8 * cohort + 8])
        panel.loc[of_cohort & panel["period"].eq(year), "patents"] += 1.5 * sign
    monkeypatch.setattr(evaluation, "ENOUGH", enough)
    context = evaluated(panel, openings_of(), controls="never")
    known = facts_of(evaluation, context)
    assert known["moved"] == 0
    assert known["wald"] < 1e-6
    assert "before has p below 0.001" in said(evaluation, context)
    answer = plain_text_of(evaluation, context).answer
    assert ("a test of the periods before doubts it" in answer) is (enough > 1)
    assert ("the comparison is not fair" in answer) is (enough == 1)


@pytest.mark.slow
def test_without_openings_the_enclaves_of_the_data_are_taken(evaluated):
    parks = pd.DataFrame({"jurisdiction": [*OPENED, "p00", "p30", "p31"], "kind": "park"})
    parks["place"] = "p39"
    # A month counts by its year, the first park of a home counts, and p31's is not dated.
    parks["opened"] = [*(f"{year}-05" for year in OPENED.values()), "2017", "2012-01-31", None]
    parks.index = [f"park_{at}" for at in range(len(parks))]
    nodes = pd.concat([pd.DataFrame({"place": PLACES}, index=PLACES), parks])
    nodes["jurisdiction"] = nodes["jurisdiction"].fillna(nodes["place"])
    nodes["kind"] = nodes["kind"].fillna("firm")
    population = pd.DataFrame({"place": PLACES, "population": [*[1e5] * 39, 1e7]})
    network = network_of(LINKS, nodes=nodes, places=population)
    panel = panel_of(noise=0.5)
    context = evaluated(panel, network=network, by="direction")
    known = facts_of(evaluation, context)
    years = network.nodes.assign(opened=network.nodes["opened"].str[:4].astype("Int64"))
    dated = ni.build_network(years, network.links, population)
    rank = population.set_index("place")["population"]
    openings = enclave_openings(dated, rank=rank).rename(columns={"home": "place"})
    openings = openings.sort_values("opened").dropna(subset="opened")
    by_hand = evaluate_openings(
        panel[panel["place"] != "p31"],
        outcome="patents",
        openings=openings,
        network=context.cities,
        rng=1,
    )
    assert known["estimate"] == by_hand.average["estimate"].iloc[0]
    assert (known["undated"], known["from_enclaves"], known["groups"]) == (1, True, ["reverse"])
    told = "Left out, as it is not known when their enclave opened: 1 place."
    assert told in said(evaluation, context)


def test_links_play_no_part_where_the_settings_say_so(evaluated):
    context = evaluated(panel_of(spill=SPILL), openings_of(), exposure=False)
    known = facts_of(evaluation, context)
    assert known["estimate"] < EFFECT - 0.05
    assert known["most"] == 32
    assert "exposure = false" in said(evaluation, context)
    every = [(one, other) for at, one in enumerate(PLACES) for other in PLACES[:at]]
    with pytest.raises(InputError, match=r"no controls are left.*`clean`=0.*exposure = false"):
        evaluated(panel_of(), openings_of(), links=every).once(evaluation.compute)


def test_what_is_left_out_is_counted(evaluated):
    openings = openings_of()
    openings.loc[0, "opened"] = 2011
    openings.loc[len(openings)] = ["q00", 2015]
    panel = pd.concat([panel_of(), panel_of().query("place == 'p20'").assign(place="z00")])
    text = said(evaluation, evaluated(panel, openings))
    assert "Left out, as nothing is known before: 1 place that opened in 2011 or earlier." in text
    assert "Openings in 1 place that the panel does not have are not used." in text
    assert "Not in the network, and so linked to no opening: 1 place." in text


def test_the_figure_shows_the_event_times_of_the_table(evaluated):
    context = evaluated(panel_of(noise=0.5), openings_of())
    (picture,) = evaluation.draw(context.once(evaluation.compute))
    ax = picture.plot()
    assert ax.get_ylabel() == "difference"
    drawn = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() != "None"])
    wanted = context.once(evaluation.compute).whole.dynamic["estimate"]
    assert {*wanted.round(9)} <= {*np.round(drawn, 9)}


STUDY = """structure = false
language = "en,zh"
[data]
path = "tables"
[evaluation]
panel = "panel.csv"
outcome = "patents"
openings = "openings.csv"
permutations = 9
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables").mkdir()
    pd.DataFrame({"node": PLACES, "place": PLACES}).to_csv("tables/nodes.csv", index=False)
    links = pd.DataFrame(LINKS, columns=["source", "target"])
    links.to_csv("tables/links.csv", index=False)
    panel_of(noise=0.5).to_csv("panel.csv", index=False)
    openings_of().to_csv("openings.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, [*arguments])


@pytest.mark.slow
def test_a_run_writes_the_section_and_hashes_its_files(folder, monkeypatch):
    alone = [each for each in sections.SECTIONS if each.name in ("centres", "evaluation")]
    monkeypatch.setattr(sections, "SECTIONS", alone)
    monkeypatch.setattr("netinnov.study.write_explorer", lambda *_: None)
    result = call("run", "study.toml", "--out", "out", "--quiet")
    assert result.exit_code == 0, result.output
    for page in ("report.html", "report.zh.html"):
        text = (folder / "out" / page).read_text("utf-8")
        assert '<section class="part" id="evaluation">' in text
    manifest = json.loads((folder / "out/manifest.json").read_text("utf-8"))
    assert {"panel.csv", "openings.csv", "nodes.csv"} <= {*manifest["inputs"]}
    assert manifest["seconds"].keys() >= {"evaluation"}


def test_headers_in_other_words_are_read_and_told(folder):
    panel = panel_of(noise=0.5)
    panel.columns = ["城市", "年份", "Patente"]
    panel.to_csv("panel.csv", sep=";", decimal=",", index=False)
    openings_of().rename(columns={"place": "Ort"}).to_csv("openings.csv", index=False)
    text = STUDY.replace('outcome = "patents"', 'outcome = "Patente"')
    (folder / "study.toml").write_text(f'{text}[columns]\n"openings.Ort" = "place"\n')
    context = context_at("study.toml")
    assert "panel.csv: read '城市' as place, '年份' as period." in said(evaluation, context)
    assert facts_of(evaluation, context)["places"] == 40


def test_all_faults_of_the_tables_are_one_message(folder):
    panel = panel_of().astype(object)
    panel.iloc[0, 2] = "many"
    panel.iloc[1, 1] = 2012.5
    panel.iloc[9, 0] = None
    panel.iloc[17] = panel.iloc[16]
    panel.to_csv("panel.csv", index=False)
    pd.DataFrame({"place": ["p00"], "opened": ["soon"]}).to_csv("openings.csv", index=False)
    for command in (("check", "study.toml"), ("run", "study.toml", "--quiet")):
        result = call(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        message = " ".join(result.stderr.split())
        assert "[evaluation] does not fit its tables, which have 6 faults:" in message
        for fault in (
            "panel.csv: must have a number 'patents': 1 row (line 2)",
            "panel.csv: must have a period that is a whole number, such as a year: 1 row (line 3)",
            "panel.csv: must name a place: 1 row (line 11)",
            "panel.csv: must be the only one of their place and period: 2 rows (lines 18, 19)",
            "3 of 40 are not: p00 (without 2012), p01 (without 2012), p02 (without 2012)",
            "openings.csv: must have `opened`, a whole number or a date: 1 row (line 2)",
        ):
            assert fault in message
        assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("patents", "patent", "panel.csv: no column 'patent' (did you mean 'patents'?)"),
        ("panel.csv", "panels.csv", "panels.csv must be a file; there is none"),
        ("openings.csv", "none.csv", "none.csv must be a file; there is none"),
        ('openings = "openings.csv"\n', "", "the enclaves of the data: no column 'opened'"),
        ("permutations = 9", "by = 'way'", "openings.csv: no column 'way'"),
        ('panel = "panel.csv"\n', "", "evaluation.panel is missing"),
        ("permutations = 9", "clean = 2", "evaluation.clean must be less than or equal to 1"),
        ("permutations = 9", "controls = 'no'", "evaluation.controls must be 'not_yet' or 'never'"),
    ],
)
def test_a_check_says_what_the_settings_lack(folder, old, new, words):
    (folder / "study.toml").write_text(STUDY.replace(old, new))
    result = call("check", "study.toml")
    assert result.exit_code == 1
    assert words in " ".join(result.stderr.split())


def test_openings_of_other_places_are_refused(folder):
    openings_of(place="Elsewhere").to_csv("openings.csv", index=False)
    result = call("check", "study.toml")
    assert "no place with an opening is in panel.csv; they are 'Elsewhere'" in result.stderr


def test_a_study_without_a_panel_has_no_such_section():
    assert context_of(network_of(LINKS)).once(evaluation.compute) is None
    assert study.read_configuration().evaluation is None
