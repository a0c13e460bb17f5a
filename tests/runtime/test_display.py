"""Results show their numbers in a line, and in a notebook a few rows; never a whole table."""

import dataclasses
import inspect
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime.display import Displayed, short
from netinnov.community import Partition
from netinnov.experiments import ExperimentResult
from netinnov.null_models import compare_with_null
from netinnov.scenarios import DirectLinks, NoChange
from public_functions import NETWORK, RESULT
from test_public_words import public_objects


class Tags(HTMLParser):
    """Counts what is opened, and refuses what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.counts: dict[str, int] = {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(result: Any) -> Tags:
    """A short line, and HTML of a few rows."""
    assert "\n" not in repr(result)
    assert len(repr(result)) < 700
    tags = Tags(result._repr_html_())
    assert tags.counts.get("tr", 0) <= 24
    return tags


def test_every_result_with_a_table_shows_itself_shortly() -> None:
    results = {
        each
        for _, each in public_objects()
        if inspect.isclass(each) and dataclasses.is_dataclass(each) and hasattr(each, "to_frame")
    }
    assert all(issubclass(each, Displayed) for each in results)
    assert issubclass(ExperimentResult, Displayed)


def test_a_partition_shows_quality_and_sizes() -> None:
    labels = pd.Series([0, 0, 0, 1, 1, 2], list("abcdef"))
    result = Partition(labels, 0.43218765)
    assert repr(result) == "Partition(quality=0.4322, n_communities=3, nodes=6, sizes=[3, 2, 1])"
    checked(result)
    many = Partition(pd.Series(np.arange(900), [f"n{at}" for at in range(900)]), 0.1)
    checked(many)


def test_a_comparison_shows_where_the_observed_value_lies() -> None:
    options: dict[str, Any] = {"replicates": 19, "rng": 1, "progress": False}
    ids = list("abcdefghijkl")
    ring = ni.build_network(
        pd.DataFrame(index=ids), pd.DataFrame({"source": ids, "target": [*ids[1:], "a"]})
    )
    one = compare_with_null(ring, measure=ni.connectivity.global_efficiency, **options)
    assert repr(one).startswith(f"NullComparison(observed={one.observed:.4g}, mean=")
    assert checked(one).counts["tr"] == 9
    several = compare_with_null(ring, measure=ni.centrality.core_number, **options)
    assert repr(several).startswith("NullComparison(values=")
    assert checked(several).counts["table"] == 2


def test_an_experiment_shows_its_effects_and_not_its_replicates() -> None:
    assert repr(RESULT) == (
        "ExperimentResult(scenarios=[1, 2, 3, 4], measures=[m], replicates=3, resamples=0)"
    )
    assert checked(RESULT).counts["tr"] == 4 + 1 + 4  # facts, head, effects
    by_node = ni.compare_scenarios(
        NETWORK,
        scenarios={"links": DirectLinks("p", "q", 1, funding="new"), "none": NoChange()},
        measures={"degree": ni.centrality.overlapping_degree},
        replicates=3,
        rng=1,
        progress=False,
    )
    checked(by_node)


def test_what_comes_from_data_is_escaped() -> None:
    wicked = "<svg onload=alert(1)>"
    table = RESULT.replicates.assign(measure=wicked).astype({"measure": "category"})
    html = ExperimentResult(table)._repr_html_()
    assert wicked not in html
    assert "&lt;svg onload" in html
    assert "\x1b" not in repr(ExperimentResult(table.assign(measure="\x1b[2J")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (1234567, "1,234,567"),
        (True, "True"),
        (None, "None"),
        (np.float64("nan"), "nan"),
        (pd.DataFrame({"a": [1, 2]}), "<table of 2 x 1>"),
        (pd.Series([0.5, 2.0], ["a", "b"]), "[a 0.5, b 2]"),
        (pd.Series(range(40)), "<40 values>"),
        (np.zeros(7), "<7 values>"),
        (tuple("abcdefg"), "[a, b, c, d, e, ... 7 in all]"),
        ({"a": 1}, "[a: 1]"),
        ("x" * 300, "x" * 197 + "..."),
    ],
)
def test_values_are_short(value: object, text: str) -> None:
    assert short(value) == text
