// Elements and their attributes; texts go in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Fills an element: attributes, `on...` listeners, properties after a dot, children. */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else if (name === "style") for (const [key, x] of Object.entries(value)) element.style.setProperty(key, x);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child != null && child !== false));
}

/** A list to choose from: [value, text] each. */
export const select = (attributes, options, value) =>
  h("select", attributes, options.map(([key, text]) => h("option", { value: key, selected: String(key) === String(value) }, text)));
