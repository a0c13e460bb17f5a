// Random numbers from a seed, the same in every browser (sfc32, seeded by splitmix32).

export function generator(seed) {
  let state = seed >>> 0;
  const mix = () => {
    state = (state + 0x9e3779b9) | 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  const random = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) random();
  return random;
}

/** One of the first `n` whole numbers. */
export const below = (n, random) => Math.floor(random() * n);

/** The first `k` of a shuffled copy (Fisher and Yates). */
export function shuffled(values, random, k = values.length) {
  const copy = Array.from(values);
  for (let i = 0; i < k; i++) {
    const j = i + below(copy.length - i, random);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy.slice(0, k);
}

/**
 * `k` positions without replacement, in proportion to their pull, in rounds if k is larger than
 * their number; mirrors `scenarios._pair_draws.draw`. Of exponential waiting times with rates
 * `pull` the order of arrival is that of drawing.
 */
export function draw(pull, k, random) {
  const drawn = [];
  for (let left = k; left > 0 && pull.length; left -= pull.length) {
    const arrival = pull.map((rate, i) => [
      rate === Infinity ? 0 : rate > 0 ? -Math.log(1 - random()) / rate : Infinity,
      random(),
      i,
    ]);
    arrival.sort((x, y) => (x[0] === y[0] ? x[1] - y[1] : x[0] - y[0]));
    for (const [, , i] of arrival.slice(0, left)) drawn.push(i);
  }
  return drawn;
}
