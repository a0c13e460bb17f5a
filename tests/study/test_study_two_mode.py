"""Studies of events: projected inside the run, resampled by event, traded in the null model."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.legend import Legend
from numpy.testing import assert_allclose

import netinnov as ni
from netinnov.errors import InputError
from netinnov.study._structure_plan import Participation, participation_of, traded
from netinnov.study.sections import centres
from study_cases import FEW, facts_of, projected, said

WEIGHTINGS = ["count", "newman", "full"]


def two_mode(seed=1, *, members=12, events=9, periods=False):
    """Members in four places, two of them without any, who take part in events at random."""
    rng = np.random.default_rng(seed)
    ids = [f"m{k}" for k in range(members)]
    place = [None, None, *("PQRS"[k % 4] for k in range(members - 2))]
    rows = [(m, f"e{k}") for k in range(events) for m in ids if rng.random() < 0.4]
    rows += [("m2", "alone"), ("e0", "m3")]  # an event of one; the ends in the other order
    links = pd.DataFrame(rows, columns=["source", "target"]).drop_duplicates()
    links["layer"] = "takes_part"
    if periods:
        links["period"] = np.arange(len(links)) % 2
    names = sorted({*links["source"], *links["target"]} - {*ids})
    nodes = pd.DataFrame(
        {
            "kind": ["firm"] * members + ["project"] * len(names),
            "place": place + [None] * len(names),
        },
        index=ids + names,
    )
    return ni.build_network(nodes, links, pd.DataFrame(index=list("PQRS")))


def context_of(network, **settings):
    return projected(network, onto="firm", configuration={"structure": FEW | settings})


def participation(network, weighting="count", **side):
    context = projected(network, weighting=weighting, **side or {"onto": "firm"})
    return participation_of(context.loaded.incidence, context.cities, 0), context.cities


def flows_of(network):
    flows = network.adjacency("co_takes_part").toarray()
    np.fill_diagonal(flows, 0)
    return flows


@pytest.mark.parametrize("side", [{"onto": "firm"}, {"through": "project"}], ids=str)
@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("seed", range(2))
def test_links_of_places_are_those_of_projecting_and_adding_up(weighting, seed, side):
    found, cities = participation(two_mode(seed, periods=seed % 2 == 0), weighting, **side)
    links = found.links_of(found.member, found.event)
    assert links.nodes.index.equals(cities.nodes.index)
    assert_allclose(flows_of(links), flows_of(cities), rtol=1e-12, atol=1e-12)


def test_weights_by_hand():
    # One project of a, b in P, c in Q and d nowhere: P - Q twice; of 4 members each pair gets 1,
    # 1 / 3 or 2 / 12.
    nodes = pd.DataFrame(
        {"kind": ["firm"] * 4 + ["project"], "place": ["P", "P", "Q", None, None]}, list("abcdx")
    )
    links = pd.DataFrame({"source": list("abcd"), "target": "x", "layer": "takes_part"})
    network = ni.build_network(nodes, links, pd.DataFrame(index=list("PQ")))
    for weighting, each in zip(WEIGHTINGS, (1, 1 / 3, 1 / 6), strict=True):
        found, _ = participation(network, weighting)
        assert found.links_of(found.member, found.event).links["weight"].tolist() == [2 * each]
        # With one event to draw each resample is the observed network.
        again = found.resampled(network, np.random.default_rng(1))
        assert again.links["weight"].tolist() == [2 * each]


def trades_of(null, seed=2):
    """Members and their events of a draw."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Participation, "links_of", lambda _, members, events: (members, events))
        return null(None, np.random.default_rng(seed))


def test_an_event_of_several_periods_is_resampled_as_a_whole_and_traded_within_each():
    found, cities = participation(two_mode(6, members=16, events=10, periods=True))
    assert len(set(found.whole.tolist())) < len(found.whole)

    class Draw:  # the first event once, no other
        def multinomial(self, n, shares):
            return np.eye(n, dtype=np.int64)[0]

    first = found.whole[found.event] == 0
    alone = found.links_of(found.member[first], found.event[first])
    assert_allclose(flows_of(found.resampled(cities, Draw())), flows_of(alone))
    null, _ = traded(found, 1)
    members, events = trades_of(null)
    for number in np.unique(found.period):
        now, drawn = (found.period[each] == number for each in (found.event, events))
        assert sorted(members[drawn]) == sorted(found.member[now])
        assert sorted(events[drawn]) == sorted(found.event[now])
    context = context_of(two_mode(5, members=18, events=80, periods=True), resamples=20)
    assert context.once(centres.CHECK).left_out == {}


@pytest.mark.slow
def test_a_study_of_events_has_intervals_and_a_null_model():
    context = context_of(two_mode(5, members=18, events=80), resamples=60)
    plan = context.once(centres.CHECK)
    assert plan.null_code == "null_curveball"
    found = context.once(centres.compute).profile
    row = found.loc["primacy"]
    assert row["low"] < row["high"]
    assert row["null_low"] < row["null_high"]
    known = facts_of(centres, context)
    assert (known["events"], known["null"]) == (True, "null_curveball")
    assert "members and events keep their numbers of participations" in said(centres, context)
    assert "% of the participations." in said(centres, context)
    pictures = centres.draw(context.once(centres.compute))
    figure = next(picture for picture in pictures if picture.name == "profile").plot().figure
    legends = [each for ax in figure.axes for each in ax.findobj(Legend)]
    legends += figure.legends
    shown = {text.get_text() for each in legends for text in each.get_texts()}
    assert "95 % interval, events resampled" in shown
    assert known["sure"]
    sentence = "In bootstrap resamples of the events "  # of the centres, if there are any
    assert (sentence in said(centres, context)) == (known["n_centres"] > 0)


def test_a_layer_beside_the_projected_one_is_the_reason_why_nothing_is_drawn():
    names = {"layers": {"takes_part": {"name_zh": "参与"}}}
    ends = context_of(two_mode()).network.links[["source", "target"]].head(40)
    others = ends.assign(layer="contracts", weight=1.0)
    context = projected(two_mode(), onto="firm", others=others, configuration=names)
    assert set(facts_of(centres, context)["reasons"]) == {"why_other_layers"}
    assert "only where all observed layers come from [data] project" in said(centres, context)


def test_links_of_a_projection_are_not_rewired_one_by_one():
    with pytest.raises(InputError, match=r'null = "degree" .* move links one by one'):
        context_of(two_mode(), null="degree").once(centres.CHECK)
