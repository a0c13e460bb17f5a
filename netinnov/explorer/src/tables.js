// Tables behind the pictures: sort, filter, download.
import { h, replace, select } from "./dom.js";
import { save } from "./downloads.js";
import { csv, orderOf, sorted, tableOf } from "./table.js";

export function createTables(app) {
  const { t, network, data } = app;
  const number = (value) => app.number(value);
  const kinds = {
    places: () => {
      const measures = network.measures;
      const { structure, places } = data;
      const extra = structure ? ["community", "support"] : [];
      const columns = [
        ["name", t("place")], ["id", "id"], ...measures.map((name) => [name, app.measureName(name), number]),
        ...extra.map((name) => [name, t(`colour_${name}`), name === "support" ? app.percent : null]), ["population", t("population"), number],
      ];
      const rows = Array.from({ length: network.n }, (_, i) => ({
        name: app.nameOf(i), id: network.ids[i], population: places.population[i],
        ...Object.fromEntries(measures.map((name) => [name, app.measures()[name][i]])),
        ...Object.fromEntries(extra.map((name) => [name, structure[name][i]])),
      }));
      return [columns, rows];
    },
    links: () => {
      const columns = [["source", t("source")], ["target", t("target")], ["layer", t("layer_column")], ["weight", t("weight"), number], ["modelled", t("modelled")]];
      const rows = app.state.layers.map((index) => network.layers[index]).flatMap((layer) =>
        Array.from(layer.weight, (weight, k) => ({
          source: app.nameOf(layer.source[k]), target: app.nameOf(layer.target[k]), layer: app.layerName(layer.name), weight, modelled: layer.modelled ? t("yes") : "",
        })));
      return [columns, rows];
    },
    parks: () => {
      const columns = [["name", t("park")], ["home", t("home")], ["host", t("host")], ["opened", t("opened")], ["direction", t("direction")], ["confidence", t("confidence")], ["source_url", t("source_of")]];
      const rows = (data.parks ?? []).map((park) => ({
        ...park, name: app.parkName(park), home: app.nameOf(park.home), host: app.nameOf(park.host), direction: park.direction && t(`direction_${park.direction}`),
      }));
      return [columns, rows];
    },
    changes: () => {
      const columns = [["name", t("place")], ["id", "id"], ["before", t("before"), number], ["after", t("after"), number], ["change", t("change"), app.change]];
      const { trial } = app;
      const rows = trial
        ? Array.from(trial.before.access, (before, i) => ({
            name: app.nameOf(i), id: network.ids[i], before, after: trial.after.access[i], change: before ? trial.after.access[i] / before - 1 : null, size: Math.abs(trial.after.access[i] - before),
          }))
        : [];
      return [columns, rows];
    },
  };
  const usual = { places: ["strength", true], links: ["weight", true], parks: ["opened", true], changes: ["size", true] };
  const names = Object.keys(kinds).filter((name) => name !== "parks" || data.parks?.length);
  const which = select({ name: "table", "aria-label": t("table"), onchange: (event) => app.set({ table: event.target.value }) }, names.map((name) => [name, t(`table_${name}`)]));
  const filter = h("input", { type: "search", name: "filter", placeholder: t("filter"), "aria-label": t("filter"), oninput: () => update(true) });
  const table = h("div", {});
  let shown = [[], []];
  const element = h("div", {},
    h("div", { class: "actions" }, which, filter, h("button", { type: "button", onclick: saveTable }, t("get_csv"))), table);
  const name = () => (names.includes(app.state.table) ? app.state.table : names[0]);
  const label = () => t(`table_${name()}`);

  function saveTable() {
    const [columns, rows] = shown;
    save(`${name()}.csv`, csv(columns, sorted(rows, ...orderOf(label(), usual[name()]))), "text/csv;charset=utf-8");
  }

  function update(open) {
    if (!open) return;
    which.value = name();
    const [columns, rows] = kinds[name()]();
    const wanted = filter.value.trim().toLowerCase();
    const kept = wanted ? rows.filter((row) => columns.some(([key]) => String(row[key] ?? "").toLowerCase().includes(wanted))) : rows;
    shown = [columns, kept];
    replace(table,
      h("p", { class: "hint", role: "status" }, t(kept.length > 200 ? "rows_shown" : "rows_all", { shown: 200, all: app.count(kept.length) })),
      tableOf(columns, kept, { order: usual[name()], label: label() }));
  }

  return { element, update };
}
