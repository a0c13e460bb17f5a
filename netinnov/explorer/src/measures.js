// Efficiency and harmonic access of places, with the lengths and frictions of netinnov.
import { distanceOf } from "./network.js";

/**
 * What borders and distance add to the length of a link between two points, an N x N matrix:
 * border [jurisdictions differ] + kilometres d / per; mirrors `connectivity.Frictions`. A distance
 * that is unknown adds nothing. `parks` are points behind the places; `oneWay`: of directed links.
 */
export function frictionMatrix(network, { border, kilometres, per }, parks = [], oneWay = false) {
  const n = network.n;
  const size = n + parks.length;
  const place = (i) => (i < n ? i : parks[i - n].place);
  const jurisdiction = (i) => (i < n ? network.jurisdiction[i] : parks[i - n].jurisdiction);
  const added = new Float64Array(size * size);
  if (!border && !kilometres) return added;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const [a, b] = [place(i), place(j)];
      let length = border * (jurisdiction(i) !== jurisdiction(j));
      if (kilometres) length += (kilometres * distanceOf(network, a, b, oneWay)) / per || 0;
      added[i * size + j] = length;
    }
  }
  return added;
}

/** Weights of one layer as an N x N matrix. */
export function layerMatrix(layer, size, matrix = new Float64Array(size * size)) {
  for (let k = 0; k < layer.weight.length; k++) {
    matrix[layer.source[k] * size + layer.target[k]] += layer.weight[k];
    if (!layer.directed) matrix[layer.target[k] * size + layer.source[k]] += layer.weight[k];
  }
  return matrix;
}

/** The heaviest of parallel links, which is the shortest. */
export function heaviest(a, b) {
  const most = new Float64Array(a);
  for (let k = 0; k < most.length; k++) if (b[k] > most[k]) most[k] = b[k];
  return most;
}

/**
 * Harmonic centrality of the first n points: sum over j of 1 / d_ij, divided by n - 1, unreachable
 * places adding 0 (0 for others than `only`); mirrors `centrality.harmonic_centrality(..., nodes=baseline's nodes)`. Its mean
 * is `connectivity.global_efficiency`. Points behind the first n only carry paths. `parts` are links
 * and what is added to their lengths, N x N each; of parallel links the shortest counts.
 */
export function harmonic(parts, size, n, distance, only = null) {
  const begin = new Int32Array(size + 1);
  let m = 0;
  for (let k = 0; k < size * size; k++) if (lengthAt(parts, k, distance) < Infinity) m++;
  const to = new Int32Array(m);
  const length = new Float64Array(m);
  let steps = true;
  m = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0, k = i * size; j < size; j++, k++) {
      const shortest = lengthAt(parts, k, distance);
      if (shortest === Infinity || i === j) continue;
      to[m] = j;
      length[m] = shortest;
      if (length[m] !== 1) steps = false;
      m++;
    }
    begin[i + 1] = m;
  }
  const search = steps ? stepsFrom : lengthsFrom;
  const found = new Float64Array(size);
  const values = new Float64Array(n);
  for (const i of only ?? Array(n).keys()) {
    if (begin[i] === begin[i + 1]) continue;
    search(i, begin, to, length, found);
    let sum = 0;
    for (let j = 0; j < n; j++) if (j !== i) sum += 1 / found[j];
    values[i] = sum / (n - 1);
  }
  if (n < 2) values.fill(NaN);
  return values;
}

function lengthAt(parts, k, distance) {
  let shortest = Infinity;
  for (let p = 0; p < parts.length; p++) {
    const weight = parts[p].weights[k];
    if (weight > 0) shortest = Math.min(shortest, (distance === "inverse" ? 1 / weight : 1) + parts[p].added[k]);
  }
  return shortest;
}

/** Mean over ordered pairs of 1 / d; mirrors `connectivity.global_efficiency`. */
export const efficiency = (access) => access.reduce((sum, value) => sum + value, 0) / access.length;

const queue = new Int32Array(1024);

/** Numbers of links from one point to all (breadth first). */
function stepsFrom(start, begin, to, _, found) {
  found.fill(Infinity);
  found[start] = 0;
  queue[0] = start;
  for (let head = 0, tail = 1; head < tail && tail < found.length; head++) {
    const i = queue[head];
    for (let k = begin[i]; k < begin[i + 1]; k++) {
      if (found[to[k]] !== Infinity) continue;
      found[to[k]] = found[i] + 1;
      queue[tail++] = to[k];
    }
  }
}

const heap = new Int32Array(1024);
const position = new Int32Array(1024);

/** Lengths of the shortest paths from one point to all (Dijkstra 1959, with a binary heap). */
function lengthsFrom(start, begin, to, length, found) {
  found.fill(Infinity);
  found[start] = 0;
  position.fill(-1);
  let count = 0;
  const rise = (i) => {
    let at = position[i];
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (found[heap[above]] <= found[i]) break;
      heap[at] = heap[above];
      position[heap[at]] = at;
      at = above;
    }
    heap[at] = i;
    position[i] = at;
  };
  const first = () => {
    const top = heap[0];
    const last = heap[--count];
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && found[heap[child + 1]] < found[heap[child]]) child++;
      if (found[heap[child]] >= found[last]) break;
      heap[at] = heap[child];
      position[heap[at]] = at;
      at = child;
    }
    heap[at] = last;
    position[last] = at;
    return top;
  };
  position[start] = count;
  heap[count++] = start;
  while (count) {
    const i = first();
    for (let k = begin[i]; k < begin[i + 1]; k++) {
      const through = found[i] + length[k];
      if (through >= found[to[k]]) continue;
      if (found[to[k]] === Infinity) {
        position[to[k]] = count;
        heap[count++] = to[k];
      }
      found[to[k]] = through;
      rise(to[k]);
    }
  }
}
