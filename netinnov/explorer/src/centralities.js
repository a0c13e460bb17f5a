// Centralities of the places in the layers that count, as `netinnov.centrality` defines them.
import { withTravel } from "./network.js";
import { meter, MOST_PLACES } from "./trial.js";

const DAMPING = 0.85;
let kept = {};

/**
 * The measures by name, worked out once for each choice of layers; access under the lengths and
 * frictions of the state. In a large network those that Python computed, of its observed layers.
 */
export function centralities({ data, network, state }) {
  if (network.n > MOST_PLACES) return data.measures;
  const key = JSON.stringify([state.layers, state.distance, state.border, state.kilometres, state.per, state.travel]);
  if (kept.key === key) return kept.measures;
  const layers = state.layers.map((k) => network.layers[k]);
  const degrees = countsOf(network, layers, false);
  const { direction } = network;
  const total = (counts) => Array.from({ length: network.n }, (_, i) => counts.reduce((sum, each) => sum + each[i], 0));
  const shares = layers.some((layer) => layer.quantity !== "amount");
  const all = {
    strength: () => (shares ? Array(network.n).fill(null) : total(countsOf(network, layers, true, direction))),
    degree: () => total(countsOf(network, layers, false, direction)),
    pagerank: () => pagerank(network, layers, degrees),
    harmonic: () => Array.from(meter(withTravel(network, state.travel), state).access(), (value) => (Number.isNaN(value) ? null : value)),
    participation: () => total(degrees).map((sum, i) =>
      layers.length < 2 || !sum ? null : (1 - degrees.reduce((squares, each) => squares + (each[i] / sum) ** 2, 0)) * (layers.length / (layers.length - 1))),
  };
  kept = { key, measures: Object.fromEntries(network.measures.map((name) => [name, all[name]()])) };
  return kept.measures;
}

/**
 * Links, or their weights, at each place in each layer: those that arrive, leave, or both. Where
 * directed layers count as well, an undirected weight is that of two opposite links.
 */
function countsOf({ n }, layers, weighted, direction = "total") {
  const mixed = weighted && direction === "total" && layers.some((layer) => layer.directed);
  return layers.map(({ source, target, weight, directed }) => {
    const counts = new Float64Array(n);
    const ends = { in: [target], out: [source] }[directed ? direction : "total"] ?? [source, target];
    const times = mixed && !directed ? 2 : 1;
    weight.forEach((each, k) => {
      for (const end of ends) counts[end[k]] += weighted ? times * each : 1;
    });
    return counts;
  });
}

/** PageRank versatility of places that are in a layer only where they have a link (coupling 1). */
function pagerank({ n }, layers, degrees) {
  const present = degrees.map((counts) => counts.map((count) => Number(count > 0)));
  const copies = Float64Array.from({ length: n }, (_, i) => present.reduce((sum, each) => sum + each[i], 0));
  const size = copies.reduce((sum, count) => sum + count, 0);
  if (!size) return Array(n).fill(null);
  const out = layers.map(({ source, target, weight, directed }, l) => {
    const sums = Float64Array.from(present[l], (there, i) => there * (copies[i] - 1));
    weight.forEach((each, k) => {
      sums[source[k]] += each;
      if (!directed) sums[target[k]] += each;
    });
    return sums;
  });
  let ranks = present.map((there) => there.map((each) => each / size));
  for (let round = 0, moved = 1; moved > 1e-13 && round < 1000; round++) {
    const sent = ranks.map((rank, l) => rank.map((value, i) => (out[l][i] > 0 ? (DAMPING * value) / out[l][i] : 0)));
    const jumps = (1 - sent.reduce((sum, each, l) => each.reduce((part, value, i) => part + value * out[l][i], sum), 0)) / size;
    const all = copies.map((_, i) => sent.reduce((sum, each) => sum + each[i], 0));
    const next = layers.map(({ source, target, weight, directed }, l) => {
      const rank = present[l].map((there, i) => there * (jumps + all[i] - sent[l][i]));
      weight.forEach((each, k) => {
        rank[target[k]] += each * sent[l][source[k]];
        if (!directed) rank[source[k]] += each * sent[l][target[k]];
      });
      return rank;
    });
    moved = next.reduce((sum, rank, l) => rank.reduce((part, value, i) => part + Math.abs(value - ranks[l][i]), sum), 0);
    ranks = next;
  }
  return Array.from(copies, (_, i) => ranks.reduce((sum, rank) => sum + rank[i], 0));
}
