// Learning in words: the last step, the mistakes, and whether there can be an end.

// Nothing breaks within a pair.
const inWords = ([x1, x2]) => `(${written(x1, 3)},\u00a0${written(x2, 3)})`;

const weightsInWords = ({ w1, w2, b }) =>
  `w₁ = ${written(w1, 3)}, w₂ = ${written(w2, 3)}, b = ${written(b, 3)}`;

// What one step did.
function stepInWords({ now, last }) {
  if (last === null) return `The next step begins from ${weightsInWords(now)}.`;
  const { point: { x, wanted }, error, before } = last;
  const z = written(weightedSum(x, before), 3);
  const what = `${inWords(x)} is of class ${wanted}; w·x + b = ${z}`;
  if (error === 0) return `${what}: right, nothing changes.`;
  return `${what}: a mistake. x is ${error > 0 ? "added to" : "taken from"} w, and 1 `
    + `${error > 0 ? "to" : "from"} b: ${weightsInWords(now)}.`;
}

// Mistakes of all epochs, the last dozen of them one by one.
function mistakesInWords({ mistakes, next }) {
  const all = next === 0 ? mistakes.slice(0, -1) : mistakes;
  const total = all.reduce((one, other) => one + other, 0);
  if (all.length === 0) return "Mistakes: none yet.";
  const listed = `${all.length > 12 ? "… " : ""}${all.slice(-12).join(", ")}`;
  return `Mistakes: ${total} in all; by epoch ${listed}.`;
}

// How far learning is, and how it goes on.
function stateInWords(points, state) {
  if (points.length === 0) return "Click into the plane: each click adds a point.";
  if (hasEnded(state)) {
    return `The end: epoch ${state.mistakes.length - 1} was free of mistakes.`;
  }
  const back = sameAsAfter(state);
  const round = back < 0 ? "" : ` The weights are those of ${back === 0 ? "the start"
    : `the end of epoch ${back}`} again: it goes round for ever.`;
  return `Epoch ${state.mistakes.length}, point ${state.next + 1} of ${points.length}.${round}`;
}

const share = (value) => ({ 0.5: "½\u00a0", 0.25: "¼\u00a0", 0.75: "¾\u00a0", 1: "" }[value]
  ?? `${written(value, 3)}\u00a0`);

const meanInWords = ({ points, shares }) => points
  .map((x, k) => (shares[k] === 0 ? null : `${share(shares[k])}${inWords(x)}`))
  .filter((text) => text !== null).join(" + ");

// Whether a line parts the points, with the proof if none does.
function proofInWords(points) {
  const [zeros, ones] = [0, 1].map((wanted) =>
    points.filter((point) => point.wanted === wanted).map(({ x }) => x));
  if (zeros.length === 0 || ones.length === 0) return "";
  const proof = meeting(zeros, ones);
  if (proof === null) {
    return "The shapes round the two classes are apart: a line parts them, and learning ends.";
  }
  const one = (side) => side.shares.filter((part) => part !== 0).length === 1;
  if (one(proof.zeros) && one(proof.ones)) {
    return "No line parts them, and learning never ends: "
      + `${inWords(proof.at)} is of both classes.`;
  }
  return "No line parts them, and learning never ends. The shapes round the two classes meet: "
    + `${inWords(proof.at)} is ${meanInWords(proof.zeros)}, a mean of zeros, and `
    + `${meanInWords(proof.ones)}, a mean of ones. There w·x + b would have to be above 0, as `
    + "at the ones, and not above 0, as at the zeros.";
}
