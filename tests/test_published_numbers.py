"""Numbers that publications print: each within what its source allows, by public names."""

import ast
import importlib
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        yield importlib.import_module("published_numbers")


@pytest.fixture(scope="module")
def topics(script, shared):
    if not (shared / "data" / script.FILES[0]).exists():
        pytest.skip("needs the relations of AUCS beside the checkout")
    return script.topics(shared / "data")


@pytest.fixture(scope="module")
def rows(topics):
    return [row for topic in topics for row in topic.rows]


@pytest.mark.slow
def test_every_number_is_what_the_source_prints(script, topics):
    wrong = {}
    for topic in topics:
        names = topic.names()
        for row in topic.rows:
            computed = row.compute(names)
            if script.outside(row, computed):
                wrong[row.quantity] = (row.published, computed)
    assert wrong == {}


def test_there_are_fifty_numbers_of_fifteen_publications(script, rows):
    assert sum(len(row.printed) for row in rows) >= 50
    assert len({row.source for row in rows}) >= 15
    assert {row.source for row in rows} == set(script.SOURCES) >= set(script.AT_HAND)


def test_calls_are_of_public_names(script, topics):
    public = importlib.import_module("published.rows").public_names()
    for topic in topics:
        assert not public.keys() & topic.data.keys()
        for row in topic.rows:
            calls = [row.call, *([row.reading.call] if row.reading else [])]
            for call in calls:
                used = {node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
                assert used & public.keys(), call


def test_no_number_is_trivial(script, rows):
    values = importlib.import_module("published.rows").value
    for row in rows:
        assert not {values(text) for text in row.printed} <= {-1.0, 0.0, 1.0}, row.quantity


@pytest.mark.parametrize(
    ("printed", "computed", "outside"),
    [
        ("0.52", [0.5249], []),
        ("0.52", [0.5251], ["0.52"]),
        ("2/3", [0.66667], ["2/3"]),
        ("2/3, 4", [2 / 3, 4.0], []),
        ("2/3, 4", [2 / 3], ["2/3", "4"]),
        ("0.52", [float("nan")], ["0.52"]),
    ],
)
def test_a_number_outside_its_tolerance_is_named(script, printed, computed, outside):
    row = importlib.import_module("published.rows").Row("made up", printed, "", "", "")
    assert script.outside(row, computed) == outside
