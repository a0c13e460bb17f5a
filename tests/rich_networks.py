"""Random networks whose nodes, links and places carry attributes of every type, under odd names."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from netinnov import MultilayerNetwork, build_network
from strategies import ODD_NAMES, networks

__all__ = ["any_text", "rich_networks"]

# What a text file could hold; ids must not be blank.
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
TEXTS = (*ODD_NAMES, "", " lead and trail ", "\r", "a\r\nb", None)

# Names that formats use themselves are among them: id, label, name, key, weight_.
NODE_COLUMNS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "name": (TEXTS, "str"),
    "id": ((1, -(2**62), None), "Int64"),
    "label": (("A", "衢州", None), "string"),
    "x y": (("A", "<b>", None), object),
    "founded": (("1999-12-31", "2020-02-29 12:00:00.000001", None), "datetime64[us]"),
    "seen": (("2020-01-01", "2020-07-01", None), "datetime64[ns, Asia/Shanghai]"),
    "stage": (("seed", "growth", None), pd.CategoricalDtype(["seed", "growth", "x"], ordered=True)),
    "active": ((True, False, None), "boolean"),
    "public": ((True, False), "bool"),
    "share": ((0.1, -0.0, 1e300, float("inf"), None), "float64"),
    "staff": ((-5, 0, 2**31 - 1), "int32"),
    "tags": ((["a", "b"], [], [1, [2.5, None]], {"zh": "衢州"}, None), object),
    "born": ((dt.date(1979, 5, 1), None), object),
}
LINK_COLUMNS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "note": (TEXTS, "str"),
    "key": ((1, 2, None), "Int64"),
    "sure": ((True, False), "bool"),
    "since": (("2001-01-01", None), "datetime64[s]"),
}
PLACE_COLUMNS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "name": (TEXTS, "str"),
    "province": (("浙江", "江苏", None), "category"),
}
# Text that reads as a number or a truth value must stay text.
LAYER_COLUMNS = {
    "modelled": st.booleans(),
    "quantity": st.sampled_from(["amount", "share_of_origin", "share_of_destination"]),
    "unit": st.sampled_from([text for text in TEXTS if text is not None] + ["7", "true"]),
    "events": st.integers(1, 2**53),
    "parameters": any_text,
}


@st.composite
def rich_networks(draw: st.DrawFn, **options: Any) -> MultilayerNetwork:
    """A network of `strategies.networks` (with its options) and some of the columns above."""
    tables = draw(networks(**options))
    frames = {"nodes": tables.nodes, "links": tables.links, "places": tables.places}
    columns = {"nodes": NODE_COLUMNS, "links": LINK_COLUMNS, "places": PLACE_COLUMNS}
    for table, frame in frames.items():
        for name in draw(st.lists(st.sampled_from(list(columns[table])), unique=True, max_size=4)):
            choices, dtype = columns[table][name]
            at = draw(
                st.lists(st.integers(0, len(choices) - 1), min_size=len(frame), max_size=len(frame))
            )
            frame[name] = pd.Series([choices[x] for x in at], frame.index, dtype=dtype)
    if draw(st.booleans()) and len(frames["places"]) > 1:
        parent = np.array([None, *frames["places"]["place"]][: len(frames["places"])], dtype=object)
        frames["places"]["parent"] = pd.Series(parent, dtype="str")
    if draw(st.booleans()):
        frames["places"][["lon", "lat", "population"]] = np.nan
    row = st.fixed_dictionaries({}, optional=LAYER_COLUMNS)
    layers = {layer: draw(row) for layer in sorted(set(tables.links["layer"]))}
    network = build_network(*tables, layers)
    if (n := len(network.places)) > 1 and draw(st.booleans()):
        ends = {"origin": network.places.index[1:], "destination": network.places.index[0]}
        minutes = draw(st.lists(st.floats(0, 1e9), min_size=n - 1, max_size=n - 1))
        network = network.with_distances(pd.DataFrame(ends).assign(distance=minutes), unit="分钟")
    return network
