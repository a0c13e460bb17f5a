"""Places dealt again: uniform over what is enumerated, margins kept, a planted excess found."""

import itertools
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import count_enclaves, find_enclaves
from netinnov.null_models import Relocate, compare_with_null
from realisations import assert_uniform
from strategies import great_circle

QUIET = {"executor": 1, "progress": False}
PARENT = {"h1": "H", "h2": "H", "q1": "Q", "village": "q1"}
SITES = {name: (100 + 0.7 * at, 30 + (at * at) % 5) for at, name in enumerate("ABCDEHQZ")}
SITES |= {name: SITES[PARENT[name]] for name in ("h1", "h2", "q1")} | {"village": (107, 31)}
PLACES = pd.DataFrame(
    [(*SITES[name], PARENT.get(name)) for name in SITES],
    columns=["lon", "lat", "parent"],
    index=list(SITES),
)
RANK = pd.Series({name: float(at) for at, name in enumerate("ABCDEQZH")})


def dealt(rows, places=PLACES):
    """A network of nodes n00, n01, ...: text "kind jurisdiction place" each, - for none."""
    table = pd.DataFrame([row.split() for row in rows], columns=["kind", "jurisdiction", "place"])
    nodes = table.where(table != "-").set_axis([f"n{at:02}" for at in range(len(rows))])
    links = pd.DataFrame({"source": ["n00", "n00"], "target": ["n01", "n01"], "period": [1, 2]})
    return ni.build_network(nodes, links, places)


def lineage(place):
    return [] if place is None else [place, *lineage(PARENT.get(place))]


def kilometres(home, host):
    return great_circle(SITES[home], SITES[host])


def arrangements(rows, null):
    """All dealings of the places by brute force: tuples of a place a row."""
    kind, home, place = zip(*(row.split() for row in rows), strict=True)
    home = [b if a == "-" else a for a, b in zip(home, place, strict=True)]  # the default
    moves = [
        at
        for at in range(len(rows))
        if place[at] != "-"
        and (kind[at] != "place" if null.kinds is None else kind[at] in null.kinds)
        and not (null.outside and home[at] in lineage(place[at]))
    ]
    found = set()
    for order in itertools.permutations(moves):
        new = list(place)
        for at, other in zip(moves, order, strict=True):
            new[at] = place[other]
        same_kind = all(kind[at] == kind[other] for at, other in zip(moves, order, strict=True))
        brought_home = any(home[at] in lineage(new[at]) for at in moves)
        if same_kind and not (null.outside and brought_home):
            found.add(tuple(new))
    return found


def reached(rows, possible, kept, most=3):
    """Those that exchanges of two, and of three if asked, reach without a change of `kept`."""
    kind = [row.split()[0] for row in rows]
    start = tuple(row.split()[2] for row in rows)
    seen, todo = {start}, [start]
    while todo:
        now = todo.pop()
        for size in range(2, most + 1):
            for nodes in itertools.permutations(range(len(rows)), size):
                new = list(now)
                for at, other in zip(nodes, nodes[1:] + nodes[:1], strict=True):
                    new[at] = now[other]
                new = tuple(new)
                of_one_kind = len({kind[at] for at in nodes}) == 1
                fits = of_one_kind and new in possible and kept(new) == kept(now)
                if fits and new not in seen:
                    seen.add(new)
                    todo.append(new)
    return seen


def visits(rows, null, draws):
    network, rng = dealt(rows), np.random.default_rng(3)
    ready = null._prepared(network, rng)
    names = network.storage.place_names
    found = Counter()
    for _ in range(draws):
        place = network.storage.place_codes.copy()
        place[ready.node] = ready.hosts[ready.advance(ready.start(), rng)]
        found[tuple(names[at] if at >= 0 else "-" for at in place)] += 1
    return found


CYCLE = ["firm A B", "firm B C", "firm C A"]
NESTED = ["park Q H", "park q1 h1", "park H village", "park h1 Q", "park Z q1", "park village Z"]

