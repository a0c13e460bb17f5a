"""Markov chains that exchange ends of links: packed links and a set of them, hashed or in bits."""

from collections import namedtuple

import numpy as np

from netinnov.kernels._jit import called, inlined, kernel
from netinnov.kernels.uint64 import HALF, LOW, ONE, below, mixed

FREE = np.uint32(0xFFFFFFFF)  # no link
FAR = np.uint64(254)  # steps from its home that an entry can be
BATCH = 64  # proposals whose memory is asked for together
LONGEST = 64  # moves of an excursion; what is cut off is cut there and back, and rare

Links = namedtuple("Links", "table width bits mask directed")  # a hash set of links, see `_hashed`
# Zones of pairs of nodes: links in each now, since which step, and their sum up to then
Zones = namedtuple("Zones", "site zone level count since total")


@inlined
def _packed(a, b, directed):
    """Both ends in one number, undirected the smaller first; branches would be mispredicted."""
    swap = (a ^ b) & (np.uint64(0) - np.uint64(not directed and a > b))
    return ((a ^ swap) << HALF) | (b ^ swap)


@inlined
def _ordered(key, directed):
    return _packed(key >> HALF, key & LOW, directed)


@inlined
def _hashed(links, link):
    """Where a link's search in the table begins, and what stands there if it is found at once.

    A link is a number of 2 x width bits, here in the highest ones; times an odd number is another
    such number, and back. Its first bits are the place in the table and its last ones, 24 at most,
    the highest of the entry, so that an entry of 4 bytes tells the link. The lowest 8 bits of an
    entry are the number of steps that it stands behind its place.

    Without ``bits`` there is a bit for each pair of ``width`` nodes: its word and its bit there.
    """
    width, bits = links.width, links.bits
    if bits == 0:
        pair = (link >> HALF) * width + (link & LOW)
        return pair >> np.uint64(5), ONE << (pair & np.uint64(31))
    low = (link >> HALF << width) | (link & LOW)
    mixed = (low << (np.uint64(64) - width - width)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed >> (np.uint64(64) - bits), mixed << bits >> HALF


@inlined
def _has(links, link):
    at, entry = _hashed(links, link)
    stored = links.table[at]
    if links.bits == 0:
        return stored & entry != 0
    while stored != entry and stored != FREE:
        at = (at + ONE) & links.mask
        entry += ONE
        stored = links.table[at]
    return stored == entry


@inlined
def _add(links, link):
    """Put a link in; false if it would stand too far from its place."""
    table, mask = links.table, links.mask
    at, entry = _hashed(links, link)
    if links.bits == 0:
        table[at] |= entry
        return True
    steps = np.uint64(0)
    while table[at] != FREE and steps < FAR:
        at = (at + ONE) & mask
        steps += ONE
    if table[at] != FREE:
        return False
    table[at] = entry + steps
    return True


@inlined
def _drop(links, link):
    """Take a link out and close the gap, so that no search ends too early."""
    table, mask = links.table, links.mask
    gap, entry = _hashed(links, link)
    if links.bits == 0:
        table[gap] &= ~entry
        return
    while table[gap] != entry:
        gap = (gap + ONE) & mask
        entry += ONE
    at = (gap + ONE) & mask
    stored = np.uint64(table[at])
    while stored != FREE:
        back = (at - gap) & mask
        if (stored & np.uint64(255)) >= back:
            table[gap] = stored - back
            gap = at
        at = (at + ONE) & mask
        stored = np.uint64(table[at])
    table[gap] = FREE


@called
def _filled(source, target, n_nodes, directed, spare):
    """Packed links, their set (at most a quarter full, by ``spare`` doublings less), if all fit.

    Bits replace the hash table where they need at most twice the memory: no search is needed.
    """
    m = source.size
    width, bits = 1, 3
    while (np.int64(1) << width) < n_nodes:
        width += 1
    while (np.int64(1) << bits) < 4 * m or 2 * width - bits > 24:
        bits += 1
    bits += spare
    words = np.int64(n_nodes) * np.int64(n_nodes) // 32 + 1
    if words <= np.int64(2) << bits:
        width, bits, mask = np.uint64(n_nodes), np.uint64(0), np.uint64(0)
        table = np.zeros(words, np.uint32)
    else:
        width, bits = np.uint64(width), np.uint64(bits)
        mask = (ONE << bits) - ONE
        table = np.full(np.int64(mask) + 1, FREE)
    links = Links(table, width, bits, mask, directed)
    key = np.empty(m, np.uint64)
    fits = True
    for e in range(m):
        a, b = np.uint64(source[e]), np.uint64(target[e])
        key[e] = (a << HALF) | b
        fits = fits and _add(links, _packed(a, b, directed))
    return key, links, fits


@called
def _row_starts(source, n_nodes):
    """First slot of each source, for slots in order of their sources."""
    indptr = np.zeros(n_nodes + 1, np.int64)
    for e in range(source.size):
        indptr[source[e] + 1] += 1
    for i in range(n_nodes):
        indptr[i + 1] += indptr[i]
    return indptr


@called
def _unpacked(key):
    source, target = np.empty(key.size, np.int32), np.empty(key.size, np.int32)
    for e in range(key.size):
        source[e] = np.int32(key[e] >> HALF)
        target[e] = np.int32(key[e] & LOW)
    return source, target


@called
def _around(key, links, indptr, e, slots, n, after, state, gamma):
    """Log a directed triangle a > b > c > a that can be turned round; slots: 3, or 0 without one.

    e is a > b, b > c is drawn among the links out of b, and c > a is looked up. A triangle is
    found from each of its links, with probability 1/m (1/k_a + 1/k_b + 1/k_c) in out-degrees,
    which its reversal shares.
    """
    taken = 0
    a, b = key[e] >> HALF, key[e] & LOW
    begin = np.uint64(indptr[b])
    size = np.uint64(indptr[b + ONE]) - begin
    if size > 0:
        state, pick = below(state, gamma, size)
        c = key[begin + pick] & LOW
        closed = c != a and _has(links, (c << HALF) | a)
        one_way = closed and not _has(links, (a << HALF) | c)
        if one_way and not _has(links, (c << HALF) | b) and not _has(links, (b << HALF) | a):
            for at in range(indptr[c], indptr[c + ONE]):
                if key[at] & LOW == a:
                    slots[n], slots[n + 1], slots[n + 2] = e, begin + pick, at
                    after[0], after[1] = (a << HALF) | c, (b << HALF) | a
                    after[2] = (c << HALF) | b
                    taken = 3
    return state, taken


@called
def _carried_out(key, links, slots, n, after, taken):
    """Put other links in the last slots of a log; false if the set is too full."""
    for k in range(taken):
        _drop(links, _ordered(key[slots[n + k]], links.directed))
    for k in range(taken):
        if not _add(links, _ordered(after[k], links.directed)):
            return False
        key[slots[n + k]] = after[k]
    return True


@inlined
def _ends_of(one, two, swapped):
    """The ends of two links, those of the second in the other order if ``swapped``."""
    c, d = two >> HALF, two & LOW
    if swapped:
        c, d = d, c
    return one >> HALF, one & LOW, c, d


@inlined
def _asked(links, a, b, c, d):
    """Prefetch the table entries that a proposal looks up."""
    table, directed = links.table, links.directed
    one, _ = _hashed(links, _packed(a, d, directed))
    two, _ = _hashed(links, _packed(c, b, directed))
    three, _ = _hashed(links, _packed(a, b, directed))
    four, _ = _hashed(links, _packed(c, d, directed))
    return table[one] ^ table[two] ^ table[three] ^ table[four]


@inlined
def _exchange(key, links, indptr, steps, pace, seed):
    """The proposals of `exchange_ends`, on the packed links and the set; -1 if that is too full."""
    state, gamma = seed[0], seed[1]
    directed = indptr is not None
    m = np.uint64(key.size)
    ends = m + m
    bound, end_bound = (ONE << HALF) % m, (ONE << HALF) % ends
    first, second = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    corners, after = np.empty(3, np.uint64), np.empty(3, np.uint64)
    accepted, done, until_triangle = 0, 0, pace
    read = np.uint32(0)
    while done < steps:
        size = min(BATCH, steps - done)
        i = 0
        while i < size:
            state += gamma
            z = mixed(state)
            x, y = (z >> HALF) * m, (z & LOW) * ends
            if (x & LOW) >= bound and (y & LOW) >= end_bound:
                first[i], second[i] = x >> HALF, y >> HALF
                i += 1
        for i in range(size):
            one, two = key[first[i]], key[second[i] >> ONE]
            a, b, c, d = _ends_of(one, two, not directed and second[i] & ONE)
            read ^= _asked(links, a, b, c, d)
        for i in range(size):
            e, f = first[i], second[i] >> ONE
            coin = second[i] & ONE
            if indptr is not None:  # what is None is not compiled
                until_triangle -= 1
                if until_triangle == 0:
                    until_triangle = pace
                    if coin:
                        state, n = _around(key, links, indptr, e, corners, 0, after, state, gamma)
                        if n > 0:
                            if not _carried_out(key, links, corners, 0, after, n):
                                return -1, read
                            accepted += 1
                    continue
            a, b, c, d = _ends_of(key[e], key[f], not directed and coin)
            if e == f or a == d or c == b:
                continue
            new, other = _packed(a, d, directed), _packed(c, b, directed)
            if _has(links, new) or _has(links, other):
                continue
            _drop(links, _packed(a, b, directed))
            _drop(links, _packed(c, d, directed))
            if not _add(links, new) or not _add(links, other):
                return -1, read
            key[e], key[f] = (a << HALF) | d, (c << HALF) | b
            accepted += 1
        done += size
    return accepted, read


@kernel
def exchange_ends(source, target, n_nodes, indptr, steps, pace, seed):
    """Degree-preserving chain of ``steps`` proposals on a simple graph; rejected ones count.

    A proposal draws two slots of links and exchanges two ends: undirected, in one of the two
    ways; directed, the targets, and every ``pace``-th proposal turns a directed triangle round
    (on a coin, so that the chain is not periodic). Slots of a directed graph must be in order of
    their sources, and keep them: ``indptr`` is the first slot of each, None for an undirected
    graph. ``seed``: two words, the second odd. Returns source and target of each slot, the number
    of accepted proposals, and a number without meaning: what was read ahead, so that the compiler
    cannot leave that away.

    All proposals of a batch are drawn and what they will read is read once, so that the waits for
    memory overlap; then they are carried out one after the other. O(steps + links).
    """
    accepted, spare = -1, np.int64(0)  # of a plain 0 numba compiles one more version
    while accepted < 0:  # again with more room, as good as never: the numbers stay the same
        key, links, fits = _filled(source, target, n_nodes, indptr is not None, spare)
        spare += 1
        if fits:
            accepted, read = _exchange(key, links, indptr, steps, pace, seed)
    new_source, new_target = _unpacked(key)
    return new_source, new_target, accepted, read


@inlined
def _pair_of(link, group, directed):
    a, b = np.int64(group[link >> HALF]), np.int64(group[link & LOW])
    if not directed and a > b:
        a, b = b, a
    return (a << 32) | b


@inlined
def _class_of(key, position, group, n_groups, directed):
    """Class of the end at a position (2 x slot + side): 0 without classes."""
    if n_groups == 0:
        return np.int64(0)
    link = key[position >> ONE]
    if position & ONE:
        return np.int64(group[link & LOW]) + (n_groups if directed else 0)
    return np.int64(group[link >> HALF])


@inlined
def _ends(key, position, directed):
    """Both ends of a link, the one that is exchanged last: undirected the one at the position."""
    link = key[position >> ONE]
    a, b = link >> HALF, link & LOW
    if not directed and not position & ONE:
        a, b = b, a
    return a, b


@inlined
def _recount(zones, u, step, by):
    """Change the number of links of a zone; its sum over the states before is then complete."""
    zones.total[u] += zones.count[u] * (step - zones.since[u])
    zones.since[u] = step
    zones.count[u] += by


@inlined
def _zone(zones, a, b):
    return zones.zone[zones.site[a], zones.site[b]]


@inlined
def _accepts(gain, state, gamma):
    """Whether a change of the sum of levels is accepted (Metropolis), and the state."""
    if gain >= 0:
        return True, state
    state += gamma
    return (mixed(state) >> np.uint64(11)) * 2.0**-53 < np.exp(gain), state


@called
def _wander(key, links, indptr, slots, before, after, further, state, gamma):
    """An excursion: moves that keep degrees only, each logged as its slot and what that held.

    Gives the length of the log, -1 if the set is too full, and the state.
    """
    m = np.uint64(key.size)
    directed = links.directed
    n, moves, going = 0, 0, True
    while going and moves < LONGEST:
        moves += 1
        state, e = below(state, gamma, m)
        state, f = below(state, gamma, m)
        state += gamma
        z = mixed(state)
        taken = 0
        going = z >> (np.uint64(64) - further) != np.uint64(0)
        coin = (z >> np.uint64(40)) & ONE
        if directed and (z >> np.uint64(41)) & np.uint64(3) == np.uint64(0):
            if coin:
                state, taken = _around(key, links, indptr, e, slots, n, after, state, gamma)
        else:
            a, b, c, d = _ends_of(key[e], key[f], not directed and coin)
            new, other = _packed(a, d, directed), _packed(c, b, directed)
            if e != f and a != d and c != b and not _has(links, new) and not _has(links, other):
                slots[n], slots[n + 1] = e, f
                after[0], after[1] = (a << HALF) | d, (c << HALF) | b
                taken = 2
        for k in range(taken):
            before[n + k] = key[slots[n + k]]
        if not _carried_out(key, links, slots, n, after, taken):
            return -1, state
        n += taken
    return n, state


@called
def _taken_back(key, links, slots, before, n):
    """Undo a log, the last move first; false if the set is too full."""
    for k in range(n - 1, -1, -1):
        _drop(links, _ordered(key[slots[k]], links.directed))
        if not _add(links, _ordered(before[k], links.directed)):
            return False
        key[slots[k]] = before[k]
    return True


@called
def _first_entries(slots, n, touched):
    """The first entry of each slot in a log: what it held at the beginning; and how many."""
    n_touched = 0
    for k in range(n):
        seen = False
        for h in range(n_touched):
            seen |= slots[touched[h]] == slots[k]
        if not seen:
            touched[n_touched] = k
            n_touched += 1
    return n_touched


@called
def _same_pairs(key, group, slots, before, touched, n, old_pairs, new_pairs, directed):
    """Whether as many links join any two classes as at the beginning of a log."""
    for h in range(n):
        old_pairs[h] = _pair_of(before[touched[h]], group, directed)
        new_pairs[h] = _pair_of(key[slots[touched[h]]], group, directed)
    for h in range(n):
        more = 0
        for k in range(n):
            more += np.int64(new_pairs[k] == old_pairs[h]) - np.int64(old_pairs[k] == old_pairs[h])
        if more != 0:
            return False
    return True


@called
def _dealt(key, group, bucket, where, slots, before, touched, n, moved, had):
    """Positions whose class has changed trade entries of the buckets until all are right."""
    n_moved = 0
    for h in range(n):
        slot = slots[touched[h]]
        old, now = before[touched[h]], key[slot]
        for side in range(2):
            by = HALF if side == 0 else np.uint64(0)
            was, is_now = group[(old >> by) & LOW], group[(now >> by) & LOW]
            if was != is_now:
                moved[n_moved] = 2 * np.int64(slot) + side
                had[n_moved] = was
                n_moved += 1
    for h in range(n_moved):
        p = moved[h]
        link = key[p >> 1]
        needs = np.int64(group[link & LOW] if p & 1 else group[link >> HALF])
        for k in range(h + 1, n_moved):
            if had[h] != needs and had[k] == needs:
                q = moved[k]
                i_p, i_q = where[p], where[q]
                bucket[i_p], bucket[i_q] = q, p
                where[p], where[q] = i_q, i_p
                had[h], had[k] = had[k], had[h]


@inlined
def _exchange_within(
    key, links, indptr, group, bucket, begin, zones, hard, steps, pace, further, seed
):
    """The proposals of `exchange_within`; -1 accepted if the set is too full."""
    state, gamma = seed[0], seed[1]
    directed = links.directed
    classes = group.size > 0
    n_groups = (begin.size - 1) // (2 if directed else 1) if classes else 0
    zoned = zones.zone.size > 0
    level, n_zones = zones.level, zones.level.size
    where = np.zeros(2 * key.size if classes else 0, np.int32)
    for i in range(bucket.size if classes else 0):
        where[bucket[i]] = i
    # Only targets are exchanged in a directed graph without classes: every second position.
    stride = np.uint64(1 if bucket.size > key.size else 2)
    n_bucket = np.uint64(bucket.size)
    bound = (ONE << HALF) % n_bucket
    first, second = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    drawn = np.empty(BATCH, np.int64)
    slots, before = np.empty(3 * LONGEST, np.uint64), np.empty(3 * LONGEST, np.uint64)
    after = np.empty(3, np.uint64)
    touched = np.empty(3 * LONGEST, np.int64)
    old_pairs, new_pairs = np.empty(3 * LONGEST, np.int64), np.empty(3 * LONGEST, np.int64)
    moved, had = np.empty(6 * LONGEST, np.int64), np.empty(6 * LONGEST, np.int64)
    change = np.zeros(n_zones, np.int64)
    for e in range(key.size if zoned else 0):
        zones.count[_zone(zones, key[e] >> HALF, key[e] & LOW)] += 1
    accepted, done, until_excursion = 0, 0, pace
    read = np.uint32(0)
    while done < steps:
        size = min(BATCH, steps - done)
        i = 0
        while i < size:
            state += gamma
            z = mixed(state)
            x = (z >> HALF) * n_bucket
            if (x & LOW) >= bound:
                first[i], second[i] = (x >> HALF) * stride + (stride - ONE), z & LOW
                i += 1
        for i in range(size):
            p = first[i]
            r = _class_of(key, p, group, n_groups, directed)
            drawn[i] = r
            among = np.uint64(begin[r + 1] - begin[r])
            y = second[i] * among
            if (y & LOW) < among and (y & LOW) < (ONE << HALF) % among:
                state, y = below(state, gamma, among)
            else:
                y >>= HALF
            second[i] = np.uint64(begin[r]) + y
            read ^= np.uint32(key[np.uint64(bucket[second[i]]) >> ONE])
        for i in range(size):
            a, b = _ends(key, first[i], directed)
            c, d = _ends(key, np.uint64(bucket[second[i]]), directed)
            read ^= _asked(links, a, b, c, d)
        for i in range(size):
            step = done + i
            until_excursion -= 1
            if until_excursion > 0:
                p = first[i]
                if classes:
                    # Since it was drawn, its class may have changed, and with it its partners.
                    r = _class_of(key, p, group, n_groups, directed)
                    if r != drawn[i]:
                        state, y = below(state, gamma, np.uint64(begin[r + 1] - begin[r]))
                        second[i] = np.uint64(begin[r]) + y
                q = np.uint64(bucket[second[i]])
                e, f = p >> ONE, q >> ONE
                a, b = _ends(key, p, directed)
                c, d = _ends(key, q, directed)
                if e == f or a == d or c == b:
                    continue
                new, other = _packed(a, d, directed), _packed(c, b, directed)
                if _has(links, new) or _has(links, other):
                    continue
                if zoned:
                    u, v = _zone(zones, a, b), _zone(zones, c, d)
                    s, t = _zone(zones, a, d), _zone(zones, c, b)
                    if hard and not ((u == s and v == t) or (u == t and v == s)):
                        continue
                    if not hard:
                        gain = level[s] + level[t] - level[u] - level[v]
                        good, state = _accepts(gain, state, gamma)
                        if not good:
                            continue
                        _recount(zones, u, step, np.int64(-1))
                        _recount(zones, v, step, np.int64(-1))
                        _recount(zones, s, step, np.int64(1))
                        _recount(zones, t, step, np.int64(1))
                _drop(links, _packed(a, b, directed))
                _drop(links, _packed(c, d, directed))
                if not _add(links, new) or not _add(links, other):
                    return -1, read
                if directed:
                    key[e], key[f] = (a << HALF) | d, (c << HALF) | b
                    if classes and group[b] != group[d]:
                        i_e, i_f = where[(e << ONE) | ONE], where[(f << ONE) | ONE]
                        bucket[i_e], bucket[i_f] = bucket[i_f], bucket[i_e]
                        where[(e << ONE) | ONE], where[(f << ONE) | ONE] = i_f, i_e
                else:
                    key[e] = (a << HALF) | d if p & ONE else (d << HALF) | a
                    key[f] = (c << HALF) | b if q & ONE else (b << HALF) | c
                accepted += 1
                continue

            until_excursion = pace
            n, state = _wander(key, links, indptr, slots, before, after, further, state, gamma)
            if n < 0:
                return -1, read
            if n == 0:
                continue
            n_touched = _first_entries(slots, n, touched)
            good = True
            if classes:
                good = _same_pairs(
                    key, group, slots, before, touched, n_touched, old_pairs, new_pairs, directed
                )
            if zoned and good:
                change[:] = 0
                for h in range(n_touched):
                    old, now = before[touched[h]], key[slots[touched[h]]]
                    change[_zone(zones, old >> HALF, old & LOW)] -= 1
                    change[_zone(zones, now >> HALF, now & LOW)] += 1
                gain = 0.0
                for u in range(n_zones):
                    good &= not hard or change[u] == 0
                    gain += change[u] * level[u]
                if not hard:
                    good, state = _accepts(gain, state, gamma)
                    for u in range(n_zones if good else 0):
                        _recount(zones, u, step, change[u])
            if not good:
                if not _taken_back(key, links, slots, before, n):
                    return -1, read
                continue
            accepted += 1
            if classes:
                _dealt(key, group, bucket, where, slots, before, touched, n_touched, moved, had)
        done += size
    for u in range(n_zones):
        _recount(zones, u, steps, np.int64(0))
    return accepted, read


@kernel
def exchange_within(
    source, target, n_nodes, directed,
    group, bucket, begin, site, zone, level, hard, steps, pace, further, seed,
):  # fmt: skip
    """Chain of `exchange_ends` that keeps what is counted by classes of ends or by zones of pairs.

    A position is 2 x slot + side. ``bucket`` lists positions class by class; class r fills
    ``begin[r]`` to ``begin[r + 1]``. A proposal draws a position, and another of its class, and
    exchanges what stands there, which keeps the number of links between any two classes; in a
    directed graph classes are those of sources and then those of targets, and in both cases the
    targets are exchanged. ``group``: class of each node; ``site``, ``zone``: site of each node and
    zone of each pair of sites (no entry: there are none). ``hard``: the links in each zone are
    kept; else a proposal that changes the sum of ``level`` over the links by x is accepted with
    probability min(1, exp(x)).

    Every ``pace``-th proposal is an excursion: a geometric number of moves of the chain that keeps
    degrees only (each is the last with probability 2**-further), taken back as a whole unless its
    end keeps all that must be kept. It is as probable there as back, so the chain stays symmetric.
    Returns source, target, accepted proposals, the number of links in each zone summed over the
    states of the chain, and the number without meaning.
    """
    indptr = _row_starts(source, n_nodes)
    accepted = -1
    spare = np.int64(0)
    while accepted < 0:  # again with more room, as good as never: the numbers stay the same
        key, links, fits = _filled(source, target, n_nodes, directed, spare)
        dealt = bucket.copy()
        n_zones = level.size
        count, since = np.zeros(n_zones, np.int64), np.zeros(n_zones, np.int64)
        zones = Zones(site, zone, level, count, since, np.zeros(n_zones, np.float64))
        spare += 1
        if fits:
            accepted, read = _exchange_within(
                key, links, indptr, group, dealt, begin, zones, hard, steps, pace, further, seed
            )
    new_source, new_target = _unpacked(key)
    return new_source, new_target, accepted, zones.total, read
