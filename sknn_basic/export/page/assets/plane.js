// The plane of the two inputs: the half where the perceptron fires, and the line that parts it.

const [LOW, HIGH] = [-0.5, 1.5];
const CORNERS = [[LOW, LOW], [HIGH, LOW], [HIGH, HIGH], [LOW, HIGH]];

// On paper x₂ grows upwards, on a screen downwards.
const onScreen = ([x1, x2]) => [x1, 1 - x2];

// Where the sum is 0 between two corners, of which one has it above 0 and one has not.
function crossing(from, to, now) {
  const [before, after] = [weightedSum(from, now), weightedSum(to, now)];
  const share = before / (before - after);
  return from.map((x, axis) => x + share * (to[axis] - x));
}

// The corners of the part of the square in which it fires, and the points where that is cut.
function half(now) {
  const polygon = [];
  const cuts = [];
  CORNERS.forEach((corner, k) => {
    const next = CORNERS[(k + 1) % 4];
    if (fires(corner, now)) polygon.push(corner);
    if (fires(corner, now) === fires(next, now)) return;
    cuts.push(crossing(corner, next, now));
    polygon.push(cuts.at(-1));
  });
  return { polygon, cuts };
}

const line = (name, [x1, y1], [x2, y2]) => shape("line", { class: name, x1, y1, x2, y2 });

function label(x, y, text) {
  const made = shape("text", { x, y });
  made.textContent = text;
  return made;
}

// The frame, the axes and what is written at them.
function axes() {
  const size = HIGH - LOW;
  return [
    line("axis", [LOW, 1], [HIGH, 1]), line("axis", [0, LOW], [0, HIGH]),
    shape("rect", { class: "border", x: LOW, y: LOW, width: size, height: size }),
    ...[0, 1].flatMap((k) => [label(k, HIGH + 0.16, k), label(LOW - 0.1, 1 - k + 0.045, k)]),
    label(0.5, HIGH + 0.24, "x₁"), label(LOW - 0.22, 0.545, "x₂"),
  ];
}

// A cross, so far from its middle to each side.
const crossAt = (x, y, far) => [
  line("cross", [x - far, y - far], [x + far, y + far]),
  line("cross", [x - far, y + far], [x + far, y - far]),
];

// One pair of inputs: filled if the perceptron fires for it, crossed if that is not wanted.
function point(x, now, wrong) {
  const [cx, cy] = onScreen(x);
  const name = fires(x, now) ? "point on" : "point";
  const dot = shape("circle", { class: name, cx, cy, r: 0.075 });
  return wrong.includes(x) ? [dot, ...crossAt(cx + 0.19, cy - 0.19, 0.06)] : [dot];
}

// The line as an equation, without what is 0.
function equation({ w1, w2, b }) {
  const terms = [[w1, " x₁"], [w2, " x₂"], [b, ""]].filter(([value]) => value !== 0);
  const signed = terms.map(([value, name], k) => {
    const sign = value < 0 ? "−" : "+";
    const size = name && Math.abs(value) === 1 ? name.trim() : written(Math.abs(value)) + name;
    return k === 0 ? `${value < 0 ? "−" : ""}${size}` : `${sign} ${size}`;
  });
  return `${signed.join(" ") || "0"} = 0`;
}

function drawPlane(now, wrong) {
  const { polygon, cuts } = half(now);
  const points = polygon.map(onScreen).join(" ");
  byId("plane").replaceChildren(
    shape("polygon", { class: "half", points }), ...axes(),
    ...(cuts.length === 2 ? [line("parting", ...cuts.map(onScreen))] : []),
    ...ROWS.flatMap((x) => point(x, now, wrong)),
  );
  const level = now.w1 === 0 && now.w2 === 0;
  byId("line").textContent = level
    ? `No line: it ${now.b > 0 ? "always" : "never"} fires.`
    : `Line: ${equation(now)}`;
}
