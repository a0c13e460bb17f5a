"""What the flow map draws is what was given; labels cover nothing."""

import re
import sys
import zlib
from itertools import combinations

import geopandas
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from shapely.geometry import LineString, Point, Polygon

from figures import arrows, axes, entries, lines, new_figure, notes
from netinnov import build_network
from netinnov.datasets._coast import land_in
from netinnov.errors import InputError
from netinnov.plotting import plot_flow_map, save_figure
from netinnov.plotting._frame import dense_frame
from netinnov.plotting._labels import label_points


@pytest.fixture
def cities():
    """Four places, the last without coordinates; two layers join p and q, one of them twice."""
    links = pd.DataFrame({"source": list("ppqppqp"), "target": list("qqrsppr")})
    links["layer"] = [*["trade"] * 5, "talent", "gravity"]
    links["weight"] = [4.0, 4.0, 2.0, 9.0, 9.0, 2.0, 0.5]
    links["period"] = pd.array([2019, *[2020] * 5, None], dtype="Int64")
    at = {"lon": [118.0, 120.0, 121.0, None, 120.2], "lat": [29.0, 30.0, 31.0, None, 30.2]}
    places = pd.DataFrame({**at, "parent": [*[None] * 4, "q"]}, index=[*"pqrs", "district"])
    nodes = pd.DataFrame({"kind": "place", "place": list("pqrs")}, index=list("pqrs"))
    model = {"modelled": True, "parameters": "exponent: 2; model: made up"}
    return build_network(nodes, links, places, ["talent"], {"gravity": model})


@pytest.fixture
def enclaves():
    homes, hosts = ["p", "p", "q", "p", "q"], ["q", "district", "p", "s", "district"]
    ways = ["reverse", "reverse", "forward", "reverse", "level"]
    return pd.DataFrame({"home": homes, "host": hosts, "direction": ways})


def test_width_is_weight_on_one_scale_for_what_is_observed(cities, ax):
    # Periods of p-q add up to 8, the largest; p-s has no place on the map, p-p is no link.
    drawn = lines(plot_flow_map(cities, ax=ax))
    widths = {name: np.asarray(part.get_linewidths()) for name, part in drawn.items()}
    most = widths["trade"].max()
    assert widths["trade"] == pytest.approx(np.array([8, 2]) / 8 * most)
    assert widths["talent"] == pytest.approx([2 / 8 * most])
    assert widths["gravity"] == pytest.approx([most])
    ends = [line[[0, -1]].tolist() for line in drawn["trade"].get_segments()]
    assert np.ravel(ends) == pytest.approx([118, 29, 120, 30, 120, 30, 121, 31])


def test_links_of_one_pair_fan_out_to_both_sides(cities, ax):
    drawn = lines(plot_flow_map(cities, layers=["trade", "talent"], ax=ax))
    middle = [drawn[layer].get_segments()[0][6] - [119, 29.5] for layer in ("trade", "talent")]
    assert np.abs(middle).max() > 0.01
    assert middle[0] == pytest.approx(-middle[1])


def test_enclaves_are_arrows_from_home_to_host_and_those_left_out_are_counted(cities, enclaves, ax):
    plot_flow_map(cities, enclaves=enclaves, ax=ax)
    # The district lies in q: p -> q twice, so its arrow is wider; q -> district stays inside q.
    drawn = arrows(ax)
    assert set(drawn) == {"p -> q", "q -> p"}
    assert drawn["p -> q"].get_linewidth() > drawn["q -> p"].get_linewidth()
    assert drawn["q -> p"].get_linestyle() != drawn["p -> q"].get_linestyle()
    # Below the observed links, above the modelled ones.
    assert {arrow.get_zorder() for arrow in drawn.values()} == {3}
    order = {name: part.get_zorder() for name, part in lines(ax).items()}
    assert order["gravity"] < 3 < min(order["talent"], order["trade"])
    note = notes(ax)
    assert "an end is not on the map: 1." in note
    assert "inside one place, not drawn: 1." in note
    assert "no coordinates: 1 of 4." in note


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "columns", "drawn", "entry"),
    [
        ({"arrows": 1}, {}, {"q -> p"}, "enclaves, 2 each"),
        ({}, {}, {"p -> q", "q -> p", "q -> r"}, "enclaves, 1 to 2"),
        ({"extent": (117, 120.5, 28, 30.5)}, {}, {"p -> q", "q -> p"}, "enclaves, 1 to 2"),
        (
            {"arrows": 1},
            {"direction": "level"},
            {"q -> p"},
            "enclaves of places of equal rank, 2 each",
        ),
    ],
)
def test_enclaves_of_one_pair_are_one_arrow(cities, ax, options, columns, drawn, entry):
    enclaves = pd.DataFrame({"home": ["p", "q", "q", "q"], "host": ["q", "p", "p", "r"]})
    plot_flow_map(cities, enclaves=enclaves.assign(**columns), ax=ax, **options)
    assert set(arrows(ax)) == drawn
    assert entry in entries(ax)
    said = notes(ax)
    assert ("Arrows: the 1 of most enclaves, of 3 pairs." in said) == ("arrows" in options)
    outside = "Enclaves with an end outside the frame, not drawn: 1."
    assert (outside in said) == ("extent" in options)


