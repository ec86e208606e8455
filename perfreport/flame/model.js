// SPDX-License-Identifier: GPL-2.0-or-later
// The data of the page: strings once, frames once, and for each event a call
// tree in depth-first order, so that the subtree of node i is i .. end[i] - 1.

const KIND_NAMES = ["task", "user", "kernel", "graft", "unresolved"];
const KIND_TASK = 0, KIND_UNKNOWN = 4;

function decodeBase64(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// Numbers of 7 bits a byte, the low ones first.
class Varints {
  constructor(text) { this.bytes = decodeBase64(text); this.at = 0; }
  next() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    return value;
  }
}

// frames.symbol, .dso: index of a string; .kind: of KIND_NAMES.
function decodeFrames(data) {
  const numbers = new Varints(data.frames), nr = data.nr_frames;
  const frames = { nr, symbol: new Uint32Array(nr), dso: new Uint32Array(nr), kind: new Uint8Array(nr) };
  for (let i = 0; i < nr; i++) {
    frames.symbol[i] = numbers.next();
    frames.dso[i] = numbers.next();
    frames.kind[i] = numbers.next();
  }
  return frames;
}

// A tree: node 0 is the root. weight is what widths mean (events), samples
// how often that was seen; x is where the node begins, in weight.
// Of a diff it has the widths of one side, "new" or "base", and share, that of
// each node's weight in the event by side.
function decodeTree(event, side) {
  const numbers = new Varints(event.tree), nr = event.nr_nodes + 1;
  const tree = {
    nr, height: 1,
    frame: new Int32Array(nr), parent: new Int32Array(nr), depth: new Int32Array(nr), end: new Int32Array(nr),
    selfSamples: new Float64Array(nr), samples: new Float64Array(nr),
    self: new Float64Array(nr), weight: new Float64Array(nr), x: new Float64Array(nr),
  };
  const other = event.base ? { samples: new Float64Array(nr), weight: new Float64Array(nr) } : null;
  const open = [0];
  tree.frame[0] = -1;
  tree.parent[0] = -1;
  for (let i = 1; i < nr; i++) {
    let up = numbers.next();
    for (; up > 0; up--) tree.end[open.pop()] = i;
    tree.parent[i] = open[open.length - 1];
    tree.depth[i] = open.length;
    if (open.length >= tree.height) tree.height = open.length + 1;
    tree.frame[i] = numbers.next();
    [tree.selfSamples[i], tree.self[i]] = decodeAmount(numbers, event);
    if (other) [other.samples[i], other.weight[i]] = decodeAmount(numbers, event);
    open.push(i);
  }
  while (open.length) tree.end[open.pop()] = nr;
  if (other) splitSides(tree, other, side);
  sumUp(tree);
  return tree;
}

function decodeAmount(numbers, event) {
  const samples = numbers.next();
  return [samples, event.weighted ? numbers.next() : samples * (event.period || 1)];
}

// other: the base's own amounts; the tree's are those of the new recording.
function splitSides(tree, other, side) {
  const shares = (own) => {
    const share = Float64Array.from(own);
    for (let i = tree.nr - 1; i > 0; i--) share[tree.parent[i]] += share[i];
    const whole = share[0] || 1;
    return share.map((weight) => weight / whole);
  };
  tree.share = { new: shares(tree.self), base: shares(other.weight) };
  if (side === "base") Object.assign(tree, { self: other.weight, selfSamples: other.samples });
}

// How a node of a diff changed: { name, change }, change from -1 to 1.
function changeOf(tree, node) {
  const now = tree.share.new[node], before = tree.share.base[node], change = now - before;
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
  for (let i = tree.nr - 1; i >= 0; i--) {
    tree.weight[i] += tree.self[i];
    tree.samples[i] += tree.selfSamples[i];
    if (i > 0) {
      tree.weight[tree.parent[i]] += tree.weight[i];
      tree.samples[tree.parent[i]] += tree.samples[i];
    }
  }
  const next = new Float64Array(tree.nr); // where the next child of a node begins
  for (let i = 1; i < tree.nr; i++) {
    const parent = tree.parent[i];
    tree.x[i] = next[parent];
    next[parent] += tree.weight[i];
    next[i] = tree.x[i];
  }
}

class Model {
  constructor(data) {
    this.data = data;
    this.strings = data.strings;
    this.frames = decodeFrames(data);
    this.events = data.events;
    this.side = "new"; // of a diff: whose widths are drawn
    this.trees = new Map();
  }
  // The one shown unless the address says otherwise.
  get firstEvent() { return Math.max(0, this.events.findIndex((e) => e.samples > 0)); }
  tree(event) {
    const key = event + this.side;
    if (!this.trees.has(key)) this.trees.set(key, decodeTree(this.events[event], this.side));
    return this.trees.get(key);
  }
  symbol(frame) { return frame < 0 ? "all" : this.strings[this.frames.symbol[frame]]; }
  dso(frame) { return frame < 0 ? "" : this.strings[this.frames.dso[frame]]; }
  kind(frame) { return frame < 0 ? KIND_TASK : this.frames.kind[frame]; }
}

// The node under root at this depth whose width holds x; -1: none.
function nodeAt(tree, depth, x) {
  let node = 0;
  while (tree.depth[node] < depth) {
    let child = node + 1, found = -1;
    for (; child < tree.end[node]; child = tree.end[child]) {
      if (x < tree.x[child]) break;
      if (x < tree.x[child] + tree.weight[child]) { found = child; break; }
    }
    if (found < 0) return -1;
    node = found;
  }
  return node;
}

// For each function below node: samples and weight, of its own and in all.
// A function that calls itself is counted once.
function functionsBelow(model, tree, node) {
  const nr = model.frames.nr;
  const sums = { self: new Float64Array(nr), total: new Float64Array(nr),
                 selfSamples: new Float64Array(nr), samples: new Float64Array(nr) };
  const openEnd = new Int32Array(nr);
  for (let i = Math.max(node, 1); i < tree.end[node]; i++) {
    const frame = tree.frame[i];
    sums.self[frame] += tree.self[i];
    sums.selfSamples[frame] += tree.selfSamples[i];
    if (openEnd[frame] <= i) {
      openEnd[frame] = tree.end[i];
      sums.total[frame] += tree.weight[i];
      sums.samples[frame] += tree.samples[i];
    }
  }
  return sums;
}

// The stacks below node, one line each: what other tools call folded.
function foldedBelow(model, tree, node) {
  const names = [], lines = [];
  for (let i = tree.parent[node]; i > 0; i = tree.parent[i]) names.unshift(model.symbol(tree.frame[i]));
  for (let i = Math.max(node, 1); i < tree.end[node]; i++) {
    names.length = tree.depth[i] - 1;
    names.push(model.symbol(tree.frame[i]).replace(/;/g, ":"));
    if (tree.selfSamples[i]) lines.push(names.join(";") + " " + tree.selfSamples[i]);
  }
  return lines;
}
