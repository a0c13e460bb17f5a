// Pictures beside the map: strips of dots on one scale.
import { scaleLinear } from "d3-scale";
import { s } from "./dom.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [20, 20, 4, 24];

/**
 * Rows of dots over one scale with a line at 0. A row is {label, note, colour, values, spread, mark,
 * title}: dots for `values`, a line for `spread` (low to high) with a tick at its median. Labels
 * stand above the dots, so that long names fit on a telephone.
 */
export function strips(rows, { width, format, colours, label, dense = false }) {
  const every = rows.flatMap((row) => [...(row.values ?? []), ...(row.spread ? [row.spread.low, row.spread.high, row.spread.median] : [])]);
  const [low, high] = [Math.min(0, ...every), Math.max(0, ...every)];
  const pad = (high - low || 0.01) * 0.06;
  const x = scaleLinear([low - pad, high + pad], [LEFT, width - RIGHT]).nice(5);
  const step = dense ? 26 : 50;
  const height = TOP + rows.length * step + BOTTOM;
  const ticks = x.ticks(width < 320 ? 3 : 5);
  const bottom = height - BOTTOM;
  const text = (attributes, content) => s("text", { "font-size": 11.5, fill: colours.ink, ...attributes }, content);
  return s("svg", { class: "strips", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ticks.map((tick) => [
      s("line", { x1: x(tick), x2: x(tick), y1: TOP, y2: bottom, stroke: colours.rule, "stroke-width": 1 }),
      text({ x: x(tick), y: height - 8, "text-anchor": "middle", fill: colours.soft }, format(tick)),
    ]),
    s("line", { x1: x(0), x2: x(0), y1: TOP, y2: bottom, stroke: colours.soft, "stroke-width": 1.2 }),
    rows.map((row, k) => {
      const y = TOP + k * step;
      const middle = y + (dense ? 19 : 37);
      return s("g", {},
        row.title && s("title", {}, row.title),
        text({ x: 2, y: y + 12, "font-weight": row.strong ? 650 : 400, stroke: colours.panel, "stroke-width": 3, "paint-order": "stroke" }, [
          row.label, row.note && s("tspan", { fill: colours.soft, "font-weight": 400, dx: 6 }, row.note)]),
        row.spread && s("line", {
          x1: x(row.spread.low), x2: x(row.spread.high), y1: middle, y2: middle, stroke: row.colour, "stroke-width": 2, "stroke-linecap": "round", "stroke-opacity": 0.5,
        }),
        pile(row.values ?? [], x, dense ? 3 : 3.2).map(([cx, lift]) =>
          s("circle", { cx, cy: middle - lift, r: dense ? 3 : 2.6, fill: row.colour, "fill-opacity": 0.55 })),
        row.spread && (dense
          ? s("circle", { cx: x(row.spread.median), cy: middle, r: 4, fill: row.colour })
          : s("line", { x1: x(row.spread.median), x2: x(row.spread.median), y1: middle - 11, y2: middle + 5, stroke: row.colour, "stroke-width": 3 })));
    }));
}

/** Dots that would cover one another are piled up: [x, height above the line]. */
function pile(values, x, size) {
  const columns = new Map();
  return [...values].sort((a, b) => a - b).map((value) => {
    const column = Math.round(x(value) / size);
    const count = columns.get(column) ?? 0;
    columns.set(column, count + 1);
    return [x(value), Math.min(count * 1.6, 16)];
  });
}
