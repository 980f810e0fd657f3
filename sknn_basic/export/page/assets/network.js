// The network: z = a W + b in each layer, σ(z) in hidden ones, classes by their code words.

// Little-endian float32 from base64, on any machine.
function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const length = bytes.length / 4;
  return Float64Array.from({ length }, (_, k) => view.getFloat32(4 * k, true));
}

const layers = data.network.layers.map((layer) => ({
  coefs: floats(layer.coefs),  // those of input i start at i · n_out
  intercepts: floats(layer.intercepts),
}));

const { code, entropies } = data.network;
const classes = data.network.classes;

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// The weighted inputs of a layer for the activations before it.
function weightedInputs(a, { coefs, intercepts }) {
  const Z = Float64Array.from(intercepts);
  a.forEach((value, i) => {
    if (value === 0) return;  // paper: most of an image
    const row = i * Z.length;
    for (let j = 0; j < Z.length; j += 1) Z[j] += value * coefs[row + j];
  });
  return Z;
}

// Probabilities from scores; the largest is taken off first, so that nothing overflows.
function softmax(scores) {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((one, other) => one + other, 0);
  return powers.map((power) => power / sum);
}

// What the bars show: probabilities, or a perceptron's scores.
function valuesOf(Z) {
  if (data.network.multilabel) return Array.from(Z, sigmoid);
  const scores = code === null ? Array.from(Z)  // each class has a neuron of its own
    : code.map((word, k) => (
      word.reduce((sum, target, j) => sum + target * Z[j], entropies[k])
    ));
  return data.network.probabilities ? softmax(scores) : scores;
}

// The numbers of the classes that are the answer: the first of the highest, or all that fire.
function chosenOf(Z, values) {
  if (data.network.multilabel) return classes.map((_, k) => k).filter((k) => Z[k] > 0);
  return [values.indexOf(Math.max(...values))];
}

// From one image's pixels to the activations of the hidden layers, the values and the answer.
function predict(pixels) {
  const activations = [Array.from(pixels)];
  for (const layer of layers.slice(0, -1)) {
    activations.push(Array.from(weightedInputs(activations.at(-1), layer), sigmoid));
  }
  const Z = weightedInputs(activations.at(-1), layers.at(-1));
  const values = valuesOf(Z);
  const chosen = chosenOf(Z, values);
  const text = chosen.length ? chosen.map((k) => classes[k]).join(", ") : "none";
  return { hidden: activations.slice(1), values, chosen, text };
}
