// The second panel: a number is cut into digits, and each of them is read.

const NUMBER_PEN = 5;

// A box around the ink of one digit, with the answer over it.
function box(strokes, text) {
  const { left, top, right, bottom } = extent(strokes);
  const room = NUMBER_PEN / 2 + 1.5;
  const [x, y] = [clip(left - room, 0.5, 300), clip(top - room, 0.5, 100)];
  const [width, height] = [
    clip(right + room, 0, 299.5) - x, clip(bottom + room, 0, 99.5) - y,
  ];
  const name = shape("text", { x: x + width / 2, y: y > 11 ? y - 2.5 : y + height + 8.5 });
  name.textContent = text.length > 4 ? `${text.slice(0, 3)}…` : text;
  return [shape("rect", { x, y, width, height, rx: 2 }), name];
}

// The answers for each digit of a number, from left to right.
const readNumber = (strokes) => groupsOf(strokes, NUMBER_PEN).map((group) => {
  const { text } = predict(prepare(inkOf(group)));
  return { strokes: group, text };
});

// One-letter answers make a number; longer ones need room between them.
function showText(texts) {
  const short = texts.every((text) => text.length === 1);
  byId("number").textContent = texts.join(short ? "" : " ");
  byId("number").classList.toggle("long", !short);
}

function showNumber(strokes, penIsUp) {
  if (!penIsUp) return;
  const svg = byId("number-pad");
  svg.querySelectorAll("rect, text").forEach((old) => old.remove());
  const digits = readNumber(strokes);
  svg.append(...digits.flatMap((digit) => box(digit.strokes, digit.text)));
  showText(digits.map((digit) => digit.text));
  say(digits.length ? byId("number").textContent : "The pad is empty.");
}

const numberPad = new Pad(byId("number-pad"), NUMBER_PEN, showNumber);
byId("number-undo").addEventListener("click", () => numberPad.undo());
byId("number-clear").addEventListener("click", () => numberPad.replace([]));
byId("number-example").addEventListener("click", () => numberPad.replace(EXAMPLE));

// For tests and for the console; pixels and ink are arrays of numbers, row by row.
// `teach` takes a class number, or a 0 or 1 for each label.
window.sknnBasic = Object.freeze({
  predict,
  teach,
  undoLesson,
  forgetLessons,
  openNetwork,
  networkText: (eta = rateToKeep()) => networkText(eta),
  lessonsText,
  prepare: (values, columns) => prepare({
    rows: values.length / columns, columns, values: Float64Array.from(values),
  }),
  readNumber,
});
