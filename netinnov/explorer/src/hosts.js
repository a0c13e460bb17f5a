// Which host? All hosts for one home, the best first, and how sure their order is.
import { h, replace } from "./dom.js";
import { subjectOf } from "./summary.js";
import { tableOf } from "./table.js";

const SOME = 0.05; // share of placements from which on a host may be the best
const SAME = 1e-12; // up to this medians are equal

export function createHosts(app) {
  const { t } = app;
  const content = h("div", {});

  function update(open) {
    if (open) replace(content, ...parts());
  }

  function parts() {
    const { state, ranking } = app;
    if (!app.live || state.home == null) return [h("p", { class: "hint" }, t("hosts_pick"))];
    const home = subjectOf(app, state.home);
    const title = h("h2", {}, t("hosts_for", { home }));
    if (!ranking) return [title, h("p", { class: "hint" }, t("computing"))];
    if (!ranking.length) return [title, h("p", { class: "hint" }, t("hosts_none"))];
    const [first] = ranking;
    const { unranked } = ranking;
    const rivals = ranking.filter((row) => row.best >= SOME && row !== first).length;
    const number = first.values.length;
    const rows = [...ranking, ...unranked.map((host) => ({ host }))].map((row) => ({ ...row, name: app.nameOf(row.host) }));
    const known = (write) => (x) => (x == null || Number.isNaN(x) ? "" : write(x));
    const choose = (name, { host }) =>
      h("button", { type: "button", class: host === state.host ? "plain own" : "plain", onclick: () => app.set({ host }) }, name);
    const tied = ranking.filter((row) => Math.abs(row.median - first.median) <= SAME).length;
    const answer = tied > 1 ? "hosts_tied" : number > 1 ? "hosts_answer" : "hosts_one";
    const drawn = [["low", t("low"), known(app.change)], ["high", t("high"), known(app.change)], ["best", t("best_in"), known(app.percent)]];
    const columns = [
      ["name", t("host"), choose], ["median", t("median"), known(app.change)], ...(number > 1 ? drawn : []), ["far", app.unit(), known((x) => app.count(Math.round(x)))],
    ];
    return [
      title,
      h("p", {}, t(answer, { tied, all: ranking.length, host: rows[0].name, change: app.change(first.median), share: app.percent(first.best), number }),
        number > 1 && tied === 1 && [t("between_sentences"), t(rivals ? "hosts_rivals" : "hosts_clear", { number: rivals })]),
      number > 1 && h("p", { class: "hint" }, t("hosts_hint", { home, number })),
      unranked.length > 0 && h("p", { class: "fault" }, t("hosts_unranked", { home, number: unranked.length })),
      tableOf(columns, rows, { order: ["median", true], label: t("view_hosts") }),
    ];
  }

  return { element: content, update };
}
