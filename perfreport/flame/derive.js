// SPDX-License-Identifier: GPL-2.0-or-later
// From an event to the tree that is drawn: cells are chosen by thread, CPU and
// time, nodes are arranged as they were called, by thread, or callers first.

// An inverted tree is not unfolded below what is narrower than this share of it.
const FOLD_BELOW = 1 / 20000;

// A tree: a shape; self and weight, in events: of each node's own and with all below it; selfSamples and samples
// likewise; x, where the node begins, in weight; height; own, each node's own amounts by side; of a diff share, each node's
// share of the event by side; of an inverted tree folded, the nodes whose callers are not shown.
function makeTree(model, view) {
  const { shape, cells, moments } = model.part(view.event);
  const chosen = chooseCells(cells, moments, view), sides = { now: chosen, base: cells.base };
  const arranged = view.threads === "each" ? arrangeByThread(model, shape, cells, sides)
    : { shape, own: sumCells(shape.nr, cells.node, sides) };
  const { shape: last, own, folded } = view.inverted ? invert(arranged) : arranged;
  const tree = Object.assign({ folded: folded || null, height: 1 }, last);
  for (let i = 0; i < tree.nr; i++) if (tree.depth[i] >= tree.height) tree.height = tree.depth[i] + 1;
  tree.own = own;
  tree.composed = Boolean(own.base) && view.side === "both"; // widths are no counts then
  if (own.base) tree.share = { new: sharesOf(tree, own.now.weight), base: sharesOf(tree, own.base.weight) };
  const drawn = !own.base || view.side === "new" ? own.now : view.side === "base" ? own.base : larger(own);
  tree.self = drawn.weight;
  tree.selfSamples = drawn.samples;
  sumUp(tree);
  return tree;
}

// The amounts of the cells that the view lets through.
function chooseCells(cells, moments, view) {
  const one = typeof view.threads === "number", all = !one && view.cpu === null;
  const wanted = (i) => all || ((!one || cells.thread[i] === view.threads) && (view.cpu === null || cells.cpu[i] === view.cpu));
  if (all && !view.range) return cells.now;
  const chosen = newAmounts(cells.nr);
  if (!view.range || !moments) {
    for (let i = 0; i < cells.nr; i++) {
      if (!wanted(i)) continue;
      chosen.samples[i] = cells.now.samples[i];
      chosen.weight[i] = cells.now.weight[i];
    }
    return chosen;
  }
  for (let i = firstAt(moments.slot, view.range[0]); i < moments.nr && moments.slot[i] <= view.range[1]; i++) {
    const cell = moments.cell[i];
    if (!wanted(cell)) continue;
    chosen.samples[cell] += moments.amounts.samples[i];
    chosen.weight[cell] += moments.amounts.weight[i];
  }
  return chosen;
}

// The first index whose value is not below the wanted one; values rise.
function firstAt(values, wanted) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Each side's amounts by node; node: of each cell.
function sumCells(nr, node, sides) {
  const own = {};
  for (const side of Object.keys(sides)) {
    if (!sides[side]) continue;
    const { samples, weight } = sides[side], sum = own[side] = newAmounts(nr);
    for (let i = 0; i < node.length; i++) {
      sum.samples[node[i]] += samples[i];
      sum.weight[node[i]] += weight[i];
    }
  }
  return own;
}

// A node for each thread below its task.
function arrangeByThread(model, shape, cells, sides) {
  const byThread = new Map();
  for (let i = 0; i < cells.nr; i++) {
    if (!sides.now.samples[i]) continue;
    if (!byThread.has(cells.thread[i])) byThread.set(cells.thread[i], []);
    byThread.get(cells.thread[i]).push(i);
  }
  const out = { frame: [-1], parent: [-1], depth: [0] }, place = new Int32Array(cells.nr), at = new Int32Array(shape.nr);
  const put = (frame, parent) => out.depth.push(out.depth[parent] + 1) && out.parent.push(parent) && out.frame.push(frame) - 1;
  // The tasks in their order, each with its threads, the heaviest first.
  const threads = [...byThread].map(([thread, list]) => {
    let task = cells.node[list[0]];
    while (shape.depth[task] > 1) task = shape.parent[task];
    return { thread, list, task, weight: list.reduce((sum, i) => sum + sides.now.weight[i], 0) };
  }).sort((a, b) => a.task - b.task || b.weight - a.weight);
  let task = -1, taskAt = 0;
  for (const { thread, list, task: own } of threads) {
    if (own !== task) taskAt = put(shape.frame[task = own], 0);
    at[task] = put(model.frames.own + thread, taskAt);
    const nodes = new Set();
    for (const i of list) for (let n = cells.node[i]; n > task && !nodes.has(n); n = shape.parent[n]) nodes.add(n);
    for (const n of [...nodes].sort((a, b) => a - b)) at[n] = put(shape.frame[n], at[shape.parent[n]]);
    for (const i of list) place[i] = at[cells.node[i]];
  }
  const made = finishShape(out);
  return { shape: made, own: sumCells(made.nr, place, sides) };
}

