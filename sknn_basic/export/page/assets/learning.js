// The panel in which the perceptron learns from points that one puts into the plane.

const MOST_POINTS = 60;
const PACE = 160;  // milliseconds from step to step

let points = [];
let state = begin();
let running = 0;

function showLearning(told = stepInWords(state)) {
  drawLearning(points, state);
  byId("step").textContent = told;
  byId("mistakes").textContent = mistakesInWords(state);
  byId("epoch").textContent = stateInWords(points, state);
  byId("proof").textContent = proofInWords(points);
  byId("weights-now").textContent = weightsInWords(state.now);
  const none = points.length === 0;
  byId("one-step").disabled = none || running !== 0 || hasEnded(state);
  byId("run").disabled = none || hasEnded(state);
  byId("run").textContent = running ? "Stop" : "Run";
  byId("remove-point").disabled = none;
  byId("clear-points").disabled = none;
}

// Other points; an epoch of them begins, with the weights of now.
function changePoints(changed) {
  stop();
  points = changed;
  state = begin(state.now);
  showLearning();
}

const classChosen = () => Number(byId("class-1").getAttribute("aria-pressed") === "true");

// Put a point on the grid, within the frame.
function addPoint(place) {
  if (points.length === MOST_POINTS) {
    showLearning(`${MOST_POINTS} points are the most.`);
    return;
  }
  const x = place.map((value) => Math.min(Math.max(onGrid(value), LOW), HIGH));
  changePoints([...points, { x, wanted: classChosen() }]);
}

function oneStep() {
  state = learnNext(points, state);
  if (hasEnded(state)) stop();
  showLearning();
}

function stop() {
  clearInterval(running);
  running = 0;
}

function runOrStop() {
  if (running) stop();
  else running = setInterval(oneStep, PACE);
  showLearning();
}

// Weights 0 again, and nothing counted.
function startAgain() {
  stop();
  state = begin();
  showLearning();
}

function choosePointClass(wanted) {
  for (const k of [0, 1]) byId(`class-${k}`).setAttribute("aria-pressed", k === wanted);
}

// Where an event is in the plane, x₂ upwards.
function placeOf(event) {
  const svg = byId("learning-plane");
  const at = new DOMPoint(event.clientX, event.clientY)
    .matrixTransform(svg.getScreenCTM().inverse());
  return onScreen([at.x, at.y]);
}

function exampleButton({ name, outputs }) {
  const button = element("button", "", name);
  button.type = "button";
  button.addEventListener("click", () => {
    state = begin();
    changePoints(ROWS.map((x, k) => ({ x, wanted: outputs[k] })));
  });
  return button;
}

byId("examples").append(...data.gates.map(exampleButton));
byId("learning-plane").addEventListener("click", (event) => addPoint(placeOf(event)));
byId("new-point").addEventListener("submit", (event) => {
  event.preventDefault();
  const place = ["x1", "x2"].map((id) => byId(id).valueAsNumber);
  if (place.every(Number.isFinite)) addPoint(place);
  else showLearning("x₁ and x₂ must be numbers.");
});
for (const k of [0, 1]) byId(`class-${k}`).addEventListener("click", () => choosePointClass(k));
byId("one-step").addEventListener("click", oneStep);
byId("run").addEventListener("click", runOrStop);
byId("start-again").addEventListener("click", startAgain);
byId("remove-point").addEventListener("click", () => changePoints(points.slice(0, -1)));
byId("clear-points").addEventListener("click", () => changePoints([]));
choosePointClass(1);
showLearning();

// For tests and for the console.
window.sknnBasic = Object.freeze({
  weightedSum, fires, ruleStep, learnNext, begin, meeting, sameAsAfter,
});
