// Enclaves in the data: when they opened, how good their source is, who their partners are.
import { h, replace, s } from "./dom.js";

export function createParks(app) {
  const { t, data } = app;
  const content = h("div", {});

  function update(open) {
    if (!open) return;
    const { select } = app.state;
    const every = data.parks ?? [];
    if (!every.length) return replace(content, h("p", { class: "hint" }, t("no_parks")));
    const parks = every.filter((park) => select == null || park.home === select || park.host === select);
    const dated = parks.filter((park) => yearOf(park));
    replace(content,
      h("h2", {}, t("parks_are", { number: parks.length })),
      select != null && h("p", { class: "hint" }, t("parks_of", { place: app.nameOf(select) }), " ",
        h("button", { type: "button", class: "plain", onclick: () => app.choosePlace(null) }, t("show_all"))),
      dated.length > 1 && h("p", { class: "hint" }, t("timeline_is", { dated: dated.length, all: parks.length })),
      dated.length > 1 && timeline(dated),
      h("ul", { class: "parks" }, [...parks].sort((a, b) => (yearOf(a) ?? 9999) - (yearOf(b) ?? 9999)).map(entry)));
  }

  const yearOf = (park) => Number((park.opened ?? "").match(/^\d{4}/)?.[0]) || null;
  const sure = (park) => !park.confidence || !/^(c|low)/i.test(park.confidence);

  /** A dot for each site at its year; hollow where the source is weak. */
  function timeline(parks) {
    const colours = app.palette();
    const width = Math.max(260, Math.min(520, content.clientWidth || 340));
    const years = parks.map(yearOf);
    const [first, last] = [Math.min(...years), Math.max(...years)];
    const x = (year) => 14 + ((year - first) / Math.max(last - first, 1)) * (width - 28);
    const counts = new Map();
    const dots = [...parks].sort((a, b) => sure(b) - sure(a)).map((park) => {
      const year = yearOf(park);
      const level = counts.get(year) ?? 0;
      counts.set(year, level + 1);
      return [park, x(year), level];
    });
    const tall = Math.max(...counts.values());
    const step = Math.min(10, 110 / tall);
    const height = tall * step + 34;
    const every = Math.ceil((last - first + 1) / (width / 46));
    return s("svg", { class: "strips", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("timeline_label", { first, last }) },
      s("line", { x1: 4, x2: width - 4, y1: height - 22, y2: height - 22, stroke: colours.rule }),
      Array.from({ length: last - first + 1 }, (_, k) => first + k).filter((year) => (year - first) % every === 0).map((year) =>
        s("text", { x: x(year), y: height - 7, "text-anchor": "middle", "font-size": 11.5, fill: colours.soft }, String(year))),
      dots.map(([park, cx, level]) =>
        s("circle", {
          cx, cy: height - 28 - level * step, r: Math.min(4, step / 2 - 0.4), stroke: colours.home, "stroke-width": 1.3, fill: sure(park) ? colours.home : colours.panel,
        }, s("title", {}, `${app.parkName(park)} (${yearOf(park)})`))));
  }

  function entry(park) {
    const route = t("from_to", { home: app.nameOf(park.home), host: app.nameOf(park.host) });
    const facts = [
      park.opened && `${t("opened")} ${park.opened}`, park.direction && t(`direction_${park.direction}`),
      park.confidence && `${t("confidence")} ${park.confidence}`,
    ].filter(Boolean).join(" · ");
    return h("li", {},
      h("details", {},
        h("summary", {}, app.parkName(park), h("span", { class: "other" }, ` ${route}`)),
        h("p", { class: "hint" }, facts),
        park.partners.length > 0 && h("p", {}, t("partners_are"), " ", park.partners.map(([name, layer]) => t("partner_in", { name, layer: app.layerName(layer) })).join(t("between_items")), t("full_stop")),
        park.note && h("p", { class: "hint" }, park.note),
        park.source_url && h("p", { class: "hint" }, t("labelled", { label: t("source_of"), value: park.source_url })),
        h("button", { type: "button", class: "try", onclick: () => app.set({ home: park.home, host: park.host, view: "enclave" }) }, t("try_this"))));
  }

  return { element: content, update };
}
