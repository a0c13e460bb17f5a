"""From records to links: worked by hand, and against double loops that are plainly right."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netinnov import MultilayerNetwork
from netinnov._geography import great_circle
from netinnov.errors import InputError
from netinnov.linkages import co_participation, enclaves, find_enclaves, gravity

incidences = st.lists(
    st.tuples(st.sampled_from(["衢州", "b", "B", "10", "9", "é"]), st.integers(0, 5)), max_size=30
).map(lambda rows: pd.DataFrame(rows, columns=["member", "event"]))


def co(rows: pd.DataFrame, **options: str) -> pd.DataFrame:
    return co_participation(rows, member="member", event="event", **options)


def as_dict(links: pd.DataFrame) -> dict[tuple[str, str], float]:
    ends = zip(links["source"], links["target"], strict=True)
    return dict(zip(ends, links["weight"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        # Event 1 has a, b, c; event 2 has a, b; event 3 has d alone; a stands in event 1 twice.
        ("count", {("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 1}),
        # 1/(3-1) from event 1, 1/(2-1) from event 2.
        ("newman", {("a", "b"): 1.5, ("a", "c"): 0.5, ("b", "c"): 0.5}),
        # Three pairs share the one unit of event 1, one pair has that of event 2.
        ("full", {("a", "b"): 4 / 3, ("a", "c"): 1 / 3, ("b", "c"): 1 / 3}),
    ],
)
def test_three_events_by_hand(weighting, expected):
    rows = [("a", 1), ("b", 1), ("a", 1), ("c", 1), ("b", 2), ("a", 2), ("d", 3)]
    links = co(pd.DataFrame(rows, columns=["member", "event"]), weighting=weighting)
    assert list(links.columns) == ["source", "target", "weight"]
    assert as_dict(links) == pytest.approx(expected)


def test_ids_become_text_and_are_ordered_as_text():
    rows = pd.DataFrame({"member": [9, 10, 9], "event": [1.0, 1.0, 2.0]})
    assert as_dict(co(rows)) == {("10", "9"): 1}


@given(incidences)
def test_count_is_the_double_loop(rows):
    expected: Counter[tuple[str, str]] = Counter()
    for event in set(rows["event"]):
        members = sorted(set(rows.loc[rows["event"] == event, "member"]))
        expected.update(combinations(members, 2))
    links = co(rows)
    assert as_dict(links) == expected
    assert list(as_dict(links)) == sorted(expected)
    assert links["weight"].dtype == np.float64


@given(incidences)
def test_what_members_and_events_hand_out(rows):
    events = rows.groupby("event")["member"].agg(set)
    shared = events[events.map(len) > 1]
    # Newman: a member's links sum to the number of events that it shares with somebody.
    newman = co(rows, weighting="newman")
    strength: Counter[str] = Counter()
    for (a, b), weight in as_dict(newman).items():
        strength.update({a: weight, b: weight})
    assert strength == pytest.approx(Counter(member for event in shared for member in event))
    # Full: all links together sum to the number of events with two or more members.
    assert co(rows, weighting="full")["weight"].sum() == pytest.approx(len(shared))


@given(incidences, st.randoms(use_true_random=False), st.sampled_from(["count", "newman", "full"]))
def test_row_order_and_repeated_rows_do_not_matter(rows, random, weighting):
    order = list(range(len(rows))) * 2
    random.shuffle(order)
    before = rows.copy()
    pd.testing.assert_frame_equal(
        co(rows.iloc[order], weighting=weighting), co(rows, weighting=weighting)
    )
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"membre": ["a"], "event": [1]}, "column 'member' .did you mean 'membre'"),
        ({"member": ["a", None, " "], "event": [1, 1, 1]}, r"2 have none: row 1 \(.*\), row 2"),
        ({"member": ["7", 7], "event": [1, 1]}, "mixes numbers and text"),
        ({"member": ["a", "b"], "event": [1.5, 1]}, r"'event' .* row 0 \(1.5\)"),
    ],
)
def test_incidence_that_cannot_be_used(rows, words):
    with pytest.raises(InputError, match=words):
        co(pd.DataFrame(rows))


def test_unknown_weighting_lists_the_choices():
    with pytest.raises(ValueError, match="'count', 'newman', 'full'; found 'jaccard'"):
        co(pd.DataFrame({"member": [], "event": []}), weighting="jaccard")


PARKS = pd.DataFrame(
    {
        "jurisdiction": ["quzhou", "quzhou", "ningbo"],
        "place": ["yuhang", "yuhang", "ningbo"],
        "area": [67000, 12.5, 3],
    },
    index=["haichuang", "second", "at home"],
)


def test_one_link_a_park():
    links = enclaves(PARKS)
    assert links.to_numpy().tolist() == [
        ["quzhou", "yuhang", 1.0],
        ["quzhou", "yuhang", 1.0],
        ["ningbo", "ningbo", 1.0],
    ]
    assert links.index.equals(pd.RangeIndex(3))
    assert enclaves(PARKS, weight="area")["weight"].tolist() == [67000.0, 12.5, 3.0]
    turned = enclaves(PARKS, home="place", host="jurisdiction")
    assert turned["source"].equals(links["target"])


def test_parks_that_cannot_be_linked():
    with pytest.raises(InputError, match=r"column 'area_m2'.*it has"):
        enclaves(PARKS, weight="area_m2")
    with pytest.raises(InputError, match=r"'area' must be a number above 0.* 2 (\(nan\)).* 3 \(0"):
        enclaves(
            pd.DataFrame(
                {"jurisdiction": list("aaaa"), "place": list("bbbb"), "area": [1, 2, None, 0.0]}
            ),
            weight="area",
        )
    with pytest.raises(InputError, match=r"'place' must have an id .* row 1"):
        enclaves(pd.DataFrame({"jurisdiction": ["a", "a"], "place": ["b", None]}))


# Two cities with districts, one of them two steps down, and a town without a rank.
PLACES = pd.DataFrame(
    {"parent": [None, "hangzhou", "yuhang", None, "quzhou", None, None]},
    index=["hangzhou", "yuhang", "sci-tech", "quzhou", "kecheng", "jiaxing", "town"],
)
RANK = pd.Series({"hangzhou": 12.0, "quzhou": 2.0, "jiaxing": 2.0, "nowhere": 9.0})


@pytest.mark.parametrize(
    ("home", "host", "direction"),
    [
        ("quzhou", "hangzhou", "reverse"),
        ("quzhou", "sci-tech", "reverse"),  # ranked through two parents
        ("kecheng", "sci-tech", "reverse"),  # both through their parents
        ("hangzhou", "kecheng", "forward"),
        ("quzhou", "jiaxing", "level"),
        ("yuhang", "hangzhou", "level"),  # around its jurisdiction, not inside it
        ("quzhou", "town", None),
        ("town", "quzhou", None),
        ("hangzhou", "hangzhou", "home"),
        ("yuhang", "sci-tech", "home"),
        ("hangzhou", "sci-tech", "home"),  # inside through two steps
    ],
)
def test_which_way_an_enclave_reaches(home, host, direction):
    nodes = pd.DataFrame({"node": ["x"], "place": [host], "jurisdiction": [home]})
    links = pd.DataFrame({"source": [], "target": []}, dtype="str")
    found = find_enclaves(MultilayerNetwork(nodes, links, places=PLACES), rank=RANK)
    assert list(found.columns) == ["node", "home", "host", "direction"]
    if direction == "home":
        assert found.empty
    else:
        row = found.iloc[0]
        assert (row["node"], row["home"], row["host"]) == ("x", home, host)
        assert row["direction"] == direction if direction else pd.isna(row["direction"])


def test_enclaves_in_node_order_without_the_placeless():
    nodes = pd.DataFrame(
        {
            "node": ["z", "lost", "home", "a"],
            "place": ["hangzhou", None, "quzhou", "quzhou"],
            "jurisdiction": ["quzhou", "quzhou", None, "hangzhou"],
        }
    )
    links = pd.DataFrame({"source": ["z"], "target": ["a"]})
    found = find_enclaves(MultilayerNetwork(nodes, links, places=PLACES), rank=RANK)
    assert found["node"].tolist() == ["z", "a"]
    assert found["direction"].tolist() == ["reverse", "forward"]
    assert found.index.equals(pd.RangeIndex(2))
    assert (found.dtypes == "str").all()


def test_the_small_network_has_one_enclave(small):
    # b stands in P and belongs to Q, which has fewer people.
    found = find_enclaves(small, rank=small.places["population"])
    assert found.to_numpy().tolist() == [["b", "Q", "P", "reverse"]]
    none = find_enclaves(small.select(nodes=["a"]), rank=small.places["population"])
    assert none.empty
    assert list(none.columns) == list(found.columns)


def test_ranks_that_are_none(small):
    with pytest.raises(InputError, match="these are none: high"):
        find_enclaves(small, rank=pd.Series({"P": "high"}))
    with pytest.raises(InputError, match="two or more for: P"):
        find_enclaves(small, rank=pd.Series([1, 2], index=["P", "P"]))


# Four towns on the equator, one degree (111.195 km) apart.
TOWNS = pd.DataFrame(
    {"lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0, "population": [4, 1, 4, 1]}, index=list("abcd")
)
KM = 2 * np.pi * 6371.0088 / 360


def test_gravity_by_hand():
    # In units of one degree: ab 4/1, ac 16/4, ad 4/9, bc 4/1, bd 1/4, cd 4/1; sum 601/36.
    links = gravity(TOWNS)
    flow = np.array([4, 4, 4 / 9, 4, 1 / 4, 4])
    assert [a + b for a, b in as_dict(links)] == ["ab", "ac", "ad", "bc", "bd", "cd"]
    assert links["weight"].to_numpy() == pytest.approx(flow / flow.sum() * 6)
    assert links["distance_km"].to_numpy() == pytest.approx(np.array([1, 2, 3, 1, 2, 1]) * KM)


def test_only_the_strongest_flows():
    # Largest one: a keeps ab before ac (equal, b comes first), b keeps ba before bc, c keeps ca
    # before cb and cd, d keeps dc. So ab, ac and cd stay, all 4, and their mean becomes 1.
    links = gravity(TOWNS, strongest=1)
    assert as_dict(links) == pytest.approx({("a", "b"): 1, ("a", "c"): 1, ("c", "d"): 1})
    assert len(gravity(TOWNS, strongest=3)) == 6
    assert len(gravity(TOWNS, strongest=99)) == 6


def test_without_distance_only_size_counts():
    links = gravity(TOWNS.reset_index(names="place"), exponent=0)
    # ab 4, ac 16, ad 4, bc 4, bd 1, cd 4: mean 33/6.
    assert links["weight"].to_numpy() == pytest.approx(np.array([4, 16, 4, 4, 1, 4]) / 5.5)


@given(
    st.lists(
        st.tuples(st.integers(-179, 180), st.integers(-89, 89), st.integers(1, 30)),
        min_size=2,
        max_size=8,
        unique_by=lambda place: place[:2],
    ),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.integers(1, 7),
)
def test_gravity_is_the_double_loop(rows, exponent, strongest):
    places = pd.DataFrame(rows, columns=["lon", "lat", "population"])
    places["place"] = [f"p{i}" for i in range(len(rows))]
    flow = np.zeros((len(rows), len(rows)))
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            if i != j:
                flow[i, j] = a[2] * b[2] / great_circle(*a[:2], *b[:2]) ** exponent
    links = gravity(places, exponent=exponent, strongest=strongest)
    assert links["weight"].mean() == pytest.approx(1)
    pairs = {(int(a[1:]), int(b[1:])): weight for (a, b), weight in as_dict(links).items()}
    assert all(i < j for i, j in pairs)
    scale = sum(flow[pair] for pair in pairs) / len(pairs)
    assert pairs == pytest.approx({pair: flow[pair] / scale for pair in pairs})
    for i in range(len(rows)):
        beaten = [j for j in range(len(rows)) if j != i and (min(i, j), max(i, j)) not in pairs]
        for j in beaten:  # at least `strongest` flows of i are as large
            assert (flow[i] >= flow[i, j] * (1 - 1e-12)).sum() - 1 >= min(strongest, len(rows) - 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population": [4, None, 4, 0]}, r"above 0; 2 rows are not: b \(nan\), d \(0"),
        ({"lon": [0, 1, 2, np.nan]}, r"'lon' must be .* between -180 and 180; 1 rows .*: d"),
        ({"lat": [0, 1, 2, 91]}, r"'lat' .*: d \(91"),
        ({"lon": [0, 1, 1, 3]}, "same point: b and c"),
    ],
)
def test_places_without_a_flow_are_named(changes, words):
    with pytest.raises(InputError, match=words):
        gravity(TOWNS.assign(**changes))


def test_gravity_refuses_what_makes_no_sense():
    with pytest.raises(InputError, match="column 'people'"):
        gravity(TOWNS, population="people")
    with pytest.raises(InputError, match="twice or more: a"):
        gravity(TOWNS.set_axis(list("abca")))
    with pytest.raises(ValueError, match="`exponent`"):
        gravity(TOWNS, exponent=-1)
    with pytest.raises(ValueError, match="`strongest`"):
        gravity(TOWNS, strongest=0)


def test_one_place_has_no_flows():
    assert gravity(TOWNS.head(1)).empty
    assert list(gravity(TOWNS.head(1)).columns) == ["source", "target", "weight", "distance_km"]
