// The question of the page, which is its own control: a park of a home in a host, and the answer.
import { h, replace, select } from "./dom.js";
import { png, save, svgText } from "./downloads.js";
import { distanceOf, withTravel } from "./network.js";
import { picture } from "./picture.js";
import { summarise } from "./summary.js";
import { MOST_PLACES } from "./trial.js";

export function createQuestion(app) {
  const { t, network } = app;
  const order = [...Array(network.n).keys()].sort((a, b) => app.nameOf(a).localeCompare(app.nameOf(b), app.lang));
  const containers = [...network.ids.keys()].slice(network.n);
  const places = (empty) => [["", empty], ...[...order, ...containers].map((i) => [i, app.nameOf(i)])];
  const whole = (value) => (value === "" ? null : Number(value));
  const place = (name) =>
    select({
      name, "aria-label": t(name),
      onchange: (event) => app.set({ [name]: whole(event.target.value) }),
    }, places(t(`choose_${name}`)), "");
  const home = place("home");
  const host = place("host");
  const number = (name, key, attributes, read = Number) =>
    h("input", {
      type: "number", name, ...attributes,
      onchange: (event) => {
        const value = event.target.value === "" ? null : read(event.target.value);
        if (event.target.checkValidity()) app.set({ [key]: value });
      },
    });
  const size = number("size", "size", { min: 1, step: 1, "aria-label": t("size") });
  const funding = select(
    { name: "funding", "aria-label": t("funding"), onchange: (event) => app.set({ funding: event.target.value }) },
    [["reallocated", t("funding_reallocated")], ["new", t("funding_new")]],
  );
  const share = h("input", {
    type: "range", name: "pipeline_share", min: 0, max: 1, step: 0.05,
    onchange: (event) => app.set({ pipelineShare: Number(event.target.value) }),
  });
  const border = number("border", "border", { min: 0, step: 0.1 });
  const kilometres = number("kilometres", "kilometres", { min: 0, step: 0.1 });
  const per = number("per", "per", { min: 0.001, step: "any" });
  const line = network.travel && lineForm();
  const seed = number("seed", "seed", { min: 0, step: 1 });
  const volumeShare = number("volume_share", "volumeShare", { min: 0, step: 0.05, placeholder: "–" });
  const distance = select(
    { name: "distance", onchange: (event) => app.set({ distance: event.target.value }) },
    [["unit", t("distance_unit")], ["inverse", t("distance_inverse")]],
  );
  const layer = select(
    { name: "layer", onchange: (event) => chooseLayer(Number(event.target.value)) },
    network.layers.map((each, k) => [k, app.layerName(k) + (each.modelled ? ` (${t("modelled")})` : "")]),
  );
  function chooseLayer(k) {
    const layers = app.state.layers.includes(k) ? app.state.layers : [...app.state.layers, k];
    app.set({ layer: k, layers });
  }
  /** What if a line opens: another distance of two places. */
  function lineForm() {
    const [from, to] = ["line_from", "line_to"].map((name) =>
      select({ name, "aria-label": t(name) }, [["", t("choose_place")], ...order.map((i) => [i, app.nameOf(i)])], ""));
    const far = h("input", { type: "number", name: "line_distance", min: 0, step: "any", "aria-label": t("distance") });
    const open = () => {
      const [a, b] = [whole(from.value), whole(to.value)];
      if (a == null || b == null || a === b || far.value === "" || !far.checkValidity()) return;
      const others = app.state.travel.filter(([c, d]) => !(c === a && d === b) && !(c === b && d === a));
      // A distance that counts for nothing changes nothing.
      app.set({ travel: [...others, [a, b, Number(far.value)]], kilometres: app.state.kilometres || 1 });
    };
    return h("div", { class: "sentence line" },
      h("span", {}, t("line_1")), from, h("span", {}, t("line_2")), to, h("span", {}, t("line_3")), far,
      h("span", {}, `${app.unit()}${t("line_4")}`), h("button", { type: "button", onclick: open }, t("line_try")));
  }
  const labelled = (key, control, output) => h("label", {}, h("span", {}, t(key, { unit: app.unit() })), control, output);
  const shareText = h("output", {});
  const answer = h("div", { class: "answer", role: "status" });
  const told = h("span", { class: "hint", role: "status" });
  const element = h("section", { class: "question", "aria-label": t("view_enclave") },
    h("form", { onsubmit: (event) => event.preventDefault() },
      h("div", { class: "sentence" },
        h("span", {}, t("question_1")), home, h("span", {}, t("question_2")), host, h("span", {}, t("question_3")),
        size, h("span", {}, t("question_4")), funding, h("span", {}, t("question_5"))),
      h("details", { class: "settings" },
        h("summary", {}, t("more_settings")),
        h("div", { class: "grid" },
          labelled("pipeline_share", share, shareText), labelled("border", border),
          labelled(network.travel ? "travel_weight" : "kilometres", kilometres), network.travel && labelled("per", per),
          labelled("distance", distance), labelled("layer", layer), labelled("volume_share", volumeShare), labelled("seed", seed)),
        line)),
    answer,
    h("div", { class: "actions" },
      h("button", { type: "button", onclick: app.startOver }, t("clear")),
      h("button", { type: "button", onclick: copyAddress }, t("copy_address")),
      h("button", { type: "button", onclick: () => savePicture("png", png) }, t("save_png")),
      h("button", { type: "button", onclick: () => savePicture("svg", svgText) }, t("save_svg")), told));

  async function copyAddress() {
    try {
      await navigator.clipboard.writeText(location.href);
      told.textContent = t("address_copied");
    } catch {
      told.textContent = location.href; // a frame may not write, so that the reader copies it
    }
  }

  async function savePicture(ending, made) {
    try {
      save(`${t("picture_file")}.${ending}`, await made(picture(app)), "image/svg+xml");
      told.textContent = "";
    } catch (fault) {
      told.textContent = t("picture_fails", { fault: fault.message });
    }
  }

  function update() {
    const { state } = app;
    const put = (control, value) => {
      if (document.activeElement !== control || control.tagName === "SELECT") control.value = value ?? "";
    };
    put(home, state.home);
    put(host, state.host);
    put(size, state.size);
    put(funding, state.funding);
    put(share, state.pipelineShare);
    put(border, state.border);
    put(kilometres, state.kilometres);
    put(per, state.per);
    put(seed, state.seed);
    put(volumeShare, state.volumeShare);
    put(distance, state.distance);
    put(layer, state.layer);
    shareText.textContent = app.percent(state.pipelineShare);
    size.disabled = state.home == null;
    for (const control of [home, host, size, funding, share, border, kilometres, per, seed, volumeShare, distance, layer])
      if (!app.live) control.disabled = true;
    replace(answer, sentences());
  }

  function sentences() {
    const { state } = app;
    const faults = state.faults.map(([key, value]) => h("p", { class: "fault" }, t(key, { value })));
    const { left_out: rest } = app.data;
    if (!app.live)
      return [faults, h("p", { class: "hint" }, t(network.layers.length ? "too_many_places" : "no_links", { most: MOST_PLACES }), " ", rest > 0 && t("links_left_out", { number: app.count(rest) }))];
    if (app.refusal) {
      const values = { ...app.refusal.values };
      if (values.place != null) values.place = app.nameOf(values.place);
      if (values.layer != null) values.layer = app.layerName(values.layer);
      return [faults, h("p", { class: "fault" }, t(`refused_${app.refusal.key}`, values))];
    }
    faults.push(...warnings());
    const changed = state.add.length + state.remove.length + state.travel.length;
    if (state.home == null || state.host == null)
      return [faults, changed && app.trial ? explicit() : suggestions()];
    if (!app.trial?.runs) return [faults, h("p", { class: "hint" }, t("computing"))];
    const found = summarise(app);
    return [
      faults,
      h("p", { class: "headline" }, found.headline, t("between_sentences"), h("span", { class: "interval" }, found.interval)),
      h("p", { class: "sure" }, found.sure.map((text) => [text, t("between_sentences")]), h("em", {}, t("not_a_forecast"))),
    ];
  }

  /** What the numbers leave out: unknown distances, links in a layer that is off. */
  function warnings() {
    const { state } = app;
    const unlocated = state.kilometres && !network.travel ? order.filter((i) => !network.located(i)) : [];
    const unknown = state.kilometres && network.travel ? unknownPairs() : 0;
    const changes = state.home != null || state.add.length || state.remove.length;
    return [
      unlocated.length > 0 && h("p", { class: "fault" }, t("no_kilometres", { number: unlocated.length, names: app.joined(unlocated.slice(0, 12).map(app.nameOf)) })),
      unknown > 0 && h("p", { class: "fault" }, t("no_distance", { number: unknown })),
      state.travel.map(([a, b, far], k) => h("p", { class: "hint" },
        t("line_is", { a: app.nameOf(a), b: app.nameOf(b), number: app.number(far), unit: app.unit(), before: app.number(distanceOf(network, a, b)) }), " ", !linked(a, b) && [t("line_idle"), " "],
        h("button", { type: "button", class: "plain", onclick: () => app.set({ travel: state.travel.toSpliced(k, 1) }) }, t("line_close")))),
      changes && state.layer >= 0 && !state.layers.includes(state.layer) && h("p", { class: "fault" }, t("layer_off", { layer: app.layerName(state.layer) })),
      state.home != null && network.layers[state.layer]?.modelled && h("p", { class: "hint" }, t("modelled_notice", { layer: app.layerName(state.layer) })),
    ].filter(Boolean);
  }

  const linked = (a, b) => app.state.layers.some((l) => {
    const { source, target } = network.layers[l];
    return source.some((from, k) => (from === a && target[k] === b) || (from === b && target[k] === a));
  });

  /** Linked pairs of places whose distance is unknown. */
  function unknownPairs() {
    const later = withTravel(network, app.state.travel);
    const pairs = app.state.layers.flatMap((l) => {
      const { source, target, directed } = network.layers[l];
      return [...source].map((a, k) => [a, target[k], directed]).filter(([a, b, oneWay]) => Number.isNaN(distanceOf(later, a, b, oneWay)));
    });
    return new Set(pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join())).size;
  }

  /** Links added and removed, and distances changed, one by one, without a park. */
  function explicit() {
    const { before, after } = app.trial;
    const { add, remove, travel } = app.state;
    const key = add.length + remove.length ? "explicit_changes" : "line_changes";
    return h("p", { class: "headline" }, t(key, {
      added: add.length, removed: remove.length, number: travel.length, change: app.change(after.efficiency / before.efficiency - 1),
    }));
  }

  /** The pairs of most enclaves in the data. */
  function suggestions() {
    const tries = app.data.suggestions.slice(0, 3).map(([home, host]) => ({ home, host }));
    if (!tries.length) return h("p", { class: "hint" }, t("hint_pick"));
    return h("p", { class: "hint" }, t("hint_try"), " ", tries.map((patch) =>
      h("button", { type: "button", class: "try", onclick: () => app.set(patch) }, t("pair", { home: app.nameOf(patch.home), host: app.nameOf(patch.host) }))));
  }

  /** Brings the answer in sight on a telephone. */
  function show() {
    if (!matchMedia("(max-width: 900px)").matches) return;
    const { top, bottom } = answer.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) answer.scrollIntoView({ block: "center" });
  }

  return { element, update, show };
}
