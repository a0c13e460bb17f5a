// Tables that can be sorted and filtered, as elements and as CSV.
import { h } from "./dom.js";

/** Rows in the order of a column; what is missing comes last. */
export function sorted(rows, column, descending) {
  const missing = (value) => value == null || value === "";
  return [...rows].sort((x, y) => {
    const [a, b] = [x[column], y[column]];
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return descending ? -order : order;
  });
}

/**
 * A table of `columns` ([key, heading, how a value is written]) with buttons that sort; `order` is
 * [key, descending] and `onsort(key)` is told which column was pressed.
 */
export function tableOf(columns, rows, { order = [], onsort = null, label, most = 200 } = {}) {
  const head = columns.map(([key, heading]) => {
    const own = order[0] === key;
    const state = own ? (order[1] ? "descending" : "ascending") : null;
    const arrow = own ? (order[1] ? " ▾" : " ▴") : "";
    return h("th", { scope: "col", "aria-sort": state, class: rows.length && typeof rows[0][key] === "number" ? "n" : null },
      onsort ? h("button", { type: "button", class: "plain", onclick: () => onsort(key) }, heading + arrow) : heading);
  });
  const body = rows.slice(0, most).map((row) =>
    h("tr", {}, columns.map(([key, , write], k) => {
      const content = write ? write(row[key], row) : row[key];
      return k ? h("td", { class: typeof row[key] === "number" ? "n" : null }, content) : h("th", { scope: "row" }, content);
    })));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Comma-separated values as spreadsheets read them: UTF-8 with a mark, quotes doubled. Text that one
 * would run gets an apostrophe; mirrors `io._csv_text.escape_formulas`.
 */
export function csv(columns, rows) {
  const cell = (value) => {
    const plain = value == null ? "" : String(value);
    const runs = typeof value === "string" && FORMULA.test(plain) && !NUMBER.test(plain);
    const text = runs ? `'${plain}` : plain;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(([, heading]) => cell(heading)), ...rows.map((row) => columns.map(([key]) => cell(row[key])))];
  return `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}
