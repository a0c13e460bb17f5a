// The map: land, flows added up by pair, enclave arrows, what a park changes, places and names.
import { pointer, select as d3select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { h, replace, s } from "./dom.js";
import { flowsByPair, neighbourhood } from "./flows.js";
import { placeLabels } from "./labels.js";
import { inside } from "./network.js";
import { arrowHead, bent, pathOf, project } from "./projection.js";

/** Flows above which they are drawn on a canvas, and places above which these are, too. */
export const MANY_FLOWS = 1500;
export const MANY_PLACES = 800;
/** Flows above which the picture is shifted as it is while it moves, and drawn again when it rests. */
const HEAVY = 300;
const TOUCH = matchMedia("(hover: none)");
const A_FRAME = 1000; // flows drawn on the canvas in one frame
const PARK_AWAY = 15; // pixels between a park and its host

export function createMap(app) {
  const { data, network } = app;
  const canvas = h("canvas", { class: "flows", "aria-hidden": "true" });
  const content = s("g", {});
  const svg = s("svg", { class: "map", role: "group" }, content);
  const card = h("div", { class: "card", hidden: true, role: "status" });
  const buttons = h("div", { class: "zoom" });
  const gains = h("p", { class: "gains", hidden: true });
  const element = h("div", { class: "mapbox" }, canvas, svg, card, gains, buttons);
  let [width, height] = [0, 0];
  let base = { points: [], land: "" };
  let transform = zoomIdentity;
  let scene = null;
  let drawnAt = zoomIdentity;
  let roving = 0;
  let drag = null;

  const behaviour = zoom()
    .scaleExtent([0.6, 40])
    .filter((event) => !(event.touches?.length < 2) && !event.button && (!event.ctrlKey || event.type === "wheel") && !event.target.closest?.(".place"))
    .on("zoom", (event) => {
      transform = event.transform;
      requestDraw(true);
    })
    .on("end", () => requestDraw(false));
  d3select(svg).call(behaviour).on("dblclick.zoom", null);
  svg.addEventListener("click", (event) => {
    if (event.target.closest(".place")) return;
    if (scene?.onCanvas) app.choosePlace(nearest(event));
    else app.choosePlace(null);
  });
  svg.addEventListener("pointermove", (event) => {
    if (scene?.onCanvas && !event.buttons) show(nearest(event));
  });

  function nearest(event) {
    const [x, y] = pointer(event, svg);
    let [best, least] = [null, 14];
    for (const place of scene.places) {
      const distance = Math.hypot(place.x - x, place.y - y) - place.r;
      if (distance < least) [best, least] = [place.i, distance];
    }
    return best;
  }

  const step = (factor) => behaviour.scaleBy(d3select(svg), factor);
  function labelButtons() {
    const { t } = app;
    svg.setAttribute("aria-label", t("map_label"));
    gains.hidden = !scene.trial;
    replace(gains,
      h("span", {}, h("span", { class: "star", "aria-hidden": "true" }, "★ "), t("the_park")),
      h("span", {}, h("span", { class: "swatch" }), t("links_gained")),
      app.state.funding !== "new" && h("span", {}, h("span", { class: "swatch loss" }), t("links_lost")));
    replace(
      buttons,
      h("button", { type: "button", "aria-label": t("zoom_in"), title: t("zoom_in"), onclick: () => step(1.6) }, "+"),
      h("button", { type: "button", "aria-label": t("zoom_out"), title: t("zoom_out"), onclick: () => step(1 / 1.6) }, "−"),
      h("button", {
        type: "button", "aria-label": t("zoom_all"), title: t("zoom_all"),
        onclick: () => behaviour.transform(d3select(svg), zoomIdentity),
      }, "⤢"),
    );
  }

  new ResizeObserver(() => {
    const box = element.getBoundingClientRect();
    if (!box.width || (box.width === width && box.height === height)) return;
    resize(box.width, box.height);
    requestDraw(false);
  }).observe(element);

  function resize(w, hgt) {
    [width, height] = [w, hgt];
    base = project(data, width, height);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    canvas.style.setProperty("width", `${width}px`);
    canvas.style.setProperty("height", `${height}px`);
    behaviour.translateExtent([[-width, -height], [2 * width, 2 * height]]);
  }

  let waiting = null;
  function requestDraw(moving) {
    if (waiting) {
      waiting.moving &&= moving;
      return;
    }
    waiting = { moving };
    requestAnimationFrame(() => {
      const { moving: still } = waiting;
      waiting = null;
      if (!width) return;
      if (still && scene?.flows.length + scene?.places.length > HEAVY) shift();
      else draw();
    });
  }

  /** Moves what is drawn to where it belongs now, as it is. */
  function shift() {
    const k = transform.k / drawnAt.k;
    const [x, y] = [transform.x - drawnAt.x * k, transform.y - drawnAt.y * k];
    canvas.style.setProperty("transform", `translate(${x}px, ${y}px) scale(${k})`);
    content.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
  }

  /** Where a place is drawn; one that only contains others is in their middle. */
  function at(i) {
    let point = base.points[i];
    if (i >= network.n) {
      const within = inside(network, i);
      const inner = base.points.filter((each, k) => each && within[k]);
      point = inner.length ? [0, 1].map((axis) => inner.reduce((sum, each) => sum + each[axis], 0) / inner.length) : null;
    }
    return point && transform.apply(point);
  }

  let kept = {};
  /** Flows of the layers that count, worked out once. */
  function flowsOf({ layers, threshold }) {
    const key = `${layers} ${threshold}`;
    if (kept.key !== key) kept = { key, flows: flowsByPair(network, layers, threshold) };
    return kept.flows;
  }

  /** What is drawn, in pixels. */
  function compose() {
    const { state } = app;
    const flows = flowsOf(state);
    const chosen = state.select;
    const near = chosen == null ? null : neighbourhood(flows, chosen);
    const trial = app.trial?.runs ? app.trial : null;
    const top = flows.length ? flows[0].weight : 1;
    const radius = app.radius();
    const ends = new Set([state.home, state.host].filter((i) => i != null));
    const places = [];
    for (let i = 0; i < network.n; i++) {
      const point = at(i);
      if (!point) continue;
      places.push({ i, x: point[0], y: point[1], r: radius(i), fill: app.colour(i), dim: near && !near.has(i) });
    }
    return { flows, top, near, chosen, trial, ends, places, onCanvas: network.n > MANY_PLACES };
  }

  function draw() {
    scene = compose();
    drawnAt = transform;
    content.removeAttribute("transform");
    const colours = app.palette();
    const onCanvas = scene.flows.length > MANY_FLOWS || scene.onCanvas;
    drawCanvas(onCanvas ? scene : null, colours);
    const parts = paint(scene, colours, { flows: !onCanvas, places: !scene.onCanvas });
    const focused = svg.contains(document.activeElement) ? roving : null;
    replace(content, parts);
    if (focused != null) svg.querySelector(`[data-place="${focused}"]`)?.focus();
    labelButtons();
    if (TOUCH.matches) show(resting());
  }

  /** The picture as SVG elements with all their looks, so that it can be saved. */
  function paint(view, colours, { flows, places, still = false }) {
    const k = transform.k;
    const line = (d, attributes) => s("path", { d, fill: "none", ...attributes });
    const group = s("g", { transform: transform.toString() }, base.land && flows &&
      s("path", { d: base.land, fill: colours.land, stroke: colours.coast, "stroke-width": 0.8, "vector-effect": "non-scaling-stroke" }));
    const links = s("g", { "stroke-linecap": "round" });
    const faded = view.trial ? 0.3 : 1;
    if (flows)
      for (const flow of view.flows) {
        const [a, b] = [at(flow.a), at(flow.b)];
        if (!a || !b) continue;
        const out = view.near && flow.a !== view.chosen && flow.b !== view.chosen;
        if (out) continue;
        links.append(line(pathOf(bent(a, b)), {
          stroke: flow.modelled ? colours.modelled : colours.flow,
          "stroke-width": (0.7 + 3.2 * Math.sqrt(flow.weight / view.top)).toFixed(2),
          "stroke-opacity": (flow.modelled ? 0.5 : 0.42) * faded,
          "stroke-dasharray": flow.modelled ? "3 3" : null,
        }));
      }
    const arrows = s("g", {});
    if (app.state.arrows && !view.trial)
      for (const { home, host, count } of data.enclaves ?? []) {
        if (view.chosen != null && home !== view.chosen && host !== view.chosen) continue;
        arrows.append(...arrow(home, host, colours.enclave, 0.5 + 0.6 * Math.sqrt(count), colours));
      }
    const changes = view.trial ? paintTrial(view.trial, colours, line) : [];
    const dots = s("g", { class: "places" });
    if (places) for (const place of order(view)) dots.append(dot(place, view, colours, still));
    return [
      still && s("rect", { width, height, fill: data.layout ? colours.paper : colours.sea }),
      group, links, arrows, changes, dots, paintNames(view, colours, k),
    ];
  }

  /** Large places first, so that small ones lie on top of them. */
  const order = (view) => [...view.places].sort((x, y) => y.r - x.r);

  function arrow(from, to, colour, w, colours) {
    const [a, b] = [at(from), at(to)];
    if (!a || !b) return [];
    const curve = bent(a, b, 0.22, 6, 9);
    return [
      s("path", { d: pathOf(curve), fill: "none", stroke: colours.land, "stroke-width": w + 1.6, "stroke-opacity": 0.8 }),
      s("path", { d: pathOf(curve), fill: "none", stroke: colour, "stroke-width": w, "stroke-opacity": 0.85 }),
      s("path", { d: arrowHead(curve, 5 + 1.2 * w), fill: colour }),
    ];
  }

  /** Links gained and lost, mean over placements, and the park beside its host. */
  function paintTrial(trial, colours, line) {
    const host = at(app.state.host) ?? [width / 2, height / 2];
    const park = [host[0] + PARK_AWAY, host[1] - PARK_AWAY];
    const point = (i) => (i === -1 ? park : at(i));
    const { gained, lost } = trial.changes;
    const most = Math.max(...gained.map((row) => row.weight), ...lost.map((row) => row.weight), 1e-9);
    const draw = (rows, colour, dash, bend) =>
      rows.flatMap(({ a, b, weight }) => {
        const [p, q] = [point(a), point(b)];
        if (!p || !q) return [];
        return line(pathOf(bent(p, q, bend)), {
          stroke: colour, "stroke-dasharray": dash, "stroke-linecap": dash ? "butt" : "round",
          "stroke-width": (0.8 + 4.2 * Math.sqrt(weight / most)).toFixed(2),
          "stroke-opacity": (0.35 + 0.6 * Math.sqrt(weight / most)).toFixed(2),
        });
      });
    return [
      draw(lost, colours.loss, "5 4", -0.18),
      line(pathOf(bent(host, park, 0)), { stroke: colours.gain, "stroke-width": 1.5 }),
      draw(gained, colours.gain, null, 0.18),
      s("path", {
        d: star(park, 9), fill: colours.gain, stroke: colours.halo, "stroke-width": 1.5,
      }, s("title", {}, app.t("the_park"))),
    ];
  }

  function dot(place, view, colours, still) {
    const { i } = place;
    const isHome = i === app.state.home;
    const isHost = i === app.state.host;
    const ring = isHome ? colours.home : isHost ? colours.host : i === view.chosen ? colours.ink : colours.halo;
    const marks = [
      (isHome || isHost || i === view.chosen) &&
        s("circle", { r: place.r + 3.5, fill: "none", stroke: ring, "stroke-width": 2.5 }),
      s("circle", { r: place.r, fill: place.fill, stroke: colours.halo, "stroke-width": 1 }),
    ];
    const where = { transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`, opacity: place.dim ? 0.22 : null };
    if (still) return s("g", where, marks);
    return s("g", {
      ...where, class: "place", role: "button", tabindex: i === roving ? 0 : -1, "data-place": i,
      "aria-label": app.describe(i), "aria-pressed": String(i === view.chosen),
      onpointerenter: () => show(i), onpointerleave: () => show(resting()),
      onfocus: () => ((roving = i), show(i)), onblur: () => show(null),
      onkeydown: (event) => onKey(event, i),
      onpointerdown: (event) => startDrag(event, i),
    }, s("circle", { r: Math.max(place.r + 4, 11), fill: "transparent" }), marks);
  }

  function onKey(event, i) {
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Enter" || event.key === " ") app.choosePlace(i === app.state.select ? null : i);
    else if (event.key === "Escape") app.choosePlace(null);
    else if (ways[event.key]) moveFocus(i, ways[event.key]);
    else return;
    event.preventDefault();
  }

  /** Focus goes to the nearest place in a direction. */
  function moveFocus(i, [dx, dy]) {
    const here = at(i);
    let [best, least] = [null, Infinity];
    for (const place of scene.places) {
      const [x, y] = [place.x - here[0], place.y - here[1]];
      const along = x * dx + y * dy;
      const across = Math.abs(x * dy) + Math.abs(y * dx);
      if (along <= 0.5 || across > 2 * along) continue;
      const cost = along + 2 * across;
      if (cost < least) [best, least] = [place.i, cost];
    }
    if (best != null) svg.querySelector(`[data-place="${best}"]`)?.focus();
  }

  /** A drag from one place to another makes the first home and the second host. */
  function startDrag(event, i) {
    if (event.button) return;
    event.preventDefault();
    drag = { from: i, moved: false };
    const touched = event.pointerType === "touch"; // a swipe scrolls the page
    const start = [event.clientX, event.clientY];
    const ghost = s("path", { class: "ghost", fill: "none", stroke: app.palette().home, "stroke-width": 2.5, "stroke-dasharray": "6 4" });
    const move = (e) => {
      if (Math.hypot(e.clientX - start[0], e.clientY - start[1]) > 6) drag.moved = true;
      if (!drag.moved || touched) return;
      if (!ghost.isConnected) svg.append(ghost);
      ghost.setAttribute("d", pathOf(bent(at(i), pointer(e, svg), 0.18)));
    };
    const stop = (e) => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
      window.removeEventListener("pointercancel", stop);
      ghost.remove();
      const target = document.elementFromPoint(e.clientX, e.clientY)?.closest?.(".place");
      const to = target ? Number(target.dataset.place) : null;
      if (e.type === "pointerup" && drag.moved && !touched && to != null && to !== i) app.set({ home: i, host: to });
      else if (e.type === "pointerup" && !drag.moved) app.choosePlace(i === app.state.select ? null : i);
      drag = null;
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
    window.addEventListener("pointercancel", stop);
  }

  /** Whose card stays: without a mouse that of the place chosen. */
  const resting = () => (TOUCH.matches ? app.state.select : null);

  function show(i) {
    card.hidden = i == null || !at(i) || drag?.moved;
    if (card.hidden) return;
    replace(card, app.cardOf(i));
    const [x, y] = at(i);
    const w = card.offsetWidth;
    const left = x + 18 + w > width ? Math.max(4, x - w - 18) : x + 18;
    const top = Math.max(4, Math.min(y - 12, height - card.offsetHeight - 4));
    card.style.setProperty("transform", `translate(${left}px, ${top}px)`);
  }

  function paintNames(view, colours, k) {
    const items = order(view)
      .filter((place) => !place.dim)
      .map((place) => ({ ...place, text: app.nameOf(place.i), must: view.ends.has(place.i) || place.i === view.chosen }))
      .filter((place) => place.x > 0 && place.x < width && place.y > 0 && place.y < height)
      .sort((x, y) => y.must - x.must);
    const most = Math.round(((width * height) / 16000) * Math.min(2.5, Math.sqrt(k)));
    return s("g", { "font-size": 12, "pointer-events": "none", "aria-hidden": "true" },
      placeLabels(items.slice(0, 400), width, height, most).map(({ x, y, anchor, lead, item }) => [
        lead && s("line", {
          x1: lead[0].toFixed(1), y1: lead[1].toFixed(1), x2: lead[2].toFixed(1), y2: lead[3].toFixed(1), stroke: colours.ink,
        }),
        s("text", {
          x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor, fill: colours.ink, stroke: colours.halo,
          "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke", "font-weight": item.must ? 700 : 400,
          "font-family": FONTS,
        }, item.text)]));
  }

  /** Flows and places on the canvas: some thousand a frame behind the scene, then all at once. */
  let pass = 0;
  const hidden = document.createElement("canvas");
  function drawCanvas(view, colours) {
    const mine = ++pass;
    const screen = canvas.getContext("2d");
    const finish = () => {
      canvas.style.removeProperty("transform");
      screen.clearRect(0, 0, canvas.width, canvas.height);
      if (view) screen.drawImage(hidden, 0, 0);
      canvas.dataset.drawn = view ? view.flows.length : 0;
      if (transform !== drawnAt) shift();
    };
    if (!view) return finish();
    Object.assign(hidden, { width: canvas.width, height: canvas.height });
    const pen = hidden.getContext("2d");
    const ratio = canvas.width / width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (base.land) {
      pen.save();
      pen.translate(drawnAt.x, drawnAt.y);
      pen.scale(drawnAt.k, drawnAt.k);
      const land = new Path2D(base.land);
      pen.fillStyle = colours.land;
      pen.fill(land);
      pen.strokeStyle = colours.coast;
      pen.lineWidth = 0.8 / drawnAt.k;
      pen.stroke(land);
      pen.restore();
    }
    pen.lineCap = "round";
    const flows = view.near ? view.flows.filter(({ a, b }) => a === view.chosen || b === view.chosen) : view.flows;
    const seen = (i) => base.points[i] && drawnAt.apply(base.points[i]);
    let from = flows.length; // the strongest last, on top
    const part = () => {
      if (mine !== pass) return;
      pen.globalAlpha = Math.max(0.06, Math.min(0.3, 600 / flows.length));
      for (const until = Math.max(0, from - A_FRAME); from > until; ) {
        const flow = flows[--from];
        const [a, b] = [seen(flow.a), seen(flow.b)];
        if (!a || !b) continue;
        const { start, control, end } = bent(a, b);
        pen.beginPath();
        pen.moveTo(...start);
        pen.quadraticCurveTo(...control, ...end);
        pen.strokeStyle = flow.modelled ? colours.modelled : colours.flow;
        pen.lineWidth = 0.3 + 2.7 * Math.sqrt(flow.weight / view.top);
        pen.stroke();
      }
      if (from > 0) return requestAnimationFrame(part);
      if (view.onCanvas)
        for (const place of order(view)) {
          pen.globalAlpha = place.dim ? 0.2 : 1;
          pen.beginPath();
          pen.arc(place.x, place.y, place.r, 0, 2 * Math.PI);
          pen.fillStyle = place.fill;
          pen.fill();
        }
      finish();
    };
    part();
  }

  return {
    element,
    update: () => requestDraw(false),
    /** The picture as an SVG, its size, and pixels per kilometre. */
    picture() {
      const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height }, paint(compose(), app.palette(), { flows: true, places: true, still: true }));
      return { svg, width, height, perKilometre: base.perKilometre && base.perKilometre * transform.k };
    },
  };
}

export const FONTS = 'system-ui, "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

export function star([x, y], r) {
  const points = Array.from({ length: 10 }, (_, k) => {
    const radius = k % 2 ? r * 0.45 : r;
    const angle = (k * Math.PI) / 5 - Math.PI / 2;
    return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}
