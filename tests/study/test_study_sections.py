"""What holds of every section of a study: its result, its tables, its words in both languages."""

from __future__ import annotations

import pandas as pd
import pytest

from netinnov.study._language import LANGUAGES, in_html
from netinnov.study.sections import SECTIONS
from study_cases import CHAIN, context_of, network_of, said_by

PARKED = pd.DataFrame(
    {
        "place": ["P", "Q", "R", "Q", "Q"],
        "jurisdiction": ["P", "Q", "R", "P", None],
        "kind": ["firm", "firm", "firm", "park", "park"],
    },
    index=["a", "b", "c", "park", "lost"],
)


@pytest.fixture(scope="module")
def whole():
    """A context in which every section has a result."""
    links = [*CHAIN, ("park", "a"), ("park", "b"), ("a", "c", 2, "model"), ("a", "b", 1, "other")]
    places = pd.DataFrame({"place": ["P", "Q", "R"], "lon": [0.0, 1.0, 2.0], "lat": 0.0})
    nodes = PARKED.assign(firms=2, floor_area_m2=100.0)
    network = network_of(links, nodes=nodes, places=places, modelled=["model"])
    planning = {"siting": {"k": 1}, "plan": {}}
    planning |= {"space": {}, "sharing": {}, "governance": {}}
    experiment = {"home": "P", "host": "R", "size": 1, "pipeline_share": 0.5, "replicates": 2}
    experiment |= {"placebos": 0, "rivals": []}
    return context_of(network, experiment=experiment, **planning)


@pytest.fixture(scope="module")
def names(whole):
    """The tables of all sections."""
    return [table.name for each in SECTIONS for table in each.tables(whole.once(each.compute))]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_part_of_a_section_has_its_words(section, code, whole, names):
    result = whole.once(section.compute)
    assert result is not None
    assert type(result).__dataclass_params__.frozen
    assert len(set(names)) == len(names)
    text = said_by(section, result, code)
    for part in (text.answer, *text.notes):
        assert "&lt;bdi" not in in_html(part)
    pictures, shown = [*section.draw(result)], [t for t in section.tables(result) if t.on_page]
    assert {figure.name for figure in section.key_figures(result)} <= {*text.labels}
    assert {picture.name for picture in pictures} <= {*text.figures}
    assert {table.name for table in shown} <= {*text.tables}
    assert len(shown) <= 2
    assert len([*section.key_figures(result)]) <= 6
