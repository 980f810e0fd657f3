// Sliders, truth table, and how many of its rows are as a gate wants them.

let gate = data.gates[0];

// What the sliders say.
const parameters = () =>
  Object.fromEntries(["w1", "w2", "b"].map((id) => [id, Number(byId(id).value)]));

// One row of the truth table, with a tick or a cross.
function tableRow(x, k, now) {
  const on = fires(x, now);
  const right = Number(on) === gate.outputs[k];
  const row = element("tr", `${on ? "fires" : ""} ${right ? "" : "wrong"}`);
  const cells = [...x.map(String), written(weightedSum(x, now)), String(Number(on)),
    `${gate.outputs[k]} ${right ? "✓" : "✗"}`];
  row.append(...cells.map((text) => element("td", "", text)));
  return row;
}

// How many rows are as the gate wants them, in words.
function matchText(now) {
  const right = ROWS.filter((x, k) => Number(fires(x, now)) === gate.outputs[k]).length;
  const text = `Rows that match ${gate.name}: ${right} of 4.`;
  const most = "No line parts its ones from its zeros: one perceptron can do 3 at most.";
  return gate.weights ? text : `${text} ${most}`;
}

function update() {
  const now = parameters();
  for (const [id, value] of Object.entries(now)) {
    byId(`${id}-value`).textContent = written(value);
  }
  byId("threshold").textContent = written(-now.b);
  byId("wanted").textContent = gate.name;
  byId("rows").replaceChildren(...ROWS.map((x, k) => tableRow(x, k, now)));
  byId("match").textContent = matchText(now);
  for (const button of byId("gates").children) {
    button.setAttribute("aria-pressed", button.textContent === gate.name);
  }
  drawPlane(now, ROWS.filter((x, k) => Number(fires(x, now)) !== gate.outputs[k]));
}

// Choose what the table is held against; XOR has no weights to offer, so they stay.
function choose(chosen) {
  gate = chosen;
  if (gate.weights) {
    [byId("w1").value, byId("w2").value] = gate.weights;
    byId("b").value = gate.bias;
  }
  update();
}

function gateButton(one) {
  const button = element("button", "", one.name);
  button.type = "button";
  button.addEventListener("click", () => choose(one));
  return button;
}

byId("gates").append(...data.gates.map(gateButton));
for (const id of ["w1", "w2", "b"]) byId(id).addEventListener("input", update);
choose(gate);
