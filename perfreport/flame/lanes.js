// SPDX-License-Identifier: GPL-2.0-or-later
// Samples over time: a lane for each task, thread, CPU or event, and the span
// chosen by brushing over them, which the graph and the table then show.

const LANE = 30, AXIS = 20, LANES_MOST = 40, LABEL_ROOM = 150, COLUMN = 2;
const LANE_KINDS = ["task", "thread", "cpu", "event"];

// Nanoseconds in the unit that suits a whole of them.
function timeText(ns, whole) {
  const [size, unit] = whole >= 2e9 ? [1e9, "s"] : whole >= 2e6 ? [1e6, "ms"] : whole >= 2e3 ? [1e3, "µs"] : [1, "ns"];
  const value = ns / size, digits = size === 1 ? 0 : Math.max(0, Math.min(3, 4 - Math.ceil(Math.log10(whole / size + 1))));
  return value.toFixed(digits) + THIN + unit;
}

// What the lane of a cell is called by: a CPU, an index of a thread, the number of a task.
function laneOf(model, kind, cells, cell) {
  if (kind === "cpu") return cells.cpu[cell];
  const thread = cells.thread[cell];
  return kind === "thread" ? thread : model.data.threads[thread][1];
}

function laneLabel(model, kind, key) {
  if (kind === "cpu") return key < 0 ? "CPU unknown" : "CPU " + key;
  if (kind === "event") return model.events[key].name;
  if (kind === "thread") return model.symbol(model.frames.own + key);
  const [name, pid] = model.data.threads.findLast((thread) => thread[1] === key);
  return model.strings[name] + (pid < 0 ? "" : " (" + pid + ")");
}

// Lanes of one kind, the heaviest first: { key, label, columns, sum }. A column
// is the events of the slots that fall on it; slots outside are left out.
function makeLanes(model, kind, view, visible, width) {
  const lanes = new Map(), [first, last] = visible, scale = width / (last - first + 1);
  const events = kind === "event" ? model.events.keys() : [view.event];
  for (const event of events) {
    const { cells, moments } = model.part(event);
    for (let i = firstAt(moments.slot, first); i < moments.nr && moments.slot[i] <= last; i++) {
      const key = kind === "event" ? event : laneOf(model, kind, cells, moments.cell[i]);
      let lane = lanes.get(key);
      if (!lane) lanes.set(key, lane = { key, columns: new Float64Array(width), sum: 0 });
      const weight = moments.amounts.weight[i];
      lane.columns[Math.min(width - 1, Math.floor((moments.slot[i] - first) * scale))] += weight;
      lane.sum += weight;
    }
  }
  // Fewer slots than columns: a slot is as wide as it is.
  const step = Math.max(1, Math.ceil(scale));
  const sorted = [...lanes.values()].sort(kind === "cpu" || kind === "event" ? (a, b) => a.key - b.key : (a, b) => b.sum - a.sum || a.key - b.key);
  for (const lane of sorted) {
    lane.label = laneLabel(model, kind, lane.key);
    if (step > 1) for (let x = width - 1; x >= 0; x--) lane.columns[x] = Math.max(...lane.columns.subarray(Math.max(0, x - step + 1), x + 1));
  }
  return { shown: sorted.slice(0, LANES_MOST), hidden: Math.max(0, sorted.length - LANES_MOST) };
}

// The weight that fills a lane's height: so that few columns in a hundred are cut.
function fullHeight(lanes) {
  const seen = lanes.flatMap((lane) => [...lane.columns].filter((weight) => weight)).sort((a, b) => a - b);
  return seen.length ? Math.max(seen[Math.floor((seen.length - 1) * 0.98)], seen[seen.length - 1] / 4) : 1;
}

class Lanes {
  constructor(model) {
    Object.assign(this, { model, canvas: byId("lanes"), kind: "thread", time: model.data.time });
    this.whole = [0, this.time.nr_slots - 1];
    this.visible = this.whole;
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.kinds = LANE_KINDS.filter((kind) => kind === "thread" || this.varies(kind));
    // One thread only: events say more.
    if (model.data.threads.length < 2 && this.varies("event")) this.kind = "event";
    this.first = this.kind; // the one shown unless the address says otherwise
  }

  varies(kind) {
    if (kind === "event") return this.model.events.length > 1;
    if (kind === "task") return new Set(this.model.data.threads.map((t) => t[1])).size < this.model.data.threads.length;
    return this.model.events.some((e, i) => new Set(this.model.part(i).cells.cpu).size > 1);
  }

  get left() { return LABEL_ROOM; }
  get room() { return Math.max(1, this.width - this.left); }

  slotAt(x) {
    const [first, last] = this.visible;
    return Math.max(first, Math.min(last, first + Math.floor(((x - this.left) / this.room) * (last - first + 1))));
  }
  xOf(slot) {
    const [first, last] = this.visible;
    return this.left + ((slot - first) / (last - first + 1)) * this.room;
  }

  resize(view) {
    const scroll = byId("lanes-scroll"), ratio = window.devicePixelRatio || 1;
    this.width = scroll.clientWidth;
    if (!this.width) return;
    this.lanes = makeLanes(this.model, this.kind, view, this.visible, Math.ceil(this.room / COLUMN));
    this.height = Math.max(1, this.lanes.shown.length) * LANE + AXIS;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = this.width + "px";
    this.canvas.style.height = this.height + "px";
    this.ratio = ratio;
  }

