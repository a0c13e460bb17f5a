// Try an enclave: what it changes, how sure that is, and the same numbers as a table.
import { strips } from "./charts.js";
import { h, replace } from "./dom.js";
import { changesOf, spread, subjectOf } from "./summary.js";

const SHOWN = 14; // places whose change is drawn
const MEASURED = { global_efficiency: "global_efficiency", harmonic_centrality: "measure_harmonic", pagerank: "measure_pagerank" };

export function createSandbox(app) {
  const { t, network, data } = app;
  const results = h("div", { class: "results" });
  const numbers = h("tbody", {});
  const totals = h("p", { class: "totals" });
  const element = h("div", {},
    results, totals,
    h("details", { class: "behind" }, h("summary", {}, t("all_places_table")),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("all_places_table") },
        h("table", {}, h("thead", {}, h("tr", {},
          h("th", { scope: "col" }, t("place")), h("th", { scope: "col", class: "n" }, t("before")),
          h("th", { scope: "col", class: "n" }, t("after")), h("th", { scope: "col", class: "n" }, t("change")))), numbers))));

  /** The numbers of the trial, all digits in `data-value`, whatever view is open. */
  function fillTable() {
    const { trial } = app;
    const replicates = trial?.runs ? trial.runs.length : null;
    const cell = (measure, value, place = null) =>
      h("data", {
        "data-measure": measure, "data-place": place, "data-value": String(value), "data-replicates": replicates, value: String(value),
      }, app.number(value));
    if (!trial) {
      replace(totals);
      replace(numbers);
      return;
    }
    const { before, after } = trial;
    replace(totals,
      t("efficiency_of_all"), " ", t("before"), " ", cell("global_efficiency_before", before.efficiency), ", ",
      t("after"), " ", cell("global_efficiency", after.efficiency), ".");
    const order = [...Array(network.n).keys()].sort((a, b) => app.nameOf(a).localeCompare(app.nameOf(b), app.lang));
    replace(numbers, order.map((i) =>
      h("tr", {},
        h("th", { scope: "row" }, app.nameOf(i)),
        h("td", { class: "n" }, cell("harmonic_centrality_before", before.access[i], network.ids[i])),
        h("td", { class: "n" }, cell("harmonic_centrality", after.access[i], network.ids[i])),
        h("td", { class: "n" }, app.change((after.access[i] - before.access[i]) / (before.access[i] || 1))))));
  }

  let shown = null;
  function update(open) {
    if (shown !== app.trial) {
      shown = app.trial;
      fillTable();
    }
    if (!open) return;
    replace(results, content());
  }

  function content() {
    const { trial, others, state } = app;
    if (!trial?.runs) return [h("h2", {}, t("view_enclave")), app.live && h("p", { class: "hint" }, t("sandbox_hint")), ofStudy()];
    const gains = affected(trial, state, app.palette());
    const colours = app.palette();
    const width = Math.max(260, Math.min(520, results.clientWidth || 360));
    const home = subjectOf(app, state.home);
    const row = (label, runs, place, colour, more = {}) => {
      const values = changesOf(network, trial, runs, place);
      const about = spread(values);
      return { label, note: app.change(about.median), colour, values, spread: about, ...more };
    };
    const rows = [row(t("this_park"), trial.runs, state.home, colours.gain, { strong: true })];
    if (others?.placebos.length) {
      const medians = others.placebos.map(({ runs }) => spread(changesOf(network, trial, runs, state.home)).median);
      rows.push({
        label: t("placebo_row", { number: medians.length }), note: "", colour: colours.soft, values: medians,
        title: others.placebos.map(({ host }) => app.nameOf(host)).join(", "),
      });
    }
    for (const rival of others?.rivals ?? [])
      rows.push(row(t(`rival_${rival.kind}`), rival.runs, state.home, colours.host));
    return [
      h("h2", {}, t("how_sure", { home })),
      h("p", { class: "hint" }, t(trial.runs.length > 1 ? "how_sure_hint" : "nothing_drawn", { number: trial.runs.length })),
      strips(rows, { width, format: app.change, colours, label: t("how_sure", { home }) }),
      folded(numbersOf(rows, "")),
      h("h2", {}, t("who_gains")),
      h("p", { class: "hint" }, t("access_is")),
      strips(gains, { width, format: app.change, colours, label: t("who_gains"), dense: true }),
      folded(numbersOf(gains, t("place"))),
      ofStudy(),
    ];
  }

  /** The numbers of strips as a table. */
  function numbersOf(rows, first) {
    const cell = (value) => h("td", { class: "n" }, value == null ? "" : app.change(value));
    return h("table", {}, h("thead", {}, h("tr", {}, [first, t("median"), t("low"), t("high")].map((text, k) => h("th", { scope: "col", class: k ? "n" : null }, text)))),
        h("tbody", {}, rows.map(({ label, spread: about, values }) => {
          const found = about ?? spread(values);
          return h("tr", {}, h("th", { scope: "row" }, label), cell(found.median), cell(found.low), cell(found.high));
        })));
  }

  const folded = (table) => h("details", { class: "behind" }, h("summary", {}, t("as_a_table")), table);

  /** What the study found of its own experiment, in per cent of before. */
  function ofStudy() {
    const { settings, effects = [] } = data.experiment ?? {};
    const rows = effects.filter(({ measure, baseline }) => Object.hasOwn(MEASURED, measure) && baseline).map(({ measure, node, baseline, ...found }) => {
      const relative = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value == null ? null : value / Math.abs(baseline)]));
      return { label: `${t(MEASURED[measure])}${node == null ? "" : `, ${app.nameOf(network.at.get(node))}`}`, spread: relative };
    });
    if (!rows.length) return null;
    const pair = { home: app.nameOf(network.at.get(settings.home)), host: app.nameOf(network.at.get(settings.host)) };
    return [h("h2", {}, t("in_the_report", pair)), numbersOf(rows, t("measure"))];
  }

  /** Home, host, all places together, and those whose access changes most. */
  function affected(trial, state, colours) {
    const { before, after } = trial;
    const relative = (i) => (after.access[i] - before.access[i]) / (before.access[i] || 1);
    const rest = [...Array(network.n).keys()]
      .filter((i) => i !== state.home && i !== state.host && Math.abs(relative(i)) > 5e-4)
      .sort((a, b) => Math.abs(relative(b)) - Math.abs(relative(a)));
    const rows = [[state.home, colours.home], [state.host, colours.host], [null, colours.ink], ...rest.slice(0, SHOWN).map((i) => [i, colours.place])];
    return rows
      .filter(([i]) => i == null || i < network.n)
      .map(([i, colour]) => {
        const about = spread(changesOf(network, trial, trial.runs, i));
        return { label: i == null ? t("all_places") : app.nameOf(i), note: app.change(about.median), colour, spread: about, strong: i == null || i === state.home || i === state.host };
      });
  }

  return { element, update };
}
