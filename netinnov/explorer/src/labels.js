// Names beside places: greedy, the first places first, none over another name or a place.

const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];

/** Width of a text of 12 pixels, about: Chinese signs are square. */
const widthOf = (text) => [...text].reduce((sum, sign) => sum + (sign > "\u2e7f" ? 12.5 : 6.6), 0);

/**
 * Places for labels of `items` ({x, y, r, text, must}) inside a picture: [{x, y, anchor, item}]. Those
 * that must be there are placed even where they cover something.
 */
export function placeLabels(items, width, height, most = 40) {
  const taken = items.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
  const labels = [];
  for (const item of items) {
    if (labels.length >= most && !item.must) continue;
    const [w, gap] = [widthOf(item.text), item.r + 4];
    let best = null;
    for (const [sx, sy] of SIDES) {
      const x = item.x + sx * gap;
      const y = item.y + sy * (gap + 5);
      const left = sx > 0 ? x : sx < 0 ? x - w : x - w / 2;
      const box = [left, y - 7, left + w, y + 7];
      if (box[0] < 2 || box[2] > width - 2 || box[1] < 2 || box[3] > height - 2) continue;
      const hits = taken.some((other, k) => items[k] !== item && overlap(box, other));
      const place = { x, y: y + 4, anchor: sx > 0 ? "start" : sx < 0 ? "end" : "middle", box, item };
      if (!hits) {
        best = place;
        break;
      }
      if (item.must) best ??= place;
    }
    if (!best) continue;
    taken.push(best.box);
    labels.push(best);
  }
  return labels;
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
