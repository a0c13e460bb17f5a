"""Words for a configuration: by content, and the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import netinnov as ni
from netinnov._identity import described, digest, identity
from netinnov.errors import InputError
from netinnov.scenarios import NoChange


@dataclass(frozen=True)
class Weights:
    values: Any
    name: str = "w"


class Model:
    """Its options are in its state only."""

    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def measure(self, network: ni.MultilayerNetwork) -> float:
        return float(self.weight)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


class Colour(Enum):
    RED = 1
    BLUE = 2


def total(network: ni.MultilayerNetwork, w: Any = None) -> float:
    return float(network.adjacency("links").sum())


def path(weight: float = 1.0, flags: Any = None) -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    if flags is not None:
        nodes["flags"] = flags
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": weight})
    return ni.build_network(nodes, links)


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


# Each pair differs in one thing only.
PAIRS = [
    (np.array([1.0]), np.array([2.0])),
    (np.array([1.0]), np.array([1])),
    (np.zeros((2, 3)), np.zeros((3, 2))),
    (np.arange(10_000), np.arange(10_000)[::-1]),
    (np.array(["a", {"b"}], object), np.array(["a", {"c"}], object)),
    (np.array(3, object), np.array(4, object)),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 0])),
    (pd.Series([1, 2]), pd.Series([2, 1])),
    (pd.Series([1, 2]), pd.Series([1, 2], index=[5, 6])),
    (pd.Series([1], name="x"), pd.Series([1], name="y")),
    (pd.Series(["a", None]), pd.Series(["a", "None"])),
    (pd.Series(["a", "b"], dtype="category"), pd.Series(["a", "a"], dtype="category")),
    (pd.Index(["a", "b"]), pd.Index(["b", "a"])),
    (pd.MultiIndex.from_tuples([(1, "a")]), pd.MultiIndex.from_tuples([(1, "b")])),
    (frame(x=[1, 2], y=["a", "b"]), frame(x=[2, 1], y=["b", "a"])),
    (frame(x=[1, 2]), frame(z=[1, 2])),
    (frame(x=[1, 2]), frame(x=[1.0, 2.0])),
    (frame(x=pd.to_datetime(["2020-01-01"])), frame(x=pd.to_datetime(["2021-01-01"]))),
    (sparse.csr_array([[0, 1.0]]), sparse.csr_array([[0, 2.0]])),
    (sparse.csr_array([[0, 1.0]]), sparse.csr_array([[1.0, 0]])),
    ({"a", "b"}, {"a", "c"}),
    (frozenset([1, 2]), frozenset([1])),
    ({"a": 1}, {"a": 2}),
    (MappingProxyType({"a": {1}}), MappingProxyType({"a": {2}})),
    (Weights(np.array([1.0])), Weights(np.array([2.0]))),
    ([Weights({"k": [pd.Series([1])]})], [Weights({"k": [pd.Series([2])]})]),
    (list(range(5_000)), list(range(5_001))),
    ("x" * 5_000, "x" * 4_999 + "y"),
    (path(), path(weight=2.0)),
    (Model(1), Model(2)),
    (Model(1).measure, Model(2).measure),
    ([3].append, [4].append),
    (Slotted(1, {"x"}), Slotted(1, {"y"})),
    (Colour.RED, Colour.BLUE),
    (Decimal("1.1"), Decimal("1.2")),
    (Fraction(1, 3), Fraction(1, 2)),
    (date(2020, 1, 1), date(2020, 1, 2)),
    (Path("a"), Path("b")),
    (range(3), range(4)),
    (np.random.SeedSequence(1), np.random.SeedSequence(2)),
    (np.random.default_rng(1), np.random.default_rng(2)),
    (total, path),
    (Model, Slotted),
    (1, True),
    (1, "1"),
    (None, "None"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_differs_has_other_words_wherever_it_stands(one, other) -> None:
    wraps = (lambda x: x, lambda x: partial(total, w=x), lambda x: partial(total, x), lambda x: [x],
             lambda x: {"k": (x,)}, Weights, Model)  # fmt: skip
    for wrap in wraps:
        assert identity(wrap(one)) == identity(wrap(one))
        assert identity(wrap(one)) != identity(wrap(other))
        assert " at 0x" not in identity(wrap(one))
        assert len(identity(wrap(one))) < 1_500


def test_orders_that_mean_nothing_change_nothing() -> None:
    assert identity({"a": 1, "b": 2}) == identity({"b": 2, "a": 1})
    assert identity(np.asfortranarray(np.eye(3)[:2])) == identity(np.eye(3)[:2])
    assert identity(np.arange(6)[::2]) == identity(np.array([0, 2, 4]))
    wider = pd.Categorical(["a"], categories=["a", "b"])
    assert identity(pd.Series(wider)) == identity(pd.Series(["a"], dtype="category"))
    twice = sparse.coo_array((np.ones(2), ([0, 0], [1, 1])), shape=(1, 2))
    assert identity(twice) == identity(sparse.coo_array(np.array([[0, 2.0]])))
    assert twice.nnz == 2  # as it was


def dosed(dose: float, label: str = "x"):
    """A function inside a function, which takes the dose along."""

    def change(network, rng):
        return dose, label

    return change


def test_functions_inside_functions_differ_by_what_they_take_along() -> None:
    assert identity(dosed(1)) == identity(dosed(1))
    assert identity(dosed(1)) != identity(dosed(2))
    assert identity(dosed(1)) != identity(dosed(1, "y"))
    lambdas = [lambda network, k=k: k for k in range(2)]
    assert identity(lambdas[0]) != identity(lambdas[1])
    # A function of a module stands for itself, whatever its options are by default.
    assert identity(total) == "total"

    calls: list[int] = []

    def counted(network) -> int:
        calls.append(1)
        return len(calls)

    before = identity(counted)
    counted(None)
    assert identity(counted) == before

    def countdown(n: int) -> int:
        return countdown(n - 1) if n else 0

    assert "countdown" in identity(countdown)


@pytest.mark.parametrize(
    "what", [threading.Lock(), (n for n in [1]), lambda: 0, [[threading.Lock()]]]
)
def test_what_has_neither_content_nor_name_is_refused(what) -> None:
    if callable(what):
        assert identity(what).endswith("<lambda>")
        return
    with pytest.raises(InputError, match=r"has no content.*functools\.partial.*`checkpoint` out"):
        identity(partial(total, w=what))
    assert described(what) in {"lock", "generator", "list"}


def test_what_holds_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(InputError, match="list holds itself"):
        identity(circle)
    again = np.array([1.0])
    assert identity([again, again]) == f"[{identity(again)}, {identity(again)}]"


def test_words_are_plain_where_they_can_be() -> None:
    assert identity(partial(total, [1, "a"], key=object())) == (
        "partial(total, [1, 'a'], key=object())"
    )
    assert identity(Model(3)) == "Model(weight=3)"
    assert identity(Slotted(1, 2)) == "Slotted(a=1, b=2)"
    assert identity(NoChange()) == "NoChange()"
    assert identity({"b", "a"}) == "{'a', 'b'}"


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import test_identity as here
from netinnov._identity import digest, identity
from functools import partial
some = {"quzhou", "hangzhou", "shanghai", "jiaxing"}
nested = here.Weights({"k": [some, frozenset(some)], "m": {(1, word) for word in some}})
print(*(identity(one) for pair in here.PAIRS for one in pair), sep="\\n")
print(identity(partial(here.total, w=nested)), identity(here.Model(nested)))
print(digest(here.path(flags=[some, {"x"}, some | {"y"}])))
"""


