// The page: reads data and address, computes in slices, and keeps its views together.
import { centralities } from "./centralities.js";
import { createCentres } from "./centres.js";
import { createCompare } from "./compare.js";
import { h, replace } from "./dom.js";
import { meanChanges } from "./flows.js";
import { createHosts } from "./hosts.js";
import { createMap } from "./map.js";
import { createMapPanel } from "./map_panel.js";
import { readNetwork } from "./network.js";
import { createParks } from "./parks.js";
import "./notices.js";
import { palette, placeColours, placeRadius } from "./looks.js";
import { createQuestion } from "./question.js";
import { createSandbox } from "./sandbox.js";
import { readState, writeState } from "./state.js";
import { createTables } from "./tables.js";
import { LANGUAGES, texts } from "./texts.js";
import { MOST_PLACES, rankHosts, rivalsOf, tryOut } from "./trial.js";

const ASKED = ["home", "host", "size", "volumeShare", "funding"];
// Of another home or layer, or of another size, none of the sizes that were asked for before holds.
const OPENS = ["home", "layer", "size", "volumeShare"];
const OPEN = { size: null, volume: null, volumeShare: null };
const SLICE = 14; // milliseconds of work before the page may react

const VIEWS = {
  map: createMapPanel, enclave: createSandbox, hosts: createHosts, centres: createCentres, compare: createCompare, parks: createParks, tables: createTables,
};

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const network = readNetwork(data);
  const app = {
    data,
    network,
    state: readState(location.hash, network),
    live: network.n <= MOST_PLACES && network.layers.length > 0,
    palette,
    nameOf: (i) => (app.lang === "zh" ? data.places.name_zh : data.places.name)[i],
    otherName: (i) => (app.lang === "zh" ? data.places.name : data.places.name_zh)[i],
    radius: () => placeRadius(app),
    colour: (i) => app.colours(i),
    parkName: (park) => (app.lang === "zh" && park.name_zh) || park.name,
    picture: () => map.picture(),
    layerName(which) {
      const { name, name_zh: chinese } = network.layers[which] ?? { name: which };
      if (app.lang === "zh" && chinese) return chinese;
      return app.has(`layer_${name}`) ? app.t(`layer_${name}`) : name.replaceAll("_", " ");
    },
    title: () => (app.has(`title_${data.title}`) ? app.t(`title_${data.title}`) : data.title),
    joined: (names) => names.join(app.t("between_names")),
    set,
    startOver,
    choosePlace: (i) => set({ select: i }),
    describe: (i) => `${app.nameOf(i)}, ${app.measureName(app.sizeBy())} ${app.number(app.valueOf(i))}`,
    cardOf,
    sizeBy: () => (network.measures.includes(app.state.sizeBy) ? app.state.sizeBy : network.measures[0]),
    measures: () => centralities(app),
    valueOf: (i) => app.measures()[app.sizeBy()]?.[i],
    ways: (direction) => (network.layers.some((layer) => layer.directed) ? app.t(`ways_${direction}`) : ""),
    measureName: (name) => app.t(`measure_${name}`) + (["strength", "degree"].includes(name) ? app.ways(network.direction) : ""),
    unit: () => (app.has(`unit_${network.unit}`) ? app.t(`unit_${network.unit}`) : network.unit),
  };

  const root = document.getElementById("app");
  const map = createMap(app);
  let views = {};
  let question = null;
  let built = null;

  /** Changes the state, the address and the page. */
  function set(patch) {
    const { view } = app.state;
    if (Object.keys(patch).some((key) => OPENS.includes(key))) patch = { ...OPEN, ...patch };
    const asks = Object.keys(patch).some((key) => ASKED.includes(key));
    if (asks && view !== "hosts") patch = { view: "enclave", ...patch };
    go(writeState({ ...app.state, ...app.state.asked, ...patch }, network), "threshold" in patch);
    if (asks) question.show();
  }

  /** To an address of the page; a step that back undoes, unless it only `replaces` the last. */
  function go(address, replaces = false) {
    app.state = readState(address, network);
    try {
      if (address !== location.hash) history[replaces ? "replaceState" : "pushState"](null, "", address || location.pathname + location.search);
    } catch {
      location.hash = address; // in a frame whose page has no address of its own
    }
    render();
  }

  function startOver() {
    go(app.state.lang ? `#lang=${app.state.lang}` : "");
  }

  function speak() {
    const asked = app.state.lang ?? (navigator.language.startsWith("zh") ? "zh" : "en");
    app.lang = LANGUAGES.includes(asked) ? asked : "en";
    Object.assign(app, texts(app.lang));
    document.title = app.title();
    document.documentElement.lang = app.lang === "zh" ? "zh-Hans" : "en";
  }

  function cardOf(i) {
    const other = app.otherName(i);
    const rows = Object.entries(app.measures()).slice(0, 4).map(([name, values]) =>
      h("tr", {}, h("th", { scope: "row" }, app.measureName(name)), h("td", {}, app.number(values[i]))));
    return [
      h("strong", {}, app.nameOf(i), other !== app.nameOf(i) && h("span", { class: "other" }, ` ${other}`)),
      h("table", {}, h("tbody", {}, rows)),
      h("p", {}, app.t(matchMedia("(hover: none)").matches ? "card_hint_touch" : "card_hint")),
    ];
  }

  function build() {
    built = app.lang;
    question = createQuestion(app);
    views = Object.fromEntries(Object.entries(VIEWS).map(([name, create]) => [name, create(app)]));
    const tabs = Object.keys(views).map((name) =>
      h("button", {
        type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}`,
        onclick: () => set({ view: name }), onkeydown: (event) => moveTab(event, name),
      }, app.t(`view_${name}`)));
    const { n, layers } = network;
    const pairs = layers.reduce((sum, layer) => sum + layer.weight.length, 0);
    replace(
      root,
      h("header", { class: "top" },
        h("h1", {}, app.title()),
        h("p", { class: "facts" }, app.t("facts", { places: app.count(n), links: app.count(pairs), layers: app.count(layers.length) })),
        h("button", {
          type: "button", class: "lang", lang: app.lang === "zh" ? "en" : "zh-Hans",
          onclick: () => set({ lang: app.lang === "zh" ? "en" : "zh" }),
        }, app.lang === "zh" ? "English" : "中文")),
      h("main", {},
        question.element,
        h("div", { class: "board" },
          map.element,
          h("div", { class: "side" },
            h("div", { role: "tablist", "aria-label": app.t("views") }, tabs),
            Object.entries(views).map(([name, view]) =>
              h("section", { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}`, tabindex: 0 }, view.element))))),
      h("footer", {}, h("p", {}, app.t("not_a_forecast")), h("p", {}, app.t("made_with", { version: data.version }))),
    );
  }

  function moveTab(event, name) {
    const names = Object.keys(views);
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const next = names[(names.indexOf(name) + way + names.length) % names.length];
    set({ view: next });
    document.getElementById(`tab-${next}`).focus();
  }

  function render() {
    speak();
    if (built !== app.lang) build();
    app.colours = placeColours(app);
    for (const name of Object.keys(views)) {
      const chosen = name === app.state.view;
      const tab = document.getElementById(`tab-${name}`);
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(`view-${name}`).hidden = !chosen;
    }
    root.querySelector(".board").classList.toggle("wide", app.state.view === "tables");
    compute();
    refresh();
  }

  function refresh() {
    question.update();
    for (const [name, view] of Object.entries(views)) view.update(name === app.state.view);
    map.update();
  }

  let turn = 0;
  let computed = {};
  /** Measures what the state asks for, a slice at a time; the page is busy meanwhile. */
  function compute() {
    const { state } = app;
    const asked = JSON.stringify([
      state.home, state.size, state.volume, state.volumeShare, state.pipelineShare, state.funding, state.layer,
      state.layers, state.border, state.kilometres, state.per, state.distance, state.seed, state.add, state.remove, state.travel,
    ]);
    if (asked === computed.asked && state.host === computed.host) return;
    if (asked !== computed.asked) app.ranking = null;
    app.trial = app.rivals = app.refusal = null;
    computed = { asked, host: state.host };
    const mine = ++turn;
    if (!app.live) return;
    const work = (function* () {
      try {
        const trial = yield* tryOut(network, state);
        if (trial.runs) trial.changes = meanChanges(network, network.layers[state.layer], trial.runs);
        app.trial = trial;
        yield "show";
      } catch (refusal) {
        if (!refusal.key) throw refusal;
        app.refusal = refusal;
      }
      if (state.home != null && !app.ranking) {
        app.ranking = yield* rankHosts(network, state);
        yield "show";
      }
      if (app.trial?.runs) app.rivals = yield* rivalsOf(network, state);
    })();
    document.body.setAttribute("aria-busy", "true");
    const slice = () => {
      if (mine !== turn) return;
      const end = performance.now() + SLICE;
      for (;;) {
        const { done, value } = work.next();
        if (done) return finish();
        if (value === "show") refresh();
        if (performance.now() > end) break;
      }
      setTimeout(slice, 0);
    };
    const finish = () => {
      refresh();
      document.body.setAttribute("aria-busy", "false");
    };
    slice();
  }

  window.addEventListener("hashchange", () => {
    app.state = readState(location.hash, network);
    render();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => render());
  render();
}

start();
