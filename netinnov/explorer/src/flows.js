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

/**
 * Mean weight that each pair gains and loses over placements, and the share of these in which it does;
 * -1 stands for the park.
 */
export function meanChanges(network, layer, runs) {
  const [gained, lost] = [new Map(), new Map()];
  runs.forEach(({ placement }, run) => {
    const put = (map, from, to, weight) => {
      const [a, b] = [from, to].map((i) => (i === network.n ? -1 : i)).sort((x, y) => x - y);
      const row = map.get(`${a},${b}`) ?? { a, b, weight: 0, share: 0, last: -1 };
      row.weight += weight / runs.length;
      row.share += (row.last !== run) / runs.length;
      row.last = run;
      map.set(`${a},${b}`, row);
    };
    placement.gone.forEach((k, i) => put(lost, layer.source[k], layer.target[k], layer.weight[k] * (1 - (placement.left?.[i] ?? 0))));
    for (const [a, b, weight] of placement.added) put(gained, a, b, weight);
  });
  return Object.fromEntries(Object.entries({ gained, lost }).map(([name, map]) =>
    [name, [...map.values()].filter((row) => row.weight > 0).sort((x, y) => y.weight - x.weight)]));
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
