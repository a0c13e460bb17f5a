// The state of the page in the address after #, so that a view can be cited.
import { linksOf, openAmount } from "./scenarios.js";

export const VIEWS = ["map", "enclave", "hosts", "centres", "compare", "parks", "tables"];
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
  const { defaults } = network;
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
  const choice = (key, options, usual = options[0]) => {
    const value = given.has(key) ? decode(given.get(key)) : usual;
    if (value === usual || options.includes(value)) return value;
    faults.push(["wrong_choice", `${key}=${value}`]);
    return usual;
  };
  const above = (value) => value > 0;
  const end = (key) => (given.has(key) ? (given.get(key) ? place(given.get(key)) : null) : defaults[key]);
  const list = (key) => (given.get(key) ? given.get(key).split(",").filter(Boolean) : []);
  const links = (key, least = Number.MIN_VALUE) =>
    list(key).flatMap((text) => {
      const parts = text.split("~");
      const [a, b] = [place(parts[0] ?? ""), place(parts[1] ?? "")];
      const weight = parts[2] === undefined ? 1 : Number(decode(parts[2]));
      if (a == null || b == null) return [];
      if (a < network.n && b < network.n && a !== b && weight >= least && Number.isFinite(weight)) return [[a, b, weight]];
      faults.push(["wrong_link", text]);
      return [];
    });

  const state = {
    home: end("home"),
    host: end("host"),
    size: number("size", null, (value) => Number.isInteger(value) && value >= 1 && value <= MOST_LINKS),
    volume: number("volume", null, above),
    volumeShare: number("volume_share", null, above),
    pipelineShare: number("pipeline_share", defaults.pipelineShare, (value) => value >= 0 && value <= 1),
    funding: choice("funding", ["reallocated", "new"], null),
    layer: (given.get("layer") ? layer(given.get("layer")) : null) ?? defaults.layer,
    layers: [...new Set(list("layers").map(layer).filter((i) => i != null))],
    border: number("border", defaults.border, (value) => value >= 0),
    kilometres: number(network.travel ? "travel_weight" : "kilometres", defaults.kilometres, (value) => value >= 0),
    per: network.travel ? number("per", defaults.per, above) : defaults.per,
    distance: choice("distance", ["unit", "inverse"], defaults.distance),
    seed: number("seed", defaults.seed, (value) => Number.isInteger(value) && value >= 0),
    add: links("add"),
    remove: links("remove").map(([a, b]) => [a, b]),
    travel: network.travel ? links("travel", 0) : [],
    view: choice("view", VIEWS),
    compare: list("compare").flatMap((text) => text.split("~")).map(place).filter((i) => i != null && i < network.n),
    table: choice("table", ["places", "links", "parks", "changes"]),
    select: given.get("select") ? place(given.get("select")) : null,
    sizeBy: choice("size_by", ["strength", ...network.measures]),
    colourBy: choice("colour_by", ["none", "community", "support"]),
    threshold: number("threshold", 0, (value) => value >= 0),
    arrows: choice("arrows", ["yes", "no"]) === "yes",
    lang: given.has("lang") ? choice("lang", ["en", "zh"]) : null,
    faults,
  };
  if (!state.layers.length) state.layers = defaults.layers;
  const { size, volume, volumeShare, funding, distance } = state;
  state.asked = { size, volume, volumeShare, funding, distance };
  Object.assign(state, amountOf(network, state));
  state.distance ??= (state.volume ?? state.volumeShare) == null ? "unit" : "inverse";
  return state;
}

/**
 * How large the park is and who funds it, where the reader leaves it open: as in the study for its
 * own home, else by `openAmount`; new links where home has fewer than it would give up.
 */
function amountOf(network, { home, layer, pipelineShare, asked }) {
  const { defaults } = network;
  const sizes = { size: asked.size, volume: null, volumeShare: null };
  if (asked.size == null && asked.volume != null) sizes.volume = asked.volume;
  else if (asked.size == null && asked.volumeShare != null) sizes.volumeShare = asked.volumeShare;
  else if (asked.size == null && home != null && layer >= 0) {
    const own = home === defaults.home && layer === defaults.layer && (defaults.size ?? defaults.volume ?? defaults.volumeShare) != null;
    const { size = null, volume = null, volumeShare = null } = own ? defaults : openAmount(network, layer, home, pipelineShare);
    Object.assign(sizes, { size, volume, volumeShare });
  }
  const links = home == null || layer < 0 ? 0 : linksOf(network, layer, home).length;
  const few = asked.funding == null && defaults.funding !== "new" && sizes.size != null && home != null && links < sizes.size;
  return { ...sizes, links, few, funding: few ? "new" : asked.funding ?? defaults.funding };
}

/** Whether a state has the settings of the study's experiment, so that its own draws answer. */
export function isStudy(state, { defaults }) {
  const keys = ["home", "host", "size", "volume", "volumeShare", "pipelineShare", "funding", "layer", "border", "kilometres", "per", "distance", "seed"];
  return state.home != null && !state.add.length && !state.remove.length && !state.travel.length && keys.every((key) => state[key] === defaults[key])
    && same([...state.layers].sort((a, b) => a - b), defaults.layers);
}

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

/** Writes a state whose size and funding are those asked for; what is as usual is left out. */
export function writeState(state, network) {
  const name = (i) => encode(network.ids[i]);
  const layer = (i) => encode(network.layers[i].name);
  const { defaults } = network;
  const parts = [];
  const put = (key, value, usual = null) => {
    if (value != null && value !== usual) parts.push(`${key}=${value}`);
  };
  for (const key of ["home", "host"]) if (state[key] !== defaults[key]) put(key, state[key] == null ? "" : name(state[key]));
  put("size", state.size);
  put("volume", state.volume);
  put("volume_share", state.volumeShare);
  put("pipeline_share", state.pipelineShare, defaults.pipelineShare);
  put("funding", state.funding);
  if (state.layer >= 0 && state.layer !== defaults.layer) put("layer", layer(state.layer));
  const counted = [...state.layers].sort((a, b) => a - b);
  if (!same(counted, defaults.layers)) put("layers", counted.map(layer).join(","));
  for (const key of ["border", "distance", "seed"]) put(key, state[key], defaults[key]);
  put(network.travel ? "travel_weight" : "kilometres", state.kilometres, defaults.kilometres);
  if (network.travel) put("per", state.per, defaults.per);
  for (const key of ["add", "travel"])
    if (state[key].length) put(key, state[key].map(([a, b, x]) => `${name(a)}~${name(b)}~${x}`).join(","));
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
