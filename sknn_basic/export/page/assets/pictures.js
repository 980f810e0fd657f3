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

// One row of the bars: the name of a class, its bar and its value.
function bar(name) {
  const row = element("li");
  const track = element("span", "track");
  track.append(element("span", "fill"));
  row.append(element("span", "name", name), track, element("span", "value"));
  row.firstChild.title = name;
  return row;
}

// What a value is in words.
const told = (value) => {
  if (!data.network.probabilities) return written(value);
  const percent = Math.round(100 * value);
  return percent === 100 && value < 1 ? "> 99 %" : `${percent} %`;
};

// The bars of all classes from 0 to their values; a perceptron's scores may be negative.
function setBars(rows, values, chosen) {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = data.network.probabilities ? 1 : most - least || 1;
  rows.forEach((row, k) => {
    const [, track, value] = row.children;
    track.firstChild.style.left = `${100 * (Math.min(values[k] ?? 0, 0) - least) / span}%`;
    track.firstChild.style.width = `${100 * Math.abs(values[k] ?? 0) / span}%`;
    value.textContent = values.length ? told(values[k]) : "";
    row.classList.toggle("chosen", chosen.includes(k));
  });
}
