"""Numbers of 64 bits: how many bits are set, and the random generator SplitMix64."""

import numpy as np

from netinnov.kernels._jit import inlined

ONE = np.uint64(1)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@inlined
def ones(x):
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def mixed(state):
    """Output for a state, which grows by an odd step."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inlined
def below(state, step, size):
    """The next state, and a whole number in [0, size), each equally likely (Lemire)."""
    state += step
    product = (mixed(state) >> HALF) * size
    if (product & LOW) < size:
        bound = (ONE << HALF) % size
        while (product & LOW) < bound:
            state += step
            product = (mixed(state) >> HALF) * size
    return state, product >> HALF


@inlined
def uniform(state):
    """A number in [0, 1); the state is in an array of one."""
    state[0] += GOLDEN
    return np.float64(mixed(state[0]) >> np.uint64(11)) * 2.0**-53
