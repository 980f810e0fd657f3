// Strokes, lists of points [x, y], as ink. The pen's width follows the size of the digit, as it
// does in the training images; so small and large writing is read alike.

const LONG_SIDE = 80;  // pixels of a digit's ink
const SMALLEST = 3;  // a digit is at least so long in units of the pad: a dot stays a dot

// Left, top, right and bottom of some strokes' points.
function extent(strokes) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of strokes.flat()) {
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

// The distance from (x, y) to the line between two points.
function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx * dx + dy * dy;
  const share = along > 0 ? clip(((x - ax) * dx + (y - ay) * dy) / along, 0, 1) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

// Add a line's ink to an image: 1 within the pen's radius, grey at the edge.
function drawLine(ink, a, b, radius) {
  const [low, high] = [0, 1].map((axis) => [
    Math.floor(Math.min(a[axis], b[axis]) - radius - 1),
    Math.ceil(Math.max(a[axis], b[axis]) + radius + 1),
  ]);
  for (let y = Math.max(high[0], 0); y < Math.min(high[1], ink.rows); y += 1) {
    for (let x = Math.max(low[0], 0); x < Math.min(low[1], ink.columns); x += 1) {
      const k = y * ink.columns + x;
      const strength = clip(radius + 0.5 - distance(x + 0.5, y + 0.5, a, b), 0, 1);
      ink.values[k] = Math.max(ink.values[k], strength);
    }
  }
}

// The ink of one digit's strokes.
function inkOf(strokes) {
  const { left, top, right, bottom } = extent(strokes);
  const radius = LONG_SIDE * data.pen / 2;
  const scale = (LONG_SIDE - 2 * radius) / Math.max(right - left, bottom - top, SMALLEST);
  const side = (length) => Math.ceil(length * scale + 2 * radius);
  const ink = image(side(bottom - top), side(right - left));
  const place = ([x, y]) => [(x - left) * scale + radius, (y - top) * scale + radius];
  for (const stroke of strokes) {
    const points = stroke.map(place);
    points.forEach((point, k) => drawLine(ink, points[Math.max(k - 1, 0)], point, radius));
  }
  return ink;
}
