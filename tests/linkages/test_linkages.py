"""From records to links: worked by hand, and against double loops that are plainly right."""

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from netinnov import MultilayerNetwork
from netinnov.errors import InputError
from netinnov.linkages import (
    branches,
    co_participation,
    count_enclaves,
    enclaves,
    find_enclaves,
    mobility,
)

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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@given(incidences, st.sampled_from(["count", "newman", "full"]))
def test_members_meet_within_a_period(rows, weighting):
    # Two events become one in two periods, and two in a third one whose number is missing.
    when = rows["event"].map({0: 2019, 1: 2020}).astype("Int64")
    told = rows.assign(event=rows["event"].where(rows["event"] > 1, 0), year=when)
    links = co(told, weighting=weighting, period="year")
    assert list(links.columns) == ["source", "target", "weight", "period"]
    assert links["period"].dtype == "Int64"
    parts = {2019: rows["event"] == 0, 2020: rows["event"] == 1, None: rows["event"] > 1}
    expected = [
        (*ends, year, weight)
        for year, part in parts.items()
        for ends, weight in as_dict(co(rows[part], weighting=weighting)).items()
    ]
    found = links[["source", "target", "period", "weight"]].astype(object)
    assert found.where(found.notna(), None).to_records(index=False).tolist() == expected


def test_periods_that_are_no_whole_numbers():
    rows = pd.DataFrame({"member": ["a", "b"], "event": "e", "year": [2015.5, np.inf]})
    with pytest.raises(InputError, match=r"'year' must hold whole numbers; 2 are none: row 0"):
        co(rows, period="year")
    with pytest.raises(InputError, match=r"column 'jahr'"):
        co(rows, period="jahr")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from([1, 2, None]))
    )
)
def test_mobility_counts(rows):
    moves = pd.DataFrame(rows, columns=["origin", "destination", "year"])
    moves = moves.astype({"origin": "str", "destination": "str", "year": "Int64"})
    before = moves.copy()
    links = mobility(moves, origin="origin", destination="destination")
    assert as_dict(links) == Counter((a, b) for a, b, _ in rows)
    assert list(as_dict(links)) == sorted(as_dict(links))
    assert links["weight"].dtype == np.float64
    links = mobility(moves, origin="origin", destination="destination", period="year")
    found = links[["source", "target", "period"]].astype(object)
    keys = found.where(found.notna(), None).itertuples(index=False, name=None)
    assert dict(zip(keys, links["weight"], strict=True)) == Counter(rows)
    pd.testing.assert_frame_equal(moves, before)


def test_moves_that_lead_nowhere():
    moves = pd.DataFrame({"origin": ["a", None], "destination": ["b", "b"]})
    with pytest.raises(InputError, match=r"'origin' must have an id in every row.* row 1"):
        mobility(moves, origin="origin", destination="destination")
    with pytest.raises(InputError, match=r"'destinatoin' .did you mean 'destination'"):
        mobility(moves.head(1), origin="origin", destination="destinatoin")


# Service values of three firms in three cities, as in Taylor's matrix of cities and firms.
OFFICES = pd.DataFrame(
    [("x", "a", 5), ("x", "b", 2), ("y", "a", 1), ("y", "b", 3), ("y", "c", 2), ("z", "c", 4)],
    columns=["firm", "city", "value"],
)


def test_interlocking_network_by_hand():
    links = branches(OFFICES, firm="firm", place="city", value="value")
    # ab 5*2 + 1*3, ac 1*2, bc 3*2; z stands in c alone.
    assert as_dict(links) == {("a", "b"): 13, ("a", "c"): 2, ("b", "c"): 6}
    offices = branches(OFFICES, firm="firm", place="city")
    assert as_dict(offices) == {("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 1}
    # A second office of x in b, with value 1, and one of z in a with value 0, which is none.
    more = pd.DataFrame([("x", "b", 1), ("z", "a", 0)], columns=OFFICES.columns)
    links = branches(pd.concat([OFFICES, more]), firm="firm", place="city", value="value")
    assert as_dict(links) == {("a", "b"): 18, ("a", "c"): 2, ("b", "c"): 6}


@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from(["b", "B", "10", "9"]), st.integers(0, 5))
    )
)
def test_branches_are_the_triple_loop(rows):
    units = pd.DataFrame(rows, columns=["firm", "place", "value"])
    value: Counter[tuple[str, str]] = Counter()
    for firm, place, v in rows:
        value[firm, place] += v
    expected = {
        (i, j): sum(value[firm, i] * value[firm, j] for firm in "xyz")
        for i, j in combinations(sorted(["b", "B", "10", "9"]), 2)
    }
    links = branches(units, firm="firm", place="place", value="value")
    assert as_dict(links) == {pair: weight for pair, weight in expected.items() if weight}
    assert list(as_dict(links)) == sorted(as_dict(links))


