// A park between two places, and its rivals; mirrors `netinnov.scenarios`.
import { inside } from "./network.js";
import { draw, shuffled } from "./random.js";

const ROUNDING = 1e-12;

/** A wish that cannot be met: `key` is a text of the page, `values` fill it. */
export class Refusal extends Error {
  constructor(key, values = {}) {
    super(key);
    Object.assign(this, { key, values });
  }
}

/** Nodes in home, and in host but not in home; mirrors `_park_ends.sides`. */
function sides(network, home, host) {
  if (home === host) throw new Refusal("same_place");
  const [atHome, atHost] = [inside(network, home), inside(network, host)];
  if (atHome[host]) throw new Refusal("host_inside_home");
  const nodes = [...Array(network.n).keys()];
  const here = nodes.map((i) => atHome[i]);
  const there = nodes.map((i) => atHost[i] && !atHome[i]);
  for (const [side, place] of [[here, home], [there, host]])
    if (!side.includes(true)) throw new Refusal("no_nodes", { place });
  return [{ place: home, nodes: here }, { place: host, nodes: there }];
}

/** The one node of the place's own jurisdiction, else all; mirrors `_park_ends.own`. */
function own(network, side) {
  const within = inside(network, side.place);
  const all = [...Array(network.n).keys()].filter((i) => side.nodes[i]);
  const native = all.filter((i) => within[network.jurisdiction[i]]);
  return native.length === 1 ? native : all;
}

/** Candidates in proportion to strength; mirrors `_pair_draws.ends_by_strength`. */
function endsByStrength(nodes, pairs, n, attachment) {
  const [inward, strength] = [new Float64Array(n), new Float64Array(n)];
  for (const [source, target, weight] of pairs) {
    inward[target] += weight;
    strength[target] += weight;
    strength[source] += weight;
  }
  const largest = Math.max(0, ...nodes.map((i) => strength[i])) || 1;
  return nodes.map((node) => ({
    node,
    pull: (strength[node] / largest) ** attachment,
    inward: strength[node] > 0 ? inward[node] / strength[node] : 0.5,
  }));
}

/** Candidates for the local links of a park; mirrors `_park_ends.embedding`. */
function embedding(network, side, outside, pairs, volume, attachment) {
  const centre = own(network, side);
  const ends = endsByStrength(centre, pairs, network.n, attachment);
  if (centre.length > 1) return ends;
  const ties = pairs.filter(([source, target]) => source === centre[0] || target === centre[0]);
  const near = new Set(ties.flatMap(([source, target]) => [source, target]));
  near.delete(centre[0]);
  const nodes = [...near].filter((i) => !outside.nodes[i]).sort((a, b) => a - b);
  const shared = endsByStrength(nodes, ties, network.n, attachment);
  const all = shared.reduce((sum, end) => sum + end.pull, 0);
  return [{ ...ends[0], pull: volume ? all || 1 : Infinity }, ...shared];
}

/** Halves are rounded to even, as Python rounds. */
function roundEven(x) {
  const whole = Math.floor(x);
  const rest = x - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2) ? whole + 1 : whole;
}

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const linked = (layer) =>
  Array.from(layer.weight, (weight, k) => [layer.source[k], layer.target[k], weight]);

const drawn = (groups, random) =>
  groups.flatMap(([ends, k]) => draw(ends.map((end) => end.pull), k, random).map((i) => ends[i]));

function shares(ends) {
  const total = ends.reduce((sum, end) => sum + end.pull, 0);
  return ends.map((end) => (total > 0 ? end.pull / total : 1 / ends.length));
}

/** As many of the largest parts as get `least` each of a volume; mirrors `_pair_draws.largest`. */
function largest(parts, volume, least) {
  let sum = 0;
  return [...parts.keys()].sort((a, b) => parts[b] - parts[a]).filter((k) => volume * parts[k] >= least * (1 - ROUNDING) * (sum += parts[k]));
}

