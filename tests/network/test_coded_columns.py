"""Links as codes into lists of names (categories, dictionaries, numbers) build as text does."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

import netinnov as ni

NODES = pd.DataFrame(index=pd.Index([7, 12, 3, 40, 5], name="node"))
ids = st.sampled_from([7, 12, 3, 40, 5])
names = st.sampled_from(["b", "a", "é", "Z", "10", "9"])
rows = st.lists(st.tuples(ids, ids, names), max_size=30).map(
    lambda rows: pd.DataFrame(rows, columns=["source", "target", "layer"]).astype(
        {"source": "int64", "target": "int64", "layer": "str"}
    )
)
TEXT = ["source", "target", "layer"]


def dictionaries(plain: pd.DataFrame) -> pa.Table:
    """Dictionary columns in two chunks, each with a dictionary of its own."""
    cut = len(plain) // 2
    halves = [plain.iloc[:cut], plain.iloc[cut:]]
    columns = {
        name: pa.chunked_array(
            [pa.DictionaryArray.from_arrays(*_coded(half[name])) for half in halves],
            pa.dictionary(pa.int32(), pa.string()),
        )
        for name in plain
    }
    return pa.table(columns)


def _coded(values: pd.Series) -> tuple[pa.Array, pa.Array]:
    codes, listed = pd.factorize(values.astype("str"))
    mask = codes < 0
    return pa.array(codes.astype(np.int32), mask=mask), pa.array(list(listed), pa.string())


FORMS: dict[str, Any] = {
    "numbers": lambda plain: plain.astype({"source": "int32", "target": "uint64"}),
    "categories": lambda plain: plain.astype("str").astype("category"),
    "categories of numbers": lambda plain: plain.astype(dict.fromkeys(TEXT, "category")),
    "more categories than used": lambda plain: plain.astype("str").apply(
        lambda column: column.astype(pd.CategoricalDtype(["x", "0", *sorted(set(column))[::-1]]))
    ),
    "dictionaries": dictionaries,
    "text of Arrow in pandas": lambda plain: plain.astype("str").astype(pd.ArrowDtype(pa.string())),
    "types of Arrow in pandas": lambda plain: plain.convert_dtypes(dtype_backend="pyarrow"),
    "Arrow numbers and text": lambda plain: pa.Table.from_pandas(plain, preserve_index=False),
}


@pytest.mark.slow
@given(plain=rows)
def test_codes_build_what_text_builds(plain: pd.DataFrame) -> None:
    text = ni.build_network(NODES, plain.astype("str"), directed=[*set(plain["layer"]) & {"a"}])
    for form, coded in FORMS.items():
        network = ni.build_network(NODES, coded(plain), directed=text.directed)
        assert network.equals(text), form
        for layer in text.layers:
            assert (network.adjacency(layer) != text.adjacency(layer)).nnz == 0, form


@pytest.mark.parametrize("form", ["categories", "dictionaries", "text of Arrow in pandas"])
@pytest.mark.parametrize("column", TEXT)
def test_a_missing_code_is_a_missing_name(form: str, column: str) -> None:
    plain = pd.DataFrame({"source": ["7", "3"], "target": ["3", "5"], "layer": ["a", "b"]})
    plain.loc[1, column] = None
    found = ni.check_tables(NODES, FORMS[form](plain))
    assert found[["row", "column", "problem"]].to_numpy().tolist() == [
        [1, column, "layer is missing" if column == "layer" else "empty id"]
    ]


@pytest.mark.parametrize("values", [[7, None, 3], [7.0, None, 3.0], ["7", None, "3"]])
def test_categories_with_a_gap_are_names(values: list[Any]) -> None:
    place = pd.Categorical(values)
    nodes = pd.DataFrame({"place": place, "kind": "firm"}, index=["a", "b", "c"])
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    assert network.nodes["place"].fillna("").tolist() == ["7", "", "3"]


def test_dictionaries_that_pandas_refuses_are_read_all_the_same() -> None:
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["a", "b", "a"]))
    missing = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    none = pa.array([], pa.dictionary(pa.int32(), pa.string()))
    columns = {"node": ["x", "y", "z"], "twice": twice, "missing": missing}
    network = ni.build_network(pa.table(columns), pa.table({"source": none, "target": none}))
    assert network.nodes["twice"].tolist() == ["a", "b", "a"]
    assert network.nodes["missing"].isna().tolist() == [False, True, True]
    assert network.links.empty
