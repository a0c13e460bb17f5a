"""Where the boxes and arrows of a park's diagram lie on the page."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from netinnov.mechanisms.cooperation import park_sides
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import place_names, printable
from netinnov.plotting._style import DOUBLE

# All lengths in millimetres on a page of 183; y runs downwards.
LINE, SLOT, LANE = 3.0, 3.8, 3.8
BOX, GAP = 51.0, 2.2
LEFT, RIGHT = 6.5, DOUBLE - 6.5 - BOX
PARK, PARK_WIDTH = 76.5, 30.0
BESIDE = 3.9  # between a column and the edge of the page, with room for a badge
ORDER = ("government", "park", "operator", "fund", "university", "institute", "firm", "talent_pool")


@dataclass(slots=True)
class Box:
    node: str
    lines: list[str]
    note: str
    column: int
    panel: str
    top: float = 0.0
    inner: list[int] = field(default_factory=list)
    outer: list[int] = field(default_factory=list)

    @property
    def height(self) -> float:
        text = LINE * len(self.lines) + 2.7 * len(textwrap.wrap(self.note, 40)) + 2.0
        return max(text, SLOT * max(len(self.inner), len(self.outer)) + 0.6)

    def at(self, link: int, *, outside: bool = False) -> float:
        links = self.outer if outside else self.inner
        return self.top + self.height * (links.index(link) + 0.5) / len(links)


def boxes_of(around: MultilayerNetwork, park: str, chinese: bool) -> dict[str, Box]:
    nodes = around.storage.nodes
    names = place_names(nodes, chinese=chinese)
    places = place_names(around.storage.places, chinese=chinese)
    side, stands = park_sides(around, park), park_sides(around, park, by="place")
    boxes: dict[str, Box] = {}
    for node in nodes.index.drop(park):
        panel = side[node] if side[node] in ("home", "host") else "other"
        kind = str(nodes["kind"].get(node)).replace("_", " ")
        place, jurisdiction = nodes.loc[node, "place"], nodes.loc[node, "jurisdiction"]
        notes = [] if kind in ("nan", "None", "<NA>") else [kind]
        if panel == "other":
            stated = pd.notna(jurisdiction)
            notes.append(places[jurisdiction] if stated else "jurisdiction not stated")
        elif pd.notna(place) and stands[node] != side[node]:
            notes.append(f"in {places[place]}")
        name = printable(names[node], longest=99)
        lines = textwrap.wrap(name, 18 if is_wide(names[node]) else 32)
        boxes[node] = Box(node, lines, ", ".join(notes), 1 if panel == "host" else 0, panel)
    height = [sum(b.height for b in boxes.values() if b.panel == p) for p in ("home", "host")]
    for box in boxes.values():
        if box.panel == "other":
            box.column = int(height[1] < height[0])
    rank = {kind: position for position, kind in enumerate(ORDER)}
    order = nodes["kind"].map(rank).fillna(len(rank)).to_dict()
    return dict(sorted(boxes.items(), key=lambda item: order[item[0]]))


def attach(boxes: dict[str, Box], links: pd.DataFrame, park: str) -> dict[int, str]:
    lanes: dict[int, str] = {}
    ends = links[["source", "target"]]
    for number, source, target in ends.itertuples():
        if park in (source, target):
            if source != target:
                boxes[target if source == park else source].inner.append(number)
        elif boxes[source].column != boxes[target].column:
            high = all(list(boxes).index(node) < len(boxes) / 3 for node in (source, target))
            lanes[number] = "above" if high else "below"
        elif source != target:
            boxes[source].outer.append(number)
            boxes[target].outer.append(number)
    for number, lane in lanes.items():
        for node in map(str, ends.loc[number]):
            links_here = boxes[node].inner
            links_here.insert(0 if lane == "above" else len(links_here), number)
    return lanes


def stack(boxes: dict[str, Box], lanes: dict[int, str], links: pd.DataFrame, park: str) -> float:
    above = sum(lane == "above" for lane in lanes.values())
    below = len(lanes) - above
    start = 8.0 + LANE * above

    def level(box: Box) -> tuple[bool, int]:
        sides = [lanes[link] for link in box.inner if link in lanes]
        return box.panel == "other", ("below" in sides) - ("above" in sides)

    ends = []
    for column in (0, 1):
        y, inside = start, ""
        for box in sorted((box for box in boxes.values() if box.column == column), key=level):
            if box.panel == "other" and inside != "other":
                y += 9.0 if inside else 1.0  # the title of the field
            inside = box.panel
            box.top = y
            y += box.height + GAP
        ends.append(y)
    own = [box for box in boxes.values() if box.column == int(np.argmin(ends))]
    if not any(box.panel == "other" for box in own):
        for box in own:  # in the middle of its ground
            box.top += (max(ends) - min(ends)) / 2
    # The park may be lower than all boxes and lanes.
    lowest = max(max(ends), bar(boxes, links, park)[1] + GAP)
    return max(lowest + LANE * below + 0.5, start + 30)


def bar(boxes: dict[str, Box], links: pd.DataFrame, park: str) -> tuple[float, float]:
    at_park = links[(links["source"] == park) | (links["target"] == park)]
    heights = [
        boxes[target if source == park else source].at(number)
        for number, source, target in at_park[["source", "target"]].itertuples()
        if source != target
    ]
    top, bottom = min(heights, default=8.0) - 2.2, max(heights, default=8.0) + 2.2
    missing = max(34.0 - (bottom - top), 0)
    start = max(top - missing / 2, 7.0)
    return start, max(bottom, start + 34.0)


def routes_of(
    boxes: dict[str, Box], links: pd.DataFrame, park: str, lanes: dict[int, str]
) -> dict[int, list[tuple[float, float]]]:
    top, bottom = bar(boxes, links, park)
    inner, outer = (LEFT + BOX, RIGHT), (LEFT, RIGHT + BOX)
    edge, away = (PARK, PARK + PARK_WIDTH), (1, -1)
    routes: dict[int, list[tuple[float, float]]] = {}
    brackets, gaps = _brackets(boxes, links, park, lanes), _gaps(boxes, links, lanes)
    channel, order = [0, 0], {"above": 0, "below": 0}
    lowest = max([box.top + box.height for box in boxes.values()] + [bottom])
    highest = min([box.top for box in boxes.values()] + [top])
    for number, source, target in links[["source", "target"]].itertuples():
        if source == target:
            continue
        if park in (source, target):
            box = boxes[target if source == park else source]
            path = [(x[box.column], box.at(number)) for x in (inner, edge)]
            routes[number] = path if target == park else path[::-1]
            continue
        one, other = boxes[source], boxes[target]
        if number not in lanes:
            side = outer[one.column]
            x = side - away[one.column] * brackets[number]
            y, z = one.at(number, outside=True), other.at(number, outside=True)
            routes[number] = [(side, y), (x, y), (x, z), (side, z)]
            continue
        order[lanes[number]] += 1
        level = lowest + LANE * (order["below"] - 0.2)
        if lanes[number] == "above":
            level = highest - LANE * (order["above"] - 0.3)
        path = []
        for box in (one, other):
            x = inner[box.column] + away[box.column] * (
                3.2 + gaps[box.column] * channel[box.column]
            )
            channel[box.column] += 1
            y = box.at(number)
            path += [(inner[box.column], y), (x, y), (x, level)]
        routes[number] = [*path[:3], *path[:2:-1]]
    return routes


def _brackets(
    boxes: dict[str, Box], links: pd.DataFrame, park: str, lanes: dict[int, str]
) -> dict[int, float]:
    taken: list[list[float]] = [[], []]  # for each distance where its last link ends
    chosen: dict[int, tuple[int, int]] = {}
    spans = []
    for number, source, target in links[["source", "target"]].itertuples():
        if source == target or park in (source, target) or number in lanes:
            continue
        ends = sorted(boxes[node].at(number, outside=True) for node in (source, target))
        spans.append((ends[0], ends[1], number, boxes[source].column))
    for top, bottom, number, column in sorted(spans):
        free = [k for k, end in enumerate(taken[column]) if end < top]
        k = free[0] if free else len(taken[column])
        taken[column][k : k + 1] = [bottom]
        chosen[number] = column, k + 1
    steps = [min(1.9, BESIDE / max(len(ends), 1)) for ends in taken]
    return {number: 0.6 + k * steps[column] for number, (column, k) in chosen.items()}


def _gaps(boxes: dict[str, Box], links: pd.DataFrame, lanes: dict[int, str]) -> list[float]:
    room = PARK - LEFT - BOX - 3.2 - 1.0
    ends = links.loc[list(lanes), ["source", "target"]].to_numpy().ravel()
    columns = [boxes[node].column for node in ends]
    return [min(2.2, room / max(columns.count(column) - 1, 1)) for column in (0, 1)]


def is_wide(name: str) -> bool:
    return any(ord(letter) > 0x2E7F for letter in name)