def hides(label, at):
    """Whether the box of a label covers any of the points, in pixels."""
    box = label.get_window_extent()
    return bool(((at > [box.x0, box.y0]) & (at < [box.x1, box.y1])).all(axis=1).any())


def overlap(labels):
    boxes = [label.get_window_extent() for label in labels]
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_the_record_and_not_the_name_says_whether_a_layer_is_modelled(cities, ax):
    plot_flow_map(cities, ax=ax)
    assert "gravity (modelled), up to 0.5" in entries(ax)
    note = notes(ax)
    assert note.endswith("gravity (modelled): exponent: 2; model: made up.")
    network = _of_layers({"modelled_trips": 1.0, "trips": 2.0}, {"trips": {"modelled": True}})
    other = plot_flow_map(network, ax=axes())
    assert entries(other)[:2] == ["modelled_trips, up to 1", "trips (modelled), up to 2"]
    network = _of_layers({"modelled_trips": 1.0}, {"modelled_trips": {"modelled": True}})
    assert entries(plot_flow_map(network, ax=axes()))[0].startswith("modelled_trips (modelled)")


def _of_layers(weights, records=None):
    """Two places that a link of each layer joins."""
    places = pd.DataFrame({"lon": [118.0, 120.0], "lat": [29.0, 30.0]}, index=["p", "q"])
    links = pd.DataFrame({"layer": list(weights), "weight": list(weights.values())})
    nodes = pd.DataFrame({"place": ["p", "q"]}, index=["p", "q"])
    return build_network(nodes, links.assign(source="p", target="q"), places, layers=records)


def test_of_many_layers_the_heaviest_four_are_drawn_and_the_others_named(ax):
    weights = {"a": 1.0, "b": 5.0, "c": 4630.0, "d": 3.0, "e": 6.313, "f": 2.0, "m": 0.1}
    network = _of_layers(weights, {"m": {"modelled": True}})
    assert set(lines(plot_flow_map(network, ax=ax))) == {*"bcdem"}
    assert "Layers of less weight, not drawn: f, a." in notes(ax)
    assert {"c, up to 4,630", "e, up to 6.3"} <= set(entries(ax))
    asked = axes()
    assert set(lines(plot_flow_map(network, layers=list("abcdef"), ax=asked))) == set("abcdef")


def test_places_at_one_point_share_a_label(ax):
    ax.set(xlim=(0, 3), ylim=(0, 3))
    points = np.array([[0.5, 0.5]] * 2 + [[1.5, 1.5]] + [[2.5, 0.5]] * 5)
    placed = label_points(ax, points, ["Hefei", "Anhui", "Quzhou", *"abcde"], radii=2, most=9)
    assert [label.get_text() for label in placed] == ["Hefei, Anhui", "Quzhou", "a and 4 more"]


@pytest.mark.slow
def test_a_label_is_nearest_to_its_own_point_and_hides_none(ax):
    rng = np.random.default_rng(5)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    points = rng.random((80, 2))
    placed = label_points(ax, points, [f"n{i}" for i in range(80)], radii=1.5, most=60)
    assert 30 < len(placed) <= 60
    ax.figure.canvas.figure.draw_without_rendering()
    at = ax.transData.transform(points)
    for label in placed:
        box = label.get_window_extent()
        low, high = np.array([box.x0, box.y0]), np.array([box.x1, box.y1])
        away = np.hypot(*np.maximum(np.maximum(low - at, at - high), 0).T)
        assert away.argmin() == int(label.get_text()[1:])
        assert not hides(label, at)
    assert not overlap(placed)


