// A pad to draw strokes on, with mouse, finger or pen; how hard it is pressed does not matter.

class Pad {
  // `changed` is called with the strokes, and with whether the pen is up.
  constructor(svg, pen, changed) {
    Object.assign(this, { svg, pen, changed, strokes: [], pointer: null });
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      svg.addEventListener(end, (event) => this.up(event));
    }
  }

  // Where an event is in the pad's own units, whatever its size on the screen.
  place(event) {
    const at = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = at.matrixTransform(this.svg.getScreenCTM().inverse());
    return [x, y];
  }

  down(event) {
    if (this.pointer !== null || event.button !== 0) return;  // a second finger, a right click
    event.preventDefault();
    this.pointer = event.pointerId;
    this.svg.setPointerCapture(event.pointerId);
    this.add([this.place(event)]);
    this.changed(this.strokes, false);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const all = event.getCoalescedEvents?.() ?? [];
    const stroke = this.strokes.at(-1);
    for (const one of all.length ? all : [event]) stroke.push(this.place(one));
    this.paths.at(-1).setAttribute("d", this.line(stroke));
    this.changed(this.strokes, false);
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.changed(this.strokes, true);
  }

  get paths() {
    return Array.from(this.svg.querySelectorAll("path"));
  }

  // A dot has a line to itself, or it would not be seen.
  line(stroke) {
    const points = [stroke[0], ...stroke].map((point) => point.map((x) => x.toFixed(2)));
    return `M${points.map((point) => point.join(" ")).join("L")}`;
  }

  add(stroke) {
    this.strokes.push(stroke);
    this.svg.append(shape("path", { d: this.line(stroke), "stroke-width": this.pen }));
  }

  undo() {
    this.strokes.pop();
    this.paths.at(-1)?.remove();
    this.pointer = null;
    this.changed(this.strokes, true);
  }

  // Other strokes instead of these.
  replace(strokes) {
    this.strokes = [];
    this.paths.forEach((path) => path.remove());
    strokes.forEach((stroke) => this.add(stroke));
    this.pointer = null;
    this.changed(this.strokes, true);
  }
}
