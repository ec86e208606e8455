// SPDX-License-Identifier: GPL-2.0-or-later
// What stands around the graph: facts of the recording, legend, list of
// functions, the frame pointed at.

const HOT_ROWS = 200;

// tree: of the view, callers outside.
function showFacts(model, view, tree, lanes) {
  const { data } = model, e = model.events[view.event];
  const chips = [];
  const chip = (label, value, kind, title) =>
    chips.push(make("span", { className: kind || "", title: title || "" }, label + " ", make("b", {}, value)));
  if (e.base) {
    chip("new vs base", (e.weight / (e.base.weight || 1)).toFixed(3) + "×", "", grouped(e.weight) + " events against " + grouped(e.base.weight));
    chip("base samples", grouped(e.base.samples));
    chip("base lost", grouped(e.base.lost), e.base.lost ? "bad" : "good");
    if (e.period !== e.base.period || e.frequency !== e.base.frequency) chip("sampled", "in different ways", "bad");
  }
  if (data.incomplete) chip("incomplete:", data.incomplete, "bad");
  if (!e.base && tree.samples[0] !== e.samples) {
    const what = [view.range ? lanes.rangeText(view.range) : "", view.cpu !== null ? "CPU " + view.cpu : "",
      typeof view.threads === "number" ? model.symbol(model.frames.own + view.threads) : ""].filter(Boolean).join(", ");
    chip("chosen", plural(tree.samples[0], "sample") + ", " + percent(tree.weight[0], e.weight), "chosen", what);
  }
  chip("samples", grouped(e.samples));
  if (e.ns) chip("time", (e.weight / 1e9).toFixed(3) + " s", "", grouped(e.weight) + " ns");
  else chip("events", short(e.weight), "", grouped(e.weight) + " events");
  if (e.frequency) chip("at", grouped(e.frequency) + " a second");
  else if (e.period) chip("one every", grouped(e.period));
  chip("lost", grouped(e.lost), e.lost ? "bad" : "good", "samples that found no room");
  if (e.counted) {
    chip("throttled", grouped(e.throttled), e.throttled ? "bad" : "good", "overflows dropped to bound the overhead");
    chip("coalesced", grouped(e.coalesced), "", "overflows that shared another's sample");
  } else if (e.throttles) {
    chip("throttled", grouped(e.throttles) + "×", "bad");
  }
  if (!e.chains) chip("callchains", "none");
  else if (e.user_chains)
    chip("broken callchains", percent(e.broken, e.user_chains), e.broken > 0.01 * e.user_chains ? "bad" : "good",
      grouped(e.broken) + " of " + grouped(e.user_chains) + " user callchains do not reach the start of their thread");
  const nowhere = data.unresolved.length;
  if (nowhere) chip("objects without symbols", grouped(nowhere), "bad", data.unresolved.map((u) => u[0] + ": " + u[1]).join("\n"));
  byId("facts").replaceChildren(...chips);
}

// The colours that occur, with the share of samples whose own frame they are.
function showLegend(model, tree, upright, theme) {
  if (tree.share) return showChanges(tree, theme);
  const sums = new Float64Array(KIND_NAMES.length);
  for (let i = 1; i < upright.nr; i++) sums[model.frames.kind[upright.frame[i]]] += upright.self[i];
  const items = [];
  for (let kind = 1; kind < KIND_NAMES.length; kind++) {
    if (!sums[kind]) continue;
    const swatch = make("i");
    swatch.style.background = kindColour(theme, kind, 0x8080);
    items.push(make("span", { title: "samples in " + KIND_NAMES[kind] + " code" }, swatch, KIND_NAMES[kind] + " " + percent(sums[kind], upright.weight[0])));
  }
  byId("legend").replaceChildren(...items);
}

// Of a diff: the colours, and how many frames have each.
function showChanges(tree, theme) {
  const sums = new Map(["grown", "shrunk", "new", "removed"].map((name) => [name, 0]));
  for (let i = 1; i < tree.nr; i++) {
    const { name } = changeOf(tree, i);
    if (sums.has(name)) sums.set(name, sums.get(name) + 1);
  }
  byId("legend").replaceChildren(...[...sums].map(([name, frames]) => {
    const swatch = make("i");
    swatch.style.background = changeInk(theme, name);
    return make("span", { title: "frames whose share of the event is " + name + ", new vs base" }, swatch, name + " " + grouped(frames));
  }));
}

