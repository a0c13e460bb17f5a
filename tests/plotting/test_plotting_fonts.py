"""Labels in Chinese and with odd characters: what is drawn, and what is said where it is not."""

import warnings

import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager

import netinnov as ni
from figures import new_figure
from netinnov import study
from netinnov.cli import _warn_in_words
from netinnov.plotting import (
    _fonts,
    plot_centralities,
    plot_effects,
    plot_flow_map,
    plot_rank_size,
    save_figure,
)
from netinnov.plotting._fonts import cjk_font, place_names, printable
from netinnov.study import sections

PLACES = pd.DataFrame(
    {"name_en": ["Quzhou", None, "Hangzhou"], "name_zh": ["衢州", "余杭", None]},
    index=["quzhou", "yuhang", "hangzhou"],
)


@pytest.fixture
def latin_fonts(monkeypatch):
    """Files in the system's folders, where matplotlib's list has no Chinese font."""
    latin = [f for f in font_manager.fontManager.ttflist if f.name not in _fonts._CJK_FONTS]
    paths: list[str] = []
    monkeypatch.setattr(font_manager.fontManager, "ttflist", latin)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: list(paths))
    monkeypatch.setattr(_fonts, "_told", set())
    caches = _fonts.cjk_font, _fonts._characters
    for kept in caches:
        kept.cache_clear()
    yield paths
    for kept in caches:
        kept.cache_clear()


def test_a_font_installed_after_the_list_was_made_is_used(latin_fonts, tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    font = TTFont(font_manager.findfont("DejaVu Sans"))
    for family in (1, 16):  # which of the two is read depends on matplotlib's FreeType
        font["name"].setName("Noto Sans SC", family, 3, 1, 0x409)
        font["name"].setName("Noto Sans SC", family, 1, 0, 0)
    font.save(tmp_path / "chinese.ttf")
    latin_fonts += [str(tmp_path / "broken.ttf"), str(tmp_path / "chinese.ttf")]
    assert cjk_font() == "Noto Sans SC"


@pytest.mark.usefixtures("latin_fonts")
def test_without_a_font_one_warning_says_how_to_get_one():
    assert cjk_font() is None
    with pytest.warns(UserWarning, match="No installed font has Chinese.*apt install fonts-noto"):
        assert place_names(pd.DataFrame({"name": ["衢州"]}, ["quzhou"])).tolist() == ["quzhou"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert printable("余杭, 杭州") == "??, ??"  # said once
        assert place_names(PLACES, chinese=True).tolist() == ["Quzhou", "yuhang", "Hangzhou"]
    with pytest.warns(UserWarning, match=r"lacks U\+1F984"):
        assert printable("a \U0001f984") == "a ?"


def test_places_without_names_or_of_no_number_are_called_by_their_ids():
    assert place_names(pd.DataFrame(index=["a"]), chinese=True).to_dict() == {"a": "a"}
    named = PLACES.assign(name_en=["Quzhou", "Yuhang", "Hangzhou"], name=None)
    assert place_names(named).tolist() == ["Quzhou", "Yuhang", "Hangzhou"]
    assert place_names(PLACES.iloc[:0], chinese=True).tolist() == []


# Byte order mark, zero width space, override of direction, NUL, bell, escape, soft hyphen, tag.
ODD = "\ufeff\u200b\u202e\x00\x07\x1b\xad\U000e0041"


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: f"U+{ord(odd):04X}")
def test_what_nobody_sees_is_left_out(odd):
    assert printable(f"{odd}Quz{odd}hou{odd}") == "Quzhou"
    assert printable(odd) in ("", "?")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The font of figures")
def test_odd_text_is_drawn_in_every_format(tmp_path):
    text = f"{ODD}$x_{{$\\frac"
    alone = f"{text}\ud800"  # which no table of pandas holds
    cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    names = {node: f"{node[-2:]}{alone}" for node in cities.nodes.index}
    links = cities.links.replace({"layer": dict.fromkeys(cities.layers, text)})
    sizes = pd.Series([2.0, 1.0], [f"a{text}", f"b{text}"])
    row = {"scenario": text, "measure": text, "node": text}
    effects = pd.DataFrame([{**row, "difference": 0.2, "low": 0.1, "high": 0.3}])
    figure = new_figure(width=140, height=120)
    axes = figure.subplots(2, 2).ravel()
    plot_rank_size(sizes, label=alone, ax=axes[0])
    plot_effects(effects, ax=axes[1])
    plot_centralities(pd.DataFrame({text: [1.0, 2.0]}, sizes.index), ax=axes[2])
    plot_flow_map(cities.replace_links(links), names=names, ax=axes[3])
    for path in save_figure(figure, tmp_path, "odd"):
        assert path.stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.usefixtures("latin_fonts")
def test_the_report_says_which_labels_are_not_drawn(tmp_path, monkeypatch):
    with_map = [section for section in sections.SECTIONS if section.name in ("data", "enclaves")]
    monkeypatch.setattr(sections, "SECTIONS", with_map)
    nodes = pd.DataFrame({"node": ["a", "b"], "place": ["a", "b"]})
    at = {"lon": [118.0, 120.0], "lat": [29.0, 30.0]}
    places = pd.DataFrame({"place": ["a", "b"], "name": ["衢州", "杭州"], **at})
    links = pd.DataFrame({"source": ["a"], "target": ["b"], "layer": ["余杭"]})
    for name, table in (("nodes", nodes), ("links", links), ("places", places)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    configuration = study.configure({"data": {"source": "tables", "path": tmp_path}})
    with pytest.warns(UserWarning, match="apt install fonts-noto-cjk"):
        page = study.run(configuration, out=tmp_path / "out")
    assert page.read_text("utf-8").count("apt install fonts-noto-cjk") == 1


def test_at_the_terminal_a_warning_is_a_sentence(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        _warn_in_words()
        warnings.warn("Install a font.", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "netinnov: Install a font.\n"
