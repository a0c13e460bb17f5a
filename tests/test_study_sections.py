"""What was built, who is central, how even it is, enclaves, mechanisms and limits: in sentences."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.errors import InputError
from netinnov.plotting._drawing import caption_notes
from netinnov.polycentricity import RankSize
from netinnov.study._words import in_html, plain
from netinnov.study.sections import (
    SECTIONS,
    built,
    central,
    diffusion,
    enclaves,
    methods,
    multicentric,
    park,
    specialisation,
)
from study_cases import (
    CHAIN,
    STARS,
    THREE,
    context_of,
    network_of,
    stand_in,
    tables_of,
    text_of,
    texts,
)

OFF = {"structure": False}
EVIL = "<script>alert('x')</script>"
PLACES = pd.DataFrame(
    {"place": ["P", "Q", "R"], "lon": [120.0, 119.0, 121.0], "lat": [30.0, 29.0, 31.0]}
)


def three(*, places=None, kinds="firm", jurisdiction=None, links=CHAIN, modelled=()):
    nodes = pd.DataFrame(THREE, columns=["node", "place"]).assign(kind=kinds)
    if jurisdiction is not None:
        nodes["jurisdiction"] = jurisdiction
    return network_of(links, nodes=nodes.set_index("node"), places=places, modelled=modelled)


# -- what was built ----------------------------------------------------------------------------


def test_the_top_says_what_network_it_is():
    links = [*CHAIN, ("a", "c", 1, "model")]
    network = three(kinds=["firm", "firm", EVIL], links=links, modelled=["model"])
    result = built.compute(context_of(network, **OFF))
    (text,) = texts(built.offer(result))
    assert text == (
        f"The network has 3 nodes, of the kinds firm (2) and {EVIL} (1), and 3 linked pairs in 2 "
        "layers, of which 1 is modelled; the report looks at 3 places."
    )
    without = built.compute(context_of(three(kinds=["firm", "firm", None]), **OFF))
    assert "of the kinds firm (2) and none given (1)" in text_of(built.offer(without))
    (sentence,) = built.offer(result)
    assert "<bdi>&lt;script&gt;" in in_html(sentence.text)


def test_rows_set_aside_are_counted_by_their_problem():
    problems = ["unknown end", "unknown end", EVIL]
    rejected = pd.DataFrame({"table": "links", "problem": problems})
    result = methods.compute(context_of(three(places=PLACES), rejected=rejected, **OFF))
    text = text_of(methods.tell(result))
    assert text == f"Rows set aside: 3, by reason: unknown end (2) and {EVIL} (1)."
    none = methods.compute(context_of(three(places=PLACES), rejected=rejected.iloc[:0], **OFF))
    assert text_of(methods.tell(none)) == "No row was set aside."


def test_places_without_coordinates_and_layers_that_join_no_places_are_told():
    nodes = pd.DataFrame({"place": ["P", "P", "Q", "R"]}, index=list("abcd"))
    links = [("a", "b", 1, "inside"), ("a", "c", 1, "between"), ("c", "d", 1, "between")]
    known = PLACES.assign(lon=[1.0, 2.0, None], lat=[50.0, None, None])
    result = methods.compute(context_of(network_of(links, nodes=nodes, places=known), **OFF))
    said = text_of(methods.tell(result))
    assert "2 of 3 places have no coordinates, so that no map shows them and no distance" in said
    assert "No link joins two places in 1 layer: 'inside'." in said
    result = methods.compute(context_of(three(places=PLACES), **OFF))
    assert text_of(methods.tell(result)) == ""


def test_places_without_coordinates_give_no_map_but_a_note():
    result = built.compute(context_of(three(), **OFF))
    assert list(built.draw(result)) == []
    assert "There is no map: no place has coordinates." in text_of(built.tell(result))


def test_the_map_can_be_drawn_again_from_its_tables():
    links = [*CHAIN, ("a", "c", 2, "model")]
    result = built.compute(context_of(three(places=PLACES, links=links, modelled=["model"]), **OFF))
    tables = tables_of(built, result)
    frame = tables["map_links"].frame
    assert frame["weight"].sum() == 4
    assert set(frame.loc[frame["modelled"], "layer"]) == {"model (modelled)"}
    assert tables["map_places"].frame["lon"].tolist() == [120, 119, 121]
    assert tables["map_links"].modelled == ("model",)


def test_the_map_says_which_layers_of_how_many_it_shows():
    few = built.compute(context_of(three(places=PLACES, links=CHAIN), **OFF))
    (picture, *_) = built.draw(few)
    assert "Links between places, in all of 1 layer: links." in plain(picture.note)
    assert "heaviest" not in picture.note
    links = [("a", "b", at + 1, f"layer{at}") for at in range(6)]
    (picture, *_) = built.draw(built.compute(context_of(three(places=PLACES, links=links), **OFF)))
    assert "in 4 of 6 layers (" in picture.note
    assert "of the observed layers those with most weight" in picture.note


def test_the_map_says_when_it_leaves_out_links():
    ids = [f"n{at:02}" for at in range(18)]
    places = pd.DataFrame({"place": ids, "lon": np.linspace(110, 120, 18), "lat": 30.0})
    network = network_of(list(combinations(ids, 2)), places=places)  # 18 * 17 / 2 = 153
    (picture, *_) = built.draw(built.compute(context_of(network, **OFF)))
    notes = " ".join(caption_notes(picture.figure.axes[0]))
    said = "links: 150 of 153 links are drawn, those between the strongest places"
    assert said in notes


# -- who is central ----------------------------------------------------------------------------


def test_who_is_central_is_told_in_the_order_of_pagerank():
    result = central.compute(context_of(three(), **OFF))
    heaviest, *_ = texts(central.tell(result))
    assert heaviest == "Q has the most strength, 50 % of all."
    (first,) = texts(central.offer(result))
    assert first.startswith("Most central by PageRank: Q (4")
    assert first.endswith("; an even share would be 33.3 %.")


def test_of_few_places_none_are_the_first_among_many():
    result = central.compute(context_of(three(), **OFF))
    (picture,) = central.draw(result)
    assert picture.caption.startswith("3 places by PageRank. Figures are values")
    ring = [(f"n{at:02}", f"n{(at + 1) % 20:02}", 20 - at) for at in range(20)]
    result = central.compute(context_of(network_of(ring), **OFF))
    (picture,) = central.draw(result)
    assert picture.caption.startswith("The 15 most central of 20 places by PageRank.")
    assert "Of the first 5 places by PageRank " in text_of(central.tell(result))


def test_layers_of_a_place_are_told():
    links = [("a", "b", 1, "x"), ("b", "c", 1, "y"), ("a", "b", 1, "y")]
    text = text_of(central.tell(central.compute(context_of(three(links=links), **OFF))))
    # c has layer y only; a and b have both.
    assert "1 of 3 places is linked in one layer only; the median participation" in text


def test_centralities_side_by_side_name_the_leaders_of_the_observed_layers():
    result = central.compute(context_of(network_of(STARS)))
    text = text_of(central.tell(result))
    assert "Most often among the first three by the " in text
    assert "centralities: a (" in text
    assert central.compute(context_of(network_of(STARS), **OFF)).observed is None


def test_every_path_measure_reads_the_options_of_measures():
    # Chain P - Q - R, weights 2 and 4: lengths 1/2 and 1/4, each crossing a border of 0.5.
    measures = {"distance": "inverse", "border": 0.5}
    links = [("a", "b", 2), ("b", "c", 4)]
    context = context_of(three(links=links), measures=measures)
    shares = [1 / 1.0, 1 / 0.75, 1 / 1.75]
    whole = multicentric.compute(context).whole
    assert whole.global_efficiency == pytest.approx(sum(shares) / 3)
    observed = central.compute(context).observed
    assert observed.loc["P", "harmonic_centrality"] == pytest.approx((shares[0] + shares[2]) / 2)
    assert observed.loc["Q", "betweenness_centrality"] == pytest.approx(1.0)


def test_presence_reaches_pagerank(monkeypatch):
    asked = []
    original = ni.centrality.pagerank

    def spy(network, **options):
        asked.append((options["presence"], options["coupling"], options["damping"]))
        return original(network, **options)

    monkeypatch.setattr("netinnov.centrality.pagerank", spy)
    measures = {"presence": "linked", "coupling": 2.0, "damping": 0.5}
    context = context_of(three(), measures=measures)
    central.compute(context)
    context.measures.pagerank(context.cities)
    assert set(asked) == {("linked", 2.0, 0.5)}
    assert len(asked) == 3  # all layers, the observed ones side by side, and by hand


# -- how even it is ----------------------------------------------------------------------------


def evenness(**values):
    fit = RankSize(
        slope=values.pop("slope", -0.923), intercept=1.0, r_squared=0.9, standard_error=0.0512, n=50
    )
    given = {"places": 60, "linked": 50, "primacy": 0.46, "gini": 0.29, "herfindahl": 0.3}
    given |= {"effective_number": 3.44, "green": 0.4, "largest_component": 1.0}
    given |= {"global_efficiency": 0.8, "modelled": ()}
    return multicentric.Evenness(rank_size=fit, **given | values)


def uneven(whole, **by_layer):
    study = stand_in(mark=lambda x: f"{x} (modelled)" if x == "gravity" else x)
    strength = pd.DataFrame(columns=list(by_layer))
    together = pd.Series(dtype=float)
    return multicentric.Multicentric(study, whole, None, by_layer, strength, together)


def test_the_figure_of_rank_and_size_draws_what_the_table_says():
    # b is directed: beside it the undirected a counts twice, 2 x 3 + 1 at b.
    links = [("a", "b", 3.0, "a"), ("b", "c", 1.0, "b"), ("c", "d", 1.0, "b")]
    places = [(node, node) for node in "abcd"]
    nodes = pd.DataFrame(places, columns=["node", "place"]).set_index("node")
    network = network_of(links, nodes=nodes, directed=["b"])
    result = multicentric.compute(context_of(network, **OFF))
    (picture,) = multicentric.draw(result)
    points = picture.figure.axes[0].lines[0].get_ydata().tolist()
    assert points == [7, 6, 2, 1]
    fit = tables_of(multicentric, result)["polycentricity"].frame.loc["all", "rank_size_slope"]
    assert ni.polycentricity.rank_size(points).slope == fit


def test_evenness_is_told_with_its_uncertainty():
    layers = {
        "coop": evenness(slope=-0.5, linked=12),
        "gravity": evenness(slope=-1.5, linked=11),
        "tiny": evenness(slope=-0.1, linked=9),
    }
    text = text_of(multicentric.tell(uneven(evenness(), **layers)))
    # 0.923 x sqrt(2 / 50) = 0.1846
    said = "Rank-size slope of strength, all layers together: −0.923 (standard error by the rule of"
    assert f"{said} thumb slope × √(2/n), n = 50 places with links: 0.18; R² 0.9)" in text
    assert "Closer to 0 is more even" in text
    assert (
        "The largest place holds 46 % of all strength. Strength is as concentrated as if 3.4"
        in text
    )
    # 3.4 of 11 is more than 3.4 of 12, whatever the slopes are.
    even = "strength is most even in gravity (modelled) (effective number 3.4 of 11 places with"
    assert even in text
    assert "least in coop (effective number 3.4 of 12 places with links)." in text
    assert "global efficiency is 0.8 (1: every pair linked directly)" in text


def test_a_table_of_evenness_counts_the_places_that_its_indices_are_of():
    # Strengths 1, 2, 1 and, of d without links, 0; the mean is 1. Gini: sum of |x - y| / (2 n^2).
    places = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
    result = multicentric.compute(context_of(network_of(CHAIN[:2], nodes=places), **OFF))
    row = tables_of(multicentric, result)["polycentricity"].frame.iloc[0]
    assert (row["places"], row["linked"]) == (4, 3)
    differences = np.abs(np.subtract.outer([1, 2, 1, 0], [1, 2, 1, 0])).sum()
    assert row["gini"] == pytest.approx(differences / (2 * 4**2 * 1))
    assert "equal places shared it (effective number, of 4)" in text_of(multicentric.tell(result))


def test_undefined_indices_are_not_told():
    odd = evenness(slope=math.nan, primacy=math.nan, largest_component=math.nan)
    text = text_of(multicentric.tell(uneven(odd, links=odd)))
    assert "The largest place holds" not in text
    assert "Rank-size slope of strength" not in text
    assert "nan" not in text


def test_rows_of_indices_say_what_is_modelled_in_them():
    links = [*CHAIN, ("a", "c", 2, "model")]
    result = multicentric.compute(context_of(three(links=links, modelled=["model"]), **OFF))
    frame = tables_of(multicentric, result)["polycentricity"].frame
    found = frame["modelled_layers"].astype(object).where(frame["modelled_layers"].notna(), "")
    assert found.to_dict() == {
        "links": "",
        "model (modelled)": "model (modelled)",
        "observed": "",
        "all": "model (modelled)",
    }


# -- enclaves ----------------------------------------------------------------------------------


def test_enclaves_are_counted_by_direction_host_and_home():
    places = PLACES.assign(population=[1.0, 5.0, 3.0], name=["Pe", "Qu & Co", EVIL])
    network = three(places=places, jurisdiction=["P", "P", "Q"])  # b of P in Q, c of Q in R
    result = enclaves.compute(context_of(network, **OFF))
    text = text_of(enclaves.tell(result))
    assert "2 enclaves in 2 pairs of a home and a host: 1 reverse and 1 forward." in text
    assert "forward if its home does; places rank by population." in text
    assert "Most frequent hosts: Qu & Co (1) and" in text
    assert text_of(enclaves.offer(result)) == "The data hold 2 enclaves: 1 reverse and 1 forward."
    table = tables_of(enclaves, result)["enclaves"]
    assert table.frame["host"].tolist() == ["Q", "R"]
    assert table.view["host"].tolist() == ["Qu & Co", EVIL]


def test_enclaves_are_told_at_the_level_of_the_study():
    # North and south are districts of one city: a is at home there, and b is an enclave of other.
    places = pd.DataFrame(
        {"place": ["city", "north", "south", "other"], "parent": [None, "city", "city", None]}
    )
    nodes = pd.DataFrame(
        {"place": ["north", "south", "other"], "jurisdiction": ["south", "other", None]},
        index=list("abc"),
    )
    network = network_of([("a", "c"), ("b", "c"), ("a", "b")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, places={"level": 1}, **OFF))
    assert result.table[["node", "home", "host"]].values.tolist() == [["b", "other", "city"]]
    text = text_of(enclaves.tell(result))
    assert "1 enclave in 1 pair of a home and a host: " in text
    assert "1 more node stands outside its jurisdiction, but inside the same unit" in text
    assert result.funnel[["nodes", "pairs"]].fillna(-1).values.tolist()[-3:-1] == [[2, 2], [1, 1]]


def test_parks_are_counted_and_named_before_their_operators():
    """Three nodes of P: a park in R, its operator, and a park in Q; two parks are counted."""
    places = PLACES.assign(population=[1.0, 5.0, 3.0])
    nodes = pd.DataFrame(
        {
            "kind": ["operator", "park", "park", "firm"],
            "place": ["R", "R", "Q", "P"],
            "jurisdiction": ["P", "P", "P", None],
        },
        index=list("abcd"),
    )
    network = network_of([("a", "b"), ("c", "d"), ("b", "d")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, **OFF))
    assert result.table["node"].tolist() == ["b", "c", "a"]
    text = text_of(enclaves.tell(result))
    assert "2 enclaves of kind park in 2 pairs of a home and a host: 2 reverse." in text
    assert "other kinds that stand outside their jurisdiction are not counted: operator (1)" in text
    assert "Most frequent homes: P (2)." in text
    offer = "The data hold 2 enclaves of kind park: all reverse."
    assert text_of(enclaves.offer(result)) == offer
    steps = result.funnel.set_index("step")
    assert steps.loc["outside their jurisdiction"].tolist() == [3, 2, 1, 2]


def test_a_direction_that_is_not_known_and_a_tie_are_said():
    places = PLACES.assign(population=[1.0, 1.0, np.nan])
    nodes = pd.DataFrame(
        {"place": ["Q", "R", "P"], "jurisdiction": ["P", "P", None]}, index=list("abc")
    )
    network = network_of([("a", "b"), ("c", "b")], nodes=nodes, places=places)
    context = context_of(network, **OFF)
    result = enclaves.compute(context)  # both links are of enclaves, and rank nothing
    text = text_of(enclaves.tell(result))
    assert "1 a tie (home and host rank the same) and 1 of unknown direction (no ranking" in text
    view = tables_of(enclaves, result)["enclaves"].view
    assert view["direction"].tolist() == ["level", "unknown"]


def test_without_enclaves_that_is_said():
    result = enclaves.compute(context_of(three(), **OFF))
    assert text_of(enclaves.tell(result)).startswith("No enclave was found")
    assert list(enclaves.offer(result)) == []


# -- places and limits -------------------------------------------------------------------------


def test_a_region_at_a_level_and_what_is_left_out():
    # Two districts of one city, another city outside the province; the district without a parent
    # row of its own stays.
    places = pd.DataFrame(
        {
            "place": ["city", "north", "south", "other", "far"],
            "parent": [None, "city", "city", None, None],
            "province": ["Z", None, None, "Z", "J"],
            "tier": [1, None, None, 2, 1],
        }
    )
    nodes = pd.DataFrame({"place": ["north", "south", "other", "far", None]}, index=list("abcde"))
    links = [("a", "c"), ("b", "c"), ("a", "b"), ("d", "a"), ("e", "c")]
    part = {"level": 1, "keep": {"province": ["Z"], "tier": ["1", "2"]}}
    context = context_of(network_of(links, nodes=nodes, places=places), places=part, **OFF)
    result = methods.compute(context)
    assert result.context.level.coverage.values.tolist() == [
        ["as built", 5, 5],
        ["with a place", 4, 4],
        ["in the places kept", 3, 3],
    ]
    strength = central.compute(context).strength
    assert strength["links"].to_dict() == {"city": 2.0, "other": 2.0}
    text = text_of(methods.tell(result))
    assert "1 node without a place and 1 linked pair are left out" in text
    assert (
        "1 node outside the places chosen (province: Z; tier: 1, 2) and 1 linked pair are left"
        in text
    )
    only = context_of(three(), places={"keep": {"place": ["P", "Q"]}}, **OFF)
    assert only.cities.nodes.index.tolist() == ["P", "Q"]


def test_the_top_ends_with_a_caution_on_what_is_modelled():
    links = [*CHAIN, ("a", "c", 2, "model")]
    result = methods.compute(context_of(three(links=links, modelled=["model"]), **OFF))
    (text,) = texts(methods.offer(result))
    assert text.startswith(
        "Caution: model (modelled) is computed from a model, not observed; marked"
    )
    assert SECTIONS[-1].name == "methods"
    assert list(methods.offer(methods.compute(context_of(three(), **OFF)))) == []


def test_frictions_are_explained_where_there_are_any():
    measures = {"border": 0.5, "kilometres": 2.0}
    result = methods.compute(context_of(three(places=PLACES), measures=measures, **OFF))
    text = text_of(methods.explain(result))
    assert "by 0.5 if its ends belong to different jurisdictions, and by 2 for each 1,000" in text
    assert "every link has length 1" in text
    assert "frictions" not in text_of(methods.explain(methods.compute(context_of(three(), **OFF))))


# -- mechanisms --------------------------------------------------------------------------------


PARKED = pd.DataFrame(
    {
        "place": ["P", "Q", "R", "Q", "Q"],
        "jurisdiction": ["P", "Q", "R", "P", None],
        "kind": ["firm", "firm", "firm", "park", "park"],
    },
    index=["a", "b", "c", "park", "lost"],
)


def test_the_park_with_most_links_is_told_and_diffusion_starts_at_its_host():
    network = network_of([*CHAIN, ("park", "a"), ("park", "b")], nodes=PARKED)
    context = context_of(network, **OFF)
    result = context.once(park.compute)
    text = text_of(park.tell(result))
    assert text.startswith("park is the one park outside its jurisdiction: 2 partners")
    spread = context.once(diffusion.compute)
    assert (spread.seeds, spread.targets) == (2, 1)  # b and lost; a
    said = text_of(diffusion.tell(spread))
    assert "starts with the 2 actors of the host" in said
    answer = text_of(diffusion.offer(spread))
    assert answer.startswith("The one actor of home is reached, as on record: after ")
    assert "That is a comparison of networks on record, and no effect" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prk", "no node in the places that are kept (did you mean 'park'?)"),
        ("lost", "a park that stands inside it, or whose jurisdiction is not given"),
        ("a", "none: its kind is another"),
    ],
)
def test_a_park_that_is_none_is_told_why(name, words):
    network = network_of([*CHAIN, ("park", "a"), ("lost", "b")], nodes=PARKED)
    with pytest.raises(InputError) as caught:
        park.compute(context_of(network, park={"park": name}, **OFF))
    assert words in str(caught.value)
    assert "There are 1: park;" in str(caught.value)


def test_a_wrong_park_is_told_before_anything_is_computed(tmp_path):
    network = network_of([*CHAIN, ("park", "a"), ("park", "b")], nodes=PARKED)
    ni.io.write_network(network, tmp_path / "tables")
    asked = {"data": {"source": "tables", "path": str(tmp_path / "tables")}, "experiment": False}
    with pytest.raises(InputError, match=r"park\.park must be a park outside"):
        study.check(study.configure({**asked, "park": {"park": "prk"}}))
    study.check(study.configure({**asked, "park": {"park": "park"}}))


def test_without_a_park_nothing_is_said_of_one():
    context = context_of(three(), **OFF)
    assert context.once(park.compute) is None
    assert context.once(diffusion.compute) is None
    assert "No park stands outside its jurisdiction" in park.ABSENT


def test_places_are_specialised_in_the_layers_where_they_have_more_than_others():
    links = [("a", "b", 1, "x"), ("b", "c", 1, "y"), ("a", "c", 1, "y"), ("b", "c", 1, "x")]
    result = specialisation.compute(context_of(three(links=links), **OFF))
    assert "A place is specialised if the mix of its links" in text_of(specialisation.tell(result))
    assert "the most specialised are " in text_of(specialisation.offer(result))
    assert "most in " in text_of(specialisation.offer(result))
    assert result.spread is None
    assert specialisation.compute(context_of(three(), **OFF)) is None


def test_places_of_several_periods_have_a_spread():
    ids = [f"n{at}" for at in range(12)]
    links = pd.DataFrame({"source": ids * 2, "target": [*ids[1:], ids[0]] * 2})
    links["period"] = [2015] * 12 + [2016] * 12
    links["weight"] = [1.0] * 12 + [1.0, 4.0] * 6  # a ring: each place has 1 + 4
    network = ni.build_network(pd.DataFrame({"place": ids}, index=ids), links)
    result = specialisation.compute(context_of(network, **OFF))
    assert result.spread["places"].tolist() == [12, 12]
    assert result.spread["log_sd"].tolist() == pytest.approx([0, 0])
    assert "neither converge nor diverge" in text_of(specialisation.tell(result))


@pytest.fixture(scope="module")
def whole():
    """A context in which every section has a result."""
    links = [*CHAIN, ("park", "a"), ("park", "b"), ("a", "c", 2, "model"), ("a", "b", 1, "other")]
    places = pd.DataFrame({"place": ["P", "Q", "R"], "lon": [0.0, 1.0, 2.0], "lat": 0.0})
    nodes = PARKED.assign(firms=2, floor_area_m2=100.0)
    network = network_of(links, nodes=nodes, places=places, modelled=["model"])
    planning = {"siting": {"k": 1, "placements": 2, "resamples": 2}, "plan": {"resamples": 5}}
    planning |= {"space": {}, "sharing": {}, "governance": {"replicates": 5}}
    experiment = {"home": "P", "host": "R", "size": 1, "pipeline_share": 0.5, "replicates": 2}
    experiment |= {"placebos": 0, "rivals": []}
    return context_of(network, experiment=experiment, **planning)


@pytest.fixture(scope="module")
def names(whole):
    """The tables of all sections."""
    return [table.name for each in SECTIONS for table in each.tables(whole.once(each.compute))]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_sentence_and_table_fits_its_section(section, whole, names):
    result = whole.once(section.compute)
    assert result is not None
    assert type(result).__dataclass_params__.frozen
    assert len(set(names)) == len(names)
    said = [*section.tell(result), *section.offer(result), *section.explain(result)]
    assert said
    for sentence in said:
        assert {*sentence.tables} <= {*names}
        assert "&lt;bdi" not in in_html(sentence.text)
        assert str(sentence.text).rstrip().endswith((".", ")"))
