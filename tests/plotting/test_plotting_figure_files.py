"""Files of figures: written whole or not at all, with caption and command."""

from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from PIL import Image

import netinnov as ni
from figures import new_figure
from netinnov.errors import InputError
from netinnov.plotting import plot_network, save_figure


def test_what_cannot_be_written_is_told_with_the_path(tmp_path):
    (tmp_path / "effects.pdf").mkdir()
    with pytest.raises(InputError, match=r"effects\.pdf must be the name of a file"):
        save_figure(new_figure(width=40, height=40), tmp_path, "effects")
    assert [path.name for path in tmp_path.iterdir()] == ["effects.pdf"]


@pytest.mark.parametrize("name", ["../effects", "a/effects", "/tmp/effects", "", 7])
def test_a_figure_stays_in_its_folder(tmp_path, name):
    folder = tmp_path / "figures"
    with pytest.raises(InputError, match="`name` must be the name of a file, without a folder"):
        save_figure(new_figure(width=40, height=40), folder, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_files_carry_their_caption_and_command(tmp_path):
    caption, command = "衢州 & <hosts>:\nfull \x07circles.", "python figures.py"
    said = {"caption": caption, "command": command, "formats": ["pdf", "png", "svg"]}
    for run in ("a", "b"):
        figure = new_figure(width=40, height=40)
        figure.add_subplot().plot([1, 2])
        before = figure.canvas, figure.dpi, figure.get_layout_engine()
        pdf, png, svg = save_figure(figure, tmp_path / run, "map", **said)
        assert (figure.canvas, figure.dpi, figure.get_layout_engine()) == before
    for path in (pdf, png, svg):
        assert (tmp_path / "a" / path.name).read_bytes() == path.read_bytes()
    line = "衢州 & <hosts>: full circles."
    with Image.open(png) as picture:
        assert picture.text["Description"] == line
        assert picture.text["Comment"] == command
        assert picture.text["Software"].startswith("netinnov ")
        assert picture.size == (472, 472)  # 40 mm at 300 dots an inch
    # PDF writes text beyond ASCII as UTF-16 with a byte order mark, and escapes ( ) and \.
    assert ("\ufeff" + line).encode("utf-16-be") in pdf.read_bytes()
    assert b"(python figures.py)" in pdf.read_bytes()
    root = ET.parse(svg).getroot()
    said = {element.tag.partition("}")[2]: "".join(element.itertext()) for element in root.iter()}
    assert said["description"].strip() == line
    assert said["source"].strip() == command
    assert "date" not in said


def test_captions_are_the_notes_of_the_axes_by_default(tmp_path):
    figure = new_figure(width=60, height=40)
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    network = ni.build_network(pd.DataFrame({"v": [1.0, 2.0]}, index=["a", "b"]), links)
    plot_network(network, size=network.nodes["v"], rng=1, ax=figure.add_subplot())
    (png,) = save_figure(figure, tmp_path, "map", formats=["png"])
    with Image.open(png) as picture:
        assert picture.text["Description"] == "Area of a node: v."
    with pytest.raises(InputError, match="`formats` must be one of 'pdf', 'png', 'svg'"):
        save_figure(figure, tmp_path, "map", formats=["tiff"])