/** A volume among them, of equal ones to all or none; mirrors `_pair_draws.concentrated`. */
function concentrated(parts, volume, least) {
  let kept = volume > 0 ? largest(parts, volume, least) : [];
  const weakest = parts[kept.at(-1)];
  if (parts.filter((part) => part >= weakest * (1 - ROUNDING)).length > kept.length) {
    const larger = kept.filter((k) => parts[k] > weakest * (1 + ROUNDING));
    if (larger.length) kept = larger;
  }
  const total = kept.reduce((sum, k) => sum + parts[k], 0);
  return parts.map((part, k) => (kept.includes(k) ? volume * (part / total) : 0));
}

function sharedOut(ends, volume, least) {
  const weights = concentrated(shares(ends), volume, least);
  return ends.map((end, k) => [end, weights[k]]).filter(([, weight]) => weight > 0);
}

/**
 * What is tried, ready to be placed many times. `kind`: "reverse", "forward", "direct" or
 * "random" (a reverse enclave whose ends are any nodes). Returns the park, if any, and
 * `place(random)`, which gives `gone` (positions of pairs), `left` (the shares of their weight that
 * stay; none: all of it goes) and `added` (source, target, weight; the park is node n).
 */
export function prepare(network, layer, plan, kind = "reverse") {
  if (layer.quantity !== "amount") throw new Refusal("shares", { layer: layer.name });
  const pairs = linked(layer);
  if (!pairs.length) throw new Refusal("empty_layer", { layer: layer.name });
  const { n, defaults: { attachment } } = network;
  const [home, host] = sides(network, plan.home, plan.host);
  if (kind === "forward" && inside(network, plan.host)[plan.home]) throw new Refusal("home_inside_host");
  const [near, far] = kind === "forward" ? [home, host] : [host, home];
  const ofHome = pairs.flatMap(([source, target], k) => (home.nodes[source] || home.nodes[target] ? [k] : []));
  const strength = ofHome.reduce((sum, k) => sum + pairs[k][2], 0);
  let volume = plan.volume ?? (plan.volumeShare == null ? null : plan.volumeShare * strength);
  const moves = volume != null;
  const total = moves ? volume : plan.size;
  const reallocated = plan.funding !== "new";
  if (moves && !(volume > 0)) throw new Refusal("no_strength", { place: plan.home, layer: layer.name });
  if (reallocated && (moves ? volume > strength * (1 + ROUNDING) : ofHome.length < total))
    throw new Refusal(moves ? "too_much" : "too_many", {
      place: plan.home, layer: layer.name, number: total, most: moves ? strength : ofHome.length,
    });
  const least = layer.least;
  const enough = (part) => {
    if (part > 0 && part < least * (1 - ROUNDING)) throw new Refusal("too_small", { layer: layer.name, least, number: part });
  };
  let left = [];
  if (moves && reallocated) {
    enough(volume);
    const weights = ofHome.map((k) => pairs[k][2]);
    // Of links of one weight none gives all while another stays.
    const weakest = Math.min(...largest(weights, strength - volume, least).map((k) => weights[k]));
    const stay = weights.map((weight) => weight >= weakest * (1 - ROUNDING));
    const staying = weights.reduce((sum, weight, i) => sum + stay[i] * weight, 0) || 1;
    left = stay.map((stays) => Math.min((stays * (strength - volume)) / staying, 1));
    volume = weights.reduce((sum, weight, i) => sum + (1 - left[i]) * weight, 0);
  }
  const local = embedding(network, near, far, pairs, moves, attachment);
  const atFar = endsByStrength(own(network, far), pairs, n, attachment);
  const usual = reallocated || moves ? 0 : median(layer.weight);
  const park = kind === "direct" ? null : { place: near.place, jurisdiction: far.place };

  const towards = (end, chance, random) => layer.directed && random() < chance;
  const ways = (a, b, weight, chance) => {
    if (!layer.directed) return [[a, b, weight]];
    const oneWay = weight * Math.min(chance, 1 - chance) < least * (1 - ROUNDING);
    const forth = oneWay ? Number(chance >= 0.5) : chance;
    return [[a, b, weight * forth], [b, a, weight * (1 - forth)]].filter((link) => link[2] > 0);
  };
  /** The pairs that home gives up, and the weights of the new links. */
  const funds = (count, random) => {
    if (!reallocated) return [[], Array(count).fill(usual)];
    const gone = shuffled(ofHome, random, count);
    return [gone, gone.map((k) => pairs[k][2])];
  };
  const anywhere = endsByStrength([...Array(n).keys()], pairs, n, 0);

  const placeVolume = (random) => {
    const gone = reallocated ? ofHome : [];
    if (kind === "direct") {
      enough(volume);
      const [there, here] = [shares(local), shares(atFar)];
      const both = atFar.flatMap((a, i) => local.map((b, j) => [a, b, here[i] * there[j]]));
      const weights = concentrated(both.map((pair) => pair[2]), volume, least);
      const added = both.flatMap(([a, b], k) =>
        weights[k] > 0 ? ways(a.node, b.node, weights[k], (b.inward + 1 - a.inward) / 2) : []);
      return { gone, left, added };
    }
    const pipelines = plan.pipelineShare * volume;
    for (const part of [volume - pipelines, pipelines]) enough(part);
    const parts = [...sharedOut(local, volume - pipelines, least), ...sharedOut(atFar, pipelines, least)];
    const ends = kind === "random" ? drawn([[anywhere, parts.length]], random) : parts.map(([end]) => end);
    return { gone, left, added: ends.flatMap((end, k) => ways(n, end.node, parts[k][1], end.inward)) };
  };

  const placeLinks = (random) => {
    if (kind === "direct") {
      const there = drawn([[local, total]], random);
      const here = shuffled(drawn([[atFar, total]], random), random);
      const forth = there.map((end, k) => towards(end, (end.inward + 1 - here[k].inward) / 2, random));
      const [gone, weights] = funds(total, random);
      const added = there.map((end, k) =>
        forth[k] ? [here[k].node, end.node, weights[k]] : [end.node, here[k].node, weights[k]]);
      return { gone, added };
    }
    const pipelines = Math.max(roundEven(plan.pipelineShare * total), Number(plan.pipelineShare > 0));
    const groups = kind === "random" ? [[anywhere, total]] : [[local, total - pipelines], [atFar, pipelines]];
    const ends = drawn(groups, random);
    const out = ends.map((end) => towards(end, end.inward, random));
    const [gone, weights] = funds(ends.length, random);
    const added = ends.map((end, k) => (out[k] ? [n, end.node, weights[k]] : [end.node, n, weights[k]]));
    return { gone, added };
  };

  return { park, place: moves ? placeVolume : placeLinks, fixed: moves && kind !== "random" };
}

