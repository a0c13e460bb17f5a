"""The second process that draws the figures of a study: the files are the same without it."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from netinnov import study
from netinnov.study import _drawings, sections
from study_cases import CHAIN, THREE

PLACES = {"place": ["P", "Q", "R"], "name": ["Rosetta \U000130d0", "Ulm", "Aix"]}
SECTIONS = ("built", "central", "centres")
LACKS = "lacks U\\+130D0"


@pytest.fixture
def few(monkeypatch):
    """Three sections with figures, by name, and no explorer."""
    chosen = {each.name: each for each in sections.SECTIONS if each.name in SECTIONS}
    monkeypatch.setattr(sections, "SECTIONS", list(chosen.values()))
    page = SimpleNamespace(write=lambda path: path.write_text("explorer"))
    monkeypatch.setattr("netinnov.study._explorer_page._page", lambda *_: page)
    return chosen


@pytest.fixture
def configuration(tmp_path, few):
    """A small study, one place of which no font can name."""
    folder = tmp_path / "tables"
    folder.mkdir()
    pd.DataFrame(THREE, columns=["node", "place"]).to_csv(folder / "nodes.csv", index=False)
    pd.DataFrame(CHAIN, columns=["source", "target"]).to_csv(folder / "links.csv", index=False)
    pd.DataFrame(PLACES).to_csv(folder / "places.csv", index=False)
    data = {"source": "tables", "path": folder}
    return study.configure({"data": data})


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(_drawings, "workers", lambda _: 2)


def files_of(configuration, out):
    with pytest.warns(UserWarning, match=LACKS):
        study.run(configuration, out=out)
    names = [path for path in out.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(out)): path.read_bytes() for path in names}


@pytest.fixture
def alone(configuration, tmp_path):
    files = files_of(configuration, tmp_path / "alone")
    assert sum(name.endswith(".pdf") for name in files) >= 2
    return files


def test_a_second_process_draws_the_same_files(
    configuration, alone, two_processors, monkeypatch, tmp_path
):
    by_itself = []
    draw = _drawings.drawn
    monkeypatch.setattr(_drawings, "drawn", lambda *given: by_itself.append(given) or draw(*given))
    # The figures wait for the second process, which takes seconds to start.
    finish = _drawings.Drawings.finish

    def patient(drawings, undrawn):
        for *_, future in drawings._asked:
            future.result(timeout=60)
        return finish(drawings, undrawn)

    monkeypatch.setattr(_drawings.Drawings, "finish", patient)
    assert files_of(configuration, tmp_path / "together") == alone
    assert by_itself == []


@pytest.mark.slow
def test_the_second_process_draws_every_section_of_the_bundled_case(
    two_processors, monkeypatch, tmp_path
):
    begun = []
    finish = _drawings.Drawings.finish

    def patient(drawings, undrawn):
        begun.extend(future.result(timeout=300)[0] for *_, future in drawings._asked)
        return finish(drawings, undrawn)

    monkeypatch.setattr(_drawings.Drawings, "finish", patient)
    few = re.sub(r"(resamples|replicates|placebos|placements) = \d+", r"\1 = 4", study.EXAMPLE)
    study.run(study.configure(tomllib.loads(few)), out=tmp_path / "out")
    drawn = {f"{picture.name}.png" for pictures in begun for picture in pictures}
    assert drawn == {path.name for path in (tmp_path / "out/figures").glob("*.png")}


def test_what_cannot_travel_is_drawn_here(
    configuration, few, two_processors, monkeypatch, tmp_path
):
    monkeypatch.setattr(_drawings, "__name__", "netinnov.no_such_module")  # ends at once
    local = replace(few["centres"], draw=lambda result: few["centres"].draw(result))
    monkeypatch.setattr(sections, "SECTIONS", [few["built"], local, few["central"]])
    files = files_of(configuration, tmp_path / "out")
    assert {"figures/centre_rules.png", "figures/centralities.png"} <= {*files}


def test_a_second_process_that_fails_changes_nothing(
    configuration, alone, two_processors, monkeypatch, tmp_path
):
    monkeypatch.setattr(_drawings, "__name__", "netinnov.no_such_module")
    assert files_of(configuration, tmp_path / "together") == alone


def test_a_fault_in_drawing_is_raised_where_it_is_seen(
    configuration, few, two_processors, monkeypatch, tmp_path
):
    monkeypatch.setattr(_drawings, "__name__", "netinnov.no_such_module")

    def fail(result):
        raise RuntimeError("no ink")

    monkeypatch.setattr(sections, "SECTIONS", [replace(few["centres"], draw=fail)])
    with pytest.raises(RuntimeError, match="no ink"):
        study.run(configuration, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_second_process_ends_with_the_run(two_processors):
    with _drawings.Drawings("netinnov run", 10) as drawings:
        assert drawings._other._process.poll() is None
    assert drawings._other._process.poll() is not None


@pytest.mark.parametrize(
    ("program", "n_links"), [("/usr/bin/qgis", 10), ("", 10), (sys.executable, 10_000_000)]
)
def test_a_host_program_or_a_large_network_has_no_second_process(
    two_processors, monkeypatch, program, n_links
):
    monkeypatch.setattr(sys, "executable", program)
    with _drawings.Drawings("netinnov run", n_links) as drawings:
        assert drawings._other is None
