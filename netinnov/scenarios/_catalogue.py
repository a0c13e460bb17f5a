"""Rivals of an enclave by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, cast

from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Priced
from netinnov.scenarios._rivals import RandomEnds


@dataclass(frozen=True, slots=True)
class Rival:
    """A rival made from the enclave that it is compared with.

    Parameters
    ----------
    make : function ReverseEnclave -> scenario
        Gives the rival with the same home, host, number of links, funding and layer.
    words : str
        Description, for a sentence: "the park is better than ...".
    contrast : bool
        Whether it is the same enclave with other ends and the same cost, so that its size need not
        be changed to match the cost.

    Examples
    --------
    >>> RIVALS["direct links"].make(ReverseEnclave("quzhou", "hangzhou", 4, 0.25)).size
    4
    """

    make: Callable[[ReverseEnclave], Priced]
    words: str
    contrast: bool = False


def _like(rival: type[Priced], enclave: ReverseEnclave) -> Priced:
    """Make a rival with the options that it shares with the enclave."""
    names = [each.name for each in fields(cast(Any, rival))]
    return rival(**{name: getattr(enclave, name) for name in names})


RIVALS: dict[str, Rival] = {
    "direct links": Rival(partial(_like, DirectLinks), "direct links without a park"),
    "random ends": Rival(RandomEnds, "a park linked to places at random", contrast=True),
    "forward enclave": Rival(partial(_like, ForwardEnclave), "a park of the host at home"),
}
"""Rivals that a study can name in ``[experiment] rivals``; a new one is usable once it is here."""
