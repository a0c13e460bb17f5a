"""What is true of a whole layer: its direction, whether it is modelled, what its weights are."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, refuse_repeated
from netinnov._runtime import arguments
from netinnov._runtime.arguments import as_list, did_you_mean, examples, unknown_names
from netinnov.errors import InputError

Quantity = Literal["amount", "share_of_origin", "share_of_destination"]
# The direction in which sums of shares are of several places' totals, and have a meaning
SUMMED = {"in": "share_of_origin", "out": "share_of_destination"}
OPTIONS = {"share_of_origin": "outflow", "share_of_destination": "inflow"}


class LayerRecord(NamedTuple):
    directed: bool = False
    modelled: bool = False
    quantity: Quantity = "amount"
    unit: str | None = None
    events: int | None = None
    parameters: str | None = None

    @property
    def of_origin(self) -> bool:
        return self.quantity == "share_of_origin"

    @property
    def whole(self) -> str:
        """Whose total shares are shares of."""
        return self.quantity.removeprefix("share_of_")


Records = Mapping[str, LayerRecord]


def layer_table(layers: Sequence[str], records: Records) -> pd.DataFrame:
    index = pd.Index(list(layers), dtype="str", name="layer")
    table = pd.DataFrame([records[layer] for layer in layers], index, LayerRecord._fields)
    text = dict.fromkeys(("quantity", "unit", "parameters"), "str")
    return table.astype({"directed": "bool", "modelled": "bool", "events": "Int64", **text})


def layer_records(
    layers: Any, directed: Iterable[str] | bool, known: Sequence[str], *, of: str = "the links"
) -> dict[str, LayerRecord]:
    if isinstance(directed, bool):
        directed = known if directed else ()
    if not isinstance(directed, str):
        directed = [str(layer) for layer in as_list("directed", directed, "names of layers")]
    pointed = set(arguments.check_names("directed", directed, known, of=of))
    rows = _rows_of(layers)
    names = set(known)
    unknown = [layer for layer in rows if layer not in names]
    if unknown:
        raise unknown_names("layers", unknown, len(rows), known, of=of)
    records = {}
    faults = list[str]()
    for layer in known:
        values: dict[str, Any] = {}
        for column, value in rows.get(layer, {}).items():
            if pd.api.types.is_scalar(value) and pd.isna(value):
                continue
            try:
                values[column] = _checked(f"{column} of layer {layer}", column, value)
            except InputError as error:
                faults.append(str(error))
        if layer in pointed and values.get("directed") is False:
            faults.append(
                f"layer {layer!r} is named in `directed`, and its record in `layers` says "
                "directed=False; say one of them."
            )
        values["directed"] = layer in pointed or values.get("directed", False)
        records[layer] = LayerRecord(**values)
    if faults:
        head = [f"`layers`: {len(faults)} values do not fit:"] if len(faults) > 1 else []
        raise InputError("\n- ".join(head + faults))
    return records


def record_of_result(records: Iterable[LayerRecord], **changes: Any) -> LayerRecord:
    """Directed or modelled if any record is; a unit or parameters only if all agree."""
    sources = list(records)
    modelled = [record for record in sources if record.modelled]
    return LayerRecord(
        directed=any(record.directed for record in sources),
        modelled=bool(modelled),
        unit=_common(record.unit for record in sources),
        parameters=_common(record.parameters for record in modelled or sources),
    )._replace(**changes)


def records_of_old_folder(links: pd.DataFrame) -> pd.DataFrame:
    """Records that names and ``status`` of links imply in folders without a table of layers."""
    named = links["layer"] if "layer" in links else pd.Series(pd.NA, links.index, dtype="str")
    layer = as_text(named)[0].fillna("links")
    names = pd.Index(sorted(layer.unique()), dtype="str", name="layer")
    marked = np.zeros(len(links), bool)
    if "status" in links:
        marked = links["status"].eq("modelled").to_numpy(bool, na_value=False)
    ending = r"_(share_of_(?:origin|destination))$"
    quantity = names.str.extract(ending, expand=False).fillna("amount")
    modelled = names.str.replace(ending, "", regex=True).str.endswith("_modelled")
    table = pd.DataFrame({"modelled": modelled | names.isin(layer[marked])}, names)
    table["quantity"] = quantity.to_numpy()
    return table[table["modelled"] | (table["quantity"] != "amount")]


def refuse_shares(records: Records, subject: str, direction: str = "") -> None:
    """Refuse to sum shares of one total over its other ends, or over layers."""
    shares = [
        layer
        for layer, record in records.items()
        if record.quantity not in ("amount", SUMMED.get(direction))
    ]
    if shares:
        record = records[shares[0]]
        way = next(way for way, quantity in SUMMED.items() if quantity == record.quantity)
        raise InputError(
            f"{subject} has no meaning for {examples(shares)}: the weights are shares of each "
            f"{record.whole}'s total, which say nothing of its size. Read the flows with "
            f"`{OPTIONS[record.quantity]}`, these totals; or measure direction={way!r}; or, if "
            "these are no shares, give the layer the quantity 'amount' (argument `layers` of "
            "build_network)."
        )


def why_untested(
    records: Records, layers: Collection[str] | None = None, *, warn: bool = True
) -> str | None:
    """Reason, also as a warning, why modelled layers cannot be tested; None if there are none."""
    tested = records if layers is None else layers
    modelled = [name for name, record in records.items() if record.modelled and name in tested]
    if not modelled:
        return None
    are = "is" if len(modelled) == 1 else "are"
    reason = f"{', '.join(modelled)} {are} modelled: a test would only repeat the model"
    if warn:
        warnings.warn(
            f"{reason}, so p says nothing of what was observed. Test layers that were "
            "observed: see `layer_table`.",
            UserWarning,
            stacklevel=4,
        )
    return reason


def _common(values: Iterable[str | None]) -> str | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


def _rows_of(layers: Any) -> dict[str, dict[str, Any]]:
    if layers is None:
        return {}
    if isinstance(layers, pd.DataFrame):
        refuse_repeated("`layers`", layers.columns)
        table = layers.set_index("layer") if "layer" in layers else layers
        table = table.set_axis(table.index.map(str), axis=0)
        refuse_repeated("`layers`", table.index, "layer")
        layers = table.to_dict("index")
    such = "from layers to mappings such as {'modelled': True}, or a table with a row a layer"
    arguments.check_mapping("layers", layers, such)
    rows = {}
    for name, row in layers.items():
        if isinstance(row, LayerRecord):
            row = row._asdict()
        arguments.check_mapping(f"layers[{name!r}]", row, "such as {'modelled': True}")
        rows[str(name)] = {str(column): value for column, value in row.items()}
    columns = dict.fromkeys(column for row in rows.values() for column in row)
    if unknown := [column for column in columns if column not in LayerRecord._fields]:
        some = examples(unknown, lambda c: f"{c!r}{did_you_mean(c, LayerRecord._fields)}")
        raise InputError(
            f"`layers` must have the columns {', '.join(LayerRecord._fields)}; found {some}."
        )
    return rows


def _checked(name: str, column: str, value: Any) -> Any:
    if column in ("directed", "modelled"):
        arguments.check_flag(name, value)
        return bool(value)
    if column == "events":
        arguments.check_number(name, value, low=1)
        arguments.check_number(name, value, whole=True)
        return int(value)
    if column == "quantity":
        arguments.check_choice(name, value, Quantity)
    else:
        arguments.check_type(name, value, str)
    return value
