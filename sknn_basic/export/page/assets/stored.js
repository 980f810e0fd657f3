// A network as a file: the JSON that sknn_basic.export saves and loads.

// Weights as nested lists, a row for each input.
const nested = ({ coefs, intercepts }) => {
  const n = intercepts.length;
  const rows = Array.from({ length: coefs.length / n }, (_, i) =>
    Array.from(coefs.subarray(i * n, (i + 1) * n)));
  return { weights: rows, biases: Array.from(intercepts) };
};

// The network of now, in double precision, with the η that is set.
function networkText(eta) {
  const { parameters, ...rest } = network.document;
  return `${JSON.stringify({
    ...rest,
    parameters: { ...parameters, eta },
    dtype: "float64",
    layers: network.layers.map(nested),
  })}\n`;
}

function insist(holds, message) {
  if (!holds) throw new Error(message);
}

// The numbers of a layer. float32 is written by the shortest decimals that round to it.
function layerOf({ weights, biases }, k, n_in, single) {
  const whole = (row) => Array.isArray(row) && row.every(Number.isFinite);
  const n = Array.isArray(biases) ? biases.length : 0;
  insist(n > 0 && whole(biases) && Array.isArray(weights) && weights.length === n_in
    && weights.every((row) => whole(row) && row.length === n),
  `layer ${k} must have ${n_in} rows of as many numbers as it has biases.`);
  const exact = single ? Math.fround : Number;
  return {
    coefs: Float64Array.from(weights.flat(), exact),
    intercepts: Float64Array.from(biases, exact),
  };
}

function layersOf(stored) {
  let n_in = data.side ** 2;
  return stored.layers.map((layer, k) => {
    const made = layerOf(layer, k, n_in, stored.dtype === "float32");
    n_in = made.intercepts.length;
    return made;
  });
}

// Code words as sknn_basic.output_codes makes them; null where each class has its own neuron.
function codeOf({ classes, parameters, multilabel }) {
  const [n, named] = [classes.values.length, parameters.output_code ?? "one_hot"];
  if (Array.isArray(named)) return named;
  if (named === "one_hot") return n === 2 && !multilabel ? [[0], [1]] : null;
  const bits = n === 1 ? 1 : (n - 1).toString(2).length;
  return classes.values.map((_, k) => (n === 1 ? [1]
    : Array.from(k.toString(2).padStart(bits, "0"), Number)));
}

// The entropy of a code word.
const entropyOf = (word) => sum(word.flatMap((c) => [c, 1 - c])
  .map((p) => (p > 0 ? -p * Math.log(p) : 0)));

// A label as Python writes it.
function labelText(label, dtype) {
  if (typeof label === "boolean") return label ? "True" : "False";
  const text = String(label);
  return dtype.startsWith("float") && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

// The network of a document that has passed `checkDocument` of check.js.
function networkFrom(stored) {
  const { layers: _, ...rest } = stored;
  const { values, dtype } = stored.classes;
  const code = codeOf(stored);
  return {
    layers: layersOf(stored),
    code,
    entropies: code && code.map(entropyOf),
    classes: values.map((label) => labelText(label, dtype)),
    multilabel: stored.multilabel,
    probabilities: stored.classifier === "SigmoidMLPClassifier",
    document: rest,
    refusal: "",
  };
}
