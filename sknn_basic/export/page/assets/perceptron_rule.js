// Rosenblatt's rule on points of the plane, one after another, from weights 0, with η = 1:
//
//   error = wanted − output,   w ← w + error · x,   b ← b + error.
//
// All coordinates are multiples of 1/32, so every sum is exact, and a score of 0 is really 0.

const GRID = 32;

const onGrid = (value) => Math.round(value * GRID) / GRID;

const nothingLearnt = () => ({ w1: 0, w2: 0, b: 0 });

// The weights after one point { x, wanted }, and its error: 0, or for a mistake 1 or −1.
function ruleStep({ x, wanted }, now) {
  const error = wanted - Number(fires(x, now));
  const [x1, x2] = x;
  const learnt = { w1: now.w1 + error * x1, w2: now.w2 + error * x2, b: now.b + error };
  return { error, now: error === 0 ? now : learnt };
}

// Learning, begun anew: the weights, which point is next, and the mistakes of every epoch.
const begin = (now = nothingLearnt()) => ({
  now, next: 0, steps: 0, mistakes: [0], ends: [keyOf(now)], last: null,
});

const keyOf = ({ w1, w2, b }) => `${w1},${w2},${b}`;

// Whether the last whole epoch was free of mistakes: then nothing changes any more.
const hasEnded = ({ mistakes }) => mistakes.at(-2) === 0;

// After which epoch the weights were the same as after the last one; −1 for none. From there
// on everything repeats, for the points come in the same order.
const sameAsAfter = ({ ends }) => ends.indexOf(ends.at(-1)) < ends.length - 1
  ? ends.indexOf(ends.at(-1)) : -1;

// Learning after one more point.
function learnNext(points, { now, next, steps, mistakes, ends }) {
  const point = points[next];
  const step = ruleStep(point, now);
  const counted = [...mistakes.slice(0, -1), mistakes.at(-1) + Math.abs(step.error)];
  const epochEnds = next + 1 === points.length;
  return {
    now: step.now,
    next: epochEnds ? 0 : next + 1,
    steps: steps + 1,
    mistakes: epochEnds ? [...counted, 0] : counted,
    ends: epochEnds ? [...ends, keyOf(step.now)] : ends,
    last: { point, error: step.error, before: now },
  };
}
