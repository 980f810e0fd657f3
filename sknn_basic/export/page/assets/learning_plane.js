// The plane of learning: points with their classes, the line of now and before, the two hulls.

const path = (name, points) => shape("polygon", {
  class: name, points: points.map(onScreen).join(" "),
});

// One point: filled for class 1; ringed if it is the last one learnt from, crossed if it is
// answered wrongly now.
function pointOf(point, { now, last }) {
  const [cx, cy] = onScreen(point.x);
  const wrong = fires(point.x, now) !== (point.wanted === 1);
  const ring = shape("circle", { class: "last", cx, cy, r: 0.085 });
  return [
    ...(last?.point === point ? [ring] : []),
    shape("circle", { class: point.wanted ? "point on" : "point", cx, cy, r: 0.05 }),
    ...(wrong ? crossAt(cx + 0.11, cy - 0.11, 0.045) : []),
  ];
}

// The hulls of the two classes, and in another colour what they have in common.
function hullShapes(points) {
  const [zeros, ones] = [0, 1].map((wanted) =>
    hullOf(points.filter((point) => point.wanted === wanted).map(({ x }) => x)));
  const common = zeros.length > 2 && ones.length > 2 ? overlap(zeros, ones) : [];
  const proof = meeting(zeros, ones);
  const at = proof && onScreen(proof.at);
  return [
    path("hull zeros", zeros), path("hull ones", ones),
    ...(common.length ? [path("common", common)] : []),
    ...(at ? [shape("circle", { class: "meeting", cx: at[0], cy: at[1], r: 0.055 })] : []),
  ];
}

// The line of some weights, where there is one within the frame.
function partingLine(name, now) {
  const { cuts } = half(now);
  return cuts.length === 2 ? [line(name, ...cuts.map(onScreen))] : [];
}

function drawLearning(points, state) {
  const { polygon } = half(state.now);
  const moved = state.last !== null && state.last.error !== 0;
  byId("learning-plane").replaceChildren(
    path("half", polygon), ...axes(), ...hullShapes(points),
    ...(moved ? partingLine("parting before", state.last.before) : []),
    ...partingLine("parting", state.now),
    ...points.flatMap((point) => pointOf(point, state)),
  );
}
