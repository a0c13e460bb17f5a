// Names beside places: greedy, the first places first, none over another name or a place.

const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];

let pen = null;
/** Width of a text of 12 pixels in the bold letters of the page, which its chosen places have. */
export function widthOf(text) {
  if (!pen) {
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  }
  return pen.measureText(text).width;
}

/** Pixels between a place and its name; from the second on a line leads to it, for the first places. */
const GAPS = [4, 16, 28, 42, 58];
const LED = 12;

/**
 * Places for labels of `items` ({x, y, r, text, must}) inside a picture: [{x, y, anchor, lead, item}],
 * where `lead` is a line from the place to a name that lies farther away, which the first places have
 * if there is no room beside them. Those that must be there are placed even where they cover something.
 */
export function placeLabels(items, width, height, most = 40) {
  const taken = items.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
  const labels = [];
  for (const [number, item] of items.entries()) {
    if (labels.length >= most && !item.must) continue;
    const best = placeOf(item, taken, items, width, height, number < LED ? GAPS : GAPS.slice(0, 1));
    if (!best) continue;
    taken.push(best.box);
    labels.push(best);
  }
  return labels;
}

/** The first free place for the label of an item, the nearest first; null if there is none. */
function placeOf(item, taken, items, width, height, gaps) {
  const w = widthOf(item.text);
  let covering = null;
  for (const gap of gaps) {
    for (const [sx, sy] of SIDES) {
      const [dx, dy] = [sx * (item.r + gap), sy * (item.r + gap + 5)];
      const [x, y] = [item.x + dx, item.y + dy];
      const left = sx > 0 ? x : sx < 0 ? x - w : x - w / 2;
      const box = [left, y - 7, left + w, y + 7];
      if (box[0] < 2 || box[2] > width - 2 || box[1] < 2 || box[3] > height - 2) continue;
      const from = item.r / Math.hypot(dx, dy);
      const lead = gap > gaps[0] ? [item.x + from * dx, item.y + from * dy, x, y - 7 * sy] : null;
      const place = { x, y: y + 4, anchor: sx > 0 ? "start" : sx < 0 ? "end" : "middle", lead, box, item };
      if (!taken.some((other, k) => items[k] !== item && overlap(box, other))) return place;
      if (item.must) covering ??= place;
    }
  }
  return covering;
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