/** Positions of the pairs of a layer that have an end in a place. */
export function linksOf(network, k, place) {
  const [within, layer] = [inside(network, place), network.layers[k]];
  return [...layer.weight.keys()].filter((i) => within[layer.source[i]] || within[layer.target[i]]);
}

const TENTH = 0.1;

/**
 * How large a park is tried where nobody says: a share of home's strength in a layer of flows, else
 * a tenth of its links, or as many as make either side's share a link; mirrors `scenarios._open_size`.
 */
export function openAmount(network, k, home, pipelineShare) {
  const layer = network.layers[k];
  const links = linksOf(network, k, home);
  const smaller = Math.min(...[pipelineShare, 1 - pipelineShare].filter((part) => part > 0));
  const nodes = new Set([...layer.source, ...layer.target]).size;
  const possible = (nodes * (nodes - 1)) / (layer.directed ? 1 : 2);
  if (new Set(layer.weight).size > 1 && layer.weight.length >= possible / 2) {
    const strength = links.reduce((sum, i) => sum + layer.weight[i], 0);
    const enough = layer.least / smaller;
    if (enough <= strength) return { volumeShare: Math.max(TENTH, enough / strength) };
  }
  return { size: Math.max(roundEven(TENTH * links.length), Math.ceil(1 / smaller - 1e-9)) };
}
