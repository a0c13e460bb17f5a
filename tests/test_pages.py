"""Pages of the documentation with numbers: their scripts write what is there, or say why not."""

import re
import runpy
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?")


class Page(NamedTuple):
    """A page, the script of the same name, and what the script cannot do without."""

    path: str
    needs: str = ""

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def tables(self):
        return DOCS / self.path


PAGES = [
    Page("published_numbers", needs="multiplex_benchmarks/aucs.mpx"),
    Page("studies/yangtze_delta", needs="BaiduNet_out_20200109.csv.gz"),
    Page("studies/siting", needs="BaiduNet_out_20200109.csv.gz"),
    Page("studies/next_links", needs="BaiduNet_out_20200109.csv.gz"),
    Page("studies/next_enclaves"),
    Page("studies/rail"),
    Page("studies/openings", needs="cordis_h2020/h2020_participations.csv.gz"),
    Page("studies/sharing"),
    Page("studies/space"),
    Page("studies/governance"),
    Page("studies/project_enclaves"),
    Page("data/enclaves"),
    Page("register"),
    Page("planted_centres", needs="multiplex_benchmarks/AirEu2013Ext.json"),
    Page("mechanisms/free_flow"),
    Page("mechanisms/cobweb"),
    Page("mechanisms/cooperation"),
    Page("mechanisms/diffusion"),
    Page("mechanisms/agglomeration", needs="city_technology_patents/MA_tec_anno_2000.mtx.gz"),
    Page("mechanisms/convergence", needs="city_technology_patents/MAs_list.csv"),
    Page("mechanisms/ties_over_time", needs="scale_graphs/WrldCo_years.zip"),
]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture
def run(monkeypatch):
    """Runs the script of a page with arguments."""

    def run_script(page, *arguments):
        script = ROOT / f"examples/{page.name}.py"
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        monkeypatch.syspath_prepend(script.parent)
        runpy.run_path(str(script), run_name="__main__")

    return run_script


def numbers(text):
    """Values of the numbers in a text, and half a unit of the last digit of each."""
    found = [number.replace(",", "") for number in NUMBER.findall(text)]
    digits = [len(number.partition(".")[2]) for number in found]
    return np.array(found, float), 0.5 * 10.0 ** -np.array(digits, float)


def test_every_page_with_numbers_is_tested():
    written = {path.relative_to(DOCS).with_suffix("") for path in DOCS.rglob("*.md")}
    assert {path.as_posix() for path in written} >= {page.path for page in PAGES}
    templates = {path.stem for path in (ROOT / "examples").glob("*.md")} - {"README"}
    assert templates == {page.name for page in PAGES}


@pytest.mark.parametrize("page", [page for page in PAGES if page.needs], ids=lambda page: page.name)
def test_without_data_it_says_so_and_writes_nothing(page, run, tmp_path, capsys):
    run(page, tmp_path / "out", tmp_path / "nowhere")
    said = capsys.readouterr().out
    assert f"lacks {page.needs}" in said
    assert "nothing is written" in said
    assert list(tmp_path.iterdir()) == []


@pages
def test_the_page_names_files_that_exist(page):
    path = DOCS / f"{page.path}.md"
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    links = [link for link in links if "://" not in link]
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("study", ["yangtze_delta", "siting", "next_links"])
def test_no_table_of_the_delta_holds_flows(study):
    # A table of flows has two columns of places, or a column a place.
    places = set(pd.read_csv(DOCS / "studies/yangtze_delta/communities.csv")["place"])
    assert len(places) == 41
    for path in (DOCS / "studies" / study).glob("*.csv"):
        table = pd.read_csv(path)
        assert not places & set(table.columns), path
        of_places = [name for name in table if len(set(table[name]) & places) > 2]
        assert len(of_places) <= 1, path


@pytest.mark.slow
@pages
def test_the_script_writes_the_page_that_is_there(page, run, tmp_path, request):
    data = [request.getfixturevalue("shared") / "data"] if page.needs else []
    run(page, tmp_path, *data)
    written = (tmp_path / f"{page.path}.md").read_text("utf-8")
    there = (DOCS / f"{page.path}.md").read_text("utf-8")
    # The words are the same; numbers may differ by a unit of the last digit, which is rounded.
    assert NUMBER.sub("#", written).split() == NUMBER.sub("#", there).split()
    (new, half), (old, _) = numbers(written), numbers(there)
    assert new.size == old.size > 10
    np.testing.assert_array_less(np.abs(new - old), 2 * half * (1 + 1e-9) + 1e-12)
    new_tables = {path.name for path in (tmp_path / page.path).glob("*.csv")}
    assert new_tables == {path.name for path in page.tables.glob("*.csv")}
    for name in new_tables:
        new, old = (pd.read_csv(folder / name) for folder in (tmp_path / page.path, page.tables))
        pd.testing.assert_frame_equal(new, old, rtol=1e-4)
    drawn = {path.name for path in (tmp_path / "figures").glob("*.png")}
    assert drawn == {path.name for path in (DOCS / "figures").glob(f"{page.name}_*.png")}
