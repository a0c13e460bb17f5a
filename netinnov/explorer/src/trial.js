// Measures a set-up before and after: an enclave placed many times, explicit changes of links.
import { efficiency, frictionMatrix, harmonic, heaviest, layerMatrix } from "./measures.js";
import { greatCircle, inside } from "./network.js";
import { generator } from "./random.js";
import { isStudy } from "./state.js";
import { median, prepare } from "./scenarios.js";
import { changesOf, spread } from "./summary.js";

export const MOST_PLACES = 300;
const PLACEBOS = 10;
const MUCH = 1e6; // places times links from which others are placed less often

/** Measures one network of places under the options of a state, again and again. */
export function meter(network, state) {
  const { n } = network;
  const changing = network.layers[state.layer];
  const counts = state.layers.includes(state.layer);
  const kept = new Map();
  const matrices = (size) => {
    if (!kept.has(size)) {
      const fixed = state.layers
        .filter((i) => i !== state.layer)
        .map((i) => layerMatrix(network.layers[i], size))
        .reduce(heaviest, new Float64Array(size * size));
      kept.set(size, { fixed, base: layerMatrix(changing, size) });
    }
    return kept.get(size);
  };
  const frictions = (park) => frictionMatrix(network, state, park ? [park] : []);
  const plain = frictions(null);

  /** Harmonic access of each place, or of `only` some, after a placement and the explicit changes. */
  function access({ gone = [], left = [], added = [] } = {}, changes = [], park = null, lengths = plain, only = null) {
    const size = park ? n + 1 : n;
    const { fixed, base } = matrices(size);
    if (!counts) return harmonic(fixed, size, n, state.distance, lengths, only);
    const matrix = new Float64Array(base);
    const set = (a, b, change) => {
      matrix[a * size + b] = change(matrix[a * size + b]);
      if (!changing.directed) matrix[b * size + a] = change(matrix[b * size + a]);
    };
    gone.forEach((k, i) => set(changing.source[k], changing.target[k], (weight) => weight * (left[i] ?? 0)));
    for (const [a, b, weight] of added) if (a !== b) set(a, b, (before) => before + weight);
    for (const [a, b, weight] of changes) if (a !== b) set(a, b, (before) => (weight == null ? 0 : before + weight));
    return harmonic(heaviest(fixed, matrix), size, n, state.distance, lengths, only);
  }
  return { access, frictions };
}

/** Removals first, then additions, so that both together give a link a new weight. */
export const explicitChanges = (state) => [...state.remove.map(([a, b]) => [a, b, null]), ...state.add];

const planOf = ({ home, host, size, volume, volumeShare, pipelineShare, funding }) => ({
  home, host, size, volume, volumeShare, pipelineShare, funding,
});

/** Places `count` times and yields after each, so that the page stays alive; `draws`: measured by the study. */
function* placed(network, meters, state, plan, kind, count, { draws = null, only = null } = {}) {
  const layer = network.layers[state.layer];
  const scenario = prepare(network, layer, plan, kind);
  const changes = explicitChanges(state);
  const lengths = meters.frictions(scenario.park);
  const runs = [];
  for (let k = 0; k < (scenario.fixed ? 1 : count); k++) {
    const placement = scenario.place(generator(state.seed * 1000003 + k));
    const access = draws ? draws[k].access : meters.access(placement, changes, scenario.park, lengths, only);
    runs.push({ placement, access, efficiency: draws ? draws[k].efficiency : efficiency(access) });
    yield;
  }
  return { runs, park: scenario.park };
}

/** Before, and after explicit changes alone or an enclave with them. */
export function* tryOut(network, state) {
  const meters = meter(network, state);
  const access = meters.access();
  const before = { access, efficiency: efficiency(access) };
  yield;
  if (state.home == null || state.host == null) {
    const changes = explicitChanges(state);
    const after = changes.length ? meters.access({}, changes) : access;
    return { before, after: { access: after, efficiency: efficiency(after) } };
  }
  const draws = isStudy(state, network) ? drawsOf(network, before) : null;
  const count = draws ? draws.length : network.defaults.replicates;
  const { runs, park } = yield* placed(network, meters, state, planOf(state), "reverse", count, { draws });
  const after = { access: new Float64Array(network.n), efficiency: median(runs.map((run) => run.efficiency)) };
  for (let i = 0; i < network.n; i++) after.access[i] = median(runs.map((run) => run.access[i]));
  return { before, after, runs, park, ofStudy: draws != null };
}

/** What the study found in each of its placements; null without a study. */
function drawsOf(network, before) {
  const { draws } = network.defaults;
  if (!draws) return null;
  const count = Math.max(1, ...Object.values(draws).map((values) => values.length));
  return Array.from({ length: count }, (_, k) => ({
    access: Float64Array.from(before.access, (value, i) => draws[network.ids[i]]?.[k] ?? value),
    efficiency: draws[""]?.[k] ?? before.efficiency,
  }));
}

