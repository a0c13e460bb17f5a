// Measures a set-up before and after: an enclave placed many times, explicit changes of links.
import { efficiency, frictionMatrix, harmonic, heaviest, layerMatrix } from "./measures.js";
import { distanceOf, inside, withTravel } from "./network.js";
import { generator } from "./random.js";
import { isStudy } from "./state.js";
import { median, prepare } from "./scenarios.js";
import { changesOf, spread } from "./summary.js";

export const MOST_PLACES = 300;
const MUCH = 2e5; // places times links from which hosts and rivals are placed less often

/** How often hosts and rivals are placed. */
function timesOf({ n, layers, defaults }) {
  const links = layers.reduce((sum, layer) => sum + layer.weight.length, 0);
  return n * links > MUCH ? Math.min(20, defaults.replicates) : defaults.replicates;
}

/** Measures one network of places under the options of a state, again and again. */
export function meter(network, state) {
  const { n } = network;
  const changing = network.layers[state.layer];
  const counts = state.layers.includes(state.layer);
  // Links one way and both ways are of other lengths where distances differ by direction.
  const kinds = network.oneWay ? [false, true] : [null];
  const isOf = (kind, layer) => kind == null || layer?.directed === kind;
  const own = kinds.findIndex((kind) => isOf(kind, changing));
  const kept = new Map();
  const matrices = (size) => {
    if (!kept.has(size)) {
      const fixed = kinds.map((kind) => state.layers
        .filter((i) => i !== state.layer && isOf(kind, network.layers[i]))
        .map((i) => layerMatrix(network.layers[i], size))
        .reduce(heaviest, new Float64Array(size * size)));
      kept.set(size, { fixed, base: counts && layerMatrix(changing, size) });
    }
    return kept.get(size);
  };
  const frictions = (park) => kinds.map((kind) => frictionMatrix(network, state, park ? [park] : [], kind === true));
  const plain = frictions(null);

  /** Harmonic access of each place, or of `only` some, after a placement and the explicit changes. */
  function access({ gone = [], left = [], added = [] } = {}, changes = [], park = null, lengths = plain, only = null) {
    const size = park ? n + 1 : n;
    const { fixed, base } = matrices(size);
    const parts = fixed.map((weights, p) => ({ weights, added: lengths[p] }));
    if (!counts) return harmonic(parts, size, n, state.distance, only);
    const matrix = new Float64Array(base);
    const set = (a, b, change) => {
      matrix[a * size + b] = change(matrix[a * size + b]);
      if (!changing.directed) matrix[b * size + a] = change(matrix[b * size + a]);
    };
    gone.forEach((k, i) => set(changing.source[k], changing.target[k], (weight) => weight * (left[i] ?? 0)));
    for (const [a, b, weight] of added) if (a !== b) set(a, b, (before) => before + weight);
    for (const [a, b, weight] of changes) if (a !== b) set(a, b, (before) => (weight == null ? 0 : before + weight));
    parts[own].weights = heaviest(fixed[own], matrix);
    return harmonic(parts, size, n, state.distance, only);
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
    const access = draws ? draws[k] : meters.access(placement, changes, scenario.park, lengths, only);
    runs.push({ placement, access, efficiency: efficiency(access) });
    yield;
  }
  return { runs, park: scenario.park };
}

/** Before, and after explicit changes alone or an enclave with them. */
export function* tryOut(network, state) {
  const access = meter(network, state).access();
  const before = { access, efficiency: efficiency(access) };
  const later = withTravel(network, state.travel);
  const meters = meter(later, state);
  yield;
  if (state.home == null || state.host == null) {
    const changes = explicitChanges(state);
    const after = changes.length || state.travel.length ? meters.access({}, changes) : access;
    return { before, after: { access: after, efficiency: efficiency(after) } };
  }
  const draws = isStudy(state, network) ? drawsOf(network, before) : null;
  const count = draws ? draws.length : network.defaults.replicates;
  const { runs, park } = yield* placed(later, meters, state, planOf(state), "reverse", count, { draws });
  const after = { access: new Float64Array(network.n), efficiency: median(runs.map((run) => run.efficiency)) };
  for (let i = 0; i < network.n; i++) after.access[i] = median(runs.map((run) => run.access[i]));
  return { before, after, runs, park, ofStudy: draws != null };
}

/** The access that the study found in each of its placements; null without a study. */
function drawsOf(network, before) {
  const { draws } = network.defaults;
  if (!draws) return null;
  const count = Math.max(1, ...Object.values(draws).map((values) => values.length));
  return Array.from({ length: count }, (_, k) => Float64Array.from(before.access, (value, i) => draws[network.ids[i]]?.[k] ?? value));
}

/** Rivals with as many links; what cannot be had is left out. */
export function* rivalsOf(network, state) {
  network = withTravel(network, state.travel);
  const [meters, rivals] = [meter(network, state), []];
  for (const kind of ["direct", "forward", "random"]) {
    try {
      const { runs } = yield* placed(network, meters, state, planOf(state), kind, timesOf(network));
      rivals.push({ kind, runs });
    } catch (refusal) {
      if (!refusal.key) throw refusal;
    }
  }
  return rivals;
}

/**
 * Hosts for a home, the best first: changes of its access in the same placements for all, as in `planning.rank_hosts`, and the
 * share of placements in which each is best (ties shared). `unranked` are hosts at an unknown distance, where distance counts.
 */
export function* rankHosts(network, state) {
  const { home } = state;
  network = withTravel(network, state.travel);
  const meters = meter(network, state);
  const within = inside(network, home);
  const only = [...Array(network.n).keys()].filter((i) => within[i]);
  const access = meters.access({}, [], null, undefined, only);
  const before = { before: { access, efficiency: NaN } };
  const rows = [], unranked = [];
  const linked = new Set(network.layers.flatMap(({ source, target }) => [...source, ...target]));
  for (const host of [...linked].sort((a, b) => a - b)) {
    const far = distanceOf(network, home, host);
    if (state.kilometres && Number.isNaN(far)) {
      if (!within[host]) unranked.push(host);
      continue;
    }
    try {
      const { runs } = yield* placed(network, meters, state, { ...planOf(state), host }, "reverse", timesOf(network), { only });
      rows.push({ host, values: changesOf(network, before, runs, home), far, best: 0 });
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
  return Object.assign(rows.sort((a, b) => b.median - a.median), { unranked });
}
