// Two places side by side: values, ranks, and whom both are linked with.
import { h, replace, select } from "./dom.js";
import { flowsByPair } from "./flows.js";

export function createCompare(app) {
  const { t, data, network } = app;
  const order = [...Array(network.n).keys()].sort((a, b) => app.nameOf(a).localeCompare(app.nameOf(b), app.lang));
  const options = order.map((i) => [i, app.nameOf(i)]);
  const strongest = () => {
    const values = data.measures[app.sizeBy()] ?? [];
    return [...order].sort((a, b) => (values[b] ?? -1) - (values[a] ?? -1));
  };
  const pair = () => {
    const [first, second] = strongest();
    const a = app.state.compare[0] ?? app.state.home ?? app.state.select ?? first;
    const b = app.state.compare[1] ?? (app.state.host !== a && app.state.host < network.n ? app.state.host : null) ?? (a === first ? second : first);
    return [Math.min(a, network.n - 1), b];
  };
  const choose = (k) =>
    select({
      "aria-label": t(k ? "second_place" : "first_place"),
      onchange: (event) => app.set({ compare: k ? [pair()[0], Number(event.target.value)] : [Number(event.target.value), pair()[1]] }),
    }, options);
  const [left, right] = [choose(0), choose(1)];
  const content = h("div", {});
  const element = h("div", {}, h("div", { class: "actions" }, left, h("span", {}, t("and")), right), content);

  function update(open) {
    if (!open) return;
    const [a, b] = pair();
    left.value = a;
    right.value = b;
    const flows = flowsByPair(network, app.state.layers);
    const partners = (i) => new Map(flows.filter((flow) => flow.a === i || flow.b === i).map((flow) => [flow.a === i ? flow.b : flow.a, flow.weight]));
    const [ofA, ofB] = [partners(a), partners(b)];
    const shared = [...ofA.keys()].filter((i) => ofB.has(i)).sort((x, y) => ofB.get(y) + ofA.get(y) - ofB.get(x) - ofA.get(x));
    replace(content,
      h("table", { class: "versus" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("measure")), h("th", { scope: "col" }, app.nameOf(a)), h("th", { scope: "col" }, app.nameOf(b)))),
        h("tbody", {}, Object.entries(data.measures).map(([name, values]) => {
          const most = Math.max(...values.filter((value) => value != null), 0) || 1;
          const cell = (i) => h("td", {}, h("span", { class: "bar" }, h("span", { class: "fill", style: { width: `${Math.round((100 * Math.max(values[i] ?? 0, 0)) / most)}%` } }), h("span", { class: "value" }, app.number(values[i]))));
          return h("tr", {}, h("th", { scope: "row" }, app.measureName(name)), cell(a), cell(b));
        }))),
      h("p", { class: "hint" }, t("bars_are")),
      h("h2", {}, ofA.has(b) ? t("linked_with_weight", { weight: app.number(ofA.get(b)) }) : t("not_linked")),
      h("p", {}, shared.length ? t("shared_partners", { number: shared.length, names: shared.slice(0, 12).map(app.nameOf).join(", ") }) : t("no_shared_partners")),
      structureLine(a, b));
  }

  function structureLine(a, b) {
    const { structure } = data;
    if (!structure || structure.community[a] == null || structure.community[b] == null) return null;
    return h("p", {}, t(structure.community[a] === structure.community[b] ? "same_community" : "other_community"));
  }

  return { element, update };
}
