// Ink, cropped to its box, as the training images have it; sknn_basic/digits/prepare.py in
// JavaScript, name by name.

const UPRIGHT = 0.8;  // share of the slant that is taken away
const NARROW = 0.4;  // up to which width, in heights, none is stretched

const clip = (value, least, most) => Math.min(Math.max(value, least), most);

// Python's round: halves go to the even neighbour.
function round(value) {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

// How much of every old pixel is in each new one: a row of weights for each.
function weightsOf(old, now) {
  const scale = old / now;
  return Array.from({ length: now }, (_, k) => {
    const center = (k + 0.5) * scale - 0.5;
    const weights = Array.from({ length: old }, (_, x) =>
      clip((1 + Math.max(scale, 1)) / 2 - Math.abs(x - center), 0, 1));
    const sum = weights.reduce((one, other) => one + other, 0);
    return weights.map((weight) => weight / sum);
  });
}

// An image with another number of rows.
function resizedRows(from, rows) {
  const to = image(rows, from.columns);
  const weights = weightsOf(from.rows, rows);
  rowsOf(to).forEach((row, k) => rowsOf(from).forEach((old, y) => {
    const weight = weights[k][y];
    if (weight > 0) old.forEach((value, x) => { row[x] += weight * value; });
  }));
  return to;
}

// Linear between pixels, their weighted means where it shrinks.
const resized = (from, rows, columns) =>
  transposed(resizedRows(transposed(resizedRows(from, rows)), columns));

// The mean row and column of an image's ink.
function centerOfMass({ columns, values }) {
  let [mass, down, across] = [0, 0, 0];
  values.forEach((value, k) => {
    mass += value;
    down += value * Math.floor(k / columns);
    across += value * (k % columns);
  });
  return [down / mass, across / mass];
}

// In 28 × 28 pixels from 0 to 1, as MNIST: fitted into 20 × 20, centre of mass in the middle.
function asMnist(ink) {
  const scale = 20 / Math.max(ink.rows, ink.columns);
  const side = (length) => Math.max(1, round(length * scale));
  const small = resized(ink, side(ink.rows), side(ink.columns));
  const most = Math.max(...small.values, 1e-9);
  small.values.forEach((value, k) => { small.values[k] = value / most; });
  const [down, across] = centerOfMass(small);
  const top = clip(round(14 - down), 0, 28 - small.rows);
  const left = clip(round(14 - across), 0, 28 - small.columns);
  return laid(small, top, left, 28, 28);
}

// How many columns the ink leans to the right for each row up, most of it.
function slantOf({ columns, values }) {
  const places = [];
  values.forEach((value, k) => {
    if (value > 0.5) places.push([Math.floor(k / columns), k % columns]);
  });
  const mean = places.reduce((sum, [y]) => sum + y, 0) / places.length;
  const lean = places.reduce((sum, [y, x]) => sum + (y - mean) * x, 0);
  const spread = places.reduce((sum, [y]) => sum + (y - mean) ** 2, 0);
  return -UPRIGHT * lean / Math.max(spread, 1);
}

// Ink without most of its slant: every row is moved, linearly between pixels.
function upright(ink) {
  const slant = slantOf(ink);
  const room = Math.trunc(Math.abs(slant) * ink.rows) + 2;
  const padded = laid(ink, 0, room, ink.rows, ink.columns + 2 * room);
  const turned = image(padded.rows, padded.columns);
  const old = rowsOf(padded);
  rowsOf(turned).forEach((row, y) => row.forEach((_, x) => {
    const from = x - slant * y + slant * (ink.rows - 1) / 2;
    const left = Math.floor(from);
    const share = from - left;
    row[x] = (1 - share) * (old[y][left] ?? 0) + share * (old[y][left + 1] ?? 0);
  }));
  return cropped(turned, 0.3);
}

// In 8 × 8 counts from 0 to 16, as scikit-learn's digits: 4 × 4 blocks of a 32 × 32 bitmap.
function asCounts(leaning) {
  const ink = upright(leaning);
  const narrow = ink.columns <= NARROW * ink.rows;
  const width = narrow ? Math.max(6, round(32 * ink.columns / ink.rows)) : 20;
  const left = Math.floor((32 - width) / 2);
  const bitmap = laid(resized(ink, 32, width), 0, left, 32, 32);
  const counts = image(8, 8);
  bitmap.values.forEach((value, k) => {
    if (value > 0.5) counts.values[8 * Math.floor(k / 128) + Math.floor(k % 32 / 4)] += 1;
  });
  return counts;
}

// Ink as the network's pixels: prepared, and in the units that it was trained in.
function prepare(ink) {
  const small = cropped(ink, 0.2);
  const pixels = data.side === 28 ? asMnist(small).values : asCounts(small).values;
  return Array.from(pixels, (value) => value * data.scale / (data.side === 28 ? 1 : 16));
}
