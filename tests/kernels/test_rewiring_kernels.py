"""The compiled chains of `rewire` make the very moves that plain Python makes with a set."""

import numba
import numpy as np
import pytest

from netinnov.kernels.rewiring import _filled, exchange_ends

WORD = 2**64 - 1


class SplitMix64:
    """The generator of the kernels, number by number (Steele, Lea and Flood 2014)."""

    def __init__(self, state: int, gamma: int) -> None:
        self.state, self.gamma = state, gamma

    def word(self) -> int:
        self.state = (self.state + self.gamma) & WORD
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        return z ^ (z >> 31)

    def below(self, size: int) -> int:
        """Lemire's bounded draw from the upper half of a word."""
        while True:
            product = (self.word() >> 32) * size
            if product % 2**32 >= 2**32 % size:
                return product >> 32


def exchanged(links, directed, steps, pace, seed, batch=64):
    """`exchange_ends` with a set of pairs in place of its table."""
    links = [tuple(map(int, link)) for link in links]
    draw, m = SplitMix64(*seed), len(links)

    def pair(a, b):
        return (a, b) if directed or a <= b else (b, a)

    there = {pair(*link) for link in links}
    out = {}
    for e, (a, _) in enumerate(links):
        out.setdefault(a, []).append(e)
    accepted, left = 0, pace
    for begin in range(0, steps, batch):
        proposals = []
        while len(proposals) < min(batch, steps - begin):
            z = draw.word()
            x, y = (z >> 32) * m, (z % 2**32) * 2 * m
            if x % 2**32 >= 2**32 % m and y % 2**32 >= 2**32 % (2 * m):
                proposals.append((x >> 32, y >> 32))
        for e, y in proposals:
            f, coin = y >> 1, y & 1
            (a, b), (c, d) = links[e], links[f]
            if directed:
                left -= 1
                if left == 0:
                    left = pace
                    if not coin or b not in out:
                        continue
                    f = out[b][draw.below(len(out[b]))]
                    c = links[f][1]
                    if c != a and (c, a) in there and not {(a, c), (c, b), (b, a)} & there:
                        g = links.index((c, a))
                        there -= {(a, b), (b, c), (c, a)}
                        links[e], links[f], links[g] = (a, c), (b, a), (c, b)
                        there |= {(a, c), (b, a), (c, b)}
                        accepted += 1
                    continue
            elif coin:
                c, d = d, c
            if e == f or a == d or c == b or {pair(a, d), pair(c, b)} & there:
                continue
            there -= {pair(a, b), pair(c, d)}
            there |= {pair(a, d), pair(c, b)}
            links[e], links[f] = (a, d), (c, b)
            accepted += 1
    return links, accepted


def graph(n, m, directed, seed):
    rng = np.random.default_rng(seed)
    ends = np.array([(a, b) for a in range(n) for b in range(n) if (a != b if directed else a < b)])
    return ends[np.sort(rng.choice(len(ends), m, replace=False))].astype(np.int32)


@numba.njit
def fits_in(source, target, n_nodes, spare):
    """Whether all links stand in the table; compiled code alone can call a part of a kernel."""
    return _filled(source, target, n_nodes, False, spare)[2]


SEEDS = [np.array([5, 7], np.uint64), np.array([2**63 + 9, 2**62 + 1], np.uint64)]


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("seed", SEEDS, ids=["small", "large"])
@pytest.mark.parametrize(("n", "m"), [(5, 4), (9, 25), (60, 150)])
def test_exchanges_of_ends_are_those_of_a_set(n, m, seed, directed):
    links = graph(n, m, directed, 1)
    starts = np.searchsorted(links[:, 0], np.arange(n + 1)) if directed else None
    source, target, accepted, _ = exchange_ends(
        links[:, 0].copy(), links[:, 1].copy(), n, starts, 3_001, 4, seed
    )
    expected = exchanged(links, directed, 3_001, 4, [int(word) for word in seed])
    assert list(zip(source.tolist(), target.tolist(), strict=True)) == expected[0]
    assert accepted == expected[1] > 0


@pytest.mark.slow
def test_a_table_in_which_all_links_meet_at_one_place_grows():
    # 400 disjoint pairs of 65,536 nodes whose search begins at the same of 2,048 places: more than
    # the 254 steps that an entry can stand away. Doubled tables take them apart.
    rng = np.random.default_rng(4)
    free, found = set(range(2**16)), []
    while len(found) < 400:
        a, b = np.sort(rng.integers(0, 2**16, (2, 500_000)), axis=0).astype(np.uint64)
        mixed = (a << np.uint64(16) | b) * np.uint64(0x9E3779B97F4A7C15) & np.uint64(2**32 - 1)
        for i in np.flatnonzero(mixed >> np.uint64(21) == 0).tolist():
            pair = int(a[i]), int(b[i])
            if pair[0] != pair[1] and free.issuperset(pair):
                free.difference_update(pair)
                found.append(pair)
    links = np.array(sorted(found[:400]), np.int32)
    source, target, accepted, _ = exchange_ends(
        links[:, 0].copy(), links[:, 1].copy(), 2**16, None, 2_000, 8, SEEDS[0]
    )
    expected = exchanged(links, False, 2_000, 8, [5, 7])
    assert list(zip(source.tolist(), target.tolist(), strict=True)) == expected[0]
    assert accepted == expected[1]
    fits = [fits_in(links[:, 0].copy(), links[:, 1].copy(), 2**16, spare) for spare in range(12)]
    assert not fits[0]
    assert fits[-1]