def test_only_the_strongest_links_are_drawn_and_the_rest_is_counted(cities, ax):
    drawn = lines(plot_flow_map(cities, strongest=1, ax=ax))
    assert len(drawn["trade"].get_segments()) == 1
    assert "trade: 1 of 2 links are drawn, the heaviest." in notes(ax)


def test_the_dense_part_of_the_world_is_found_where_neighbours_are_uneven():
    rng = np.random.default_rng(1)
    cities = pd.DataFrame(rng.uniform([-8, 40], [18, 60], (300, 2)), columns=["lon", "lat"])
    suburbs = pd.DataFrame(rng.normal([2, 49], 0.05, (200, 2)), columns=["lon", "lat"])
    world = pd.DataFrame(rng.uniform([-170, -50], [170, 60], (60, 2)), columns=["lon", "lat"])
    west, east, south, north = dense_frame(pd.concat([cities, suburbs, world], ignore_index=True))
    assert (cities["lon"].between(west, east) & cities["lat"].between(south, north)).mean() > 0.9
    assert east - west < 120
    assert dense_frame(cities) is None


def test_the_map_is_stretched_by_its_latitude_and_the_scale_bar_by_great_circles(cities, ax):
    # At 60 degrees, the middle latitude, a degree of longitude is half as long as one of latitude.
    plot_flow_map(cities, extent=(118, 121, 59, 61), ax=ax)
    assert ax.get_aspect() == pytest.approx(2)
    bar = next(line for line in ax.lines if line.get_gid() == "scale")
    west, east = bar.get_xdata()
    km = float(next(t.get_text() for t in ax.texts if t.get_text().endswith("km")).split()[0])
    assert (east - west) * 0.5 * 6371.0088 * np.pi / 180 == pytest.approx(km)
    assert plot_flow_map(cities, extent=(0, 1, -60, 60), ax=axes()).get_aspect() == 1


def test_the_name_of_a_host_hides_no_arrowhead():
    # Eight homes around a host: seven heads, and room for its name at the eighth side.
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)[1:]
    ids = ["The host", *(f"h{at}" for at in range(7))]
    places = pd.DataFrame(
        {"place": ids, "lon": [120, *(120 + 2 * np.cos(turn))], "lat": [0, *(2 * np.sin(turn))]}
    )
    nodes = pd.DataFrame({"node": ids, "kind": "place", "place": ids})
    links = pd.DataFrame({"source": ids[:-1], "target": ids[1:]})
    enclaves = pd.DataFrame({"home": ids[1:], "host": "The host", "direction": "reverse"})
    figure = new_figure(height=120)
    ax = figure.add_subplot()
    plot_flow_map(build_network(nodes, links, places), layers=(), enclaves=enclaves, ax=ax)
    figure.set_dpi(300)
    figure.draw_without_rendering()
    boxes = [text.get_bbox_patch() for text in ax.texts if text.get_bbox_patch() is not None]
    assert (len(boxes), len(arrows(ax))) == (8, 7)
    for arrow in arrows(ax).values():
        path = arrow.get_transform().transform_path(arrow.get_path())
        _, *head = path.to_polygons(closed_only=False)
        assert not any(hides(box, np.concatenate(head)) for box in boxes)


def test_a_map_without_coordinates_is_empty_and_says_so(ax):
    plot_flow_map(build_network(pd.DataFrame({"source": ["a"], "target": ["b"]})), ax=ax)
    assert "no coordinates: 2 of 2." in notes(ax)
    assert lines(ax) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": ["trad"]}, r"1 of 1 names .*: 'trad' \(did you mean 'trade'"),
        ({"extent": (3, 2, 1, 4)}, "west < east"),
        ({"extent": (118, 118.0001, 30, 30.0001)}, r"at least 0.01 \(about 1 km\) apart"),
        ({"values": pd.Series({"nowhere": 1.0})}, "1 of 1 names .*: 'nowhere'"),
        ({"values": [1.0]}, "must be of the type Series"),
    ],
)
def test_what_is_not_in_the_network_or_on_earth_is_refused(cities, options, words):
    with pytest.raises(InputError, match=words):
        plot_flow_map(cities, **options)