/** The same park at similar hosts, and rivals with as many links; what cannot be had is left out. */
export function* compareWithOthers(network, state) {
  const meters = meter(network, state);
  const tried = { placebos: [], rivals: [] };
  const plan = planOf(state);
  const links = state.layers.reduce((sum, i) => sum + network.layers[i].weight.length, 0);
  const [ofPlacebos, ofRivals] = network.n * links > MUCH ? [6, 20] : [20, network.defaults.replicates];
  for (const host of similarHosts(network, state)) {
    try {
      const { runs } = yield* placed(network, meters, state, { ...plan, host }, "reverse", ofPlacebos);
      tried.placebos.push({ host, runs });
    } catch (refusal) {
      if (!refusal.key) throw refusal;
    }
  }
  for (const kind of ["direct", "forward", "random"]) {
    try {
      const { runs } = yield* placed(network, meters, state, plan, kind, ofRivals);
      tried.rivals.push({ kind, runs });
    } catch (refusal) {
      if (!refusal.key) throw refusal;
    }
  }
  return tried;
}

/**
 * Hosts for a home, the best first: changes of its access in the same placements for all, and the
 * share of placements in which each is best (ties shared).
 */
export function* rankHosts(network, state) {
  const { home } = state;
  const meters = meter(network, state);
  const within = inside(network, home);
  const only = [...Array(network.n).keys()].filter((i) => within[i]);
  const access = meters.access({}, [], null, undefined, only);
  const before = { before: { access, efficiency: NaN } };
  const rows = [];
  for (let host = 0; host < network.n; host++) {
    try {
      const { runs } = yield* placed(network, meters, state, { ...planOf(state), host }, "reverse", network.defaults.replicates, { only });
      const kilometres = network.located(home) && network.located(host)
        ? greatCircle(network.lon[home], network.lat[home], network.lon[host], network.lat[host]) : null;
      rows.push({ host, values: changesOf(network, before, runs, home), kilometres, best: 0 });
    } catch (refusal) {
      if (!refusal.key) throw refusal;
    }
  }
  for (const k of rows[0]?.values.keys() ?? []) {
    const most = Math.max(...rows.map((row) => row.values[k]));
    const best = rows.filter((row) => row.values[k] >= most - 1e-12);
    for (const row of best) row.best += 1 / best.length / row.values.length;
  }
  for (const row of rows) Object.assign(row, spread(row.values));
  return rows.sort((a, b) => b.median - a.median);
}

/**
 * The places most like the host in strength and in distance from home, the most similar first;
 * mirrors `scenarios.placebo_candidates` (strength alone where a place has no coordinates).
 */
export function similarHosts(network, state, most = PLACEBOS) {
  const { home, host } = state;
  const all = [...network.ids.keys()];
  const depth = (i) => {
    let steps = 0;
    for (let j = network.parent[i]; j >= 0 && steps < all.length; j = network.parent[j]) steps++;
    return steps;
  };
  const layer = network.layers[state.layer];
  const [strength, nodes] = [new Float64Array(all.length), new Float64Array(all.length)];
  const up = (i, values, value) => {
    for (let j = i, steps = 0; j >= 0 && steps <= all.length; j = network.parent[j], steps++) values[j] += value;
  };
  for (let i = 0; i < network.n; i++) up(i, nodes, 1);
  for (let k = 0; k < layer.weight.length; k++) {
    up(layer.source[k], strength, layer.weight[k]);
    up(layer.target[k], strength, layer.weight[k]);
  }
  const excluded = new Set();
  for (const place of [home, host]) {
    inside(network, place).forEach((within, i) => within && excluded.add(i));
    for (let j = place, steps = 0; j >= 0 && steps <= all.length; j = network.parent[j], steps++) excluded.add(j);
  }
  const level = depth(host);
  const located = all.every(network.located);
  const able = all.filter((i) => i === host || (nodes[i] > 0 && depth(i) === level && !excluded.has(i)));
  const covariates = [able.map((i) => strength[i])];
  if (located) covariates.push(able.map((i) => greatCircle(network.lon[home], network.lat[home], network.lon[i], network.lat[i])));
  const scaled = covariates.map(standardised);
  const real = able.indexOf(host);
  const gap = able.map((_, k) => Math.hypot(...scaled.map((values) => values[k] - values[real])));
  return able
    .map((i, k) => [gap[k], i])
    .filter(([, i]) => i !== host)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, most)
    .map(([, i]) => i);
}

/** Logarithms (0 counts half the smallest value above 0) over their standard deviation. */
function standardised(values) {
  const above = values.filter((value) => value > 0);
  if (!above.length) return values.map(() => 0);
  const least = Math.min(...above) / 2;
  const logs = values.map((value) => Math.log(value > 0 ? value : least));
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  return logs.map((x) => (spread ? x / spread : 0));
}
