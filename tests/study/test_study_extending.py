"""What CONTRIBUTING promises: sections, rivals and readers are usable once registered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import pandas as pd
import pytest
from typer.testing import CliRunner

from netinnov import study
from netinnov.cli import app
from netinnov.scenarios import RIVALS, DirectLinks, Rival
from netinnov.sources import Tables
from netinnov.sources._read_network import READERS
from netinnov.study import sections
from netinnov.study._language import Language
from netinnov.study._section import Part, Result, Section, Table
from study_cases import CHAIN, PARK, THREE

NODES = pd.DataFrame(THREE, columns=["node", "place"])
LINKS = pd.DataFrame(CHAIN, columns=["source", "target"])


class DensityPart(Part):
    """An option of its own."""

    part: ClassVar[str] = "density"

    scale: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class Density(Result):
    links: int
    pairs: int
    scale: int


def _compute(context):
    options = context.options(DensityPart)
    n = context.cities.n_nodes
    return Density(context, context.cities.n_links, n * (n - 1) // 2, options.scale)


def _facts(result):
    share = result.scale * result.links / result.pairs
    return {"scale": result.scale, "linked": round(share)}


def _tables(result):
    yield Table("density", pd.DataFrame({"pairs": [result.pairs]}), on_page=True)


def _module():
    module = ModuleType("netinnov.study.sections.density")
    module.OPTIONS = DensityPart
    module.compute, module.facts, module.tables = _compute, _facts, _tables
    return module


WORDS = """{% set question %}How dense is it?{% endset %}
{% set answer %}Of {{ scale }} pairs {{ linked }} are linked.{% endset %}
{% set tables = {"density": "Pairs of places"} %}
"""
DENSITY = Section.of(_module())
DATA, EXPERIMENT = (Section.of(module) for module in (sections.data, sections.experiment))


@pytest.fixture
def density(monkeypatch):
    """A section beside that on the data, with its words."""
    original = Language.template

    def template(language, section):
        words = language.environment.from_string(WORDS)
        return words if section == "density" else original(language, section)

    monkeypatch.setattr(Language, "template", template)
    monkeypatch.setattr(sections, "SECTIONS", [DATA, DENSITY])


def write(folder, settings=""):
    (folder / "tables").mkdir(exist_ok=True)
    NODES.to_csv(folder / "tables" / "nodes.csv", index=False)
    LINKS.to_csv(folder / "tables" / "links.csv", index=False)
    text = f'[data]\nsource = "tables"\npath = "tables"\n{settings}'
    (folder / "study.toml").write_text(text)


def command(*arguments):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result


def test_a_new_section_is_a_module_two_templates_and_a_line_in_the_list(
    density, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "[density]\nscale = 30\n")
    command("run", "study.toml", "--out", "out", "--quiet")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    # Two of the three pairs are linked: 20 of 30.
    assert page.count("Of 30 pairs 20 are linked.") == 1
    assert '<section class="part" id="density">\n<h2>1. How dense is it?</h2>' in page
    assert pd.read_csv(tmp_path / "out" / "tables" / "density.csv")["pairs"].tolist() == [3]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["configuration"]["density"] == {"scale": 30}
    off = (tmp_path / "study.toml").read_text().replace("[density]\nscale = 30\n", "")
    (tmp_path / "study.toml").write_text("density = false\n" + off)
    command("run", "study.toml", "--out", "out", "--quiet", "--overwrite")
    assert "How dense" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_wrong_setting_of_a_new_section_is_named(density, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text('[data]\nsource = "yrd"\n[density]\nscal = 3\n')
    with pytest.raises(ValueError, match=r"density.scal is not a setting \(did you mean 'scale'"):
        study.read_configuration(path)


def test_a_new_rival_is_a_line_in_the_catalogue(tmp_path, monkeypatch):
    def twice(enclave):
        return DirectLinks(enclave.home, enclave.host, 2 * enclave.size, funding=enclave.funding)

    park = {**PARK, "funding": ["new"], "rivals": ["twice the links"], "placebos": 0}
    monkeypatch.setitem(RIVALS, "twice the links", Rival(twice))
    monkeypatch.setattr(sections, "SECTIONS", [DATA, EXPERIMENT])
    monkeypatch.chdir(tmp_path)
    lines = [f"{key} = {json.dumps(value)}" for key, value in park.items()]
    write(tmp_path, "[experiment]\n" + "\n".join(lines))
    command("run", "study.toml", "--out", "out", "--quiet")
    contrasts = pd.read_csv(tmp_path / "out" / "tables" / "contrasts.csv")
    assert set(contrasts["rival"]) == {"twice the links, new"}


def test_a_new_reader_is_a_line_in_the_list_of_readers(tmp_path, monkeypatch):
    def read_lines(path):
        links = pd.DataFrame([line.split("-") for line in path.read_text().split()])
        ids = sorted(set(links.to_numpy().ravel()))
        nodes = pd.DataFrame({"place": ids}, index=pd.Index(ids, name="node"))
        return Tables(nodes, links.set_axis(["source", "target"], axis=1))

    monkeypatch.setitem(READERS, "lines", read_lines)
    monkeypatch.setattr(sections, "SECTIONS", [DATA, Section.of(sections.central)])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.lines").write_text("a-b b-c\n")
    (tmp_path / "study.toml").write_text('[data]\nsource = "lines"\npath = "pairs.lines"\n')
    command("run", "study.toml", "--out", "out", "--quiet")
    table = pd.read_csv(tmp_path / "out" / "tables" / "centrality.csv").set_index("node")
    assert table["overlapping_degree"].to_dict() == {"b": 2, "a": 1, "c": 1}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert list(manifest["inputs"]) == ["pairs.lines"]
