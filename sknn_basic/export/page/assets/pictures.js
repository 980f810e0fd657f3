// Numbers as something to look at: pixels, neurons, bars.

// Pixels as black of some strength; the style turns it to white where the page is dark.
function paint(canvas, pixels) {
  [canvas.width, canvas.height] = [data.side, data.side];
  const picture = new ImageData(data.side, data.side);
  pixels.forEach((value, k) => {
    picture.data[4 * k + 3] = 255 * clip(value / data.scale, 0, 1);
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// How many neurons stand in a row: as square as can be, with full rows if that is not too wide.
function perRow(n) {
  const root = Math.ceil(Math.sqrt(n));
  for (let wide = root; wide <= 2 * root; wide += 1) if (n % wide === 0) return wide;
  return root;
}

// The circles of a layer of n neurons, so many in a row.
function neurons(n, wide) {
  const svg = shape("svg", { viewBox: `0 0 ${wide} ${Math.ceil(n / wide)}`, class: "neurons" });
  for (let k = 0; k < n; k += 1) {
    const [cx, cy] = [k % wide + 0.5, Math.floor(k / wide) + 0.5];
    svg.append(shape("circle", { cx, cy, r: 0.42, "fill-opacity": 0 }));
  }
  return svg;
}

// One row of the bars: the name of a class, its bar, where it ended before, and its value.
function bar(name) {
  const row = element("li");
  const track = element("span", "track");
  track.append(element("span", "fill"), element("span", "was"));
  row.append(element("span", "name", name), track, element("span", "value"));
  row.firstChild.title = name;
  return row;
}

// What a value is in words.
const told = (value) => {
  if (!network.probabilities) return written(value);
  const percent = Math.round(100 * value);
  return percent === 100 && value < 1 ? "> 99 %" : `${percent} %`;
};

// The same to one decimal, as a lesson changes little.
const toldFinely = (value) =>
  (network.probabilities ? `${(100 * value).toFixed(1)}\u00a0%` : written(value));

// The bars of all classes from 0 to their values, with a mark at those `before` a lesson, if
// any; a perceptron's scores may be negative.
function setBars(rows, values, chosen, before = []) {
  const all = [0, ...values, ...before];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const span = network.probabilities ? 1 : most - least || 1;
  rows.forEach((row, k) => {
    const [, track, value] = row.children;
    const [fill, was] = track.children;
    fill.style.left = `${100 * (Math.min(values[k] ?? 0, 0) - least) / span}%`;
    fill.style.width = `${100 * Math.abs(values[k] ?? 0) / span}%`;
    was.hidden = before.length === 0;
    was.style.left = `${100 * ((before[k] ?? 0) - least) / span}%`;
    if (before.length) {
      value.textContent = `${toldFinely(before[k])} → ${toldFinely(values[k])}`;
    } else value.textContent = values.length ? told(values[k]) : "";
    row.classList.toggle("chosen", chosen.includes(k));
  });
}

// Fill the circles of a layer; with activations from before, ring those that changed.
function setNeurons(svg, activations, before) {
  const changes = activations.map((a, k) => (before ? a - before[k] : 0));
  const most = Math.max(...changes.map(Math.abs), 1e-12);
  activations.forEach((a, k) => {
    const circle = svg.children[k];
    circle.setAttribute("fill-opacity", a.toFixed(3));
    const share = Math.abs(changes[k]) / most;
    const ring = share > 0.1 ? `changed ${changes[k] > 0 ? "rose" : "fell"}` : "";
    circle.setAttribute("class", ring);
    circle.setAttribute("stroke-opacity", ring ? share.toFixed(2) : 1);
  });
}
