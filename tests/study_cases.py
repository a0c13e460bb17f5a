"""Small networks and contexts for the tests of sections, and what a section says in plain text."""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.sources._read_network import option_of
from netinnov.study._context import Context
from netinnov.study._language import plain
from netinnov.study._loaded_data import Incidence, Loaded, Projection

DRAWS = {
    "sections._sites": {"PLACEBOS": 30, "PLACEMENTS": 2, "FRESH": 4, "RESAMPLES": 3},
    "sections._governance": {"PLACEMENTS": 2},
    "sections._centre_plan": {"RESAMPLES": 3},
}


@contextmanager
def few_draws():
    """Few of what is drawn whatever a configuration says."""
    with pytest.MonkeyPatch.context() as patch:
        for module, numbers in DRAWS.items():
            for name, number in numbers.items():
                patch.setattr(f"netinnov.study.{module}.{name}", number)
        yield


STAR = [("a", leaf) for leaf in "bcdefgh"]
RING = [(f"p{i:02}", f"p{(i + 1) % 12:02}") for i in range(12)]
STARS = [
    ("a", "b", 9),
    ("a", "c", 8),
    ("a", "d", 7),
    ("x", "y", 9),
    ("x", "z", 8),
    ("x", "w", 7),
    ("a", "x", 2),
]
"""Two stars, `a` and `x` their centres, joined by a weak link; strengths 26, 9, 8, 7 twice."""

FEW = {"resamples": 10, "replicates": 10}
THREE = [("a", "P"), ("b", "Q"), ("c", "R")]
CHAIN = [("a", "b"), ("b", "c")]
PLACES = pd.DataFrame({"place": list("PQRS"), "lon": [0.0, 1.0, 2.0, 4.0], "lat": 0.0})
NODES = pd.DataFrame(
    {
        "place": [*"PQRS", "Q", "R", "Q", "S"],
        "jurisdiction": [*"PQRS", "P", "P", "S", "S"],
        "kind": [*["firm"] * 4, *["park"] * 4],
        "firms": [None, None, None, None, 6, 2, 10, 50],
        "floor_area_m2": [None, None, None, None, 1500, 3000, None, 5000],
    },
    index=[*"pqrs", "park_1", "park_2", "park_3", "at_home"],
)
"""Homes P (two parks, at Q and R) and S (one, at Q); a degree of the equator is 111.195 km."""
LINKS = [("p", "q"), ("q", "r"), ("r", "s"), ("park_1", "p"), ("park_2", "r"), ("park_3", "s")]
PARK = {"home": "P", "host": "Q", "size": 1, "pipeline_share": 0.5, "replicates": 3}
PARK_TEXT = "[experiment]\n" + "".join(
    f"{key} = {json.dumps(value)}\n" for key, value in PARK.items()
)


def network_of(links, *, layer="links", nodes=None, places=None, modelled=(), directed=()):
    """A network whose nodes are places, from rows source, target, weight and, if given, layer."""
    rows = [(*row, *(1, layer)[len(row) - 2 :]) for row in links]
    frame = pd.DataFrame(rows, columns=["source", "target", "weight", "layer"])
    ids = sorted({*frame["source"], *frame["target"]})
    table = pd.DataFrame({"place": ids}, index=ids) if nodes is None else nodes
    records = {name: {"unit": "trips"} for name in {*frame["layer"]} - {*modelled}}
    records |= {name: {"modelled": True} for name in modelled}
    return ni.build_network(table, frame, places, directed, records)


def three(links=CHAIN, *, extra=(), places=None, modelled=(), **columns):
    """Firms a, b and c in places P, Q and R, and `extra` ones."""
    nodes = pd.DataFrame([*THREE, *extra], columns=["node", "place"]).set_index("node")
    nodes = nodes.assign(**{"kind": "firm"} | columns)
    return network_of(links, nodes=nodes, places=places, modelled=modelled)


def parks(**settings):
    """The context of the parks of P and S."""
    return context_of(network_of(LINKS, nodes=NODES, places=PLACES), **settings)


def context_of(network, *, source="tables", say=lambda _: None, **settings):
    """The context of a study of a network; `settings` are parts of the configuration."""
    data = {"source": source} | ({} if source == "yrd" else {"path": "."})
    configuration = study.configure({"data": data, "structure": FEW} | settings)
    joint = option_of(source, "weighting")
    return Context(configuration, Loaded(network, (), (), joint), say=say)


def context_at(path=None, **parts):
    """The context of a study whose data are read: of a file, or of parts of its configuration."""
    return Context.of(study.configure(parts) if parts else study.read_configuration(path))


def projected(network, *, weighting="count", others=None, configuration=None, **side):
    """The context of a study that projects the one layer of a network; `others`: links beside."""
    projection = Projection(layer=network.layers[0], weighting=weighting, **side)
    flat = ni.linkages.project(network, **projection.model_dump())
    incidence = Incidence(network, projection, flat.layers)
    flat = flat if others is None else flat.with_links(others)
    parts = {"data": {"source": "tables", "path": "."}, "structure": FEW} | (configuration or {})
    return Context(study.configure(parts), Loaded(flat, (), (), True, incidence))


def result_of(section, of):
    """The result of a section in a context, or a result as it is."""
    return of.once(section.compute) if isinstance(of, Context) else of


def facts_of(section, of):
    return section.facts(result_of(section, of))


def sentences(text):
    """All that a section says, in plain text."""
    parts = [text.question, text.answer, *text.notes, *text.labels.values(), *text.tables.values()]
    return [plain(part) for part in [*parts, *chain.from_iterable(text.figures.values())]]


def check_languages(texts):
    """They say the same numbers, in as many notes; names have no digits."""
    numbers = [set(re.findall(r"\d[\d,.]*(?<![.,])", " ".join(sentences(t)))) for t in texts]
    assert all(each == numbers[0] for each in numbers), numbers
    assert len({len(text.notes) for text in texts}) == 1


def text_in(section, of, code="en"):
    """What the templates of a section, or of its module, say in a language, as in all others."""
    result = result_of(section, of)
    name = getattr(section, "name", None) or section.__name__.rpartition(".")[2]

    def rendered(context):
        facts = section.facts(replace(result, context=context))
        return context.language.text(context.language.template(name), facts)

    texts = {each: rendered(result.context.in_language(each)) for each in ("en", "zh")}
    check_languages(texts.values())
    return texts[code]


def plain_text_of(section, of, code="en"):
    """What a page says, without isolates."""
    text = text_in(section, of, code)
    return replace(text, answer=plain(text.answer), notes=tuple(map(plain, text.notes)))


def said(section, of, code="en"):
    """The answer and notes of a page in plain text."""
    text = plain_text_of(section, of, code)
    return " ".join([text.answer, *text.notes])


def figures_of(section, of):
    """Key figures by name."""
    result = result_of(section, of)
    return {each.name: each for each in section.key_figures(result, section.facts(result))}


def tables_of(section, of):
    """The tables of a section by name."""
    return {table.name: table for table in section.tables(result_of(section, of))}
