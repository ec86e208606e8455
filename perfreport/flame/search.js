// SPDX-License-Identifier: GPL-2.0-or-later
// Searching: which frames match, and how much of the graph that is.

// A test of strings; null: the text is no regular expression.
function makeTest(text) {
  try {
    const expression = new RegExp(text, "i");
    return (string) => expression.test(string);
  } catch (error) {
    return null;
  }
}

// { matches: by frame, 0 or 1; wrong: not a regular expression, taken literally }
function searchFrames(model, text) {
  const byDso = text.startsWith("dso:"), wanted = byDso ? text.slice(4) : text;
  const matches = new Uint8Array(model.frames.nr);
  let test = makeTest(wanted);
  const wrong = test === null;
  if (wrong) {
    const lower = wanted.toLowerCase();
    test = (string) => string.toLowerCase().includes(lower);
  }
  const known = new Map();
  const field = byDso ? model.frames.dso : model.frames.symbol;
  for (let i = 0; i < model.frames.nr; i++) {
    let hit = known.get(field[i]);
    if (hit === undefined) known.set(field[i], hit = test(model.strings[field[i]]) ? 1 : 0);
    matches[i] = hit;
  }
  return { text, matches, wrong };
}

// What share of node's weight lies in or below matching frames.
function matchedWeight(tree, matches, node) {
  let weight = 0, i = Math.max(node, 1);
  while (i < tree.end[node]) {
    if (matches[tree.frame[i]]) {
      weight += tree.weight[i];
      i = tree.end[i];
    } else {
      i++;
    }
  }
  return weight;
}

// The functions that match and have samples in this tree.
function matchedFunctions(tree, matches) {
  const seen = new Set();
  for (let i = 1; i < tree.nr; i++) if (matches[tree.frame[i]] && tree.weight[i]) seen.add(tree.frame[i]);
  return seen.size;
}

// The next match from node on, in drawing order; step 1 or -1; -1: none.
function nextMatch(tree, matches, node, step) {
  for (let k = 1; k <= tree.nr; k++) {
    const i = (((node + k * step) % tree.nr) + tree.nr) % tree.nr;
    if (i > 0 && matches[tree.frame[i]] && tree.weight[i]) return i;
  }
  return -1;
}
