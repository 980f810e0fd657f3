// Can a line part the points? It cannot exactly where the convex hulls of the two classes meet.
//
// A point p in both is a weighted mean of ones and one of zeros, and so is w·x + b at p. If it
// is above 0 for every one, it is above 0 at p; if it is not for any zero, it is not at p.

const minus = ([a, b], [c, d]) => [a - c, b - d];
const cross = ([a, b], [c, d]) => a * d - b * c;
const mixed = (points, shares) => [0, 1].map((axis) =>
  points.reduce((total, x, k) => total + shares[k] * x[axis], 0));

// The corners of the convex hull, anticlockwise (Andrew's monotone chain).
function hullOf(points) {
  const sorted = [...points].sort(([a, b], [c, d]) => a - c || b - d);
  const half = (some) => some.reduce((chain, x) => {
    while (chain.length > 1
      && cross(minus(chain.at(-1), chain.at(-2)), minus(x, chain.at(-1))) <= 0) chain.pop();
    return [...chain, x];
  }, []);
  const [below, above] = [half(sorted), half(sorted.reverse())];
  return sorted.length < 2 ? sorted : [...below.slice(0, -1), ...above.slice(0, -1)];
}

// Where x is in a triangle: the shares of its corners, or null if it is outside or has no area.
function sharesInTriangle(x, [a, b, c]) {
  const area = cross(minus(b, a), minus(c, a));
  const shares = [[b, c], [c, a], [a, b]].map(([from, to]) =>
    cross(minus(to, from), minus(x, from)) / area);
  return area !== 0 && shares.every((share) => share >= 0) ? shares : null;
}

// Where two lines from a to b and from c to d cross: the shares of their ends, or null.
function sharesOfCrossing([a, b], [c, d]) {
  const [along, across, apart] = [minus(b, a), minus(d, c), minus(c, a)];
  const area = cross(along, across);
  if (area === 0) return null;
  const [s, t] = [cross(apart, across) / area, cross(apart, along) / area];
  return s >= 0 && s <= 1 && t >= 0 && t <= 1 ? [[1 - s, s], [1 - t, t]] : null;
}

// Where x is on the line from a to b, or null.
function sharesOnLine(x, [a, b]) {
  const [along, away] = [minus(b, a), minus(x, a)];
  const length = along[0] ** 2 + along[1] ** 2;
  if (length === 0) return away[0] === 0 && away[1] === 0 ? [1, 0] : null;
  const share = (along[0] * away[0] + along[1] * away[1]) / length;
  const on = cross(along, away) === 0 && share >= 0 && share <= 1;
  return on ? [1 - share, share] : null;
}

const edgesOf = (hull) => hull.map((x, k) => [x, hull[(k + 1) % hull.length]]);

// The triangles that fill a hull.
const trianglesOf = (hull) => hull.slice(2).map((x, k) => [hull[0], hull[k + 1], x]);

const proofOf = (zeros, shares, ones, others) => ({
  at: mixed(zeros, shares),
  zeros: { points: zeros, shares },
  ones: { points: ones, shares: others },
});

// A corner of one hull in the other one, as shares of the other's corners.
function cornerIn(x, hull) {
  const places = [...edgesOf(hull).map((edge) => [edge, sharesOnLine(x, edge)]),
    ...trianglesOf(hull).map((corners) => [corners, sharesInTriangle(x, corners)])];
  return places.find(([, shares]) => shares !== null);
}

// A point that both hulls have, as a mean of zeros and as one of ones; null if there is none.
function meeting(zeros, ones) {
  const [low, high] = [hullOf(zeros), hullOf(ones)];
  for (const one of edgesOf(low)) {
    for (const other of edgesOf(high)) {
      const shares = sharesOfCrossing(one, other);
      if (shares) return proofOf(one, shares[0], other, shares[1]);
    }
  }
  for (const x of low) {
    const found = cornerIn(x, high);
    if (found) return proofOf([x], [1], ...found);
  }
  for (const x of high) {
    const found = cornerIn(x, low);
    if (found) return proofOf(...found, [x], [1]);
  }
  return null;
}

// The part of one convex polygon in another (Sutherland and Hodgman).
function overlap(polygon, hull) {
  if (hull.length < 3) return [];
  return edgesOf(hull).reduce((part, [from, to]) => edgesOf(part).flatMap(([a, b]) => {
    const side = (x) => cross(minus(to, from), minus(x, from));
    const [before, after] = [side(a), side(b)];
    const cut = mixed([a, b], [after / (after - before), before / (before - after)]);
    return [...(before >= 0 ? [a] : []), ...(before * after < 0 ? [cut] : [])];
  }), polygon);
}