def test_offices_without_a_value():
    with pytest.raises(InputError, match=r"'value' must be a number at least 0; .* 1 \(-1"):
        branches(
            OFFICES.assign(value=[5, -1, 1, 1, 1, 1]), firm="firm", place="city", value="value"
        )
    with pytest.raises(InputError, match=r"'city' must have an id .* row 0"):
        branches(OFFICES.assign(city=[None, *"bcabc"]), firm="firm", place="city")


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


def mixed(kinds=("park", "park", "firm", "park", "park", "park")):
    """Nodes at home, in another district of one city, and in four other cities."""
    where = [
        ("kecheng", "sci-tech"),  # reverse
        ("quzhou", "hangzhou"),  # the same pair of cities
        ("quzhou", "hangzhou"),
        ("hangzhou", "quzhou"),  # forward
        ("yuhang", "hangzhou"),  # in one city
        ("quzhou", "kecheng"),  # at home
    ]
    nodes = pd.DataFrame(where, columns=["jurisdiction", "place"]).assign(kind=list(kinds))
    links = pd.DataFrame({"source": [], "target": []}, dtype="str")
    return MultilayerNetwork(nodes.rename(index=str), links, places=PLACES)


def test_enclaves_are_counted_in_steps():
    options = {"rank": RANK, "level": 2, "by": "step"}
    # Five stand outside, of them four parks; three in another city, of two pairs, two reverse.
    expected = {"outside": 5, "parks": 4, "between": 3, "pairs": 2, "reverse": 2}
    assert count_enclaves(mixed(), **options).to_dict() == expected
    # Without parks all kinds count.
    firms = count_enclaves(mixed(["firm"] * 6), **options).to_dict()
    assert firms == {"outside": 5, "parks": 0, "between": 4, "pairs": 2, "reverse": 3}


def test_enclaves_are_counted_by_direction_and_pair():
    counted = count_enclaves(mixed(), rank=RANK, level=2)
    assert counted.to_dict() == {"reverse": 3, "forward": 1, "level": 0, "unknown": 0}
    pairs = count_enclaves(mixed(), rank=RANK, level=2, by="pair")
    assert pairs.index.names == ["home", "host"]
    both = ["hangzhou", "quzhou"]
    assert pairs.to_dict() == {
        (home, host): {("hangzhou", "quzhou"): 1, ("quzhou", "hangzhou"): 3}.get((home, host), 0)
        for home in both
        for host in both
    }


@pytest.mark.parametrize("level", [None, 0, 1, 2, 5, "city"])
def test_enclaves_at_a_level_match_brute_force(level):
    names = list(PLACES.index)
    ends = [(home, host) for home in [*names, None] for host in [*names, None]]
    nodes = pd.DataFrame(ends, columns=["jurisdiction", "place"], index=map(str, range(len(ends))))
    has_parent = PLACES["parent"].notna()
    places = PLACES.assign(level=has_parent.map({True: "part", False: "city"}))
    parent = PLACES["parent"].astype(object).where(has_parent, None).to_dict()

    def lineage(place):
        return [] if place is None else [place, *lineage(parent[place])]

    def unit(place):
        if level == "city":
            return lineage(place)[-1]
        return lineage(place)[min(level or 0, len(lineage(place)) - 1)]

    expected = []
    for node, (home, host) in enumerate(ends):
        if home is None or host is None or unit(home) in lineage(unit(host)):
            continue
        values = [
            next((RANK[place] for place in lineage(unit(end)) if place in RANK), None)
            for end in (host, home)
        ]
        direction = "unknown"
        if None not in values:
            direction = ("level", "reverse", "forward")[np.sign(values[0] - values[1]).astype(int)]
        expected.append([str(node), unit(home), unit(host), direction])

    links = pd.DataFrame({"source": [], "target": []}, dtype="str")
    network = MultilayerNetwork(nodes, links, places=places)
    table = find_enclaves(network, rank=RANK, level=level)
    assert table.to_numpy().tolist() == expected


@pytest.mark.parametrize(("level", "message"), [(-1, "at least 0"), ("town", "column `level`")])
def test_levels_of_enclaves_that_do_not_exist(small, level, message):
    with pytest.raises(InputError, match=message):
        find_enclaves(small, rank=small.places["population"], level=level)


def test_ranks_that_are_none(small):
    with pytest.raises(InputError, match="these are none: high"):
        find_enclaves(small, rank=pd.Series({"P": "high"}))
    with pytest.raises(InputError, match="two or more for: P"):
        find_enclaves(small, rank=pd.Series([1, 2], index=["P", "P"]))
