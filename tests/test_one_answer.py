"""The park of Quzhou in Hangzhou has one answer: in README, the tutorial, the report and Python."""

import re
from functools import partial
from pathlib import Path

import pytest

import netinnov as ni
from netinnov import study
from study_cases import context_at

ROOT = Path(__file__).parents[1]
POINTS = 2.0
"""Percentage points within which two pages agree."""
PAGES = {
    "README.md": r"access \(harmonic closeness\) would fall by (\d+) % in the median",
    "README.zh.md": r"将下降 (\d+)%（100 次随机落位的中位数",
    "docs/tutorials/enclave.md": r"its access falls by (\d+) %",
}
GIVEN_UP = {
    "README.md": "four of its six modelled links",
    "README.zh.md": "从 6 条模型生成的原有联系中调剂 4 条",
    "docs/tutorials/enclave.md": "four of its six modelled links",
}


def text_of(page: str) -> str:
    text = (ROOT / page).read_text("utf-8")
    return text if ".zh." in page else re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def of_report():
    """The network of `netinnov run`, the park, and the access that its configuration asks for."""
    context = context_at()
    configuration, cities, measures = context.configuration, context.cities, context.measures
    part = configuration.experiment
    options = {name: getattr(part, name) for name in ("size", "pipeline_share", "layer")}
    park = ni.ReverseEnclave(part.home, part.host, funding=part.funding[0], **options)
    access = partial(ni.centrality.harmonic_centrality, **measures.paths)
    return cities, park, access, {"replicates": part.replicates, "rng": configuration.seed}


@pytest.fixture(scope="module")
def change(of_report):
    cities, park, access, draws = of_report
    several = {"scenarios": {"park": park}, "measures": {"access": access}}
    result = ni.compare_scenarios(cities, **several, **draws, progress=False)
    effects = result.effects(full=True).query("node == 'quzhou'").iloc[0]
    return 100 * effects["median"] / effects["baseline"]


def test_settings_of_the_bundled_case_are_the_defaults(of_report):
    cities, park, _, draws = of_report
    asked = {"home": park.home, "host": park.host}
    default = study.configure({"data": {"path": "."}, "experiment": asked})
    of_python = ni.ReverseEnclave("a", "b", 1, 0.5)
    assert park.pipeline_share == default.experiment.pipeline_share == 0.25
    assert park.funding == default.experiment.funding[0] == of_python.funding
    assert park.attachment == of_python.attachment
    assert default.experiment.replicates == 100
    assert (park.size, draws) == (4, {"replicates": 100, "rng": default.seed})
    assert ni.centrality.degree(cities).loc["quzhou", "gravity_modelled"] == 6


@pytest.mark.parametrize("page", PAGES)
def test_a_page_tells_the_change_and_what_is_given_up(page, change):
    text = text_of(page)
    told = re.search(PAGES[page], text)
    assert told, f"{page} must tell the change"
    assert -float(told[1]) == pytest.approx(change, abs=POINTS)
    assert GIVEN_UP[page] in text


def test_what_is_printed_is_the_change(change):
    tables = [
        float(number)
        for page in ("README.md", "docs/tutorials/enclave.md")
        for number in re.findall(r"^hangzhou +(-[\d.]+)", (ROOT / page).read_text("utf-8"), re.M)
    ]
    assert len(tables) == 2
    assert tables == pytest.approx([change] * 2, abs=0.051)


@pytest.mark.slow
def test_hosts_are_ranked_by_the_same_number(of_report, change):
    cities, park, access, draws = of_report
    ranking = ni.planning.rank_hosts(cities, home="quzhou", scenario=park, measure=access, **draws)
    assert ranking.loc["hangzhou", "median"] == pytest.approx(change)
    assert len(ranking) == 40


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "docs/tutorials/enclave.md"])
def test_enclaves_are_counted_alike(page):
    inside = context_at().inside
    rank = inside.places["population"]
    steps = ni.linkages.count_enclaves(inside, rank=rank, level=1, by="step")
    start = r"(\d+) (?:nodes stand outside|个节点位于其辖区之外)\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)"
    told = re.search(start, text_of(page))
    assert told
    assert list(map(int, told.groups())) == steps.tolist()