// A row of the list of functions. bar: [share, colour, begin], begin and share from 0 to 1.
function functionRow(model, frame, value, count, [share, colour, begin], picked, pick) {
  const bar = make("i");
  bar.style.width = 100 * share + "%";
  bar.style.marginLeft = 100 * (begin || 0) + "%";
  bar.style.background = colour;
  const button = make("button", { type: "button", title: model.symbol(frame) + "\n" + model.dso(frame), onclick: () => pick(frame) },
    make("span", { className: "sym" }, model.symbol(frame)), make("span", { className: "pct" }, value),
    make("span", { className: "dso" }, model.dso(frame)), make("span", { className: "num" }, count),
    make("span", { className: "meter" }, bar));
  button.setAttribute("aria-pressed", String(frame === picked));
  return make("li", {}, button);
}

// The frames with a value, the largest first.
function sortedFrames(model, size) {
  const frames = [];
  for (let i = 0; i < model.frames.own; i++) if (size(i) > 0 && model.frames.kind[i] !== KIND_TASK) frames.push(i);
  return frames.sort((a, b) => size(b) - size(a) || (model.symbol(a) < model.symbol(b) ? -1 : 1)).slice(0, HOT_ROWS);
}

// The list of functions below the zoomed node; pick(frame) is called on a click.
function showFunctions(model, tree, node, byTotal, tint, picked, pick) {
  const sums = functionsBelow(model, tree, node), values = byTotal ? sums.total : sums.self;
  const counts = byTotal ? sums.samples : sums.selfSamples, whole = tree.weight[node] || 1;
  byId("hot-list").replaceChildren(...sortedFrames(model, (i) => values[i]).map((frame) =>
    functionRow(model, frame, percent(values[frame], whole), grouped(counts[frame]), [values[frame] / whole, tint(frame)], picked, pick)));
}

// What became of a function, as in the table of perfreport diff: new or removed if it is in no callchain of a side, else
// what its own samples did, and if these are the same what all of them did.
function classOf(base, now, frame) {
  if (!base.samples[frame]) return "new";
  if (!now.samples[frame]) return "removed";
  const own = changeBetween(base.self[frame], now.self[frame]).change || changeBetween(base.total[frame], now.total[frame]).change;
  return own > 0 ? "grown" : own < 0 ? "shrunk" : "same";
}

// Of a diff: by the change of the share of self, or by the larger of the two shares.
function showChangedFunctions(model, view, order, theme, picked, pick) {
  const { base, new: now } = changesByFunction(model, view), shares = order === "total" ? "total" : "self";
  const counts = order === "total" ? "samples" : "selfSamples", change = (i) => now[shares][i] - base[shares][i];
  const size = order === "change" ? (i) => Math.abs(change(i)) : (i) => Math.max(now[shares][i], base[shares][i]);
  const frames = sortedFrames(model, size), most = Math.max(1e-12, ...frames.map((i) => Math.abs(change(i))));
  byId("hot-list").replaceChildren(...frames.map((frame) => {
    const name = classOf(base, now, frame), by = change(frame);
    const half = Math.abs(by) / most / 2, bar = [half, "hsl(" + (by < 0 ? 212 : 4) + " 68% 58%)", by < 0 ? 0.5 - half : 0.5];
    const row = functionRow(model, frame, (by < 0 ? "−" : "+") + percent(Math.abs(by), 1),
      grouped(base[counts][frame]) + " → " + grouped(now[counts][frame]), bar, picked, pick);
    const badge = make("b", { className: "change" }, name);
    badge.style.color = changeInk(theme, name);
    row.querySelector(".dso").prepend(badge, " ");
    row.firstChild.title += "\n" + name + ", new vs base: " + percent(base[shares][frame], 1) + " → " + percent(now[shares][frame], 1) + " " + shares;
    return row;
  }));
}

// What a frame is, in one line.
function describe(model, tree, node, zoom) {
  const frame = tree.frame[node], whole = tree.weight[0];
  const dso = model.dso(frame), place = dso ? (dso.startsWith("[") ? " " + dso : " [" + dso + "]") : "";
  const parts = [model.symbol(frame) + place];
  if (tree.composed) parts.push("base " + percent(tree.share.base[node], 1), "new " + percent(tree.share.new[node], 1));
  else parts.push("total " + percent(tree.weight[node], whole) + " (" + plural(tree.samples[node], "sample") + ")");
  if (!tree.folded && !tree.composed) parts.push("self " + percent(tree.self[node], whole) + " (" + grouped(tree.selfSamples[node]) + ")");
  if (tree.folded && tree.folded[node]) parts.push("its callers are too rare to be shown");
  if (zoom > 0 && !tree.composed) parts.push(percent(tree.weight[node], tree.weight[zoom]) + " of " + model.symbol(tree.frame[zoom]));
  if (tree.share) parts.push(changeText(changeOf(tree, node).change), changeOf(tree, node).name);
  return parts.join(" · ");
}

