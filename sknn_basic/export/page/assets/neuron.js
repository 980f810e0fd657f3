// One perceptron with two inputs.

const ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]];

// The weighted sum of the inputs, with the bias.
const weightedSum = ([x1, x2], { w1, w2, b }) => x1 * w1 + x2 * w2 + b;

// Exactly 0 does not fire.
const fires = (x, parameters) => weightedSum(x, parameters) > 0;
