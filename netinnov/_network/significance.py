"""Where a p-value would test a model: one place says so, and every test asks it."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netinnov.network import MultilayerNetwork


def why_untested(
    network: MultilayerNetwork, layers: Collection[str] | None = None, *, warn: bool = True
) -> str | None:
    """Reason, also as a warning, why modelled layers cannot be tested; None if there are none."""
    tested = network.storage.records.keys() if layers is None else layers
    records = network.storage.records
    modelled = [name for name in network.layers if name in tested and records[name].modelled]
    if not modelled:
        return None
    are = "is" if len(modelled) == 1 else "are"
    reason = f"{', '.join(modelled)} {are} modelled: a test would only repeat the model"
    if warn:
        msg = f"{reason}, so p says nothing of what was observed. Test layers that were observed"
        warnings.warn(f"{msg}: see `layer_table`.", UserWarning, stacklevel=4)
    return reason
