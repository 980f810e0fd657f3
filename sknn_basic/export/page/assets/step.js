// One step of stochastic gradient descent on one image, m = 1, as partial_fit takes it:
//
//   g = w ∂C/∂W + α W,   V ← μ V − η g,   W ← W + V;   biases alike, without α.
//
// The gradient is found by backpropagation, with all weights as they were before the step.

const sum = (values) => values.reduce((one, other) => one + other, 0);

// How the classifier trains, by the parameters that Python gave it.
function ruleOf({ classifier, parameters }) {
  const schedule = parameters.learning_rate === "invscaling";
  return {
    fires: classifier === "PerceptronClassifier",  // step neurons, or sigmoid ones
    quadratic: parameters.cost === "quadratic",
    alpha: parameters.alpha,
    momentum: parameters.momentum ?? 0,
    power: schedule ? parameters.power_t : 0,
    learnBias: parameters.fit_intercept ?? true,
  };
}

// What the output neurons ought to say for an answer: the number of a class, or where an image
// may have several labels a 0 or 1 for each of them.
function targetsOf(answer) {
  if (network.multilabel) return answer;
  if (network.code !== null) return network.code[answer];
  return network.classes.map((_, k) => Number(k === answer));
}

// What one neuron costs with weighted input z and target y.
function neuronCost(z, y, { fires, quadratic }) {
  if (fires) return Math.abs(Number(z > 0) - y);
  if (quadratic) return (sigmoid(z) - y) ** 2 / 2;
  return Math.log1p(Math.exp(-Math.abs(z))) + Math.abs(z) * Math.abs(Number(z > 0) - y);
}

// The cost of some pixels for an answer, without L2.
function costOf(pixels, answer) {
  const [Z, Y, rule] = [forward(pixels).Z, targetsOf(answer), ruleOf(network.document)];
  return sum(Array.from(Z, (z, j) => neuronCost(z, Y[j], rule)));
}

// The error ∂C/∂z of an output neuron.
function outputError(z, y, { fires, quadratic }) {
  const a = fires ? Number(z > 0) : sigmoid(z);
  return quadratic ? (a - y) * a * (1 - a) : a - y;
}

// The errors of the neurons below a layer, whose activations are `a`.
function errorsBelow(a, { coefs }, errors) {
  return a.map((value, i) => {
    const row = i * errors.length;
    let back = 0;
    for (let j = 0; j < errors.length; j += 1) back += coefs[row + j] * errors[j];
    return back * value * (1 - value);
  });
}

// Change W by one step: the gradient is outer(a, errors) + α W.
function learn(W, V, a, errors, eta, { alpha, momentum }) {
  const n = errors.length;
  a.forEach((value, i) => {
    if (value === 0 && alpha === 0 && momentum === 0) return;
    for (let k = i * n; k < (i + 1) * n; k += 1) {
      const change = -eta * (value * errors[k - i * n] + alpha * W[k]);
      V[k] = momentum * V[k] + change;
      W[k] += V[k];
    }
  });
}

// The weight of a class, by a dict or so that every class weighs alike; counts the label.
function weightOf(answer) {
  const { class_weight: weights } = network.document.parameters;
  if (weights === null) return 1;
  if (weights === "balanced") {
    network.totals[answer] += 1;
    const seen = network.totals.filter((total) => total > 0).length;
    return sum(network.totals) / (seen * network.totals[answer]);
  }
  const label = network.document.classes.values[answer];
  const same = (key) => key === label
    || (typeof key !== "string" && typeof label !== "string" && Number(key) === Number(label));
  return (weights.find(([key]) => same(key)) ?? [label, 1])[1];
}

// What steps remember beside the weights: all of it from the start.
function withMemory(made) {
  const velocity = made.layers.map(({ coefs, intercepts }) => ({
    coefs: new Float64Array(coefs.length), intercepts: new Float64Array(intercepts.length),
  }));
  return { ...made, velocity, steps: 0, totals: made.classes.map(() => 0) };
}

// Take one step on some pixels, with the η of the first step; a class of weight 0 takes none.
function takeStep(pixels, answer, eta) {
  const [rule, weight] = [ruleOf(network.document), weightOf(answer)];
  if (weight === 0) return;
  const [{ activations, Z }, Y] = [forward(pixels), targetsOf(answer)];
  const errors = [Z.map((z, j) => weight * outputError(z, Y[j], rule))];
  for (let k = network.layers.length - 1; k > 0; k -= 1) {
    errors.unshift(errorsBelow(activations[k], network.layers[k], errors[0]));
  }
  network.steps += 1;
  const rate = eta * network.steps ** -rule.power;
  network.layers.forEach(({ coefs, intercepts }, k) => {
    const velocity = network.velocity[k];
    learn(coefs, velocity.coefs, activations[k], errors[k], rate, rule);
    if (rule.learnBias) {
      learn(intercepts, velocity.intercepts, [1], errors[k], rate, { ...rule, alpha: 0 });
    }
  });
}
