// Where places are on the picture: a Mercator map, or the layout that Python computed.
import { geoMercator } from "d3-geo";
import { greatCircle } from "./network.js";

const BUTTONS = 54; // pixels that the buttons take at the right
const LEGEND = 62; // and a legend of two lines at the bottom

/** Points of the places with a node in a picture of some size; null where one has none. */
export function project(data, width, height) {
  const margin = Math.min(width, height) * 0.06;
  const extent = [[margin, margin], [width - Math.max(margin, BUTTONS), height - Math.max(margin, LEGEND)]];
  if (data.layout) {
    const [x, y] = data.layout;
    const [[left, top], [right, bottom]] = extent;
    return {
      points: x.map((_, i) => [left + x[i] * (right - left), top + y[i] * (bottom - top)]),
      land: "",
    };
  }
  const [west, east, south, north] = data.land.frame;
  const corners = { type: "MultiPoint", coordinates: [[west, south], [east, south], [west, north], [east, north]] };
  const mercator = geoMercator().rotate([-(west + east) / 2, 0]).fitExtent(extent, corners);
  const { lon, lat } = data.places;
  const points = Array.from({ length: data.n }, (_, i) =>
    lon[i] == null || lat[i] == null ? null : mercator([lon[i], lat[i]]));
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const perKilometre = (mercator([x + 0.01, y])[0] - mercator([x, y])[0]) / greatCircle(x, y, x + 0.01, y);
  return { points, land: outlines(data.land, mercator), perKilometre };
}

function outlines({ unit, outlines: steps }, mercator) {
  const rings = steps.map((numbers) => {
    const ring = [];
    let [x, y] = [0, 0];
    for (let k = 0; k < numbers.length; k += 2) {
      x += numbers[k];
      y += numbers[k + 1];
      ring.push(mercator([x * unit, y * unit]).map((value) => value.toFixed(1)));
    }
    return `M${ring.map((point) => point.join(" ")).join("L")}Z`;
  });
  return rings.join("");
}

/** A bent line between two points, to the right of the way from a to b, cut short at both ends. */
export function bent([x1, y1], [x2, y2], bend = 0.18, fromRadius = 0, toRadius = 0) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy) || 1;
  const control = [(x1 + x2) / 2 - dy * bend, (y1 + y2) / 2 + dx * bend];
  const cut = Math.min(fromRadius, length * 0.3);
  const end = Math.min(toRadius, length * 0.4);
  const towards = (from, to, distance) => {
    const far = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    return [from[0] + ((to[0] - from[0]) * distance) / far, from[1] + ((to[1] - from[1]) * distance) / far];
  };
  return { start: towards([x1, y1], control, cut), control, end: towards([x2, y2], control, end) };
}

export const pathOf = ({ start, control, end }) =>
  `M${start.map(round).join(" ")}Q${control.map(round).join(" ")} ${end.map(round).join(" ")}`;

const round = (x) => Math.round(x * 10) / 10;

/** The head of an arrow at the end of a bent line. */
export function arrowHead({ control, end }, size) {
  const angle = Math.atan2(end[1] - control[1], end[0] - control[0]);
  const corner = (turn) => [end[0] - size * Math.cos(angle + turn), end[1] - size * Math.sin(angle + turn)];
  return `M${end.map(round).join(" ")}L${corner(0.42).map(round).join(" ")}L${corner(-0.42).map(round).join(" ")}Z`;
}
