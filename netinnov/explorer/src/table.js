// Tables that can be sorted and filtered, as elements and as CSV.
import { h, replace } from "./dom.js";

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

const orders = new Map();

/** The order that a reader gave the table with some label, else the usual one: [key, descending]. */
export const orderOf = (label, usual) => orders.get(label) ?? usual;

/** A table of `columns` ([key, heading, how a value is written]) that opens in `order`; a heading sorts it. */
export function tableOf(columns, rows, { order = [], label, most = 200 }) {
  const number = (key) => rows.some((row) => typeof row[key] === "number");
  const box = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label });
  const fill = (focused = null) => {
    const [by, descending] = orderOf(label, order);
    const press = (key) => {
      orders.set(label, [key, by === key ? !descending : number(key)]);
      fill(key);
    };
    const head = columns.map(([key, heading]) =>
      h("th", { scope: "col", "aria-sort": by === key ? (descending ? "descending" : "ascending") : null, class: number(key) ? "n" : null },
        h("button", { type: "button", class: "plain", "data-key": key, onclick: () => press(key) }, heading + (by === key ? (descending ? " ▾" : " ▴") : ""))));
    const body = sorted(rows, by, descending).slice(0, most).map((row) =>
      h("tr", {}, columns.map(([key, , write], k) => {
        const content = write ? write(row[key], row) : row[key];
        return k ? h("td", { class: typeof row[key] === "number" ? "n" : null }, content) : h("th", { scope: "row" }, content);
      })));
    replace(box, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
    if (focused != null) box.querySelector(`[data-key="${focused}"]`).focus();
  };
  fill();
  return box;
}

const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Comma-separated values as spreadsheets read them: UTF-8 with a mark, quotes doubled. Text that one
 * would run gets an apostrophe.
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