@pytest.mark.slow
def test_two_processes_find_the_same_words(monkeypatch, capsys) -> None:
    # Texts hash differently in each, so that sets have other orders.
    arguments = ["-c", str(Path(__file__).parent)]
    monkeypatch.setattr(sys, "argv", arguments)
    exec(SCRIPT, {})
    words = capsys.readouterr().out
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    other = subprocess.run(
        [sys.executable, "-c", SCRIPT, arguments[1]],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert words == other
    assert len(words.splitlines()) == 2 * len(PAIRS) + 2


def test_the_digest_is_that_of_the_content() -> None:
    network = path()
    again = ni.build_network(network.nodes, network.links)
    assert digest(again) == digest(network)
    for other in (
        network.replace_links(network.links.assign(weight=[1.0, 2])),
        network.replace_links(network.links.assign(layer="other")),
        network.replace_links(network.links.assign(year=3)),
        network.with_nodes(pd.DataFrame({"place": ["c"]}, index=["e"])),
        ni.build_network(network.nodes, network.links, directed=["links"]),
        path(flags=[{"x"}, {"y"}, {"z"}]),
    ):
        assert digest(other) != digest(network)
    assert digest(path(flags=[{"x"}, {"y"}, {"z"}])) != digest(path(flags=[{"x"}, {"y"}, {"y"}]))
