// Enclaves in the data: when they opened, how good their source is, who their partners are.
import { h, replace } from "./dom.js";

export function createParks(app) {
  const { t, data } = app;
  const content = h("div", {});

  function update(open) {
    if (!open) return;
    const { select } = app.state;
    const every = data.parks ?? [];
    const { all, among } = data.counts;
    if (!all) return replace(content, h("p", { class: "hint" }, t("no_parks")));
    const parks = every.filter((park) => select == null || park.home === select || park.host === select);
    replace(content,
      h("h2", {}, t(parks.length < all ? "parks_are" : "parks_all", { number: parks.length, all })),
      among < all && h("p", { class: "hint" }, t("parks_elsewhere", { number: all - among, all })),
      every.length < among && h("p", { class: "hint" }, t("parks_first", { number: every.length, all: among })),
      select != null && h("p", { class: "hint" }, t("parks_of", { place: app.nameOf(select) }), " ",
        h("button", { type: "button", class: "plain", onclick: () => app.choosePlace(null) }, t("show_all"))),
      h("ul", { class: "parks" }, [...parks].sort((a, b) => (yearOf(a) ?? 9999) - (yearOf(b) ?? 9999)).map(entry)));
  }

  const yearOf = (park) => Number((park.opened ?? "").match(/^\d{4}/)?.[0]) || null;
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
