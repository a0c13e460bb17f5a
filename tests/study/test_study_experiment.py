"""The experiment: what is tried and measured, and what the page says of it."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.study import _experiment
from netinnov.study._experiment import measures_of
from netinnov.study._language import words
from netinnov.study.sections import experiment
from netinnov.study.sections.experiment import Experiment
from study_cases import (
    CHAIN,
    PARK,
    STAR,
    context_of,
    figures_of,
    network_of,
    plain_text_of,
    said,
    tables_of,
    text_in,
    three,
)

EVIL = "<script>alert('x')</script>"
NAMES = {"p": EVIL, "q": "Qu & Co", "r": "Er", "s": "Es"}
PARK_OF, DIRECT = "reverse enclave, new", "direct links, new"
"""Names of the two scenarios with new links."""


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
    table = table.assign(scenario=PARK_OF, mc_error=0.001, standardised=1.0, replicates=40)
    table["median"] = table["difference"]
    return table


CONTRAST = pd.DataFrame(
    {"scenario": PARK_OF, "rival": DIRECT, "measure": "harmonic_centrality", "node": ["p"]}
).assign(difference=0.02, median=0.02, low=-0.01, high=0.04, higher=0.9, replicates=40)


@cache
def base(layer: str, modelled: tuple[str, ...], funding: tuple[str, ...]) -> Experiment:
    """Of p with six links, whose host could be q, in one draw."""
    links = [*(("p", end) for end in "uvwxyz"), ("q", "r"), ("r", "s"), ("q", "z")]
    ids = [*NAMES, *"uvwxyz"]
    places = pd.DataFrame({"name": pd.Series(NAMES, ids), "population": range(len(ids))}, ids)
    network = network_of(links, layer=layer, places=places, modelled=modelled)
    asked = {"home": "p", "host": "q", "size": 4, "funding": [*funding]}
    return computed(network, **asked, rivals=["direct links"], replicates=1)


def tried(
    *,
    layer: str = "links",
    modelled: tuple[str, ...] = (),
    funding: tuple[str, ...] = ("new",),
    **changes: Any,
) -> Experiment:
    """A headline and a rival, with numbers by hand."""
    known = {"effects": effects(), "contrasts": CONTRAST, "own": 6.0}
    result = replace(base(layer, modelled, funding), **known | changes)
    if DIRECT not in {*result.effects["scenario"]}:
        rows = [result.effects, effects().assign(scenario=DIRECT)]
        result = replace(result, effects=pd.concat(rows, ignore_index=True))
    return result


def changed(**columns: Any) -> Experiment:
    """The experiment with another first row of effects, that of home."""
    table = effects().astype({"replicates": "int64"})
    for column, value in columns.items():
        table.loc[0, column] = value
    return tried(effects=table)


def facts_of(result: Experiment) -> dict[str, Any]:
    return dict(experiment.facts(result))


def test_a_planner_is_told_who_gains_who_loses_and_how_sure_that_is() -> None:
    result = tried()
    answer = plain_text_of(experiment, result).answer
    assert answer == (
        f"If {EVIL} had a park in Qu & Co with 4 extra links, it would be better connected: by "
        "about 10.0 % (+4.0 to +16.0 %, depending on which links end where)."
    )
    known = facts_of(result)
    assert (known["reallocated_way"], known["new_way"]) == ("", "rises")
    assert (known["others"], known["gain"], known["lose"]) == (2, 1, 1)
    assert known["efficiency_way"] == "mixed"
    assert known["efficiency_low"] == pytest.approx(-0.06)
    assert (known["better_than"], known["worse_than"]) == (["direct links"], [])
    text = said(experiment, result)
    assert "other host" not in text
    assert [*figures_of(experiment, result)] == ["new", "rival", "efficiency"]
    assert "Nothing is tested here" in text
    assert "not a forecast" in text
    assert "set-up was not varied" in text
    assert "access, for as many links the park does better than direct links" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "way", "words"),
    [
        ({"same_sign": 0.92}, "rises", "it would be better connected: by about"),
        (
            {"difference": -0.05, "median": -0.05, "low": -0.08, "high": -0.02},
            "falls",
            "it would be less well connected: by about 10.0 % (−16.0 to",
        ),
        ({"low": 0.0, "same_sign": 0.8}, "mixed", "would change by 0 to +16.0 %"),
        # Most rise a little, and few fall by much: mean and median disagree.
        (
            {"difference": -0.01, "median": 0.01, "low": -0.2, "high": 0.1},
            "mixed",
            "would change by −40.0 to +20.0 %",
        ),
        ({"difference": 1e-17, "median": 0.0, "low": 0.0, "high": 0.0}, "same", "as before."),
        ({"baseline": 0.0}, "undefined", "cannot be given in per cent"),
        ({"replicates": 1, "low": 0.05, "high": 0.05}, "rises", "by about 10.0 %."),
        # Half of the placements and more change nothing: there is no sign to have a share of.
        ({"median": 0.0, "low": 0.0, "same_sign": np.nan}, "mixed", "would change by 0 to +16.0 %"),
    ],
)
def test_what_is_said_of_home_follows_from_its_row(row, way, words) -> None:
    result = changed(**row)
    assert facts_of(result)["new_way"] == way
    answer = plain_text_of(experiment, result).answer
    assert words in answer
    assert "nan" not in answer
    assert ("new" in figures_of(experiment, result)) == (way != "undefined")


@pytest.mark.parametrize(
    ("higher", "difference", "side"),
    [(0.95, 0.02, "better"), (0.05, -0.02, "worse"), (0.52, -0.001, "alike")],
)
def test_a_rival_is_better_or_worse_only_where_most_placements_say_so(
    higher: float, difference: float, side: str
) -> None:
    known = facts_of(tried(contrasts=CONTRAST.assign(higher=higher, difference=difference)))
    assert known[f"{side}_than"] == ["direct links"]
    assert sum(len(known[f"{each}_than"]) for each in ("better", "worse", "alike")) == 1


def both(funding: str) -> Experiment:
    """Two ways of funding; with the second home loses half as much as it gains with the first."""
    other = {"new": "reallocated", "reallocated": "new"}[funding]
    again = effects()
    again[["median", "low", "high", "difference"]] *= -0.5
    ways = zip((effects(), again), (funding, other), strict=True)
    table = pd.concat([each.assign(scenario=f"reverse enclave, {way}") for each, way in ways])
    table, rivals = table.reset_index(drop=True), tried().rivals
    return tried(effects=table, funding=(funding, other), rivals=rivals)


def test_the_other_funding_is_told_after_the_first() -> None:
    answer = plain_text_of(experiment, both("reallocated")).answer
    assert answer.startswith(f"If {EVIL} paid for a park in Qu & Co with 4 of its 6 links, it")
    assert "With 4 extra links it would be less well connected: by about 5.0 %" in answer
    answer = plain_text_of(experiment, both("new")).answer
    assert answer.startswith(f"If {EVIL} had a park in Qu & Co with 4 extra links, it would be")
    assert "If it gave up 4 of its 6 links instead, it would be less well" in answer
    answer = plain_text_of(experiment, both("reallocated"), "zh").answer
    assert answer.startswith(f"若{EVIL}把 6 条原有联系中的 4 条调剂给设在Qu & Co的园区，")
    assert "若改为 4 条新增联系，其可达性将下降约 5.0%" in answer


@pytest.mark.parametrize(("own", "words"), [(2, "it has only 2 to give up"), (0, "it has none")])
def test_links_are_new_where_home_has_too_few_and_the_answer_says_so(own, words) -> None:
    result = tried(own=float(own))
    assert facts_of(result)["too_few"]
    assert words in plain_text_of(experiment, result).answer
    assert "to give up" not in text_in(experiment, tried(own=4.0)).answer


def test_on_a_modelled_layer_nothing_is_tested() -> None:
    result = tried(layer="gravity", modelled=("gravity",))
    known = facts_of(result)
    assert known["in_model"]
    text = said(experiment, result)
    assert "p = " not in text
    assert "tested here: draws are not observations, and modelled links no evidence." in text
    assert "Links are those of gravity (modelled): the answer is what the model implies" in text
    zh = said(experiment, result, "zh")
    assert "答案是模型的推论，不是观测结果" in zh
    assert "p = " not in zh


def computed(network, *, measures=None, **part: Any) -> Experiment:
    context = context_of(network, experiment={**PARK, **part}, measures=measures or {})
    result = experiment.compute(context)
    assert result is not None
    return result


@pytest.mark.slow
def test_where_home_and_host_are_linked_already_access_is_counted_by_weight() -> None:
    # P - Q - R: P is a step from Q already. A second link between them makes it half as long.
    park = {"funding": ["new"], "rivals": ["direct links"], "size": 1}
    words = "P and Q are linked already, so access counts links by weight on this page"
    result = computed(three(), home="P", host="Q", **park)
    assert words in said(experiment, result)
    direct = result.of(result.rivals[0], "harmonic_centrality").set_index("node")
    # 1 + 1/2 before, 2 + 1 / (1/2 + 1) after, over two other places.
    assert direct.loc["P", "baseline"] == pytest.approx(0.75)
    assert direct.loc["P", "difference"] == pytest.approx((2 + 2 / 3 - 1.5) / 2)
    for options in ({"host": "R"}, {"host": "Q", "measures": {"distance": "unit"}}):
        steps = computed(three(), home="P", **park, **options)
        assert steps.context.once(measures_of).distance == "unit"
        assert not facts_of(steps)["by_weight"]


def test_an_experiment_without_a_layer_names_the_one_it_took() -> None:
    links = [*CHAIN, ("a", "b", 1, "small")]
    result = computed(three(links=links), funding=["new"], rivals=[])
    assert result.choice.layer == "links"
    settings = tables_of(experiment, result)["scenario"].frame.set_index("parameter")["value"]
    assert settings["layer"] == "links"
    # Home's links in another layer are not among those that it could give up.
    links = [*CHAIN, ("a", "c"), ("a", "b", 1, "small")]
    paid = computed(three(links=links), funding=["reallocated"], rivals=[])
    assert "with 1 of its 2 links in links" in plain_text_of(experiment, paid).answer


def test_all_places_that_lose_are_counted() -> None:
    park = {"home": "b", "host": "a", "size": 1, "replicates": 5}
    park["pipeline_share"] = 0.0  # the one link leads to the host
    result = experiment.compute(context_of(network_of(STAR), experiment=park))
    known = facts_of(result)
    # Each leaf but b loses b of its seven others: of 1 + 6 / 2 = 4 half, an eighth.
    assert (known["others"], known["gain"], known["lose"]) == (7 - 1, 0, 6)
    assert "that lose: 6." in said(experiment, result)
    access = result.of(result.headline, "harmonic_centrality").set_index("node")
    assert (access["median"] / access["baseline"])["c"] == pytest.approx(-1 / 8)
    # b has no link left. In units of a jump, of which none leads to the park: a has 6.95 / 0.2775
    # of 53.3 before, and 6.1 / 0.2775 of 44.0 after, its 6 leaves 1 + 0.85 / 7 of that each.
    rank = result.of(result.headline, "pagerank").set_index("node")
    changes = (rank["median"] / rank["baseline"])[["b", "a"]].tolist()
    assert changes == pytest.approx([-1, 0.064], abs=5e-4)
    theil = result.of(result.headline, "access_inequality").iloc[0]
    assert theil["median"] / theil["baseline"] == pytest.approx(5.999, abs=5e-4)
    # All placements agree, so that no interval is written.
    assert "depending" not in text_in(experiment, result).answer
    assert figures_of(experiment, result)["reallocated"].low is None


@pytest.mark.slow
def test_a_place_that_reached_nobody_has_changes_without_per_cent() -> None:
    # Directed links reach e and lead nowhere, so its access is 0 before: no change is relative.
    flows = [("a", "b", 3), ("b", "c", 2), ("c", "d", 1), ("d", "e", 1), ("a", "c", 5)]
    network = network_of(flows, directed=["links"])
    settings = {"home": "e", "host": "b", "size": 1, "replicates": 2}
    result = experiment.compute(context_of(network, experiment=settings))
    assert facts_of(result)["reallocated_way"] == "undefined"
    for code in ("en", "zh"):
        text = said(experiment, result, code)
        assert "nan" not in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hosts", "chosen", "told"),
    [
        ("ccd", ("c", 2, 1), "that both hold nodes theirs has most reverse enclaves (2)."),
        ("bcd", ("d", 1, 2), "; of 2 such pairs it has most weight between the two, or else"),
    ],
)
def test_home_and_host_are_those_of_most_reverse_enclaves_and_it_is_told_if_others_have_as_many(
    hosts, chosen, told
) -> None:
    # Strengths 8, 8, 11 and 15: b is level with a, and c and d rank higher; d is nearest to a.
    context = context_of(several(hosts), experiment={"replicates": 2})
    assert _experiment.most_frequent(context) == ("a", *chosen)
    result = experiment.compute(context)
    assert told in said(experiment, result)


def several(hosts, people=None):
    """Four places, all linked, with parks of a in some of them."""
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("b", "d"), ("c", "d")]
    full = [(*pair, weight) for weight, pair in enumerate(pairs, 1)]
    firms = pd.DataFrame({"place": [*"abcd"]}, index=[*"abcd"])
    parks = pd.DataFrame({"place": [*hosts], "jurisdiction": "a"}, index=[*"pqrs"[: len(hosts)]])
    places = None if people is None else pd.DataFrame({"population": people}, [*"abcd"])
    return network_of(full, nodes=pd.concat([firms, parks.assign(kind="park")]), places=places)


def test_a_pair_by_default_does_not_depend_on_the_order_of_rows() -> None:
    # By population only b ranks above a, though c has two parks. By strength c and d have a park
    # each, and weights with a of 3 and 4.
    assert _experiment.most_frequent(context_of(several("ccb", [5, 9, 1, 1])))[:2] == ("a", "b")
    for hosts in ("cd", "dc"):
        assert _experiment.most_frequent(context_of(several(hosts)))[:2] == ("a", "d")


def test_without_an_enclave_known_as_reverse_there_is_no_experiment_by_default() -> None:
    context = context_of(several("bcd", [9, 1, 1, 1]))
    assert experiment.compute(context) is None
    why = words("en", "terms")["absent_experiment"]
    assert "no enclave known as reverse" in why
    assert 'write home = "…" and host = "…"' in why


@pytest.mark.slow
@pytest.mark.parametrize(("n", "size"), [(20, 4), (2, 4), (50, 5)])
def test_a_park_whose_size_is_left_open_has_a_link_home(n, size) -> None:
    # A tenth of 20 links are 2, of which a quarter is half a link.
    links = [("h", f"p{k}", 1) for k in range(n)] + [("o", f"p{k}", 1) for k in range(5)]
    settings = {"home": "h", "host": "o", "pipeline_share": 0.25, "replicates": 2}
    result = experiment.compute(context_of(network_of(links), experiment=settings))
    assert result.headline.scenario.size == size
    assert result.headline.funding == ("new" if n == 2 else "reallocated")
    known = facts_of(result)
    assert (known["own"], known["pipelines"], known["too_few"]) == (n, 1, n == 2)
    text = said(experiment, result)
    assert f"The size was left open: a tenth of home's {n} links in links, and at least so" in text
    assert f"1 of {size} links leads home, the others" in text


FLOWS = [("P", "Q", 8), ("P", "R", 2), ("Q", "R", 5), ("Q", "S", 3), ("R", "S", 0.2)]
FAST = {"replicates": 4}


def tried_on(network: ni.MultilayerNetwork, measures: Any = None, **settings: Any) -> Any:
    parts = {} if measures is None else {"measures": measures}
    context = context_of(network, experiment={**FAST, **settings}, **parts)
    return experiment.compute(context)


@pytest.mark.slow
def test_flows_move_a_tenth_of_the_strength_of_home() -> None:
    result = tried_on(network_of(FLOWS), home="P", host="Q")
    assert result.headline.scenario.volume_share == 0.1
    known = experiment.facts(result)
    assert (known["of_volume"], known["share"], known["size"]) == (True, 0.1, 0)
    answer = plain_text_of(experiment, result).answer
    assert answer.startswith(
        "If P paid for a park in Q with 10 % of the weight of its links, it wo"
    )
    assert "depending" not in answer
    # All pairs are linked: a link is 1 / weight long.
    assert "; nothing of this is drawn." in said(experiment, result)
    assert result.context.measures.distance == "inverse"
    access = result.effects["measure"].eq("harmonic_centrality") & result.effects["node"].eq("P")
    mine = access & result.effects["scenario"].eq(result.headline.name)
    assert (result.effects.loc[mine, "difference"] != 0).all()
    effects = result.effects
    of_park = effects[effects["scenario"].eq(result.headline.name)]
    assert of_park["replicates"].max() == 1


@pytest.mark.slow
def test_a_tenth_that_makes_no_link_is_not_tried() -> None:
    # The smallest weight is 1 and P has 10: a quarter of what is moved leads home, so 4 are.
    flows = [*FLOWS[:-1], ("R", "S", 1)]
    result = tried_on(network_of(flows), home="P", host="Q")
    assert result.headline.scenario.volume_share == pytest.approx(0.4)
    # With a strength of 3 links are counted.
    few = tried_on(network_of([("P", "Q", 3), *flows[2:]]), home="P", host="Q")
    # P has one link; of four one leads home, so they are new.
    assert (few.headline.scenario.size, few.headline.funding) == (4, "new")
    known = experiment.facts(few)
    assert (known["of_volume"], known["too_few"], known["own"]) == (False, True, 1)
    assert "as it has only 1 to give up" in plain_text_of(experiment, few).answer


@pytest.mark.slow
@pytest.mark.parametrize(
    "amount",
    [{"size": 2}, {"volume": 1.5}, {"volume_share": 0.25}],
    ids=lambda each: next(iter(each)),
)
def test_what_is_asked_for_is_tried(amount: Any) -> None:
    result = tried_on(network_of(FLOWS), home="P", host="Q", **amount)
    (name, value), sized = *amount.items(), result.headline.scenario
    assert getattr(sized, name) == value
    # Home's two links have the strength 10.
    known = experiment.facts(result)
    told = (known["size"], known["share"])
    assert told == {"size": (2, 0.0), "volume": (0, 0.15), "volume_share": (0, 0.25)}[name]


def test_a_rival_that_cannot_be_had_is_told_of_and_left_out() -> None:
    # Home lies inside the host, whose park there would not be outside it.
    places = pd.DataFrame({"parent": ["Q", None, None, None]}, index=list("PQRS"))
    rivals = ["random ends", "forward enclave"]
    result = tried_on(network_of(FLOWS, places=places), home="P", host="Q", size=2, rivals=rivals)
    assert [trial.kind for trial in result.rivals] == ["random ends"]
    assert experiment.facts(result)["missing"] == ["park of the host at home"]
    assert "Not to be had at this size: a host's park at home." in said(experiment, result)
