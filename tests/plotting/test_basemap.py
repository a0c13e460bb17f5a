"""Maps below the flow map: the user's own, in any coordinate system."""

from __future__ import annotations

import sys

import geopandas
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path
from shapely.geometry import LineString, Point, Polygon

import netinnov as ni
from netinnov.datasets._coast import land_in
from netinnov.errors import InputError
from netinnov.plotting import plot_flow_map

LAND = Polygon([(118, 28), (123, 28), (123, 32), (118, 32)])
RIVER = LineString([(118, 30), (123, 31)])
FAR = Polygon([(0, 0), (1, 0), (1, 1)])


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")


@pytest.fixture
def network() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"], "kind": "place"}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    places = pd.DataFrame({"lon": [118.9, 120.2], "lat": [29.0, 30.3]}, index=["a", "b"])
    return ni.build_network(nodes, links, places)


def drawn(ax):
    return [part for part in ax.collections if part.get_gid() == "basemap"]


def corners(collection):
    return collection.get_paths()[0].vertices[:4].round(6).tolist()


def test_polygons_and_lines_lie_below_everything(network):
    shapes = geopandas.GeoSeries([LAND, RIVER, FAR], crs=4326)
    plain = plot_flow_map(network)
    ax = plot_flow_map(network, basemap=shapes)
    area, line = drawn(ax)
    assert len(area.get_paths()) == 1, "what is outside the frame is not drawn"
    assert len(line.get_paths()) == 1
    others = [part.get_zorder() for part in ax.collections if part not in (area, line)]
    assert max(area.get_zorder(), line.get_zorder()) < min(others)
    assert ax.get_xlim() == plain.get_xlim()
    assert ax.get_ylim() == plain.get_ylim()
    assert ax.get_aspect() == plain.get_aspect()
    assert (ax.get_xlabel(), ax.get_ylabel()) == (plain.get_xlabel(), plain.get_ylabel())


def test_other_coordinate_systems_become_degrees(network, tmp_path):
    shapes = geopandas.GeoDataFrame(geometry=[LAND], crs=4326)
    shapes.to_file(tmp_path / "land.geojson")
    for basemap in (
        shapes,
        shapes.to_crs(3857),
        tmp_path / "land.geojson",
        shapes.set_crs(None, allow_override=True),
    ):
        (area,) = drawn(plot_flow_map(network, basemap=basemap))
        found = {tuple(corner) for corner in corners(area)}
        assert found == {(118.0, 28.0), (123.0, 28.0), (123.0, 32.0), (118.0, 32.0)}


def test_nothing_in_the_frame_draws_nothing(network):
    assert not drawn(plot_flow_map(network, basemap=geopandas.GeoSeries([FAR], crs=4326)))


@pytest.mark.parametrize(
    ("basemap", "words"),
    [
        (3, 'must be "land", None, a GeoDataFrame, a GeoSeries or the path of a file; found int'),
        ("nowhere.geojson", "nowhere.geojson must be a file; there is none"),
        (geopandas.GeoSeries([Point(5e5, 4e6)]), "no coordinate system.*set_crs"),
    ],
)
def test_what_is_no_basemap(network, basemap, words):
    with pytest.raises(InputError, match=words):
        plot_flow_map(network, basemap=basemap)


def test_a_file_that_holds_no_shapes(network, tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    broken = '{"features": [{"properties": null, "geometry": {"type": "Circle"}}]}'
    (tmp_path / "broken.geojson").write_text(broken)
    for name, words in (("table.csv", "must be GeoJSON"), ("broken.geojson", "cannot be read")):
        with pytest.raises(InputError, match=f"{name} {words}"):
            plot_flow_map(network, basemap=tmp_path / name)


def test_without_geopandas_the_message_is_a_command(network, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[maps\]'"):
        plot_flow_map(network, basemap="land.geojson")
    plot_flow_map(network)


# -- the bundled land --------------------------------------------------------------------------


def inside(outlines, lon, lat):
    """Whether a point is on land: outlines around it, counted against the holes."""
    return sum(Path(outline).contains_point((lon, lat)) for outline in outlines) % 2 == 1


@pytest.mark.parametrize(
    ("place", "lon", "lat", "on_land"),
    [
        ("Hangzhou", 120.15, 30.28, True),
        ("the East China Sea", 122.9, 30.0, False),
        ("Hangzhou Bay", 121.3, 30.5, False),
        ("Paris", 2.35, 48.86, True),
        ("the Channel", -0.5, 50.2, False),
        ("Quito", -78.5, -0.2, True),
        ("the Caspian Sea", 50.5, 42.0, False),
        ("Hobart's hills", 146.5, -42.2, True),
        ("the Norwegian Sea", 0.0, 67.0, False),
        ("the Greenland Sea", -5.0, 71.3, False),
        ("inland Chukotka", 172.0, 67.0, True),
        ("Chukotka east of 180 degrees", -179.0, 67.5, True),
        ("Hawaii, counted eastwards", 204.4, 19.6, True),
    ],
)
@pytest.mark.parametrize("around", [1.5, 15.0])
def test_the_bundled_land_is_where_land_is(place, lon, lat, on_land, around):
    frame = (lon - around, lon + around, lat - around, lat + around)
    assert inside(land_in(frame), lon, lat) == on_land, place


def test_land_is_cut_to_the_frame_and_lies_below_everything(network):
    west, east, south, north = frame = (118.0, 123.0, 27.0, 33.0)
    corners = np.concatenate(land_in(frame))
    assert (corners >= [west - 0.2, south - 0.2]).all()
    assert (corners <= [east + 0.2, north + 0.2]).all()
    ax = plot_flow_map(network, extent=frame)
    (land,) = [part for part in ax.patches if part.get_gid() == "land"]
    assert land.get_zorder() < min(part.get_zorder() for part in ax.collections)
    nothing = plot_flow_map(network, basemap=None)
    assert not [part for part in nothing.patches if part.get_gid() == "land"]


def test_far_from_any_shore_there_is_only_sea():
    assert land_in((-140.0, -135.0, -30.0, -25.0)) == []
    (corners,) = land_in((100.0, 101.0, 50.0, 51.0))  # Siberia: all land
    assert len(corners) <= 8
