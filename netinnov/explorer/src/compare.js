// Places side by side, any number of them: values, links among them, and whom all are linked with.
import { h, replace, select } from "./dom.js";
import { flowsByPair } from "./flows.js";
import { tableOf } from "./table.js";

const NAMED = 12;

export function createCompare(app) {
  const { t, data, network } = app;
  const order = [...Array(network.n).keys()].sort((a, b) => app.nameOf(a).localeCompare(app.nameOf(b), app.lang));
  const add = select(
    { name: "compare", "aria-label": t("add_place"), onchange: (event) => app.set({ compare: [...chosen(), Number(event.target.value)] }) },
    [["", t("add_place")], ...order.map((i) => [i, app.nameOf(i)])], "",
  );
  const content = h("div", {});
  const element = h("div", {}, h("div", { class: "actions" }, add), content);

  /** Those asked for, else home and host, else the strongest. */
  function chosen() {
    const { compare, home, host } = app.state;
    if (compare.length) return [...new Set(compare)];
    const values = app.measures()[app.sizeBy()] ?? [];
    const strongest = [...order].sort((a, b) => (values[b] ?? -1) - (values[a] ?? -1));
    return [...new Set([home, host, ...strongest])].filter((i) => i != null && i < network.n).slice(0, 2);
  }

  function update(open) {
    if (!open) return;
    const places = chosen();
    add.value = "";
    for (const option of add.options) option.disabled = places.includes(Number(option.value)) && option.value !== "";
    const measures = app.measures();
    const flows = flowsByPair(network, app.state.layers);
    const among = flows.filter(({ a, b }) => places.includes(a) && places.includes(b));
    const partners = places.map((i) => new Set(flows.flatMap(({ a, b }) => (a === i ? [b] : b === i ? [a] : []))));
    const shared = order.filter((i) => !places.includes(i) && partners.every((near) => near.has(i)));
    const columns = [
      ["name", t("place"), (name, { i }) => [h("button", { type: "button", class: "plain", onclick: () => app.choosePlace(i) }, name),
        places.length > 1 && h("button", { type: "button", class: "drop", "aria-label": t("leave_out", { place: name }), title: t("leave_out", { place: name }),
          onclick: () => app.set({ compare: places.filter((other) => other !== i) }) }, "×")]],
      ...Object.entries(measures).map(([name, values]) => {
        const most = Math.max(...values.filter((value) => value != null), 0) || 1;
        return [name, app.measureName(name), (value) =>
          h("span", { class: "bar" }, h("span", { class: "fill", style: { width: `${Math.round((100 * Math.max(value ?? 0, 0)) / most)}%` } }), h("span", { class: "value" }, app.number(value)))];
      }),
    ];
    const rows = places.map((i) => ({ i, name: app.nameOf(i), ...Object.fromEntries(Object.entries(measures).map(([name, values]) => [name, values[i]])) }));
    const named = (names) => app.joined(names.slice(0, NAMED));
    const link = ({ a, b, weight }) => `${app.nameOf(a)} – ${app.nameOf(b)} ${app.number(weight)}${app.ways("total")}`;
    const communities = data.structure && places.map((i) => data.structure.community[i]);
    replace(content,
      tableOf(columns, rows, { order: ["strength", true], label: t("view_compare") }),
      h("p", { class: "hint" }, t("bars_are")),
      h("p", {}, among.length ? t("linked_among", { number: among.length, names: named(among.map(link)) }) : t("not_linked")),
      h("p", {}, shared.length ? t("shared_partners", { number: shared.length, names: named(shared.map(app.nameOf)) }) : t("no_shared_partners")),
      communities && !communities.includes(null) && h("p", {}, t(new Set(communities).size === 1 ? "same_community" : "other_community")));
  }

  return { element, update };
}