function showTip(model, tree, node, zoom, x, y) {
  const tip = byId("tip"), frame = tree.frame[node], kind = model.kind(frame);
  // Inverted, what stands below a frame is its callers: it has no self.
  const row = (head, self, total) => (tree.folded || tree.composed ? [head, total] : [head, self, total]);
  const heads = row("", "self", "total"), rows = tree.composed ? [] : [
    row("samples", grouped(tree.selfSamples[node]), grouped(tree.samples[node])),
    row("events", short(tree.self[node]), short(tree.weight[node])),
    row("of all", percent(tree.self[node], tree.weight[0]), percent(tree.weight[node], tree.weight[0]))];
  if (tree.share) for (const side of ["base", "new"]) rows.push(row(side, "", percent(tree.share[side][node], 1)));
  if (zoom > 0 && !tree.composed) rows.push(row("of what is shown", percent(tree.self[node], tree.weight[zoom]), percent(tree.weight[node], tree.weight[zoom])));
  tip.replaceChildren(...[
    make("div", { className: "sym" }, model.symbol(frame)),
    tree.share ? make("div", {}, changeText(changeOf(tree, node).change) + " · " + changeOf(tree, node).name) : null,
    make("div", { className: "dso" }, (model.dso(frame) ? model.dso(frame) + " · " : "") + (frame < 0 ? "every sample of the event" : KIND_NAMES[kind])),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", {}, h)))),
      make("tbody", {}, ...rows.map(([head, ...values]) => make("tr", {}, make("th", {}, head), ...values.map((value) => make("td", {}, value))))))].filter(Boolean));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(8, Math.min(x + 14, window.innerWidth - box.width - 8)) + "px";
  tip.style.top = (y + 18 + box.height > window.innerHeight - 8 ? Math.max(8, y - box.height - 12) : y + 18) + "px";
}

// The frames from the root to the zoomed one, each a way back.
function showPath(model, tree, zoom, go) {
  const items = [];
  if (zoom > 0) {
    const nodes = [];
    for (let i = zoom; i >= 0; i = tree.parent[i]) nodes.unshift(i);
    nodes.forEach((node, k) => {
      if (k) items.push(make("span", { className: "sep" }, "›"));
      const name = model.symbol(tree.frame[node]);
      items.push(node === zoom ? make("b", {}, name) : make("button", { type: "button", onclick: () => go(node) }, name));
    });
  }
  byId("path").replaceChildren(...items);
}

function table(rows, numeric) {
  return make("table", {}, make("tbody", {}, ...rows.map(([head, ...cells]) =>
    make("tr", {}, make("th", {}, head), ...cells.map((cell) => make("td", { className: numeric ? "num" : "" }, cell))))));
}

function showRecording(model) {
  const { data } = model, body = byId("recording-body");
  const rows = [["", ...model.events.map((e) => e.name)],
    ["samples", ...model.events.map((e) => grouped(e.samples))],
    ["events", ...model.events.map((e) => grouped(e.weight))],
    ["lost", ...model.events.map((e) => grouped(e.lost))],
    ["throttled", ...model.events.map((e) => (e.counted ? grouped(e.throttled) : grouped(e.throttles) + "×"))],
    ["coalesced", ...model.events.map((e) => (e.counted ? grouped(e.coalesced) : "not told"))],
    ["callchains", ...model.events.map((e) => grouped(e.chains))],
    ["with user frames", ...model.events.map((e) => grouped(e.user_chains))],
    ["of these broken", ...model.events.map((e) => grouped(e.broken))]];
  const parts = [table(data.facts), make("h3", {}, "Events"), table(rows, true)];
  if (data.notes.length) parts.push(make("h3", {}, "Notes"), ...data.notes.map((note) => make("p", {}, note)));
  if (data.unresolved.length) parts.push(make("h3", {}, "Objects without symbols"), table(data.unresolved));
  parts.push(make("p", {}, "A user callchain is broken when it does not reach the function its thread began in."));
  body.replaceChildren(...parts);
  byId("recording").showModal();
}
