// Which places are centres: how many rules agree, and how often resamples do.
import { h, replace } from "./dom.js";
import { sorted, tableOf } from "./table.js";

export function createCentres(app) {
  const { t, data, network } = app;
  const content = h("div", {});

  function update(open) {
    if (!open) return;
    const { structure } = data;
    if (!structure) return replace(content, h("p", { class: "hint" }, t("no_structure")));
    const rules = Object.keys(structure.rules);
    const sure = structure.support.some((value) => value != null);
    const rows = Array.from({ length: network.n }, (_, i) => ({
      i, name: app.nameOf(i), centre: structure.centre[i] ? 1 : 0, support: structure.support[i],
      agreement: rules.filter((rule) => structure.rules[rule][i]).length, community: structure.community[i],
      ...Object.fromEntries(rules.map((rule) => [rule, structure.rules[rule][i] ? t("yes") : ""])),
    })).filter((row) => row.centre || row.support > 0 || row.agreement > 0);
    const order = sorted(sorted(rows, "agreement", true), "centre", true);
    const mark = (value) => (value ? h("span", { class: "dot", title: t("yes") }, h("span", { class: "unseen" }, t("yes"))) : "");
    const columns = [
      ["name", t("place"), (name, row) => h("button", { type: "button", class: "plain", onclick: () => app.choosePlace(row.i) }, name)],
      ...(sure ? [["support", t("support"), (value) => bar(value, app)]] : []),
      ["agreement", t("agreement"), (value) => t("of_rules", { value, all: rules.length })],
      ...rules.map((rule) => [rule, t(`rule_${rule}`), mark]),
    ];
    replace(content,
      h("h2", {}, t("centres_are", { number: structure.centre.filter(Boolean).length, rule: t(`rule_${structure.rule}`) })),
      h("p", { class: "hint" }, t(sure ? "support_is" : "support_unknown"), t("between_sentences"), t("centres_layers")),
      h("p", { class: "actions" }, h("button", { type: "button", onclick: () => app.set({ colourBy: "support" }) }, t("colour_map_support")),
        h("button", { type: "button", onclick: () => app.set({ colourBy: "community" }) }, t("colour_map_community"))),
      tableOf(columns, order, { order: [sure ? "support" : "agreement", true], label: t("view_centres"), most: 60 }),
      h("details", {}, h("summary", {}, t("rules_are")), h("dl", {}, rules.map((rule) => [h("dt", {}, t(`rule_${rule}`)), h("dd", {}, t(`rule_${rule}_is`))]))));
  }

  return { element: content, update };
}

/** A share as a bar with its number. */
const bar = (value, app) =>
  h("span", { class: "bar" }, h("span", { class: "fill", style: { width: `${Math.round(100 * (value ?? 0))}%` } }), h("span", { class: "value" }, app.percent(value)));
