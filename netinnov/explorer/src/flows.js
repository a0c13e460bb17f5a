// What the map draws of links: flows added up by pair, and what a park adds and takes.

/** Flows of some layers, both ways added up, strongest first; `modelled` where all of it is. */
export function flowsByPair(network, layers, threshold = 0) {
  const pairs = new Map();
  for (const index of layers) {
    const layer = network.layers[index];
    for (let k = 0; k < layer.weight.length; k++) {
      const [a, b] = [layer.source[k], layer.target[k]];
      const key = Math.min(a, b) * network.n + Math.max(a, b);
      let pair = pairs.get(key);
      if (!pair) {
        pair = { a, b, forth: 0, back: 0, weight: 0, layers: new Set(), modelled: true };
        pairs.set(key, pair);
      }
      pair.weight += layer.weight[k];
      if (a === pair.a) pair.forth += layer.weight[k];
      else pair.back += layer.weight[k];
      pair.layers.add(index);
      pair.modelled &&= layer.modelled;
    }
  }
  const flows = [...pairs.values()].filter((pair) => pair.weight >= threshold);
  return flows.sort((x, y) => y.weight - x.weight);
}

/** Mean weight that each pair gains and loses over placements; -1 stands for the park. */
export function meanChanges(network, layer, runs) {
  const [gained, lost] = [new Map(), new Map()];
  const put = (map, a, b, weight) => {
    const key = `${a},${b}`;
    map.set(key, (map.get(key) ?? 0) + weight / runs.length);
  };
  for (const { placement } of runs) {
    placement.gone.forEach((k, i) =>
      put(lost, layer.source[k], layer.target[k], layer.weight[k] * (1 - (placement.left?.[i] ?? 0))));
    for (const [a, b, weight] of placement.added)
      put(gained, a === network.n ? -1 : a, b === network.n ? -1 : b, weight);
  }
  const rows = (map) => {
    const joined = new Map();
    for (const [key, weight] of map) {
      const [a, b] = key.split(",").map(Number);
      const pair = a < b ? [a, b] : [b, a];
      const name = pair.join(",");
      joined.set(name, { a: pair[0], b: pair[1], weight: (joined.get(name)?.weight ?? 0) + weight });
    }
    return [...joined.values()].sort((x, y) => y.weight - x.weight);
  };
  return { gained: rows(gained), lost: rows(lost) };
}

/** Neighbours of a place in some flows, itself among them. */
export function neighbourhood(flows, place) {
  const near = new Set([place]);
  for (const { a, b } of flows) {
    if (a === place) near.add(b);
    if (b === place) near.add(a);
  }
  return near;
}