// Typed arrays of lists, and the ends of the subtrees.
function finishShape(lists) {
  const nr = lists.frame.length, shape = newShape(nr);
  for (const key of ["frame", "parent", "depth"]) shape[key].set(lists[key]);
  for (let i = nr - 1; i >= 0; i--) {
    if (shape.end[i] === 0) shape.end[i] = i + 1;
    const parent = shape.parent[i];
    if (parent >= 0 && shape.end[parent] < shape.end[i]) shape.end[parent] = shape.end[i];
  }
  return shape;
}

// Callers first: below the root stands what ran, below each frame who called it.
function invert({ shape, own }) {
  const sides = Object.keys(own), out = { frame: [-1], parent: [-1], depth: [0] }, folded = [0], amounts = [];
  const size = (i) => sides.reduce((sum, side) => sum + own[side].weight[i], 0);
  const from = [];
  let whole = 0;
  for (let i = 1; i < shape.nr; i++) if (size(i)) { from.push(i); whole += size(i); }
  // Paths through node at[k] that began in from[k]; what has no caller left ends here.
  const unfold = (parent, from, at) => {
    const groups = new Map();
    for (let k = 0; k < at.length; k++) {
      if (at[k] <= 0) { amounts.push([parent, from[k]]); continue; }
      const frame = shape.frame[at[k]];
      let group = groups.get(frame);
      if (!group) groups.set(frame, group = { frame, from: [], at: [], weight: 0 });
      group.from.push(from[k]);
      group.at.push(shape.parent[at[k]]);
      group.weight += size(from[k]);
    }
    for (const group of [...groups.values()].sort((a, b) => b.weight - a.weight || a.frame - b.frame)) {
      const node = out.frame.push(group.frame) - 1, fold = group.weight < whole * FOLD_BELOW;
      out.parent.push(parent);
      out.depth.push(out.depth[parent] + 1);
      folded.push(fold && group.at.some((n) => n > 0) ? 1 : 0);
      if (fold) for (const i of group.from) amounts.push([node, i]);
      else unfold(node, group.from, group.at);
    }
  };
  unfold(0, from, from);
  const made = finishShape(out), sums = {};
  for (const side of sides) {
    sums[side] = newAmounts(made.nr);
    for (const [node, i] of amounts) {
      sums[side].samples[node] += own[side].samples[i];
      sums[side].weight[node] += own[side].weight[i];
    }
  }
  return { shape: made, own: sums, folded: Uint8Array.from(folded) };
}

function sharesOf(tree, weights) {
  const share = Float64Array.from(weights);
  for (let i = tree.nr - 1; i > 0; i--) share[tree.parent[i]] += share[i];
  const whole = share[0] || 1;
  for (let i = 0; i < tree.nr; i++) share[i] /= whole;
  return share;
}

// Both sides of a diff at once: of each node the larger share of the two, so that what is new and what was removed
// stand side by side. In events and samples of the new recording's scale.
function larger({ now, base }) {
  const sum = (list) => list.reduce((a, b) => a + b, 0), out = newAmounts(now.weight.length);
  for (const key of ["weight", "samples"]) {
    const scale = sum(base[key]) ? (sum(now[key]) || sum(base[key])) / sum(base[key]) : 0;
    for (let i = 0; i < out[key].length; i++) out[key][i] = Math.max(now[key][i], base[key][i] * scale);
  }
  return out;
}

// How a node of a diff changed: { name, change }, change from -1 to 1.
function changeOf(tree, node) { return changeBetween(tree.share.base[node], tree.share.new[node]); }

function changeBetween(before, now) {
  const change = now - before;
  if (Math.abs(change) < 1e-9) return { name: "same", change: 0 };
  if (before === 0) return { name: "new", change };
  if (now === 0) return { name: "removed", change };
  return { name: change > 0 ? "grown" : "shrunk", change };
}

function changeText(change) {
  return "new vs base " + (change < 0 ? "−" : "+") + percent(Math.abs(change), 1);
}

// Totals from the leaves up, then places from the root down.
function sumUp(tree) {
  tree.weight = Float64Array.from(tree.self);
  tree.samples = Float64Array.from(tree.selfSamples);
  tree.x = new Float64Array(tree.nr);
  for (let i = tree.nr - 1; i > 0; i--) {
    tree.weight[tree.parent[i]] += tree.weight[i];
    tree.samples[tree.parent[i]] += tree.samples[i];
  }
  const next = new Float64Array(tree.nr); // where the next child of a node begins
  for (let i = 1; i < tree.nr; i++) {
    const parent = tree.parent[i];
    tree.x[i] = next[parent];
    next[parent] += tree.weight[i];
    next[i] = tree.x[i];
  }
}

// Of a diff, by frame: the shares of self and total on both sides.
function changesByFunction(model, view) {
  const sums = {};
  for (const side of ["base", "new"]) {
    const tree = model.tree({ ...view, side, inverted: false }), whole = tree.weight[0] || 1;
    const { self, total, selfSamples, samples } = functionsBelow(model, tree, 0);
    sums[side] = { self: self.map((w) => w / whole), total: total.map((w) => w / whole), selfSamples, samples };
  }
  return sums;
}
