// The map as a picture that stands by itself: title, answer, legend, scale and source on it.
import { s } from "./dom.js";
import { widthOf } from "./labels.js";
import { legend } from "./looks.js";
import { FONTS, star } from "./map.js";
import { summarise } from "./summary.js";

const [EDGE, LINE, MARK] = [16, 19, 24];

export function picture(app) {
  const { t, state, data } = app;
  const colours = app.palette();
  const { svg, width, height, perKilometre } = app.picture();
  const room = width - 2 * EDGE;
  const text = (x, y, content, more = {}) => s("text", { x, y, fill: colours.ink, "font-size": 12, ...more }, content);
  let y = EDGE - 4;
  const parts = [];
  const write = (content, more, size = 12) => {
    for (const line of wrapped(content, (room * 12) / size)) parts.push(text(EDGE, (y += LINE), line, { "font-size": size, ...more }));
  };
  write(app.title(), { "font-weight": 700 }, 17);
  if (app.trial?.runs) {
    const { headline, interval, sure } = summarise(app);
    const pair = { home: app.nameOf(state.home), host: app.nameOf(state.host) };
    write(t("labelled", { label: t("pair", pair), value: headline }), { "font-weight": 700 });
    write([interval, ...sure, t("not_a_forecast")].filter(Boolean).join(t("between_sentences")));
  }
  y += 10;
  parts.push(s("g", { transform: `translate(0 ${y})` }, svg));
  y += height + 6;

  const line = (colour, dash) => s("line", { x1: 0, x2: MARK - 6, y1: 0, y2: 0, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash });
  const ring = (colour) => s("circle", { cx: 9, cy: 0, r: 5, fill: "none", stroke: colour, "stroke-width": 2.5 });
  const tried = Boolean(app.trial?.runs);
  const keys = [
    [line(colours.flow), t("links")],
    state.layers.some((k) => app.network.layers[k].modelled) && [line(colours.modelled, "3 3"), t("modelled_links")],
    tried && [s("path", { d: star([9, 0], 8), fill: colours.gain }), t("the_park")],
    tried && [line(colours.gain), t("links_gained")],
    tried && state.funding !== "new" && [line(colours.loss, "5 4"), t("links_lost")],
    state.home != null && [ring(colours.home), t("home")],
    state.host != null && [ring(colours.host), t("host")],
    !tried && state.arrows && data.enclaves?.length > 0 && [line(colours.enclave), t("enclave_arrow")],
    [s("circle", { cx: 9, cy: 0, r: 5, fill: colours.place }), t("size_is", { measure: app.measureName(app.sizeBy()) })],
    ...legend(app).map(([fill, label]) => [s("circle", { cx: 9, cy: 0, r: 5, style: { fill } }), label]),
  ].filter(Boolean);
  let x = EDGE;
  y += LINE;
  const place = (wide) => {
    if (x > EDGE && x + wide > width - EDGE) [x, y] = [EDGE, y + LINE];
    x += wide;
    return [x - wide, y];
  };
  for (const [mark, label] of keys) {
    const [left, base] = place(MARK + widthOf(label) + 14);
    parts.push(s("g", { transform: `translate(${left} ${base - 4})` }, mark), text(left + MARK, base, label));
  }
  if (perKilometre) {
    const kilometres = roundNumber(width / 5 / perKilometre);
    const label = t("kilometres_are", { number: app.count(kilometres) });
    const [left, base] = place(kilometres * perKilometre + widthOf(label) + 14);
    const bar = kilometres * perKilometre;
    parts.push(s("path", { d: `M${left} ${base - 8}v6h${bar}v-6`, fill: "none", stroke: colours.ink }), text(left + bar + 6, base, label));
  }
  y += 4;
  const layers = app.joined(state.layers.map(app.layerName));
  write([layers && t("layers_are", { layers }), t("source_is", { title: app.title(), version: data.version })].filter(Boolean).join(t("between_sentences")), { fill: colours.soft });
  y += EDGE;
  return s("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${y}`, width, height: y, "font-family": FONTS },
    s("rect", { width, height: y, fill: colours.panel }), parts);
}

/** The largest of 1, 2, 5, 10, 20, ... that is not above a number. */
function roundNumber(most) {
  const ten = 10 ** Math.floor(Math.log10(most));
  return ten * [5, 2, 1].find((step) => step * ten <= most);
}

/** Lines that fit; Chinese breaks anywhere. */
function wrapped(content, room) {
  const lines = [""];
  for (const word of content.match(/[\u3000-\uffef]|[^\s\u3000-\uffef]+\s*|\s+/g) ?? []) {
    if (lines.at(-1) && widthOf(lines.at(-1) + word.trimEnd()) > room) lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines;
}
