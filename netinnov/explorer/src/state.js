// The state of the page in the address after #, so that a view can be cited.
import { mainLayer, observedLayers } from "./network.js";
import { usualSize } from "./scenarios.js";

const MOST_LINKS = 10000; // of a park, so that nobody waits for ever

const decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const encode = (text) => encodeURIComponent(text).replaceAll("~", "%7E");

/**
 * Reads `key=value` joined by `&`; lists are split first, then each name is decoded. What cannot be
 * used is left out and told in `faults`, as [key of a text, value].
 */
export function readState(hash, network) {
  const given = new Map();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) given.set(part.slice(0, at), part.slice(at + 1));
  }
  const faults = [];
  const place = (text) => {
    const name = decode(text);
    if (network.at.has(name)) return network.at.get(name);
    faults.push(["unknown_place", name]);
    return null;
  };
  const layer = (text) => {
    const name = decode(text);
    if (network.layerAt.has(name)) return network.layerAt.get(name);
    faults.push(["unknown_layer", name]);
    return null;
  };
  const number = (key, usual, allowed) => {
    if (!given.get(key)) return usual;
    const value = Number(decode(given.get(key)));
    if (Number.isFinite(value) && allowed(value)) return value;
    faults.push(["wrong_number", `${key}=${decode(given.get(key))}`]);
    return usual;
  };
  const choice = (key, options) => {
    const value = decode(given.get(key) ?? options[0]);
    if (options.includes(value)) return value;
    faults.push(["wrong_choice", `${key}=${value}`]);
    return options[0];
  };
  const list = (key) => (given.get(key) ? given.get(key).split(",").filter(Boolean) : []);
  const links = (key) =>
    list(key).flatMap((text) => {
      const parts = text.split("~");
      const [a, b] = [place(parts[0] ?? ""), place(parts[1] ?? "")];
      const weight = parts[2] === undefined ? 1 : Number(decode(parts[2]));
      if (a == null || b == null) return [];
      if (a < network.n && b < network.n && a !== b && weight > 0 && Number.isFinite(weight)) return [[a, b, weight]];
      faults.push(["wrong_link", text]);
      return [];
    });

  const above = (value) => value > 0;
  const state = {
    home: given.get("home") ? place(given.get("home")) : null,
    host: given.get("host") ? place(given.get("host")) : null,
    size: number("size", null, (value) => Number.isInteger(value) && value >= 1 && value <= MOST_LINKS),
    volume: number("volume", null, above),
    volumeShare: number("volume_share", null, above),
    pipelineShare: number("pipeline_share", 0.25, (value) => value >= 0 && value <= 1),
    funding: choice("funding", ["reallocated", "new"]),
    layer: given.get("layer") ? layer(given.get("layer")) : null,
    layers: [...new Set(list("layers").map(layer).filter((i) => i != null))],
    border: number("border", 0, (value) => value >= 0),
    kilometres: number("kilometres", 0, (value) => value >= 0),
    distance: choice("distance", ["unit", "inverse"]),
    seed: number("seed", 1, (value) => Number.isInteger(value) && value >= 0),
    add: links("add"),
    remove: links("remove").map(([a, b]) => [a, b]),
    view: choice("view", ["map", "enclave", "centres", "compare", "parks", "tables"]),
    compare: list("compare").flatMap((text) => text.split("~")).map(place).filter((i) => i != null && i < network.n),
    table: choice("table", ["places", "links", "parks", "changes"]),
    select: given.get("select") ? place(given.get("select")) : null,
    sizeBy: choice("size_by", ["strength", ...network.measures]),
    colourBy: choice("colour_by", ["none", "community", "role", "support"]),
    threshold: number("threshold", 0, (value) => value >= 0),
    arrows: choice("arrows", ["yes", "no"]) === "yes",
    lang: given.has("lang") ? choice("lang", ["en", "zh"]) : null,
    faults,
  };
  state.layer ??= mainLayer(network);
  if (!state.layers.length) state.layers = observedLayers(network);
  if (state.size != null) state.volume = state.volumeShare = null;
  else if (state.volume != null) state.volumeShare = null;
  else if (state.volumeShare == null && state.home != null && state.layer >= 0)
    state.size = usualSize(network, network.layers[state.layer], state.home);
  return state;
}

/** Writes a state; what is as usual is left out. */
export function writeState(state, network) {
  const name = (i) => encode(network.ids[i]);
  const layer = (i) => encode(network.layers[i].name);
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const parts = [];
  const put = (key, value, usual = null) => {
    if (value != null && value !== usual) parts.push(`${key}=${value}`);
  };
  if (state.home != null) put("home", name(state.home));
  if (state.host != null) put("host", name(state.host));
  if (state.home != null) {
    put("size", state.size);
    put("volume", state.volume);
    put("volume_share", state.volumeShare);
  }
  put("pipeline_share", state.pipelineShare, 0.25);
  put("funding", state.funding, "reallocated");
  if (state.layer >= 0 && state.layer !== mainLayer(network)) put("layer", layer(state.layer));
  const counted = [...state.layers].sort((a, b) => a - b);
  if (!same(counted, observedLayers(network))) put("layers", counted.map(layer).join(","));
  put("border", state.border, 0);
  put("kilometres", state.kilometres, 0);
  put("distance", state.distance, "unit");
  put("seed", state.seed, 1);
  if (state.add.length) put("add", state.add.map(([a, b, weight]) => `${name(a)}~${name(b)}~${weight}`).join(","));
  if (state.remove.length) put("remove", state.remove.map(([a, b]) => `${name(a)}~${name(b)}`).join(","));
  put("view", state.view, "map");
  if (state.select != null) put("select", name(state.select));
  if (state.compare.length) put("compare", state.compare.map(name).join("~"));
  put("table", state.table, "places");
  put("size_by", state.sizeBy, "strength");
  put("colour_by", state.colourBy, "none");
  put("threshold", state.threshold, 0);
  put("arrows", state.arrows ? "yes" : "no", "yes");
  put("lang", state.lang);
  return parts.length ? `#${parts.join("&")}` : "";
}