@pytest.mark.slow
def test_a_pdf_embeds_true_type_fonts_and_a_png_has_300_dots_an_inch(cities, tmp_path):
    figure = new_figure(width=89, height=60)
    plot_flow_map(cities, ax=figure.add_subplot())
    pdf, png = save_figure(figure, tmp_path / "new", "map")
    document = pdf.read_bytes()
    assert b"/FontFile2" in document
    assert b"/Type3" not in document
    # Labels are text that can be searched and edited, not outlines.
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.S)
    assert any(b"BT" in zlib.decompress(s) for s in streams if s[:1] == b"x")
    assert plt.imread(png).shape[1] == pytest.approx(89 / 25.4 * 300, abs=1)


PROVINCE = Polygon([(118, 28), (123, 28), (123, 32), (118, 32)])
RIVER = LineString([(118, 30), (123, 31)])
FAR = Polygon([(0, 0), (1, 0), (1, 1)])


@pytest.fixture
def network():
    return _of_layers({"links": 1.0})


def drawn(ax):
    return [part for part in ax.collections if part.get_gid() == "basemap"]


def test_polygons_and_lines_lie_below_everything(network):
    shapes = geopandas.GeoSeries([PROVINCE, RIVER, FAR], crs=4326)
    plain, ax = plot_flow_map(network), plot_flow_map(network, basemap=shapes)
    area, line = drawn(ax)
    assert len(area.get_paths()) == 1, "what is outside the frame is not drawn"
    assert len(line.get_paths()) == 1
    others = [part.get_zorder() for part in ax.collections if part not in (area, line)]
    assert max(area.get_zorder(), line.get_zorder()) < min(others)
    for name in ("xlim", "ylim", "aspect", "xlabel", "ylabel"):
        assert getattr(ax, f"get_{name}")() == getattr(plain, f"get_{name}")()


@pytest.mark.slow
def test_other_coordinate_systems_become_degrees(network, tmp_path):
    shapes = geopandas.GeoDataFrame(geometry=[PROVINCE], crs=4326)
    shapes.to_file(tmp_path / "land.geojson")
    for basemap in (
        shapes,
        shapes.to_crs(3857),
        tmp_path / "land.geojson",
        shapes.set_crs(None, allow_override=True),
    ):
        (area,) = drawn(plot_flow_map(network, basemap=basemap))
        corners = {tuple(corner) for corner in area.get_paths()[0].vertices.round(6).tolist()}
        assert corners == {(118.0, 28.0), (123.0, 28.0), (123.0, 32.0), (118.0, 32.0)}


@pytest.mark.parametrize(
    ("basemap", "words"),
    [
        ("shapes.csv", "shapes.csv must be GeoJSON"),
        ("shapes.geojson", "shapes.geojson cannot be read"),
        (3, 'must be "land", None, a GeoDataFrame, a GeoSeries or the path of a file; found int'),
        ("nowhere.geojson", "nowhere.geojson must be a file; there is none"),
        (geopandas.GeoSeries([Point(5e5, 4e6)]), "no coordinate system.*set_crs"),
    ],
)
def test_what_is_no_basemap(network, basemap, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    circle = '{"features": [{"properties": null, "geometry": {"type": "Circle"}}]}'
    for name in ("shapes.csv", "shapes.geojson"):
        (tmp_path / name).write_text(circle)
    with pytest.raises(InputError, match=words):
        plot_flow_map(network, basemap=basemap)


def test_without_geopandas_the_message_is_a_command(network, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[maps\]'"):
        plot_flow_map(network, basemap="land.geojson")
    plot_flow_map(network)


# Hangzhou and its bay, Quito, the Caspian Sea, Hobart, the Greenland Sea, Chukotka east of 180
# degrees, Hawaii, counted eastwards.
LAND = [(120.15, 30.28), (-78.5, -0.2), (146.5, -42.2), (-179.0, 67.5), (204.4, 19.6)]
SEA = [(121.3, 30.5), (50.5, 42.0), (-5.0, 71.3)]


@pytest.mark.slow
@pytest.mark.parametrize("place", LAND + SEA)
@pytest.mark.parametrize("around", [1.5, 15.0])
def test_the_bundled_land_is_where_land_is(place, around):
    (lon, lat), on_land = place, place in LAND
    outlines = land_in((lon - around, lon + around, lat - around, lat + around))
    # Outlines around a point count against the holes.
    assert sum(Path(outline).contains_point(place) for outline in outlines) % 2 == on_land


def test_land_is_cut_to_the_frame_and_lies_below_everything(network):
    west, east, south, north = frame = (118.0, 123.0, 27.0, 33.0)
    corners = np.concatenate(land_in(frame))
    assert (corners >= [west - 0.2, south - 0.2]).all()
    assert (corners <= [east + 0.2, north + 0.2]).all()
    assert land_in((-140.0, -135.0, -30.0, -25.0)) == []  # far from any shore there is only sea
    (whole,) = land_in((100.0, 101.0, 50.0, 51.0))  # Siberia: all land
    assert len(whole) <= 8
    ax = plot_flow_map(network, extent=frame)
    (land,) = [part for part in ax.patches if part.get_gid() == "land"]
    assert land.get_zorder() < min(part.get_zorder() for part in ax.collections)
    nothing = plot_flow_map(network, basemap=None)
    assert not [part for part in nothing.patches if part.get_gid() == "land"]


def empty_axes():
    ax = Figure(figsize=(4, 4), dpi=144).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 100), ylim=(0, 100))
    return ax


