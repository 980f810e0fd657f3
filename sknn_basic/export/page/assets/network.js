// The network: z = a W + b in each layer, σ(z) in hidden ones, classes by their code words.

// What the page reads with now. Lessons change its numbers, and a file that is opened takes its
// place. The weights of input i of a layer start at i · n_out.
let network = {
  ...data.network,
  layers: data.network.layers.map((layer) => ({
    coefs: floats(layer.coefs),
    intercepts: floats(layer.intercepts),
  })),
};

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

// The activations that enter each layer, the pixels first, and Z of the output neurons.
function forward(pixels) {
  const activations = [Float64Array.from(pixels)];
  for (const layer of network.layers.slice(0, -1)) {
    activations.push(weightedInputs(activations.at(-1), layer).map(sigmoid));
  }
  return { activations, Z: weightedInputs(activations.at(-1), network.layers.at(-1)) };
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
  if (network.multilabel) return Array.from(Z, sigmoid);
  const { code, entropies } = network;
  const scores = code === null ? Array.from(Z)  // each class has a neuron of its own
    : code.map((word, k) => (
      word.reduce((sum, target, j) => sum + target * Z[j], entropies[k])
    ));
  return network.probabilities ? softmax(scores) : scores;
}

// The numbers of the classes that are the answer: the first of the highest, or all that fire.
function chosenOf(Z, values) {
  const all = network.classes.map((_, k) => k);
  if (network.multilabel) return all.filter((k) => Z[k] > 0);
  return [values.indexOf(Math.max(...values))];
}

// From one image's pixels to the activations of the hidden layers, the values and the answer.
function predict(pixels) {
  const { activations, Z } = forward(pixels);
  const values = valuesOf(Z);
  const chosen = chosenOf(Z, values);
  const text = chosen.length ? chosen.map((k) => network.classes[k]).join(", ") : "none";
  return { hidden: activations.slice(1).map((a) => Array.from(a)), values, chosen, text };
}
