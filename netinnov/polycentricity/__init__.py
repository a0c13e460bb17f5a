"""Is a region multi-centric? Indices of how evenly a quantity is spread over places."""

from netinnov.polycentricity._evenness import effective_number, gini, green, herfindahl, theil
from netinnov.polycentricity._rank_size import RankSize, primacy, rank_size

__all__ = [
    "RankSize",
    "effective_number",
    "gini",
    "green",
    "herfindahl",
    "primacy",
    "rank_size",
    "theil",
]
