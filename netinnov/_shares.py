"""Layers whose weights are shares of what leaves a node: the unit stands in their name."""

from __future__ import annotations

from collections.abc import Iterable

from netinnov.errors import InputError

__all__ = ["SHARE_OF_ORIGIN", "refuse_shares"]

SHARE_OF_ORIGIN = "_share_of_origin"
"""How the name of such a layer ends: a name survives selection, aggregation and every file."""


def refuse_shares(layers: Iterable[str], what: str) -> None:
    """Refuse to add up, over destinations or layers, what are shares of each origin's total."""
    shares = [layer for layer in layers if layer.endswith(SHARE_OF_ORIGIN)]
    if shares:
        msg = (
            f"{what} has no meaning for {', '.join(map(repr, shares[:5]))}: the weights are shares "
            "of each origin's total, which say nothing of its size. Read the flows with `outflow`, "
            "the total that leaves each origin; or measure direction='in'; or, if these are no "
            f"shares, give the layer a name that does not end in {SHARE_OF_ORIGIN!r}."
        )
        raise InputError(msg)
