"""Configurations: one example that is the default, and messages that name what is wrong."""

import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.errors import InputError
from netinnov.scenarios import RIVALS

STUDIES = sorted((Path(__file__).parents[2] / "examples/studies").glob("*.toml"))
ONLY = '[data]\nsource = "yrd"\n'
EXPERIMENT = ONLY + '[experiment]\nhome = "a"\nhost = "b"\nsize = 1\npipeline_share = 0.5\n'


def kinds_in(annotation):
    """The classes of settings that an annotation names."""
    inside = [kind for each in get_args(annotation) for kind in kinds_in(each)]
    return [annotation] if hasattr(annotation, "model_fields") else inside


CONFIGURATION = type(study.read_configuration())
PARTS = {
    {"layers": "layers.gravity"}.get(name, name): kind
    for name, field in CONFIGURATION.model_fields.items()
    for kind in kinds_in(field.annotation)
}
SETTINGS = [
    ("", "title"),
    ("", "seed"),
    *[(part, name) for part, kind in PARTS.items() for name in kind.model_fields],
]


def read(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return study.read_configuration(path)


def test_the_example_is_the_default():
    assert study.read_configuration().data.source == "yrd"
    example = study.configure(tomllib.loads(study.EXAMPLE))
    assert study.read_configuration() == example


NEEDED = {
    "places.level": "districts go to their cities",
    "measures.border": "an enclave matters where borders cost something",
    "measures.distance_weight": "and distances",
    "experiment.rivals": "enclaves the other way are in the data",
}
"""Settings in which the example is not the default, and why it needs that."""


def test_the_example_differs_from_the_defaults_where_it_needs_to_and_says_so():
    given = tomllib.loads(study.EXAMPLE)
    differs = set()
    for part, kind in PARTS.items():
        for setting, field in kind.model_fields.items():
            if setting not in given.get(part, {}) or field.is_required():
                continue
            default = field.get_default(call_default_factory=True)
            if default in (None, "") or not isinstance(
                default, (bool, int, float, str, list, tuple)
            ):
                continue
            value = given[part][setting]
            default = list(default) if isinstance(default, tuple) else default
            comment = rf"^{setting} = [^#]*# default {re.escape(json.dumps(default))}; \w"
            text = study.EXAMPLE[study.EXAMPLE.index(f"\n[{part}]") :].partition("\n\n")[0]
            text = re.sub(r"\n +# ", " ", text)
            assert (re.search(comment, text, re.M) is not None) == (value != default), setting
            if value != default:
                differs.add(f"{part}.{setting}")
    assert differs == NEEDED.keys()
    assert max(map(len, study.EXAMPLE.splitlines())) <= 100


@pytest.mark.parametrize(("part", "name"), SETTINGS)
def test_the_example_explains_every_setting(part, name):
    sections = re.split(r"^(?:# )?\[([\w.]+)\]", study.EXAMPLE, flags=re.M)
    text = dict(zip(["", *sections[1::2]], sections[::2], strict=True))
    if (part, name) == ("places", "keep"):
        assert re.search(r"^\[places.keep\] +# \w+", study.EXAMPLE, re.M)
    elif (part, name) == ("", "title"):
        assert "\ntitle = " in text[""]
    else:
        assert re.search(rf"^(# )?{name} = .*# .*\w", text[part], re.M), name


def test_every_choice_is_in_the_example():
    for kind in PARTS.values():
        for field in kind.model_fields.values():
            for choices in re.findall(r"Literal\[([^]]*)\]", str(field.annotation)):
                for choice in re.findall(r"'([^']+)'", choices):
                    assert f'"{choice}"' in study.EXAMPLE, choice
    with pytest.raises(ValueError, match="must be 'yrd'") as refused:
        study.configure({"data": {"source": "none"}})
    sources = re.findall(r"'(\w+)'", str(refused.value).partition("found")[0])
    assert {"tables", "openalex"} <= {*sources}
    for choice in (*sources, *RIVALS):
        assert f'"{choice}"' in study.EXAMPLE


def test_paths_are_relative_to_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "study.toml"
    path.write_text('[data]\nsource = "tables"\npath = "../tables"\n')
    monkeypatch.chdir(tmp_path.parent)
    found = study.read_configuration(path.relative_to(tmp_path.parent)).data.path
    assert found.is_absolute()
    assert found.resolve() == (tmp_path / "tables").resolve()
    path.write_text(f'[data]\nsource = "tables"\npath = "{tmp_path.as_posix()}"\n')
    assert study.read_configuration(path).data.path == tmp_path


def test_a_configuration_from_windows_is_read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(study.EXAMPLE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert study.read_configuration(path) == study.read_configuration()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "data is missing"),
        ("data = 1", "data must be a section, [data]; found 1"),
        ("[data\n", "is not valid TOML: Expected ']'"),
        ("x = " + "[" * 5000, "is not valid TOML"),
        ("[data]\nsource = 'yrdd'\n", "data.source: must be 'yrd', 'europe', 'tables'"),
        ("[data]\nsource = 'yrdd'\n", "found 'yrdd' (did you mean 'yrd'?)"),
        ("[data]\nsource = 'tables'\n", "data: source = 'tables' needs `path`"),
        (ONLY + "path = 'x'\n", "`path` is for source = 'tables' or 'branches'"),
        (ONLY + "[layers.x]\nmodelled = true\n", "`layers` is for tables of your own; leave it"),
        (
            ONLY + "[layers.x]\nquantity = 'kg'\n",
            "must be 'amount', 'share_of_origin' or 'share_of_destination'; found",
        ),
        (ONLY + "[plcaes]\n", "plcaes is not a setting (did you mean 'places'?)."),
        (ONLY + "[measures]\nborder = '0.5'\n", "measures.border must be a valid number"),
        (ONLY + "[measures]\ncoupling = -1\n", "greater than or equal to 0; found -1"),
        (ONLY + "[measures]\nborder = inf\n", "measures.border must be a finite number; found inf"),
        (ONLY + "[places]\nlevel = 1.0\n", "places.level must be a valid integer; found 1.0"),
        (ONLY + "[places.keep]\nx = []\n", "places.keep.x: list should have at least 1 item"),
        (ONLY + "[places.keep]\nx = [1]\n", "places.keep.x.0 must be a valid string; found 1"),
        ("seed = -1\n" + ONLY, "seed must be greater than or equal to 0; found -1"),
        ("structure = true\n" + ONLY, "structure must be a section, [structure]"),
        (ONLY + "[structure]\nrule = 'hub'", "structure.rule must be 'outliers', 'head_tail'"),
        (ONLY + "[experiment]\nhost = 'a'\n", "home is missing; give home and host, or"),
        (EXPERIMENT.replace("size = 1", "size = 0"), "experiment.size must be greater than or"),
        (EXPERIMENT + "funding = ['gift']\n", "experiment.funding.0 must be 'reallocated' or"),
        (EXPERIMENT + "rivals = ['direct link']\n", "'direct link' (did you mean 'direct links'?)"),
        (EXPERIMENT + "replicates = 0\n", "experiment.replicates must be greater than or equal"),
        (ONLY + "[siting]\nhost = 1\n", "siting.host is not a setting (did you mean 'hosts'?)."),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert words in message
    assert str(tmp_path / "study.toml") in message
    assert "validation error" not in message
    assert "pydantic" not in message


def test_a_configuration_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"none.toml must be a file; there is none"):
        study.read_configuration(tmp_path / "none.toml")
    with pytest.raises(InputError, match="must be a file; it is a folder"):
        study.read_configuration(tmp_path)
    (tmp_path / "study.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(InputError, match="UTF-8"):
        study.read_configuration(tmp_path / "study.toml")


def test_a_file_below_maps_is_relative_to_the_configuration(tmp_path):
    maps = read(tmp_path, ONLY + '[maps]\nbasemap = "borders.geojson"\n').maps
    assert maps.below == str(tmp_path / "borders.geojson")
    assert maps.files == {"basemap": tmp_path / "borders.geojson"}
    assert read(tmp_path, ONLY).maps.below == "land"
    assert read(tmp_path, ONLY + '[maps]\nbasemap = "none"\n').maps.below is None


def test_maps_have_the_extent_that_is_asked_for_and_all_centres():
    places = pd.DataFrame({"lon": [*np.linspace(10, 11, 20), 20.0], "lat": [*[50.0] * 20, 60.0]})
    maps = study.read_configuration().maps
    whole, detail = maps.frames(places)
    assert whole[1] > 20 > detail[1]
    assert maps.detail_with(places, places[:3]) == detail
    west, east, south, north = maps.detail_with(places, places[-1:])
    assert west < 10
    assert east > 20
    assert south < 50 < 60 < north
    own = {"data": {"path": "."}, "maps": {"extent": [0.0, 30.0, 40.0, 70.0]}}
    asked = study.configure(own).maps
    assert asked.frames(places) == ((0, 30, 40, 70), None)
    assert asked.detail_with(places, places[-1:]) == (0, 30, 40, 70)


@pytest.mark.parametrize(
    "extent", [[30.0, 0.0, 40.0, 70.0], [0.0, 30.0, 70.0, 40.0], [120.0, 120.0001, 30.0, 30.0001]]
)
def test_an_extent_is_a_frame_that_is_not_too_small(extent):
    with pytest.raises(ValueError, match=r"west < east and south < north, at least 0\.01"):
        study.configure({"data": {"path": "."}, "maps": {"extent": extent}})


def test_mechanisms_and_planning_are_there_where_they_are_asked_for_and_in_the_bundled_case():
    own, bundled = {"data": {"source": "tables", "path": "."}}, {"data": {"source": "yrd"}}
    for part in ("park", "siting", "plan", "space", "sharing", "governance"):
        assert getattr(study.configure(own), part) is None
        assert getattr(study.configure(own | {part: {}}), part) is not None
        assert getattr(study.configure(bundled), part) is not None
        assert getattr(study.configure(bundled | {part: False}), part) is None


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_each_example_of_a_study_is_valid(path):
    configuration = study.read_configuration(path)
    assert configuration.data.source not in ("yrd", "europe")
    assert configuration.title != "Innovation network"
