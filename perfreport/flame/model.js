// SPDX-License-Identifier: GPL-2.0-or-later
// The data of the page (page_data.c writes them): strings once, frames once,
// and for each event a call tree in depth-first order, so that the subtree of
// node i is i .. end[i] - 1, cells, which say who ran there, and moments.

const KIND_NAMES = ["task", "user", "kernel", "graft", "unresolved"];
const KIND_TASK = 0;

// The page's script element: zlib in base64. -> { head, numbers }
async function unpack(text) {
  const raw = atob(text), packed = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) packed[i] = raw.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer()), end = bytes.indexOf(0);
  return { head: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))), numbers: bytes.subarray(end + 1) };
}

// Numbers of 7 bits a byte, the low ones first, of one list.
class Varints {
  constructor(bytes, [offset]) { this.bytes = bytes; this.at = offset; }
  next() {
    const { bytes } = this;
    let byte = bytes[this.at++], value = byte & 127, scale = 128;
    while (byte & 128) {
      byte = bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    }
    return value;
  }
}

// frames.symbol, .dso: index of a string; .kind: of KIND_NAMES. Threads follow the frames: a tree can have them as nodes.
function decodeFrames(head, bytes) {
  const numbers = new Varints(bytes, head.frames), own = head.nr_frames, nr = own + head.threads.length;
  const frames = { own, nr, symbol: new Uint32Array(nr), dso: new Uint32Array(nr), kind: new Uint8Array(nr) };
  for (let i = 0; i < own; i++) {
    frames.symbol[i] = numbers.next();
    frames.dso[i] = numbers.next();
    frames.kind[i] = numbers.next();
  }
  head.threads.forEach(([name, , tid], i) => {
    frames.symbol[own + i] = head.strings.push(head.strings[name] + (tid < 0 ? "" : " thread " + tid)) - 1;
  });
  return frames;
}

// The shape of a tree: node 0 is the root.
function decodeShape(event, bytes) {
  const numbers = new Varints(bytes, event.tree), shape = newShape(event.nr_nodes + 1), open = [0];
  for (let i = 1; i < shape.nr; i++) {
    for (let up = numbers.next(); up > 0; up--) shape.end[open.pop()] = i;
    shape.parent[i] = open[open.length - 1];
    shape.depth[i] = open.length;
    shape.frame[i] = numbers.next();
    open.push(i);
  }
  while (open.length) shape.end[open.pop()] = shape.nr;
  return shape;
}

function newShape(nr) {
  const shape = { nr };
  for (const key of ["frame", "parent", "depth", "end"]) shape[key] = new Int32Array(nr);
  shape.frame[0] = shape.parent[0] = -1;
  return shape;
}

// How often a list of things was seen, and how many events that was.
const newAmounts = (nr) => ({ samples: new Float64Array(nr), weight: new Float64Array(nr) });

function decodeAmount(numbers, event, amounts, i) {
  const samples = numbers.next();
  amounts.samples[i] = samples;
  amounts.weight[i] = event.weighted ? numbers.next() : samples * (event.period || 1);
}

// cells.node, .thread, .cpu (-1: unknown), .now and, of a diff, .base.
function decodeCells(event, bytes) {
  const numbers = new Varints(bytes, event.cells), nr = event.nr_cells;
  const cells = { nr, node: new Int32Array(nr), thread: new Int32Array(nr), cpu: new Int32Array(nr), now: newAmounts(nr),
                  base: event.base ? newAmounts(nr) : null };
  for (let i = 0, node = 0; i < nr; i++) {
    cells.node[i] = node += numbers.next();
    cells.thread[i] = numbers.next();
    cells.cpu[i] = numbers.next() - 1;
    decodeAmount(numbers, event, cells.now, i);
    if (cells.base) decodeAmount(numbers, event, cells.base, i);
  }
  return cells;
}

// moments.slot, .cell, .amounts; in order of time.
function decodeMoments(event, bytes) {
  if (!event.moments) return null;
  const numbers = new Varints(bytes, event.moments), nr = event.nr_moments;
  const moments = { nr, slot: new Int32Array(nr), cell: new Int32Array(nr), amounts: newAmounts(nr) };
  for (let i = 0, slot = 0; i < nr; i++) {
    moments.slot[i] = slot += numbers.next();
    moments.cell[i] = numbers.next();
    decodeAmount(numbers, event, moments.amounts, i);
  }
  return moments;
}

// What is looked at: event (index), side of a diff ("new", "base", "both"), inverted, threads ("merged", "each", or
// the index of one), cpu (or null), range ([first, last] slot, or null).
const viewKey = (v) => [v.event, v.side, v.inverted, v.threads, v.cpu, v.range].join();

class Model {
  constructor({ head, numbers }) {
    this.data = head;
    this.bytes = numbers;
    this.strings = head.strings;
    this.frames = decodeFrames(head, numbers);
    this.events = head.events;
    this.parts = [];        // by event: shape, cells, moments
    this.trees = new Map(); // of viewKey(), the last used at the end
  }
  // The one shown unless the address says otherwise.
  get firstEvent() { return Math.max(0, this.events.findIndex((e) => e.samples > 0)); }
  part(event) {
    const e = this.events[event], { bytes } = this;
    if (!this.parts[event])
      this.parts[event] = { shape: decodeShape(e, bytes), cells: decodeCells(e, bytes), moments: decodeMoments(e, bytes) };
    return this.parts[event];
  }
  tree(view) {
    const key = viewKey(view), tree = this.trees.get(key) || makeTree(this, view);
    this.trees.delete(key);
    this.trees.set(key, tree);
    if (this.trees.size > 6) this.trees.delete(this.trees.keys().next().value);
    return tree;
  }
  symbol(frame) { return frame < 0 ? "all" : this.strings[this.frames.symbol[frame]]; }
  dso(frame) { return frame < 0 ? "" : this.strings[this.frames.dso[frame]]; }
  kind(frame) { return frame < 0 ? KIND_TASK : this.frames.kind[frame]; }
}

// The node at this depth whose width holds x; -1: none.
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

// The frames from the root to a node, and back: as far as the tree goes along.
function wayTo(tree, node) {
  const way = [];
  for (let i = node; i > 0; i = tree.parent[i]) way.unshift(tree.frame[i]);
  return way;
}

function nodeOnWay(tree, way) {
  let node = 0;
  for (const frame of way) {
    let child = node + 1;
    while (child < tree.end[node] && (tree.frame[child] !== frame || !tree.weight[child])) child = tree.end[child];
    if (child >= tree.end[node]) break;
    node = child;
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

// The stacks below node, one line each: what other tools call folded; of a diff with the samples of base and new, as
// difffolded.pl of FlameGraph writes them.
function foldedBelow(model, tree, node) {
  const name = (i) => model.symbol(tree.frame[i]).replace(/;/g, ":"), names = [], lines = [];
  for (let i = tree.parent[node]; i > 0; i = tree.parent[i]) names.unshift(name(i));
  for (let i = Math.max(node, 1); i < tree.end[node]; i++) {
    names.length = tree.depth[i] - 1;
    names.push(name(i));
    const { now, base } = tree.own, counts = base ? [base.samples[i], now.samples[i]] : [now.samples[i]];
    if (counts.some((count) => count)) lines.push(names.join(";") + " " + counts.join(" "));
  }
  return lines;
}
