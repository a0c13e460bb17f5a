// The network as Python wrote it: places, layers of pairs, and who lies inside whom.

/** Kilometres on a sphere; mirrors `netinnov._geography.great_circle`. */
export function greatCircle(lon1, lat1, lon2, lat2) {
  const radians = Math.PI / 180;
  const [y1, y2] = [lat1 * radians, lat2 * radians];
  const haversine =
    Math.sin((y2 - y1) / 2) ** 2 +
    Math.cos(y1) * Math.cos(y2) * Math.sin(((lon2 - lon1) * radians) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(Math.min(haversine, 1)));
}

/**
 * Places 0 to n - 1 have a node; those behind them only contain others. `parent` and
 * `jurisdiction` are positions among all of them, -1 where there is none.
 */
export function readNetwork(data) {
  const { places, layers } = data;
  const at = new Map(places.id.map((id, i) => [id, i]));
  const network = {
    n: data.n,
    ids: places.id,
    at,
    lon: places.lon,
    lat: places.lat,
    parent: places.parent,
    jurisdiction: places.jurisdiction,
    measures: Object.keys(data.measures),
    layers: layers.map((layer) => ({
      ...layer,
      source: Int32Array.from(layer.source),
      target: Int32Array.from(layer.target),
      weight: Float64Array.from(layer.weight),
    })),
  };
  network.layerAt = new Map(network.layers.map((layer, i) => [layer.name, i]));
  network.located = (i) => network.lon[i] != null && network.lat[i] != null;
  return network;
}

/** Marks a place and the places inside it; mirrors `scenarios._park_ends.inside`. */
export function inside(network, place) {
  return network.ids.map((_, i) => {
    let steps = network.ids.length;
    for (let j = i; j >= 0 && steps >= 0; j = network.parent[j], steps--) if (j === place) return true;
    return false;
  });
}

/** The layers that count, and the one that changes, where the address does not say. */
export function observedLayers(network) {
  const observed = network.layers.map((_, i) => i).filter((i) => !network.layers[i].modelled);
  return observed.length ? observed : network.layers.map((_, i) => i);
}

export function mainLayer(network) {
  let best = -1;
  for (const i of observedLayers(network))
    if (best < 0 || network.layers[i].weight.length > network.layers[best].weight.length) best = i;
  return best;
}
