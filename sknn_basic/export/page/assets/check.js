// A file that is opened: is it a network that this page can read and teach?

const KEYS = ["format", "version", "classifier", "parameters", "classes", "multilabel",
  "feature_names", "dtype", "layers"];

const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const isOneOf = (value, ...known) => known.includes(value);
const atLeast0 = (value) => Number.isFinite(value) && value >= 0;

// Whole numbers beyond 2⁵³ would not be what they were.
function checkWhole(value) {
  if (typeof value === "number") {
    insist(!Number.isInteger(value) || Number.isSafeInteger(value),
      `the number ${value} is too large for a browser.`);
  } else if (value !== null && typeof value === "object") {
    Object.values(value).forEach(checkWhole);
  }
}

function checkHeader(stored) {
  insist(isObject(stored) && stored.format === "sknn_basic classifier",
    "it is no network that sknn_basic.export has saved.");
  insist(stored.version === data.version, `it is of version ${stored.version} of the format, `
    + `and this page reads version ${data.version}.`);
  for (const key of KEYS) insist(key in stored, `“${key}” is missing.`);
}

// What a step is taken by.
function checkParameters({ classifier, parameters, multilabel }) {
  const known = isOneOf(classifier, "SigmoidMLPClassifier", "PerceptronClassifier");
  insist(known && isObject(parameters), `its classifier is ${JSON.stringify(classifier)}.`);
  const one = (name, holds) => insist(holds(parameters[name]),
    `the parameter ${name} is ${JSON.stringify(parameters[name]) ?? "missing"}.`);
  one("eta", (eta) => atLeast0(eta) && eta > 0);
  one("alpha", atLeast0);
  one("class_weight", (weights) => weights === null || (!multilabel && (weights === "balanced"
    || (Array.isArray(weights) && weights.every((pair) => Array.isArray(pair)
      && pair.length === 2 && atLeast0(pair[1]))))));
  if (classifier === "PerceptronClassifier") {
    one("fit_intercept", (learnt) => typeof learnt === "boolean");
    return;
  }
  one("momentum", (momentum) => atLeast0(momentum) && momentum < 1);
  one("cost", (cost) => isOneOf(cost, "cross_entropy", "quadratic"));
  one("power_t", atLeast0);
  one("learning_rate", (name) => isOneOf(name, "constant", "invscaling", "adaptive"));
  one("output_code", (code) => isOneOf(code, "one_hot", "binary") || Array.isArray(code));
}

function checkClasses({ classes, multilabel }) {
  const label = (value) => isOneOf(typeof value, "string", "number", "boolean");
  insist(isObject(classes) && typeof classes.dtype === "string" && Array.isArray(classes.values)
    && classes.values.length > 0 && classes.values.every(label)
    && new Set(classes.values).size === classes.values.length,
  "its classes must be different labels.");
  insist(typeof multilabel === "boolean", "multilabel must be true or false.");
}

function checkLayers({ classifier, parameters, layers, dtype }) {
  insist(isOneOf(dtype, "float32", "float64") && Array.isArray(layers) && layers.length > 0
    && layers.every(isObject), "its layers are none.");
  const inputs = Array.isArray(layers[0].weights) ? layers[0].weights.length : 0;
  insist(inputs === data.side ** 2, `it has ${inputs} inputs, and this page draws images of `
    + `${data.side} × ${data.side} = ${data.side ** 2} pixels.`);
  const hidden = classifier === "PerceptronClassifier" ? []
    : [parameters.hidden_layer_sizes ?? []].flat();
  const widths = layers.slice(0, -1).map(({ biases }) => biases?.length);
  insist(String(hidden) === String(widths), `hidden_layer_sizes are (${hidden}), and its `
    + `hidden layers have (${widths}) neurons.`);
}

// A code has a word for each class, and each word a target for each output neuron.
function checkOutputs({ code, classes, layers }) {
  const n = layers.at(-1).intercepts.length;
  const right = code === null ? n === classes.length : code.length === classes.length
    && code.every((word) => Array.isArray(word) && word.length === n
      && word.every((target) => atLeast0(target) && target <= 1));
  insist(right, `${classes.length} classes do not go with ${n} output neurons.`);
}

// The network in the text of a file; an error says in words why there is none.
function networkIn(text) {
  let stored;
  try {
    stored = JSON.parse(text);
  } catch {
    throw new Error("it is no JSON. A network in a file of another kind: load it in Python, "
      + "and save it under a name that ends in .json.");
  }
  checkHeader(stored);
  checkClasses(stored);
  checkParameters(stored);
  checkLayers(stored);
  checkWhole([stored.parameters, stored.classes]);
  const made = networkFrom(stored);
  checkOutputs(made);
  return made;
}