CASES = {
    "one kind, at home too": (["firm A A", "firm A B", "firm B C", "firm C C"], Relocate()),
    "two kinds": ([*CYCLE, "park A D", "park B D", "park C E"], Relocate()),
    "only parks": ([*CYCLE, "park A D", "park B D", "park C E"], Relocate(["park"])),
    "places and the placeless stay": (
        ["place D E", "- A A", "- A B", "- B C", "firm - D", "firm A -", "firm A B", "firm B E"],
        Relocate(),
    ),
    "pairs alone reach one of two": (CYCLE, Relocate(outside=True, trials=60)),
    "outside, some at home": (
        ["firm A A", "firm A B", "firm A C", "firm B A", "firm C D", "firm D A", "firm C C"],
        Relocate(outside=True, trials=60),
    ),
    "outside, two kinds": (
        [*CYCLE, "park A D", "park D B", "park E D", "park B D"],
        Relocate(outside=True, trials=90),
    ),
    "outside, places inside places": (NESTED, Relocate(outside=True, trials=60)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_all_dealings_are_equally_likely(name):
    rows, null = CASES[name]
    possible = arrangements(rows, null)
    assert_uniform(visits(rows, null, 30 * len(possible) + 500), possible)


def test_exchanges_of_two_do_not_reach_all_and_those_of_three_do():
    possible = arrangements(CYCLE, Relocate(outside=True))
    assert possible == {("B", "C", "A"), ("C", "A", "B")}
    assert len(reached(CYCLE, possible, len, most=2)) == 1
    rng = np.random.default_rng(1)
    for _ in range(40):
        homes, hosts = (rng.choice(list(SITES)[4:], 5) for _ in "ab")
        rows = [f"firm {home} {host}" for home, host in zip(homes, hosts, strict=True)]
        if any(home in lineage(host) for home, host in zip(homes, hosts, strict=True)):
            continue
        possible = arrangements(rows, Relocate(outside=True))
        assert reached(rows, possible, len) == possible


@pytest.mark.slow
@pytest.mark.parametrize("outside", [False, True])
def test_with_distances_all_dealings_that_the_chain_reaches_are_equally_likely(outside):
    rows = ["firm A B", "firm B D", "firm C A", "firm D C", "firm E B", "firm A E"]
    edges = [0, 80, 200, 1000]
    null = Relocate(outside=outside, preserve=["distance"], bins=edges, trials=40)

    def kept(places):
        homes = (row.split()[1] for row in rows)
        return Counter(
            int(np.digitize(kilometres(*pair), edges)) for pair in zip(homes, places, strict=True)
        )

    start = tuple(row.split()[2] for row in rows)
    possible = {each for each in arrangements(rows, null) if kept(each) == kept(start)}
    possible = reached(rows, possible, kept)
    assert 10 < len(possible) < len(arrangements(rows, null))
    assert_uniform(visits(rows, null, 40 * len(possible)), possible)


def many(n=60, seed=1, kinds=("firm", "park")):
    rng = np.random.default_rng(seed)
    names = list(SITES)
    drawn = zip(rng.choice(kinds, n), rng.choice(names, n), rng.choice(names, n), strict=True)
    return dealt([" ".join(row) for row in drawn])


NULLS = [
    Relocate(),
    Relocate(["park"]),
    Relocate(outside=True),
    Relocate(preserve=["distance"]),
    Relocate(outside=True, preserve=["distance"], bins=[0, 100, 300]),
]


def bins_of(network, edges):
    """Numbers of nodes in [a, b) and outside."""
    nodes = network.nodes
    pairs = zip(nodes["jurisdiction"], nodes["place"], strict=True)
    lengths = np.array([kilometres(*pair) for pair in pairs])
    return np.bincount(np.digitize(lengths, edges), minlength=len(edges) + 1).tolist()


@pytest.mark.parametrize("null", NULLS, ids=repr)
def test_the_margins_stay(null):
    network = many()
    drawn = null(network, np.random.default_rng(1))
    before, after = network.nodes, drawn.nodes
    assert not after["place"].equals(before["place"])
    pd.testing.assert_frame_equal(after.drop(columns="place"), before.drop(columns="place"))
    pd.testing.assert_frame_equal(drawn.links, network.links)
    pd.testing.assert_frame_equal(drawn.places, network.places)
    counts = [nodes.value_counts(["kind", "place"]).sort_index() for nodes in (before, after)]
    pd.testing.assert_series_equal(*counts)
    if null.kinds:
        assert (after["place"] == before["place"])[before["kind"] == "firm"].all()
    if null.outside:
        enclaves = [find_enclaves(each, rank=RANK)["node"].tolist() for each in (network, drawn)]
        assert enclaves[0] == enclaves[1]
    if null.bins:
        assert bins_of(drawn, null.bins) == bins_of(network, null.bins)
    # The table of nodes is that of a network built from it.
    assert ni.build_network(after, network.links, network.places).equals(drawn)


def test_deciles_are_those_of_the_nodes_that_may_move():
    network = many(kinds=("firm",))
    pairs = zip(network.nodes["jurisdiction"], network.nodes["place"], strict=True)
    edges = np.unique(np.quantile([kilometres(*pair) for pair in pairs], np.linspace(0, 1, 11)))
    edges[-1] += 2e-6
    edges -= 1e-6  # lengths that are equal to an edge stay above it, as in "[a, b)"
    drawn = Relocate(preserve=["distance"])(network, np.random.default_rng(1))
    assert bins_of(drawn, edges) == bins_of(network, edges)


@pytest.mark.parametrize("null", NULLS, ids=repr)
def test_a_draw_does_not_depend_on_the_order_of_rows(null):
    network = many()
    order = np.random.default_rng(2).permutation(network.n_nodes)
    other = ni.build_network(network.nodes.iloc[order], network.links, network.places.iloc[::-1])
    drawn, again = (null(each, np.random.default_rng(5)).nodes for each in (network, other))
    pd.testing.assert_series_equal(again["place"].reindex(drawn.index), drawn["place"])


def directions(network):
    return count_enclaves(network, rank=RANK)


def pairs(network):
    return count_enclaves(network, rank=RANK, by="pair")


@pytest.mark.parametrize("method", ["independent", "serial"])
def test_any_executor_gives_the_same_numbers(method, processes):
    network = many()
    options = {"measure": directions, "null": Relocate(outside=True), "replicates": 20, "rng": 4}
    options |= {"method": method, "progress": False}
    one = compare_with_null(network, executor=1, **options)
    for executor in (2, processes):
        other = compare_with_null(network, executor=executor, **options)
        pd.testing.assert_frame_equal(one.draws, other.draws)
        assert other.moved == one.moved


@pytest.mark.slow
def test_moved_is_the_share_of_the_nodes_that_may_move():
    # Of three parks that stand outside all move, to the one other dealing, or none.
    network = dealt([*CYCLE, "firm A A", "firm B B"])
    found = compare_with_null(
        network, measure=pairs, null=Relocate(outside=True), replicates=80, rng=1, **QUIET
    )
    other = found.draws["A", "C"] == 1
    assert found.moved == other.mean()
    assert 0.35 < found.moved < 0.65
    assert len(found.observed) == 9
    assert found.observed.sum() == 3


def test_where_hardly_any_node_can_move_it_is_told():
    network = dealt(["firm A B", "firm B A"])  # an exchange would bring both home
    options = {"null": Relocate(outside=True), "replicates": 9, "rng": 1, **QUIET}
    with pytest.warns(UserWarning, match="moved 0 % of the nodes that may move, .* Take wider"):
        assert compare_with_null(network, measure=directions, **options).moved == 0


@pytest.mark.parametrize("null", [Relocate(outside=True, trials=0.4), Relocate()], ids=repr)
def test_steps_are_as_probable_backwards(null):
    rows = ["firm A B", "firm B C", "firm C A", "firm D A"]
    rng = np.random.default_rng(1)
    chain = null._prepared(dealt(rows), rng)
    state, steps = chain.start(), Counter()
    for _ in range(6000):
        new = chain.advance(state, rng)
        steps[state.tobytes(), new.tobytes()] += 1
        state = new
    there = np.array([(steps[a, b], steps[b, a]) for a, b in steps if a < b])
    often = there[there.sum(axis=1) >= 6]
    assert len(often) > 2
    square = ((often[:, 0] - often[:, 1]) ** 2 / often.sum(axis=1)).sum()
    assert stats.chi2.sf(square, len(often)) > 1e-3


WEIGHT = pd.DataFrame(np.random.default_rng(9).random((len(SITES),) * 2), SITES, SITES)


def weighted(network):
    """A number that hardly ever ties."""
    nodes = network.nodes
    return float(WEIGHT.to_numpy()[tuple(WEIGHT.index.get_indexer(nodes[side]) for side in
                                         ("jurisdiction", "place"))].sum())  # fmt: skip


@pytest.mark.slow
def test_p_is_that_of_all_dealings():
    rows = [*CASES["outside, some at home"][0], "firm B C", "firm D B"]
    null = Relocate(outside=True)
    possible = sorted(arrangements(rows, null))
    homes = [row.split()[1] for row in rows]
    values = np.array([sum(WEIGHT.loc[homes[at], each[at]] for at in range(len(rows)))
                       for each in possible])  # fmt: skip
    own = weighted(dealt(rows))
    exact = min(1, 2 * min((values <= own + 1e-9).mean(), (values >= own - 1e-9).mean()))
    for method in ("independent", "serial"):
        found = compare_with_null(
            dealt(rows), measure=weighted, null=null, replicates=500, rng=7, method=method, **QUIET
        )
        assert found.p == pytest.approx(exact, abs=0.08)
        assert found.mean == pytest.approx(values.mean(), abs=0.15 * values.std())


def at_random(n, rng):
    """A list dealt at random: homes mostly small places, hosts large ones; nobody at home."""
    size = np.arange(3.0, 11.0)
    homes = rng.choice(list(RANK.index), n, p=size[::-1] / size.sum())
    hosts = rng.choice(list(RANK.index), n, p=size / size.sum())
    rows = [f"branch {home} {host}" for home, host in zip(homes, hosts, strict=True)]
    null = Relocate(outside=True, trials=100)
    return null(dealt(rows), rng)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["independent", "serial"])
def test_p_is_uniform_on_lists_dealt_at_random(method):
    rng = np.random.default_rng(11)
    trials = 20 if method == "independent" else 0.3
    options = {"measure": weighted, "null": Relocate(outside=True, trials=trials), **QUIET}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the null model moved")
        p = [
            compare_with_null(
                at_random(40, rng), replicates=19, rng=rng, method=method, **options
            ).p
            for _ in range(200)
        ]
    assert set(np.round(np.array(p) * 10).astype(int)) == set(range(1, 11))
    assert stats.chisquare(list(Counter(np.round(p, 3)).values())).pvalue > 1e-3


HERE = ["firm A B", "firm C B", "park A A"]
NOWHERE = PLACES.assign(lon=PLACES["lon"].where(PLACES.index != "C"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Relocate("park"), r"`kinds` must be a sequence .*write \['park'\]"),
        (lambda: Relocate(preserve=["degree"]), "`preserve` must be a sequence of 'distance';"),
        (lambda: Relocate(bins=[0, 1]), "read only if `preserve` holds 'distance'; add it"),
        (
            lambda: Relocate(preserve=["distance"], bins=[0, 5, 5]),
            "`bins` must be 2 to 250 rising edges",
        ),
    ],
)
def test_options_are_checked_when_it_is_made(make, words):
    with pytest.raises(InputError, match=words):
        make()


@pytest.mark.parametrize(
    ("rows", "null", "words"),
    [
        (HERE, Relocate(["branch"]), "`kinds`: 1 of 1 names are not in the network: 'branch'"),
        (HERE, Relocate(["park"], outside=True), "outside of it; found none"),
        (HERE, Relocate(["firm"], outside=True), "found 2 in 'B'. Name other"),
        (["place A B", "place B C"], Relocate(), "two nodes of one kind .* found none. Name"),
        (["firm A B", "firm C D"], Relocate(preserve=["distance"]), "1 have none, e.g. 'C'"),
    ],
)
def test_where_nothing_can_move_it_says_why(rows, null, words):
    with pytest.raises(InputError, match=words):
        compare_with_null(dealt(rows, NOWHERE), measure=directions, null=null, replicates=1)
