// The first panel: one digit is read while it is drawn.

let bars = [];
let hiddenLayers = [];
let shown = null;  // the pixels before the network, null where there are none

// Make the bars and circles of the network that there is.
function buildReading() {
  const { classes, layers } = network;
  bars = classes.map(bar);
  byId("bars").replaceChildren(...bars);
  byId("bars").classList.toggle("named", classes.some((name) => name.length > 2));
  const sizes = layers.map((layer) => layer.intercepts.length);
  const hiddenSizes = sizes.slice(0, -1);
  const wide = perRow(Math.max(...hiddenSizes, 1));  // for all layers: circles of one size
  hiddenLayers = hiddenSizes.map((n) => neurons(n, wide));
  byId("hidden-layers").replaceChildren(...hiddenLayers);
  byId("hidden").hidden = hiddenLayers.length === 0;
  byId("hidden-sizes").textContent =
    `${hiddenSizes.join(" + ")} neurons; the fuller, the more they fire.`;
  byId("seen-size").textContent = `${data.side} × ${data.side} pixels`;
  byId("about").textContent = `A network of ${[data.side ** 2, ...sizes].join("-")} neurons `
    + "reads what you draw. It works in this page; nothing is sent anywhere.";
}

// Say the answer to those who do not see it; while one draws this would be too often.
const say = (text) => { byId("status").textContent = text; };

// Show what the network makes of some pixels; after a lesson also what it made of them before.
function show(pixels, before = null) {
  const { hidden, values, chosen, text } = predict(pixels);
  shown = pixels;
  paint(byId("seen"), pixels);
  hidden.forEach((activations, layer) =>
    setNeurons(hiddenLayers[layer], activations, before?.hidden[layer]));
  setBars(bars, values, chosen, before?.values);
  byId("bars").classList.toggle("changed", before !== null);
  byId("rings").hidden = before === null;
  byId("answer").textContent = text;
  byId("answer").classList.toggle("long", text.length > 3);
  byId("confidence").textContent = chosen.length === 1 ? told(values[chosen[0]]) : "";
  onShow();
  return `${text} ${byId("confidence").textContent}`;
}

// Show that there is nothing yet.
function showNothing() {
  shown = null;
  paint(byId("seen"), new Array(data.side ** 2).fill(0));
  hiddenLayers.forEach((svg) => setNeurons(svg, new Array(svg.children.length).fill(0)));
  setBars(bars, [], []);
  byId("bars").classList.remove("changed");
  byId("rings").hidden = true;
  byId("answer").textContent = "";
  byId("confidence").textContent = "";
  onShow();
}

// Read the strokes; a faster hand than the screen is waited for.
let waiting = 0;
function read(strokes, penIsUp) {
  cancelAnimationFrame(waiting);
  if (!penIsUp) {
    waiting = requestAnimationFrame(() => readNow(strokes));
    return;
  }
  say(readNow(strokes) ?? "The pad is empty.");
}

function readNow(strokes) {
  byId("digit-pad").querySelector("image")?.remove();
  if (strokes.length) return show(prepare(inkOf(strokes)));
  return showNothing();
}

const digitPad = new Pad(byId("digit-pad"), 9, read);
byId("digit-undo").addEventListener("click", () => digitPad.undo());
byId("digit-clear").addEventListener("click", () => digitPad.replace([]));

// A small picture of some pixels.
function picture(pixels) {
  const canvas = element("canvas", "pixels");
  paint(canvas, pixels);
  return canvas;
}

// A button with a small picture, that puts its image before the network.
function sampleButton({ pixels, label }, number) {
  const button = element("button", "sample");
  const values = Array.from(floats(pixels));
  const canvas = picture(values);
  button.type = "button";
  const name = label === null ? "" : `: ${label}`;
  button.setAttribute("aria-label", `Sample ${number + 1}${name}`);
  button.append(canvas);
  button.addEventListener("click", () => {
    digitPad.replace([]);
    const href = canvas.toDataURL();
    digitPad.svg.append(shape("image", { href, width: 100, height: 100, class: "pixels" }));
    say(show(values));
  });
  return button;
}

byId("samples").append(...data.samples.map(sampleButton));
byId("samples-part").hidden = data.samples.length === 0;
