// What a trial changes for a place, in numbers and in sentences.
import { inside } from "./network.js";
import { median } from "./scenarios.js";

const MOSTLY = 0.9; // share of placements in which a host does better, to be told
const HARDLY = 5e-5; // relative change that a reader need not know of

/**
 * Changes of a place's access in each run, relative to before where that is above 0; of a place
 * that only contains others, of their mean access.
 */
export function changesOf(network, trial, runs, place) {
  const within = place >= network.n ? inside(network, place) : null;
  const members = within && [...Array(network.n).keys()].filter((i) => within[i]);
  const of = ({ efficiency, access }) => {
    if (place == null) return efficiency;
    return members ? members.reduce((sum, i) => sum + access[i], 0) / members.length : access[place];
  };
  const before = of(trial.before);
  const scale = before > 0 ? before : 1;
  return runs.map((run) => (of(run) - before) / scale);
}

/** How a place is called whose access is told. */
export const subjectOf = (app, place) =>
  place < app.network.n ? app.nameOf(place) : app.t("places_in", { place: app.nameOf(place) });

/** Quantile by linear interpolation, as numpy has it. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

export function spread(values) {
  return { median: median(values), low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** The headline for home, its interval, and how sure it is. */
export function summarise(app) {
  const { network, trial, ranking, state, t } = app;
  const home = subjectOf(app, state.home);
  const changes = changesOf(network, trial, trial.runs, state.home);
  const { median: middle, low, high } = spread(changes);
  const word = Math.abs(middle) < HARDLY ? "same" : middle > 0 ? "up" : "down";
  const { few, funding, size, links, volumeShare } = state;
  const paid = few ? "few" : size != null ? funding : volumeShare == null ? null : `share_${funding}`;
  const how = paid ? t(`paid_${paid}`, { size, links, share: app.percent(volumeShare) }) : "";
  const headline = t(`headline_${word}`, { home, change: app.percent(Math.abs(middle)), how });
  const numbers = { low: app.change(low), high: app.change(high), number: changes.length };
  const interval = changes.length > 1 && high - low > HARDLY ? t(trial.ofStudy ? "interval_study" : "interval", numbers) : "";
  const sure = [];
  if (word !== "same" && changes.length > 1) {
    const alike = changes.filter((x) => Math.sign(x) === Math.sign(middle)).length / changes.length;
    const key = alike === 1 ? "sign_all" : alike >= 0.8 ? "sign_likely" : "sign_open";
    sure.push(t(`${key}_${word}`, { share: app.percent(alike), number: changes.length }));
  }
  const own = ranking?.find(({ host }) => host === state.host);
  const more = own && ranking.filter(({ values }) => values.filter((x, k) => x > own.values[k] + 1e-12).length >= MOSTLY * values.length);
  if (more && ranking.length > 1) sure.push(t(own.values.length > 1 ? "hosts_better" : "hosts_more", { more: more.length, all: ranking.length - 1, home, host: app.nameOf(state.host), share: app.percent(MOSTLY) }));
  return { headline, interval, sure };
}