  draw(view, theme) {
    if (!this.width) return;
    const { context } = this, style = getComputedStyle(document.documentElement), ink = (name) => style.getPropertyValue(name);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = ink("--panel");
    context.fillRect(0, 0, this.width, this.height);
    context.font = "11px " + ink("--ui");
    context.textBaseline = "middle";
    // Lanes of one event have one scale; events have nothing in common.
    const most = fullHeight(this.lanes.shown);
    this.lanes.shown.forEach((lane, row) => this.drawLane(lane, row, this.kind === "event" ? fullHeight([lane]) : most, view, theme, ink));
    this.drawAxis(ink);
    if (view.range) this.drawRange(view.range, ink);
  }

  drawLane(lane, row, most, view, theme, ink) {
    const { context } = this, top = row * LANE, bottom = top + LANE - 1;
    context.fillStyle = ink("--line");
    context.fillRect(0, bottom, this.width, 1);
    const chosen = (this.kind === "thread" && view.threads === lane.key) || (this.kind === "cpu" && view.cpu === lane.key) ||
      (this.kind === "event" && view.event === lane.key);
    context.fillStyle = chosen ? ink("--accent") : ink("--ink");
    context.font = (chosen ? "600 " : "") + "11px " + ink("--ui");
    this.fit(lane.label, 10, top + LANE / 2, LABEL_ROOM - 18);
    context.fillStyle = kindColour(theme, this.kind === "cpu" ? 2 : 1, hashString(lane.label));
    const tall = LANE - 6, cut = ink("--ink");
    lane.columns.forEach((weight, i) => {
      if (!weight) return;
      const height = Math.max(1, tall * Math.min(1, weight / most)), x = this.left + i * COLUMN;
      context.fillRect(x, bottom - height, COLUMN, height);
      if (weight <= most) return;
      const colour = context.fillStyle;
      context.fillStyle = cut; // taller than there is room for
      context.fillRect(x, bottom - tall - 2, COLUMN, 2);
      context.fillStyle = colour;
    });
  }

  fit(text, x, y, room) {
    while (text.length > 1 && this.context.measureText(text).width > room) text = text.slice(0, -2) + "…";
    this.context.fillText(text, x, y);
  }

  drawAxis(ink) {
    const { context, time } = this, [first, last] = this.visible, top = this.height - AXIS, whole = time.nr_slots * time.slot;
    const span = (last - first + 1) * time.slot, rough = span / Math.max(2, this.room / 110);
    const power = 10 ** Math.floor(Math.log10(rough)), step = power * [1, 2, 5, 10].find((k) => k * power >= rough);
    context.font = "11px " + ink("--ui");
    for (let ns = Math.ceil((first * time.slot) / step) * step; ns <= (last + 1) * time.slot; ns += step) {
      const x = this.left + ((ns - first * time.slot) / span) * this.room;
      context.fillStyle = ink("--line");
      context.fillRect(Math.round(x), 0, 1, top + 4);
      context.fillStyle = ink("--muted");
      if (x < this.width - 40) context.fillText(timeText(ns, whole), x + 4, top + AXIS / 2 + 1);
    }
    if (this.lanes.hidden) context.fillText(plural(this.lanes.hidden, "more lane"), 10, top + AXIS / 2 + 1);
  }

  drawRange([first, last], ink) {
    const { context } = this, x0 = Math.max(this.left, this.xOf(first)), x1 = Math.min(this.width, this.xOf(last + 1));
    context.globalAlpha = 0.55;
    context.fillStyle = ink("--bg");
    context.fillRect(this.left, 0, Math.max(0, x0 - this.left), this.height - AXIS);
    context.fillRect(x1, 0, Math.max(0, this.width - x1), this.height - AXIS);
    context.globalAlpha = 1;
    context.strokeStyle = ink("--accent");
    context.lineWidth = 1.5;
    context.strokeRect(x0, 1, Math.max(1, x1 - x0), this.height - AXIS - 2);
  }

  laneAt(y) { return this.lanes.shown[Math.floor(y / LANE)]; }

  rangeText(range) {
    const { time } = this, [first, last] = range || this.whole, whole = this.time.nr_slots * time.slot;
    return timeText(first * time.slot, whole) + " – " + timeText((last + 1) * time.slot, whole) + " (" + timeText((last - first + 1) * time.slot, (last - first + 1) * time.slot) + ")";
  }

  // Move the span by a part of what is visible; grow: its end only.
  nudge(range, step, grow) {
    const [first, last] = this.visible, size = last - first + 1, by = Math.round((step * size) / 50) || step;
    if (!range) return [first, Math.min(last, first + Math.max(1, Math.round(size / 10)) - 1)];
    const clamp = (slot) => Math.max(0, Math.min(this.whole[1], slot));
    if (grow) return [range[0], Math.max(range[0], clamp(range[1] + by))];
    const moved = by < 0 ? Math.max(by, -range[0]) : Math.min(by, this.whole[1] - range[1]);
    return [range[0] + moved, range[1] + moved];
  }

  zoomTo(range) {
    this.visible = range || this.whole;
  }
}
