// Numbers as Python packed them: "f" or "h", then base64 of little-endian float32 or float16.

// What 16 bits mean: sign, exponent, fraction; those with exponent 0 are the smallest.
function halfFloat(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// The same numbers as doubles, on any machine.
function floats(text) {
  const bytes = Uint8Array.from(atob(text.slice(1)), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const [size, read] = text.startsWith("h")
    ? [2, (at) => halfFloat(view.getUint16(at, true))]
    : [4, (at) => view.getFloat32(at, true)];
  return Float64Array.from({ length: bytes.length / size }, (_, k) => read(size * k));
}
