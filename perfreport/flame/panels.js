// SPDX-License-Identifier: GPL-2.0-or-later
// What stands around the graph: facts of the recording, legend, list of
// functions, the frame pointed at.

const HOT_ROWS = 200;

function showFacts(model, event) {
  const { data } = model, e = model.events[event];
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
  chip("samples", grouped(e.samples));
  chip("events", short(e.weight), "", grouped(e.weight) + " events");
  if (e.frequency) chip("at", grouped(e.frequency) + " a second");
  else chip("one every", grouped(e.period));
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
function showLegend(model, tree, painter, theme) {
  if (tree.share) return showChanges(tree, theme);
  const sums = new Float64Array(KIND_NAMES.length);
  for (let i = 1; i < tree.nr; i++) sums[model.frames.kind[tree.frame[i]]] += tree.self[i];
  const items = [];
  for (let kind = 1; kind < KIND_NAMES.length; kind++) {
    if (!sums[kind]) continue;
    const swatch = make("i");
    swatch.style.background = kindColour(theme, kind, 0x8080);
    items.push(make("span", { title: "samples in " + KIND_NAMES[kind] + " code" }, swatch, KIND_NAMES[kind] + " " + percent(sums[kind], tree.weight[0])));
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
    swatch.style.background = "hsl(" + CHANGE_HUES[name] + (theme === "light" ? " 72% 67%)" : " 72% 42%)");
    return make("span", { title: "frames whose share of the event is " + name + ", new vs base" }, swatch, name + " " + grouped(frames));
  }));
}

// The list of functions below the zoomed node; pick(frame) is called on a click.
function showFunctions(model, tree, node, byTotal, painter, theme, picked, pick) {
  const sums = functionsBelow(model, tree, node), values = byTotal ? sums.total : sums.self;
  const counts = byTotal ? sums.samples : sums.selfSamples, whole = tree.weight[node] || 1;
  const frames = [];
  for (let i = 0; i < values.length; i++) if (values[i] > 0 && model.frames.kind[i] !== KIND_TASK) frames.push(i);
  frames.sort((a, b) => values[b] - values[a] || (model.symbol(a) < model.symbol(b) ? -1 : 1));
  const rows = frames.slice(0, HOT_ROWS).map((frame) => {
    const bar = make("i");
    bar.style.width = (100 * values[frame]) / whole + "%";
    bar.style.background = painter.colour(theme, frame);
    const button = make("button", { type: "button", title: model.symbol(frame) + "\n" + model.dso(frame), onclick: () => pick(frame) },
      make("span", { className: "sym" }, model.symbol(frame)), make("span", { className: "pct" }, percent(values[frame], whole)),
      make("span", { className: "dso" }, model.dso(frame)), make("span", { className: "num" }, grouped(counts[frame])),
      make("span", { className: "meter" }, bar));
    button.setAttribute("aria-pressed", String(frame === picked));
    return make("li", {}, button);
  });
  byId("hot-list").replaceChildren(...rows);
}

// What a frame is, in one line.
function describe(model, tree, node, zoom) {
  const frame = tree.frame[node], whole = tree.weight[0];
  const dso = model.dso(frame), place = dso ? (dso.startsWith("[") ? " " + dso : " [" + dso + "]") : "";
  const parts = [model.symbol(frame) + place,
    "total " + percent(tree.weight[node], whole) + " (" + plural(tree.samples[node], "sample") + ")",
    "self " + percent(tree.self[node], whole) + " (" + grouped(tree.selfSamples[node]) + ")"];
  if (zoom > 0) parts.push(percent(tree.weight[node], tree.weight[zoom]) + " of " + model.symbol(tree.frame[zoom]));
  if (tree.share) parts.push(changeText(changeOf(tree, node).change), changeOf(tree, node).name);
  return parts.join(" · ");
}

function showTip(model, tree, node, zoom, x, y) {
  const tip = byId("tip"), frame = tree.frame[node], kind = model.kind(frame);
  const heads = ["", "self", "total"], rows = [
    ["samples", grouped(tree.selfSamples[node]), grouped(tree.samples[node])],
    ["events", short(tree.self[node]), short(tree.weight[node])],
    ["of all", percent(tree.self[node], tree.weight[0]), percent(tree.weight[node], tree.weight[0])]];
  if (zoom > 0) rows.push(["of what is shown", percent(tree.self[node], tree.weight[zoom]), percent(tree.weight[node], tree.weight[zoom])]);
  tip.replaceChildren(...[
    make("div", { className: "sym" }, model.symbol(frame)),
    tree.share ? make("div", {}, changeText(changeOf(tree, node).change) + " · " + changeOf(tree, node).name) : null,
    make("div", { className: "dso" }, (model.dso(frame) ? model.dso(frame) + " · " : "") + (frame < 0 ? "every sample of the event" : KIND_NAMES[kind])),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", {}, h)))),
      make("tbody", {}, ...rows.map(([head, self, total]) => make("tr", {}, make("th", {}, head), make("td", {}, self), make("td", {}, total)))))].filter(Boolean));
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
