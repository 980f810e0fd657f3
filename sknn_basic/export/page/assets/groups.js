// A number's strokes, cut into digits: strokes that overlap from left to right belong together.

const ENOUGH = 0.25;  // share of the narrower one, below which two only touch

// Whether two groups of strokes, drawn with a pen of some width, are one digit.
function together(one, other, pen) {
  const [a, b] = [extent(one), extent(other)];
  const shared = Math.min(a.right, b.right) - Math.max(a.left, b.left) + pen;
  const narrower = Math.min(a.right - a.left, b.right - b.left) + pen;
  return shared >= ENOUGH * narrower;
}

// The strokes of each digit, from left to right.
function groupsOf(strokes, pen) {
  const groups = [];
  for (const stroke of strokes) {
    let own = [stroke];
    let near = [];
    while ((near = groups.filter((group) => together(group, own, pen))).length) {
      own = [...near.flat(), ...own];  // a joined group may reach yet another one
      near.forEach((group) => groups.splice(groups.indexOf(group), 1));
    }
    groups.push(own);
  }
  const middle = (group) => extent(group).left + extent(group).right;
  return groups.sort((one, other) => middle(one) - middle(other));
}
