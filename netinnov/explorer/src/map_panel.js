// Beside the map: layers that count, sizes, colours, threshold, and the place chosen.
import { h, replace, select } from "./dom.js";
import { flowsByPair } from "./flows.js";
import { legend } from "./looks.js";

export function createMapPanel(app) {
  const { t, network, data } = app;
  const layers = h("div", { class: "chips", role: "group", "aria-label": t("layers") });
  const size = select(
    { name: "size_by", onchange: (event) => app.set({ sizeBy: event.target.value }) },
    network.measures.map((name) => [name, app.measureName(name)]),
  );
  const colours = ["none", ...(data.structure ? ["community", "support"] : [])];
  const colour = select(
    { name: "colour_by", onchange: (event) => app.set({ colourBy: event.target.value }) },
    colours.map((name) => [name, t(`colour_${name}`)]),
  );
  const threshold = h("input", { type: "range", name: "threshold", min: 0, oninput: (event) => app.set({ threshold: steps[event.target.value] ?? 0 }) });
  const thresholdText = h("output", {});
  const arrows = h("input", { type: "checkbox", name: "arrows", onchange: (event) => app.set({ arrows: event.target.checked }) });
  const key = h("ul", { class: "key" });
  const chosen = h("div", { class: "chosen", "aria-live": "polite" });
  let steps = [0];
  const element = h("div", {},
    h("h2", {}, t("layers")), h("p", { class: "hint" }, t("layers_hint")), layers,
    h("div", { class: "grid" },
      h("label", {}, h("span", {}, t("size_by")), size),
      h("label", {}, h("span", {}, t("colour_by")), colour),
      h("label", {}, h("span", {}, t("threshold"), app.ways("total")), threshold, thresholdText),
      data.enclaves?.length > 0 && h("label", { class: "check" }, arrows, h("span", {}, t("show_enclaves", { pairs: data.enclaves.length, number: data.enclaves.reduce((sum, pair) => sum + pair.count, 0) })))),
    key, chosen);

  function update() {
    const { state } = app;
    replace(layers, network.layers.map((layer, k) => {
      const on = state.layers.includes(k);
      return h("button", {
        type: "button", class: layer.modelled ? "chip modelled" : "chip", "aria-pressed": String(on), title: layer.parameters,
        onclick: () => toggle(k, on),
      }, app.layerName(k), h("span", { class: "count" }, app.count(layer.weight.length)), layer.modelled && h("span", { class: "badge" }, t("modelled")));
    }));
    size.value = app.sizeBy();
    colour.value = state.colourBy;
    replace(key, legend(app).map(([fill, text]) => h("li", {}, h("span", { class: "dot", style: { background: fill } }), " ", text)));
    arrows.checked = state.arrows;
    const weights = [...new Set(flowsByPair(network, state.layers).map((flow) => flow.weight))].sort((a, b) => a - b);
    const few = Math.min(weights.length, 40);
    steps = [0, ...Array.from({ length: few }, (_, k) => weights[Math.floor((k * weights.length) / few)])];
    threshold.max = steps.length - 1;
    threshold.value = Math.max(0, steps.findLastIndex((weight) => weight <= state.threshold));
    thresholdText.textContent = state.threshold ? app.number(state.threshold) : t("all_flows");
    replace(chosen, state.select == null ? h("p", { class: "hint" }, t("choose_hint")) : about(state.select));
  }

  function toggle(k, on) {
    const rest = app.state.layers.filter((other) => other !== k);
    if (on && !rest.length) return;
    app.set({ layers: on ? rest : [...rest, k] });
  }

  function about(i) {
    const flows = flowsByPair(network, app.state.layers).filter(({ a, b }) => a === i || b === i);
    const rows = network.measures.map((name) =>
      h("tr", {}, h("th", { scope: "row" }, app.measureName(name)), h("td", { class: "n" }, app.number(app.measures()[name][i])), h("td", { class: "n" }, rankOf(name, i))));
    return [
      h("h2", {}, app.nameOf(i), app.otherName(i) !== app.nameOf(i) && h("span", { class: "other" }, ` ${app.otherName(i)}`)),
      h("p", { class: "actions" },
        h("button", { type: "button", onclick: () => app.set({ home: i }) }, t("make_home")),
        h("button", { type: "button", onclick: () => app.set({ host: i }) }, t("make_host")),
        h("button", { type: "button", onclick: () => app.set({ select: null }) }, t("show_all"))),
      h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, t("measure")), h("th", { class: "n" }, t("value")), h("th", { class: "n" }, t("rank")))), h("tbody", {}, rows)),
      h("h3", {}, t("partners", { number: flows.length })),
      h("ul", { class: "partners" }, flows.slice(0, 12).map((flow) => {
        const other = flow.a === i ? flow.b : flow.a;
        return h("li", {},
          h("button", { type: "button", class: "plain", onclick: () => app.choosePlace(other) }, app.nameOf(other)),
          h("span", { class: "hint" }, ` ${app.number(flow.weight)}${app.ways("total")} · ${app.joined([...flow.layers].map(app.layerName))}`));
      })),
    ];
  }

  function rankOf(name, i) {
    const values = app.measures()[name];
    if (values[i] == null) return "";
    return t("rank_of", { rank: 1 + values.filter((value) => value != null && value > values[i]).length, all: values.filter((value) => value != null).length });
  }

  return { element, update };
}
