// The lessons that the network has taken. It is as it came, with the lessons one after another;
// so taking one back means going through the others again, which gives the same bits.

const copyOf = ({ coefs, intercepts }) => ({
  coefs: Float64Array.from(coefs), intercepts: Float64Array.from(intercepts),
});

let untaught = network.layers;  // weights and biases as they came; no lesson changes these
let lessons = [];  // { pixels, answer, eta }

// The untaught network again, with nothing to remember.
function beginAgain() {
  network = withMemory({ ...network, layers: untaught.map(copyOf) });
}

// Put another network in the place of this one.
function replaceNetwork(other) {
  network = other;
  untaught = other.layers;
  lessons = [];
  beginAgain();
}

// The network after these lessons and no others.
function goThrough(some) {
  lessons = some;
  beginAgain();
  for (const { pixels, answer, eta } of lessons) takeStep(pixels, answer, eta);
}

const allFinite = ({ coefs, intercepts }) =>
  coefs.every(Number.isFinite) && intercepts.every(Number.isFinite);

// Take a lesson; what it was before and what it is after: outputs, hidden neurons, cost.
function teach(pixels, answer, eta) {
  if (!(eta > 0 && Number.isFinite(eta))) {
    throw new RangeError("The learning rate η must be a number above 0.");
  }
  const seen = () => ({ ...predict(pixels), cost: costOf(pixels, answer) });
  const before = seen();
  takeStep(pixels, answer, eta);
  const after = seen();
  if (!network.layers.every(allFinite) || !Number.isFinite(after.cost)) {
    goThrough(lessons);
    throw new RangeError("This step leads beyond all numbers: choose a smaller η.");
  }
  lessons.push({ pixels: Array.from(pixels), answer, eta });
  return { before, after };
}

const undoLesson = () => goThrough(lessons.slice(0, -1));
const forgetLessons = () => goThrough([]);

// An answer in words.
function nameOf(answer) {
  if (!network.multilabel) return network.classes[answer];
  const names = network.classes.filter((_, k) => answer[k]);
  return names.length ? names.join(", ") : "none";
}

// The lessons as rows for Python: X, y and the η of each.
function lessonsText() {
  const labels = network.document.classes.values;
  return JSON.stringify({
    X: lessons.map(({ pixels }) => pixels),
    y: lessons.map(({ answer }) => (network.multilabel ? answer : labels[answer])),
    eta: lessons.map(({ eta }) => eta),
  });
}

if (network.document !== null) beginAgain();
