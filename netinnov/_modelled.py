"""Layers that are modelled, not observed: their name says so, or the status of their links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._shares import SHARE_OF_ORIGIN
from netinnov.network import MultilayerNetwork

__all__ = ["MODELLED", "modelled_layers", "stay_modelled"]

MODELLED = "_modelled"
"""How the name of such a layer ends, but for the mark of shares that may follow."""

_STATUS = "modelled"


def modelled_layers(network: MultilayerNetwork) -> list[str]:
    """List the layers that are modelled: so called, or with links of the status ``modelled``."""
    found = {name for name, record in network._records.items() if record.modelled}
    found |= {name for name in network.layers if _so_called(name)}
    rows = network._rows
    if rows is not None and rows.attributes is not None and "status" in rows.attributes:
        marked = rows.attributes["status"].eq(_STATUS).to_numpy(bool, na_value=False)
        found |= {network.layers[code] for code in np.unique(rows.layer[marked])}
    return [name for name in network.layers if name in found]


def stay_modelled(changed: MultilayerNetwork, network: MultilayerNetwork) -> MultilayerNetwork:
    """Mark the links of layers that were modelled in a network, and lost what said so."""
    known = modelled_layers(changed)
    lost = [name for name in modelled_layers(network) if name not in known]
    codes = [code for code, name in enumerate(changed.layers) if name in lost]
    if not codes:
        return changed
    rows = changed._link_rows()
    attributes = rows.attributes
    if attributes is None:
        attributes = pd.DataFrame(index=range(rows.layer.size))
    here = np.isin(rows.layer, codes)
    status = attributes.get("status", pd.Series(pd.NA, attributes.index, dtype="str"))
    rows = rows._replace(attributes=attributes.assign(status=status.mask(here, _STATUS)))
    return MultilayerNetwork._from_blocks(
        changed._node_table(),
        changed._places,
        dict(zip(changed.layers, changed._blocks, strict=True)),
        changed._records,
        rows,
    )


def _so_called(name: str) -> bool:
    return name.removesuffix(SHARE_OF_ORIGIN).endswith(MODELLED)
