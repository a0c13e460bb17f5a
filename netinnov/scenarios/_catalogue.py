"""Rivals of an enclave by name: what the same effort could be instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Priced
from netinnov.scenarios._rivals import DirectLinks, RandomEnds

__all__ = ["RIVALS", "Rival"]


@dataclass(frozen=True, slots=True)
class Rival:
    """How a rival is made from the enclave that it is compared with.

    Parameters
    ----------
    make : function ReverseEnclave -> scenario
        Gives the rival with the same home, host, number of links, funding and layer.
    words : str
        What it is, in a sentence: "the park is better than ...".
    contrast : bool
        Whether it is the same enclave in another form, which costs the same as it is, so that its
        size is not changed to match the cost.

    Examples
    --------
    >>> RIVALS["direct links"].make(ReverseEnclave("quzhou", "hangzhou", 4, 0.25)).size
    4
    """

    make: Callable[[ReverseEnclave], Priced]
    words: str
    contrast: bool = False


def _terms(enclave: ReverseEnclave) -> dict[str, Any]:
    return {
        "funding": enclave.funding,
        "attachment": enclave.attachment,
        "layer": enclave.layer,
    }


def _direct_links(enclave: ReverseEnclave) -> DirectLinks:
    return DirectLinks(enclave.home, enclave.host, enclave.size, **_terms(enclave))


def _forward_enclave(enclave: ReverseEnclave) -> ForwardEnclave:
    ends = (enclave.home, enclave.host, enclave.size, enclave.pipeline_share)
    return ForwardEnclave(*ends, **_terms(enclave))


RIVALS: dict[str, Rival] = {
    "direct links": Rival(_direct_links, "direct links without a park"),
    "random ends": Rival(RandomEnds, "a park linked to places at random", contrast=True),
    "forward enclave": Rival(_forward_enclave, "a park of the host at home"),
}
"""Rivals that a study can name in ``[experiment] rivals``; a new one is usable once it is here."""
