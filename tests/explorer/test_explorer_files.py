"""Files of the explorer: what a page replaces, what it is made of, and the pictures it saves."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from typer.testing import CliRunner

import netinnov as ni
from explorer_pages import opened
from netinnov.cli import app
from netinnov.errors import InputError
from netinnov.explorer import Explorer

pytestmark = pytest.mark.usefixtures("few_resamples")

ROOT = Path(__file__).parents[2]
NO_LINKS = pd.DataFrame({"source": [], "target": []})
PAIR = pd.DataFrame({"source": ["a"], "target": ["b"]})
AT_ONE_POINT = pd.DataFrame({"lon": [1.0, 1.0], "lat": [50.0, 50.0]}, index=["a", "b"])


def places(*names):
    return pd.DataFrame({"place": list(names)}, index=pd.Index(names, dtype="str"))


def test_a_page_replaces_an_older_page_of_its_own(tmp_path):
    network = ni.build_network(places("a", "b"), PAIR)
    file = tmp_path / "page.html"
    ni.explore(network, title="first").write(file)
    ni.explore(network, title="second").write(file)
    assert "<title>second</title>" in file.read_text(encoding="utf-8")


def table_of_the_user(path):
    path.write_text("source,target\na,b\n")


def other_page(path):
    path.write_text('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n</head>')


def link_to_a_page(path):
    ni.explore(ni.build_network(places("a", "b"), PAIR)).write(path.with_name("page.html"))
    path.symlink_to("page.html")


def second_name_of_a_page(path):
    ni.explore(ni.build_network(places("a", "b"), PAIR)).write(path.with_name("page.html"))
    path.hardlink_to(path.with_name("page.html"))


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (table_of_the_user, "a file that is no such page"),
        (other_page, "a file that is no such page"),
        (link_to_a_page, "a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), "a symbolic link"),
        (second_name_of_a_page, "a file that has a second name"),
        (Path.mkdir, "a folder"),
    ],
)
def test_nothing_but_an_older_page_of_one_name_is_replaced(tmp_path, make, found):
    target = tmp_path / "flows.csv"
    make(target)
    kind = os.lstat(target).st_mode
    held = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(InputError, match=rf"flows\.csv must be .* it is {found}\. Name another"):
        Explorer("<!DOCTYPE html>").write(target)
    assert os.lstat(target).st_mode == kind
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == held


def test_the_command_keeps_the_table_that_it_reads(tmp_path):
    table = tmp_path / "flows.csv"
    table.write_text("source,target,weight\na,b,1\n")
    result = CliRunner().invoke(app, ["explore", str(table), "--out", str(table)])
    assert result.exit_code == 1
    assert "flows.csv must be a new file or an older page of the explorer" in result.stderr
    assert table.read_text() == "source,target,weight\na,b,1\n"


BARE = {
    "no nodes": (pd.DataFrame(index=pd.Index([], dtype="str")), NO_LINKS, None),
    "one place": (places("a"), NO_LINKS, None),
    "no places": (pd.DataFrame(index=["a", "b"]), NO_LINKS, None),
    "isolates at one point": (places("a", "b"), NO_LINKS, AT_ONE_POINT),
    "a pair at one point": (places("a", "b"), PAIR, AT_ONE_POINT),
    "links inside places": (places("a"), PAIR.assign(target="a"), None),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BARE)
def test_a_network_with_little_in_it_has_a_page_of_which_every_view_opens(browser, tmp_path, name):
    network = ni.build_network(*BARE[name])
    file = ni.explore(network).write(tmp_path / "page.html")
    with opened(browser, file) as page:
        for view in ("map", "enclave", "hosts", "centres", "compare", "parks", "tables"):
            page.locator(f"#tab-{view}").click()
            assert page.locator(f"#view-{view}").is_visible()
        with page.expect_download():
            page.locator(".question .actions button").nth(3).click()
        for language, words in (("en", "No two places are linked"), ("zh", "没有两个城市相连")):
            page.goto(f"{file.as_uri()}#lang={language}")
            page.wait_for_selector(f"html[lang^={language}]", state="attached")
            assert (words in page.locator(".answer").inner_text()) == (not network.layers)
        assert page.faults == []


@pytest.mark.slow
def test_a_picture_of_names_with_control_characters_is_well_formed_and_saved(browser, tmp_path):
    network = ni.build_network(places("a", "b"), PAIR)
    file = ni.explore(network, title="A\x01B\x1b\x0b\ufffe and 杭州").write(tmp_path / "page.html")
    with opened(browser, file) as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="as SVG").click()
        picture = ET.parse(download.value.path())
        texts = ["".join(each.itertext()) for each in picture.iter() if each.tag.endswith("text")]
        assert "A\ufffdB\ufffd\ufffd\ufffd and 杭州" in texts
        with page.expect_download() as download:
            page.get_by_role("button", name="Save picture").click()
        assert Path(download.value.path()).read_bytes()[1:4] == b"PNG"
        assert page.faults == []


@pytest.mark.slow
def test_a_picture_that_cannot_be_saved_is_told(browser, tmp_path):
    network = ni.build_network(places("a", "b"), PAIR)
    file = ni.explore(network).write(tmp_path / "page.html")
    with opened(browser, file) as page:
        page.evaluate("() => (Image.prototype.decode = async () => { throw new Error('no room') })")
        for button, told in (
            ("Save picture", "could not be saved (no room)."),
            ("保存图片", "未能保存（no room）。"),
        ):
            page.get_by_role("button", name=button).click()
            page.get_by_text(told).wait_for()
            page.goto(f"{file.as_uri()}#lang=zh")


def test_the_notice_of_bundled_software_is_in_the_licence_and_in_each_page():
    notices = (ROOT / "netinnov" / "explorer" / "src" / "notices.js").read_text("utf-8")
    notice = notices.removeprefix("/*!\n").removesuffix("*/\n")
    assert notice in (ROOT / "LICENSE").read_text("utf-8")
    assert notice in ni.explore(ni.build_network(places("a", "b"), PAIR)).html
    bundled = set((ROOT / "package.json").read_text("utf-8").split('"'))
    for package in {name for name in bundled if name.startswith("d3-")} - {"d3-transition=."}:
        assert package in notice
    licences = [*ROOT.glob("node_modules/d3-*/LICENSE")]  # where npm installed them
    of_bundled = [path for path in licences if f"{path.parent.name}," in notice]
    for line in "\n".join(path.read_text("utf-8") for path in of_bundled).splitlines():
        assert line.removeprefix("This license") in notice
