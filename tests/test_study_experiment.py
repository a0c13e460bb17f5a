"""The experiment: what is tried and measured, and how its numbers are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import Prices, ReverseEnclave
from netinnov.study._measures import MeasuresPart
from netinnov.study._table_views import view_of
from netinnov.study._words import in_html
from netinnov.study.sections import experiment
from netinnov.study.sections._enclave_choice import ExperimentPart
from netinnov.study.sections._trials import Trial
from netinnov.study.sections._verdicts import changes_elsewhere, headline, trust
from netinnov.study.sections.experiment import Experiment, with_signs
from study_cases import (
    CHAIN,
    PARK,
    THREE,
    context_of,
    network_of,
    stand_in,
    tables_of,
    text_of,
    texts,
)

OFF = {"structure": False, "mechanisms": False}
LINE = pd.DataFrame({"place": ["P", "Q", "R"], "lon": [0.0, 1.0, 3.0], "lat": 0.0})
SIX = ReverseEnclave("p", "q", 6, 0.5)
EVIL = "<script>alert('x')</script>"


def effects() -> pd.DataFrame:
    columns = ["measure", "node", "baseline", "mean", "difference", "low", "high", "same_sign"]
    rows = [
        ("harmonic_centrality", "p", 0.5, 0.55, 0.05, 0.02, 0.08, 1.0),
        ("harmonic_centrality", "q", 0.8, 0.8, 0.0, 0.0, 0.0, 1.0),
        ("harmonic_centrality", "r", 0.4, 0.39, -0.01, -0.03, 0.02, 0.7),
        ("harmonic_centrality", "s", 0.4, 0.41, 0.01, 0.0, 0.02, 1.0),
        ("global_efficiency", None, 0.5, 0.49, -0.01, -0.03, 0.02, 0.6),
        ("access_inequality", None, 0.02, 0.01, -0.01, -0.015, -0.005, 1.0),
        ("pagerank", "p", 0.3, 0.25, -0.05, -0.06, -0.04, 1.0),
        ("pagerank", "q", 0.3, 0.3, 0.0, 0.0, 0.0, 1.0),
        ("pagerank", "r", 0.2, 0.23, 0.03, 0.01, 0.05, 1.0),
        ("pagerank", "s", 0.2, 0.21, 0.01, 0.0, 0.02, 1.0),
    ]
    table = pd.DataFrame(rows, columns=columns)
    table = table.assign(scenario="park", mc_error=0.001, standardised=1.0, replicates=40)
    table["median"] = table["difference"]
    table["placebo_low"], table["placebo_high"], table["placebo_n"] = -0.01, 0.03, 10
    table["placebo_p"], table["corrected_p"], table["why_no_p"] = 0.18, 0.5, None
    table["beyond"] = "strength of q (9; placebos 2 to 5)"
    return table


CONTRAST = pd.DataFrame(
    [
        {"scenario": "park", "rival": "direct", "measure": "harmonic_centrality", "node": "p"}
        | {"difference": 0.02, "low": -0.01, "high": 0.04, "higher": 0.9, "replicates": 40}
    ]
)


NAMES = {"p": EVIL, "q": "Qu & Co", "r": "Er", "s": "Es"}


def tried(**changes: Any) -> Experiment:
    """A headline, a rival and placebo hosts, with numbers by hand."""
    part = ExperimentPart(
        home="p", host="q", size=4, pipeline_share=0.5, funding=["new"], placebos=10
    )
    result = Experiment(
        stand_in(names=NAMES, drawn_names=pd.Series({"p": "Pe", "q": "Qu"})),
        part,
        "links",
        MeasuresPart(),
        (Trial("park", replace(SIX, size=4), "new"),),
        (Trial("direct", SIX, "new", "direct links without a park"),),
        None,
        ("strength",),
        effects(),
        None,
        pd.DataFrame(),
        CONTRAST,
        None,
        None,
        None,
        pd.DataFrame({"source_place": [], "target_place": []}),
        (),
    )
    return replace(result, **changes)


def changed(**columns: Any) -> Experiment:
    """The experiment with another first row of effects, that of home."""
    table = effects()
    table = table.astype({"replicates": "int64"})
    for column, value in columns.items():
        table.loc[0, column] = value
    return tried(effects=table)


# -- how it is told ----------------------------------------------------------------------------


def test_a_planner_is_told_who_gains_who_loses_and_how_sure_that_is() -> None:
    result = tried()
    home, rivals = texts(headline(result))
    assert home == (
        f"If {EVIL} had a park in Qu & Co with 4 links on top of all links that there are: "
        f"{EVIL}'s access (harmonic closeness) rises by 10.0 % in the median placement, and rises "
        "in every placement (the middle 95 %: +4.0 % to +16.0 %)."
    )
    assert "better than direct links without a park (in 90 % of the placements)" in rivals
    text = text_of(changes_elsewhere(result))
    assert "Qu & Co's access (harmonic closeness) stays as it is in all placements." in text
    assert "Of the 2 other places, 1 gains access (harmonic closeness) and 1 loses it (med" in text
    assert (
        "may rise or fall, depending on where the links are placed: it falls by 2.0 % in the "
        "median placement; 95 % of placements lie between −6.0 % and +4.0 %."
    ) in text
    assert "Access becomes less unequal: places converge (Theil index −50.0 %" in text
    text = text_of(trust(result))
    assert "At 10 other hosts similar to Qu & Co in strength, the same park" in text
    assert "by between −2.0 % and +6.0 % (95 % of them); in Qu & Co it is +10.0 %" in text
    assert "Neither the data nor the set-up were varied" in text
    assert "more than that (p = 0.18 by its rank among them, 0.5 corrected; with 10 hosts" in text
    assert (
        "no p is below 0.18). Qu & Co lies beyond all of them, by strength of Qu & Co (9; " in text
    )
    assert "A p of the experiment is this rank." in text_of(experiment.explain(result))
    assert "not a forecast" in text_of(experiment.offer(result))
    for sentence in experiment.offer(result):
        assert "<script" not in in_html(sentence.text)
        assert "&lt;bdi" not in in_html(sentence.text)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"difference": 0.05, "same_sign": 0.92}, "rises in 92 % of the placements"),
        ({"difference": -0.05, "median": -0.05, "low": -0.08, "high": -0.02}, "falls by 10.0 %"),
        ({"difference": 0.01, "median": 0.0, "low": 0.0, "same_sign": 0.3}, "but not everywhere"),
        # Most rise a little, and few fall by much: mean and median disagree.
        ({"difference": -0.01, "median": 0.01, "low": -0.2, "high": 0.1}, "may rise or fall"),
        ({"difference": 0.0, "median": 0.0, "low": 0.0, "high": 0.0}, "stays as it is"),
        ({"difference": 1e-17, "median": 0.0, "low": 0.0, "high": 0.0}, "stays as it is"),
        ({"difference": np.nan, "median": np.nan, "baseline": np.nan}, "is not defined before or"),
        ({"replicates": 1, "low": 0.05, "high": 0.05}, "rises by 10.0 %."),
        ({"baseline": 0.0}, "rises by 0.050 in the median placement"),
        # Half of the placements and more change nothing: there is no sign to have a share of.
        ({"median": 0.0, "low": 0.0, "same_sign": np.nan}, "stays as it is in the median"),
    ],
)
def test_what_is_said_of_home_follows_from_its_row(row: dict[str, float], words: str) -> None:
    text = next(iter(texts(headline(changed(**row)))))
    assert words in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("higher", "difference", "words"),
    [
        (0.95, 0.02, "better than direct links without a park (in 95 % of the placements)"),
        (0.05, -0.02, "worse than direct links without a park (in 95 % of the placements)"),
        (0.52, -0.001, "about as good as direct links without a park (better than it in 52 %)"),
    ],
)
def test_a_rival_is_better_or_worse_only_where_most_placements_say_so(
    higher: float, difference: float, words: str
) -> None:
    contrasts = CONTRAST.assign(higher=higher, difference=difference)
    assert words in text_of(headline(tried(contrasts=contrasts)))


@pytest.mark.parametrize(
    ("funding", "words"),
    [
        ("reallocated", " and gave up as many of its own links for it: "),
        ("new", " on top of all links that there are: "),
    ],
)
def test_the_other_funding_is_told_after_the_first(funding: str, words: str) -> None:
    other = {"new": "reallocated", "reallocated": "new"}[funding]
    both = pd.concat([effects(), effects().assign(scenario="again")], ignore_index=True)
    trials = (Trial("park", SIX, funding), Trial("again", SIX, other))
    text = text_of(headline(tried(effects=both, enclaves=trials)))
    assert words in text
    assert ("If the links came on top" in text) == (funding == "reallocated")
    assert ("If the links were taken from" in text) == (funding == "new")
    assert ("New links cannot lower it" in text) == (funding == "reallocated")


@pytest.mark.parametrize(
    ("n", "low", "high", "words"),
    [
        (10, 0.01, 0.09, "within that"),
        (10, 0.06, 0.09, "less than that"),
        (1, 0.02, 0.02, "At 1 other host similar to Qu & Co in strength"),
    ],
)
def test_hosts_are_told_of_by_where_the_real_one_lies(n, low, high, words) -> None:
    table = effects().assign(placebo_low=low, placebo_high=high, placebo_n=n)
    assert words in text_of(trust(tried(effects=table)))


def test_on_a_modelled_layer_nothing_is_tested() -> None:
    table = effects().assign(placebo_p=np.nan, why_no_p="x is modelled")
    of_model = stand_in(
        names=NAMES,
        modelled=("gravity",),
        in_model=lambda network: ("gravity",),
        mark=lambda layer: f"{layer} (modelled)",
    )
    result = tried(effects=table, layer="gravity", context=of_model)
    assert "There is no test, as x is modelled." in text_of(trust(result))
    assert "A p of the experiment" not in text_of(experiment.explain(result))
    assert "modelled links carry no evidence" in text_of(experiment.explain(result))
    assert "it says what the model implies" in text_of(experiment.offer(result))
    said = text_of(experiment.tell(result))
    assert "in gravity (modelled): an experiment inside the model" in said
    assert "by its rank" not in said


def test_changes_are_told_for_home_host_and_the_others_once() -> None:
    text = text_of(experiment.tell(tried()))
    # 0.05 of 0.3 is a sixth, 0.06 a fifth.
    home = f"PageRank of {EVIL} changes by −16.7 % in the median placement (the middle 95 %: "
    assert f"{home}−20.0 % to −13.3 %)." in text
    assert "PageRank of Qu & Co stays as it is in all placements." in text
    # 0.03 of 0.2 is more than 0.01 of 0.2.
    assert (
        "Of the 2 other places, 2 gain PageRank and none loses it (median of the placements); "
        "largest gain: Er, +15.0 % (95 % of placements: +5.0 % to +25.0 %)."
    ) in text
    # What the verdicts tell of the headline is not told again.
    assert "Global efficiency of the whole network changes" not in text
    again = pd.concat([effects(), effects().assign(scenario="again")], ignore_index=True)
    trials = (Trial("park", SIX, "new"), Trial("again", SIX, "reallocated"))
    text = text_of(experiment.tell(tried(effects=again, enclaves=trials)))
    assert (
        "Global efficiency of the whole network changes by −2.0 % in the median placement" in text
    )
    assert "The sign depends on where the links happen to be placed." in text


def test_kinds_of_funding_are_explained() -> None:
    moves, adds = "moves links rather than adds them", "New funding adds links."
    text = text_of(experiment.tell(tried()))
    assert moves not in text
    assert adds in text
    part = ExperimentPart(home="p", host="q", size=4, pipeline_share=0.5, funding=["reallocated"])
    text = text_of(experiment.tell(tried(part=part)))
    assert moves in text
    assert adds not in text
    assert "No prices are given, so rivals get as many links as the park" in text


def test_the_finding_says_how_many_set_ups_agree() -> None:
    # Of six set-ups four rise, one falls and one changes nothing: 4 of 6 have the sign of the
    # median, which is (0.01 + 0.02) / 2 of 0.5.
    curve = pd.DataFrame(
        {
            "measure": "harmonic_centrality",
            "funding": ["new"] * 4 + ["reallocated"] * 2,
            "attachment": [0.0, 0.0, 1.0, 1.0, 0.0, 1.0],
            "border": [0.0, 0.5, 0.0, 0.5, 0.5, 0.5],
            "baseline": 0.5,
            "median": [0.01, 0.02, 0.03, 0.04, -0.01, 0.0],
            "standardised": 1.0,
            "replicates": 20,
        }
    )
    text = text_of(trust(tried(specifications=curve)))
    said = "Set up in 6 ways (both kinds of funding, attachment 0 and 1; border 0 and 0.5; 20 plac"
    assert said in text
    assert "access changes by +3.0 % in the median of them, and 4 of them have its sign" in text
    assert (
        "with new funding it rises in 4; with reallocated funding it falls in 1 and stays" in text
    )
    assert "The data were not resampled" in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"better": "below", "ratio": 1.5}, "more than direct links without a park (6 links) if a"),
        ({"better": "above", "ratio": 0.2}, "park costs more than 0.2 times the price assumed"),
        ({"better": "never", "why": "it is so"}, "less than direct links without a park (6 links)"),
        ({"better": "neither"}, "no price makes up for a loss"),
    ],
)
def test_break_even_prices_are_told(row: dict[str, Any], words: str) -> None:
    even = {"rival": "direct", "measure": "harmonic_centrality", "node": "p", "of": "park"}
    even |= {"price": 10.0, "ratio": np.nan, "why": None} | row
    prices = Prices(park=10, link=1, pipeline_km=0.01)
    result = tried(break_even=pd.DataFrame([even]), prices=prices)
    assert words in text_of(trust(result))
    text = text_of(headline(result))
    assert "Compared with other uses of the same money" in text
    assert "direct links without a park (6 links; in 90 % of the placements)" in text
    assert "at prices that are assumed: 10 for a park" in text_of(experiment.tell(result))


# -- tables and the figure ---------------------------------------------------------------------


def test_a_change_of_nothing_has_no_share_of_a_sign() -> None:
    table = pd.DataFrame({"median": [0.1, 0.0], "same_sign": [0.9, 1.0]})
    assert with_signs(table)["same_sign"].fillna(-1).tolist() == [0.9, -1]
    assert table["same_sign"].tolist() == [0.9, 1.0]


def test_of_the_effects_the_page_shows_the_headline_and_the_file_has_all() -> None:
    both = pd.concat([effects(), effects().assign(scenario="direct")], ignore_index=True)
    table = tables_of(experiment, tried(effects=both))["effects"]
    assert set(table.frame["scenario"]) == {"park", "direct"}
    assert set(table.view["scenario"]) == {"park"}
    # Two of the four places are neither home nor host.
    assert set(table.view["node"].dropna()) == {EVIL, "Qu & Co"}
    assert table.view["measure"].iloc[0] == "harmonic centrality"


def test_the_page_gives_changes_in_per_cent_of_the_baseline() -> None:
    table = effects()
    tables = tables_of(experiment, tried(effects=table))
    cells = [text for row in view_of(tables["effects"]).rows for text in row]
    # -0.05 of 0.3 at the home for PageRank, -0.01 of 0.5 for efficiency.
    assert {"\N{MINUS SIGN}16.67 %", "\N{MINUS SIGN}2.00 %", "100 %"} <= set(cells)
    contrasts = view_of(tables["contrasts"]).rows
    assert "+4.00 %" in contrasts[0]  # 0.02 of 0.5
    # The file has the values.
    assert tables["effects"].frame["difference"].tolist() == table["difference"].tolist()


def test_the_figure_marks_the_median_that_the_text_gives() -> None:
    table = effects()
    table["median"] = table["difference"] + 0.004
    (picture,) = experiment.draw(tried(effects=table))
    marks = [
        pytest.approx(line.get_xdata().tolist())
        for ax in picture.figure.axes
        for line in ax.lines
        if line.get_marker() == "|"
    ]
    shown = table["node"].isna() | table["node"].isin(["p", "q"])
    for _, rows in table[shown].groupby("measure"):
        assert (100 * rows["median"] / rows["baseline"]).tolist() in marks
    assert "Black tick: median of the random placements" in picture.note


# -- what is computed --------------------------------------------------------------------------


def chain(*, places=None, links=CHAIN, extra=()):
    nodes = pd.DataFrame([*THREE, *extra], columns=["node", "place"]).set_index("node")
    return network_of(links, nodes=nodes, places=places)


def computed(network, *, measures=None, **part: Any) -> Experiment:
    context = context_of(network, experiment={**PARK, **part}, measures=measures or {}, **OFF)
    result = experiment.compute(context)
    assert result is not None
    return result


def test_frictions_reach_the_experiment(no_set_ups) -> None:
    # P and R hang on Q, all jurisdictions differ: two links have length 1.5, the pair P-R 3.
    measures = {"border": 0.5}
    result = computed(chain(), measures=measures, funding=["new"], rivals=[], placebos=0)
    table = result.replicates
    before = table[table["scenario"] == "baseline"].set_index("measure")["value"]
    assert before["global_efficiency"] == pytest.approx((2 / 1.5 + 1 / 3) / 3)


def test_where_home_and_host_are_linked_already_access_is_counted_by_weight(no_set_ups) -> None:
    # P - Q - R: P is a step from Q already. A second link between them makes it half as long.
    park = {"funding": ["new"], "rivals": ["direct links"], "placebos": 0, "size": 1}
    said = "P and Q are linked already, so that access is counted by weight here"
    result = computed(chain(), home="P", host="Q", **park)
    assert said in text_of(headline(result))
    direct = result.of(result.rivals[0], "harmonic_centrality").set_index("node")
    # 1 + 1/2 before, 2 + 1 / (1/2 + 1) after, over two other places.
    assert direct.loc["P", "baseline"] == pytest.approx(0.75)
    assert direct.loc["P", "difference"] == pytest.approx((2 + 2 / 3 - 1.5) / 2)
    for options in ({"host": "R"}, {"host": "Q", "measures": {"distance": "unit"}}):
        steps = computed(chain(), home="P", **park, **options)
        assert steps.measures.distance == "unit"
        assert said not in text_of(headline(steps))


def test_the_experiment_measures_what_the_package_measures(no_set_ups) -> None:
    links = [*CHAIN, ("c", "d"), ("d", "e"), ("a", "d")]
    network = chain(links=links, extra=[("d", "S"), ("e", "T")])
    result = computed(network, funding=["new"], rivals=[], placebos=0)
    cities = ni.build.aggregate(network, by="place")
    table = result.effects.set_index("measure")
    access = ni.polycentricity.theil(ni.centrality.harmonic_centrality(cities))
    assert table.loc["access_inequality", "baseline"] == pytest.approx(access)
    whole = ni.connectivity.global_efficiency(cities)
    assert table.loc["global_efficiency", "baseline"] == pytest.approx(whole)
    parts = result.parts
    assert parts is not None
    assert parts["difference"].sum() == pytest.approx(table.loc["global_efficiency", "difference"])


def test_an_experiment_without_a_layer_names_the_one_it_took(no_set_ups) -> None:
    links = [*CHAIN, ("a", "b", 1, "small")]
    result = computed(chain(links=links), funding=["new"], rivals=[], placebos=0)
    assert result.layer == "links"
    settings = tables_of(experiment, result)["scenario"].frame.set_index("parameter")["value"]
    assert settings["layer"] == "links"
    assert settings[["presence", "coupling", "damping"]].tolist() == ["linked", "1.0", "0.85"]


def test_rivals_cost_as_much_where_there_are_prices() -> None:
    # P - Q - R on the equator, one and two degrees apart, D = 111.195 km a degree; a park of P in Q
    # with a link to Q (local), R (2 D) and P (D): 10 + 1 + 3 * 1.112 = 14.336.
    # Direct links go to Q (1.112) and R (3.336) in turn: 6 cost 13.343, 7 14.455.
    # A branch of Q at P: 4 links, 3 of them local, cost 14.112, 5 with 2 to Q 15.224.
    rivals = ["direct links", "forward enclave", "random ends"]
    park = {"size": 3, "pipeline_share": 0.33, "funding": ["new"], "rivals": rivals, "placebos": 0}
    prices = {"park": 10.0, "link": 1.0, "pipeline_km": 0.01}
    steps = {"border": 0.5, "distance": "unit"}
    result = computed(chain(places=LINE), measures=steps, prices=prices, **park)
    degree = 111.19508
    costs = result.costs
    assert costs is not None
    costs = costs.set_index("scenario")
    assert costs["size"].to_dict() == {
        "reverse enclave, new": 3,
        "direct links, new": 6,
        "park of the host at home, new": 4,
        "random ends, new": 3,
    }
    park_cost = [3, 1, 1, 3 * degree, 11 + 0.03 * degree]
    assert costs.loc["reverse enclave, new"].tolist() == pytest.approx(park_cost)
    direct = [6, 0, 0, 12 * degree, 0.12 * degree]
    assert costs.loc["direct links, new"].tolist() == pytest.approx(direct)
    # P's access is (1 / 1.5 + 1 / 3) / 2. By the park, which is P's own, R is 2.5 away, by a
    # direct link 1.5. A branch of Q makes no path shorter.
    even = result.break_even
    assert even is not None
    even = even[(even["measure"] == "harmonic_centrality") & (even["of"] == "park")]
    even = even.set_index("rival")
    found = even.loc["direct links, new", ["effect", "rival_effect"]].tolist()
    assert found == pytest.approx([1 / 5 - 1 / 6, 1 / 3 - 1 / 6])
    assert even["better"].to_dict() == {
        "direct links, new": "never",  # 1 / 5 of the effect for about the same cost
        "park of the host at home, new": "always",
    }
    text = text_of(experiment.tell(result)) + text_of(experiment.explain(result))
    assert "Rivals cost as much as the park, at prices that are assumed: 10 for a park" in text
    assert "direct links without a park (6 links)" in text
    assert "Rivals cost as much as the park, paid for in the same way" in text
    assert tables_of(experiment, result)["break_even_prices"].on_page
    # Home has one link and cannot give up three.
    assert set(result.specifications["funding"]) == {"new"}
    assert "Neither the data nor the set-up were varied" not in text


def test_other_set_ups_vary_measure_funding_attachment_and_border() -> None:
    result = computed(chain(places=LINE), measures={"border": 0.5}, rivals=[], placebos=0)
    # Two measures, two kinds of funding, two attachments and three borders.
    curve = result.specifications
    assert curve is not None
    assert curve.shape == (24, 11)
    near = curve[curve["measure"] == "harmonic_centrality"]
    # With no, half and a whole border: (1 + 1 / 2) / 2, (1 / 1.5 + 1 / 3) / 2, (1 / 2 + 1 / 4) / 2.
    assert near.groupby("border")["baseline"].first().tolist() == pytest.approx([0.75, 0.5, 0.375])
    assert (curve["replicates"] == 3).all()
    assert "Set up in 12 ways" in text_of(experiment.tell(result))
    assert "costs" not in tables_of(experiment, result)


@pytest.mark.parametrize(
    ("prices", "places", "words"),
    [
        (
            (10.0, 1.0, 0.01),
            None,
            "[experiment.prices] the cost of direct links is not known: kilometres",
        ),
        ((0.0, 1.0, 0.01), LINE, "no rival 'direct links' of the same cost: the budget of 1 does"),
        ((10.0, 1.0, 0.0), LINE, "no rival 'direct links' of the same cost: "),
    ],
)
def test_rivals_that_cannot_be_paid_for(no_set_ups, prices, places, words) -> None:
    part = dict(zip(("park", "link", "pipeline_km"), prices, strict=True))
    if places is None:
        with pytest.raises(InputError) as caught:
            computed(chain(places=places), prices=part)
        assert words in str(caught.value)
    else:
        result = computed(chain(places=places), prices=part, placebos=0)
        assert any(words in note for note in result.notes)
        assert words in text_of(experiment.tell(result))