def test_a_line_to_a_label_does_not_lead_across_a_large_marker():
    # A place with rings of small ones round it, and a large one in a gap of them.
    angle = np.delete(np.linspace(0, 2 * np.pi, 32, endpoint=False), range(17, 24))
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    rings = [50 + radius * ring for radius in (5, 8, 11, 14, 16)]
    points = np.vstack([[50, 50], [44, 44], *rings])
    radii, ax = np.array([6.0, 8.0, *[2.5] * (len(points) - 2)]), empty_axes()
    texts = ["own", *[""] * (len(points) - 1)]
    (label,) = label_points(ax, points, texts, radii=radii, most=1, must=1)
    own, other = ax.transData.transform(points[:2])
    end = own + np.array(label.get_position()) * 2  # pixels a point at 144 dpi
    assert np.hypot(*(end - own)) > 30  # there is no room beside it
    along = np.linspace(own, end, 200)
    assert (np.abs(along - other).max(axis=1) > radii[1] * 2 - 1).all()


def test_names_that_must_stand_cover_points_before_they_cover_each_other():
    across, up = np.meshgrid(np.arange(1, 100, 2.0), np.arange(1, 100, 2.0))
    crowd = np.column_stack([across.ravel(), up.ravel()])
    room = (np.abs(crowd - [67, 50]) < [17, 3]).all(axis=1)  # for one name, with no point in it
    points = np.vstack([[50, 50], [50, 51.5], crowd[~room]])
    texts = ["the first of names", "the second of names", *[""] * (len(points) - 2)]
    placed = label_points(empty_axes(), points, texts, radii=0.5, most=2, must=2)
    assert [label.get_text() for label in placed] == texts[:2]
    assert not overlap(placed)


def marks(ax):
    """Number, area and colour of the marks of each entry of the legend."""
    return {
        part.get_gid(): (len(part.get_offsets()), part.get_sizes(), part.get_facecolors())
        for part in ax.collections
        if part.get_gid() is not None and isinstance(part, PathCollection)
    }


def test_areas_show_numbers_that_are_given(cities, ax):
    values = pd.Series({"p": 3.0, "q": 1.0, "r": np.nan, "s": 9.0})  # s has no coordinates
    plot_flow_map(cities, layers=[], values=values, label="people within 60 min", ax=ax)
    ((n, area, _),) = marks(ax).values()
    assert n == 2
    np.testing.assert_allclose(np.sort(area), [9 + 75 / 3, 9 + 75])
    assert ax.get_legend().get_title().get_text() == "people within 60 min"


def test_colours_show_classes(cities, ax):
    minutes = pd.Series({"p": 0.0, "q": 59.0, "r": 60.0, "s": 10.0})
    classes = pd.cut(minutes, [0, 30, 60, 90], right=False)
    plot_flow_map(cities, layers=[], values=classes, label="minutes", ax=ax)
    drawn = marks(ax)
    counts = {name: n for name, (n, *_) in drawn.items()}
    assert counts == {"0 to 30": 1, "30 to 60": 1, "60 to 90": 1}
    assert len({tuple(colours[0]) for _, _, colours in drawn.values()}) == 3
    assert len({area for _, areas, _ in drawn.values() for area in areas}) == 1
