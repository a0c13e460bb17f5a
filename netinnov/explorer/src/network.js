// The network as Python wrote it: places, layers of pairs, and who lies inside whom.

/** Kilometres on a sphere; mirrors `netinnov._network.distances.great_circle`. */
export function greatCircle(lon1, lat1, lon2, lat2) {
  const radians = Math.PI / 180;
  const [y1, y2] = [lat1 * radians, lat2 * radians];
  const haversine =
    Math.sin((y2 - y1) / 2) ** 2 +
    Math.cos(y1) * Math.cos(y2) * Math.sin(((lon2 - lon1) * radians) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(Math.min(haversine, 1)));
}

/**
 * Distance of two places, NaN where it is unknown: of the network's own table, from a to b if
 * `oneWay`, else the mean of both directions (one, where only one is known); else kilometres.
 */
export function distanceOf(network, a, b, oneWay = false) {
  const { travel, lon, lat, ids } = network;
  if (!travel) return network.located(a) && network.located(b) ? greatCircle(lon[a], lat[a], lon[b], lat[b]) : NaN;
  const [there, back] = [travel[a * ids.length + b], travel[b * ids.length + a]];
  if (a === b) return 0;
  if (oneWay || Number.isNaN(back)) return there;
  return Number.isNaN(there) ? back : (there + back) / 2;
}

/** The network with other distances of some pairs, in both directions. */
export function withTravel(network, changes) {
  if (!network.travel || !changes.length) return network;
  const travel = Float64Array.from(network.travel);
  const m = network.ids.length;
  for (const [a, b, far] of changes) travel[a * m + b] = travel[b * m + a] = far;
  return { ...network, travel };
}

const MOST_REPLICATES = 200; // so that nobody waits for long

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
    direction: data.direction,
    unit: data.distances?.unit ?? "km",
    travel: data.distances ? Float64Array.from(data.distances.between, (far) => far ?? NaN) : null,
    layers: layers.map((layer) => ({
      ...layer,
      source: Int32Array.from(layer.source),
      target: Int32Array.from(layer.target),
      weight: Float64Array.from(layer.weight),
    })),
  };
  network.layerAt = new Map(network.layers.map((layer, i) => [layer.name, i]));
  network.located = (i) => network.lon[i] != null && network.lat[i] != null;
  const m = network.ids.length;
  network.oneWay = Boolean(network.travel?.some((far, k) => !Object.is(far, network.travel[(k % m) * m + Math.floor(k / m)])));
  network.defaults = defaultsOf(network, data.experiment);
  return network;
}

/** The settings with which the page opens: those of the study's experiment, if any; all layers count. */
function defaultsOf(network, { settings = {}, draws = null } = {}) {
  const number = (key, usual) => (settings[key] == null ? usual : Number(settings[key]));
  const ends = [settings.home, settings.host].map((id) => network.at.get(id) ?? null);
  const layer = network.layerAt.get(settings.layer);
  const known = layer != null && !ends.includes(null);
  return {
    home: known ? ends[0] : null, host: known ? ends[1] : null, layer: layer ?? movableLayer(network),
    layers: [...network.layers.keys()],
    size: number("size", null), volume: number("volume", null), volumeShare: number("volume_share", null),
    pipelineShare: number("pipeline_share", 0.25), funding: settings.funding ?? "reallocated",
    border: number("border", 0), kilometres: number("distance_weight", 0), per: number("per", network.unit === "min" ? 60 : 1000), distance: settings.distance ?? null, // null: by weight where a volume is moved
    seed: number("seed", 1), replicates: Math.min(number("replicates", 100), MOST_REPLICATES),
    attachment: number("attachment", 1), draws: known ? draws : null,
  };
}

/** Marks a place and the places inside it; mirrors `scenarios._park_ends.inside`. */
export function inside(network, place) {
  return network.ids.map((_, i) => {
    let steps = network.ids.length;
    for (let j = i; j >= 0 && steps >= 0; j = network.parent[j], steps--) if (j === place) return true;
    return false;
  });
}

/** The layer of most links among those whose links can be moved; mirrors `_open_size.movable_layer`. */
function movableLayer({ layers }) {
  const size = ({ quantity, weight }) => (quantity !== "amount" ? 0 : 1 + weight.length);
  return layers.reduce((best, layer, k) => (best < 0 || size(layer) > size(layers[best]) ? k : best), -1);
}
