// The texts of the page in two languages, and numbers as each writes them.
import en from "./i18n/en.json";
import zh from "./i18n/zh.json";

const ALL = { en, zh };

/**
 * `t(key, values)` fills `{name}` in a text, and `{name#place|places}` with one of two words as the
 * value is one or not; numbers are written by `number` and its kin, and what is counted by `count`.
 */
export function texts(lang) {
  const own = ALL[lang];
  const written = (digits, more = {}) =>
    new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", { maximumSignificantDigits: digits, ...more });
  const whole = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en");
  const [three, four, percents] = [written(3), written(4), written(2, { style: "percent" })];
  const signed = written(2, { style: "percent", signDisplay: "exceptZero" });
  const signedNumber = written(3, { signDisplay: "exceptZero" });
  return {
    lang,
    t: (key, values = {}) =>
      (own[key] ?? en[key] ?? key).replace(/\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) =>
        one == null ? (values[name] ?? "") : String(values[name]) === "1" ? one : many),
    count: (x) => whole.format(x),
    has: (key) => key in own,
    number: (x) => (x == null || Number.isNaN(x) ? "–" : (Math.abs(x) >= 1000 ? four : three).format(x)),
    percent: (x) => (x == null || Number.isNaN(x) ? "–" : percents.format(x)),
    signed: (x) => signedNumber.format(x).replace("-", "−"),
    change: (x) => (x == null || !Number.isFinite(x) ? "–" : signed.format(Math.abs(x) < 5e-6 ? 0 : x).replace("-", "−")),
  };
}

export const LANGUAGES = Object.keys(ALL);
