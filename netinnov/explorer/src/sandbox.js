// Try a park: what it changes, how sure that is, and the same numbers as a table.
import { strips } from "./charts.js";
import { h, replace } from "./dom.js";
import { tableOf } from "./table.js";
import { changesOf, spread, subjectOf } from "./summary.js";

const SHOWN = 14; // places whose change is drawn

export function createSandbox(app) {
  const { t, network } = app;
  const results = h("div", { class: "results" });
  const numbers = h("div", {});
  const totals = h("p", { class: "totals" });
  const element = h("div", {}, results, totals, h("details", { class: "behind" }, h("summary", {}, t("all_places_table")), numbers));

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
      t("efficiency_of_all"), " ", t("before"), " ", cell("global_efficiency_before", before.efficiency), t("comma"),
      t("after"), " ", cell("global_efficiency", after.efficiency), t("full_stop"));
    const rows = Array.from(before.access, (value, i) => ({
      i, name: app.nameOf(i), before: value, after: after.access[i], change: (after.access[i] - value) / (value || 1), size: Math.abs(after.access[i] - value),
    }));
    const columns = [
      ["name", t("place")], ["before", t("before"), (value, { i }) => cell("harmonic_centrality_before", value, network.ids[i])],
      ["after", t("after"), (value, { i }) => cell("harmonic_centrality", value, network.ids[i])], ["change", t("change"), app.change],
    ];
    replace(numbers, tableOf(columns, rows, { order: ["size", true], label: t("all_places_table"), most: network.n }));
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
    const { trial, ranking, rivals, state } = app;
    if (!trial?.runs) return [h("h2", {}, t("view_enclave")), app.live && h("p", { class: "hint" }, t("sandbox_hint"))];
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
    if (ranking?.length)
      rows.push({ label: t("hosts_row", { number: ranking.length }), note: "", colour: colours.soft, values: ranking.map((each) => each.median) });
    for (const rival of rivals ?? [])
      rows.push(row(t(`rival_${rival.kind}`), rival.runs, state.home, colours.host));
    return [
      h("h2", {}, t("how_sure", { home })),
      h("p", { class: "hint" }, t(trial.runs.length < 2 ? "nothing_drawn" : trial.ofStudy ? "how_sure_study" : "how_sure_hint", { number: trial.runs.length })),
      strips(rows, { width, format: app.change, colours, label: t("how_sure", { home }) }),
      folded(numbersOf(rows, t("park"))),
      h("h2", {}, t("who_gains")),
      h("p", { class: "hint" }, t("access_is")),
      strips(gains, { width, format: app.change, colours, label: t("who_gains"), dense: true }),
      folded(numbersOf(gains, t("place"))),
      linksOf(trial),
    ];
  }

  /** The numbers of strips as a table. */
  function numbersOf(rows, first) {
    const lines = rows.map(({ label, spread: about, values }) => ({ label, ...(about ?? spread(values)) }));
    const columns = [["label", first], ["median", t("median"), app.change], ["low", t("low"), app.change], ["high", t("high"), app.change]];
    return tableOf(columns, lines, { label: `${t("as_a_table")} ${first}` });
  }

  const folded = (table) => h("details", { class: "behind" }, h("summary", {}, t("as_a_table")), table);

  /** Links that come and go, in the mean of the placements; the park's first. */
  function linksOf({ changes }) {
    const name = (i) => (i === -1 ? t("the_park") : app.nameOf(i));
    const all = [...changes.gained.map((row) => [row, 1]), ...changes.lost.map((row) => [row, -1])];
    const rows = all.map(([{ a, b, weight, share }, sign]) => ({ source: name(a), target: name(b), weight: sign * weight, share }));
    const columns = [["source", t("place")], ["target", t("and")], ["weight", t("weight"), app.signed], ["share", t("in_share"), app.percent]];
    return [h("h2", {}, t("links_changed")), h("p", { class: "hint" }, t("links_changed_hint")), tableOf(columns, rows, { order: ["share", true], label: t("links_changed") })];
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
