// Images as arrays of numbers, row by row: { rows, columns, values }.

const image = (rows, columns) => ({ rows, columns, values: new Float64Array(rows * columns) });

// Each row as an array of its own.
const rowsOf = ({ rows, columns, values }) =>
  Array.from({ length: rows }, (_, y) => values.subarray(y * columns, (y + 1) * columns));

const transposed = (from) => {
  const to = image(from.columns, from.rows);
  to.values.forEach((_, k) => {
    to.values[k] = from.values[(k % to.columns) * from.columns + Math.floor(k / to.columns)];
  });
  return to;
};

// A part of an image: `rows` rows from `top`, `columns` columns from `left`.
function part(from, top, left, rows, columns) {
  const to = image(rows, columns);
  rowsOf(to).forEach((row, y) => {
    const start = (top + y) * from.columns + left;
    row.set(from.values.subarray(start, start + columns));
  });
  return to;
}

// An image laid into an empty one.
function laid(from, top, left, rows, columns) {
  const to = image(rows, columns);
  rowsOf(from).forEach((row, y) => to.values.set(row, (top + y) * columns + left));
  return to;
}

// Cropped to the box of what is darker than `edge`; as it is where nothing is.
function cropped(from, edge) {
  const seen = (row) => row.some((value) => value > edge);
  const [high, wide] = [rowsOf(from).map(seen), rowsOf(transposed(from)).map(seen)];
  if (!high.includes(true)) return from;
  const [top, left] = [high.indexOf(true), wide.indexOf(true)];
  const [rows, columns] = [high.lastIndexOf(true) - top + 1, wide.lastIndexOf(true) - left + 1];
  return part(from, top, left, rows, columns);
}
