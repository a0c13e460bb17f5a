// Colours and sizes of what is drawn, from the style sheet and the state.

const NAMES = ["paper", "sea", "land", "coast", "ink", "halo", "flow", "modelled", "enclave", "home", "host", "gain", "loss", "place", "rule", "soft", "panel"];
const COMMUNITIES = 7;

/** The colours in force: light or dark. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  colours.series = Array.from({ length: COMMUNITIES }, (_, k) => style.getPropertyValue(`--series-${k}`).trim());
  return colours;
}

/** Radius of each place, its area in proportion to the measure chosen. */
export function placeRadius(app) {
  const values = app.measures()[app.sizeBy()] ?? [];
  const most = Math.max(...values.filter((value) => value != null), 0) || 1;
  const [least, room] = app.network.n > 800 ? [1.2, 6] : [3, 11];
  return (i) => least + room * Math.sqrt(Math.max(values[i] ?? 0, 0) / most);
}

/** Colour of each place: alike, or by its community, role or support as a centre. */
export function placeColours(app) {
  const colours = palette();
  const { structure } = app.data;
  const by = app.state.colourBy;
  if (structure && by === "community")
    return (i) => (structure.community[i] == null ? colours.modelled : colours.series[structure.community[i] % COMMUNITIES]);
  if (structure && by === "support")
    return (i) => (structure.support[i] ? mixed(colours.place, colours.home, structure.support[i]) : colours.modelled);
  return () => colours.place;
}

/** What the colours of places mean: [colour, text]; communities are named after their strongest place. */
export function legend(app) {
  const { structure } = app.data;
  const by = app.state.colourBy;
  if (!structure || by === "none") return [];
  const colours = palette();
  if (by === "support") return [0.05, 0.5, 1].map((share) => [mixed(colours.place, colours.home, share), app.percent(share)]);
  const values = app.measures()[app.sizeBy()] ?? [];
  const groups = new Map();
  structure.community.forEach((label, i) => {
    if (label == null) return;
    const group = groups.get(label) ?? { count: 0, first: i };
    if ((values[i] ?? 0) > (values[group.first] ?? 0)) group.first = i;
    groups.set(label, { ...group, count: group.count + 1 });
  });
  return [...groups].sort((x, y) => y[1].count - x[1].count).slice(0, COMMUNITIES).map(([label, { count, first }]) => [
    app.colours(first), app.t("community_of", { place: app.nameOf(first), number: count }),
  ]);
}

const mixed = (a, b, share) => `color-mix(in srgb, ${b} ${Math.round(100 * share)}%, ${a})`;
