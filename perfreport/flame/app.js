// SPDX-License-Identifier: GPL-2.0-or-later
// The state of the page and what changes it.

const ZOOM_MS = 180;
const SIDES = ["new", "base", "both"], ORDERS = ["change", "self", "total"];

class App {
  constructor(model) {
    this.model = model;
    this.painter = new Painter(byId("canvas"), byId("scroll"), byId("spacer"), model);
    this.lanes = model.data.time ? new Lanes(model) : null;
    // What is looked at, see viewKey().
    this.view = { event: 0, side: "new", inverted: false, threads: "merged", cpu: null, range: null };
    this.zoom = 0;       // node that fills the width
    this.selected = -1;  // node the keyboard stands on
    this.hover = -1;
    this.search = null;  // of searchFrames()
    this.picked = -1;    // frame chosen in the list of functions
    this.icicle = model.data.icicle;
    this.order = model.data.diff ? "change" : "self"; // of the functions
    this.themeChoice = "auto";
    this.queued = false;
    this.animation = null;
    this.frameTimes = [];
  }

  get tree() { return this.model.tree(this.view); }
  get event() { return this.view.event; }
  // The same as it was called: callers outside.
  get upright() { return this.view.inverted ? this.model.tree({ ...this.view, inverted: false }) : this.tree; }
  get theme() {
    if (this.printing) return "light";
    if (this.themeChoice !== "auto") return this.themeChoice;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  // Drawing -----------------------------------------------------------------

  redraw() {
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame((now) => {
      this.queued = false;
      this.step(now);
      this.drawNow();
      if (this.animation) this.redraw();
    });
  }

  drawNow() {
    const begin = performance.now();
    this.drawn = this.painter.draw({
      tree: this.tree, theme: this.theme, icicle: this.icicle, zoom: this.zoom, hover: this.hover,
      selected: this.selected, matches: this.search ? this.search.matches : null,
    });
    if (this.lanes) this.lanes.draw(this.view, this.theme);
    this.frameTimes.push(performance.now() - begin);
    if (this.frameTimes.length > 100) this.frameTimes.shift();
  }

  step(now) {
    if (!this.animation) return;
    const { from, to, start } = this.animation;
    const t = Math.min(1, (now - start) / ZOOM_MS), eased = 1 - Math.pow(1 - t, 3);
    this.painter.view = { x: from.x + (to.x - from.x) * eased, weight: from.weight + (to.weight - from.weight) * eased };
    if (t >= 1) this.animation = null;
  }

  moveView(animate) {
    const to = { x: this.tree.x[this.zoom], weight: this.tree.weight[this.zoom] || 1 };
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.animation = still ? null : { from: this.painter.view, to, start: performance.now() };
    if (still) this.painter.view = to;
    this.redraw();
  }

  // Keep the given row in sight; the root's row stands at the edge.
  reveal(node) {
    const scroll = byId("scroll"), y = this.painter.rowTop(this.tree.depth[node], this.icicle);
    if (y < scroll.scrollTop + ROW) scroll.scrollTop = y - 2 * ROW;
    else if (y + 2 * ROW > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = y + 3 * ROW - scroll.clientHeight;
  }

  toRoot() { byId("scroll").scrollTop = this.icicle ? 0 : this.painter.fullHeight; }

  // The window or the tree has another size; the root's edge stays where it is.
  relayout() {
    const { painter } = this, scroll = byId("scroll");
    // In a window that grew the browser has moved the drawing already.
    const seen = Math.max(painter.height, scroll.clientHeight);
    const below = painter.fullHeight - scroll.scrollTop - seen;
    painter.resize(this.tree);
    if (!this.icicle) scroll.scrollTop = painter.fullHeight - painter.height - below;
    this.redraw();
  }

  // Actions -----------------------------------------------------------------

  // Look at something else; the zoom stays on its frame where the new tree has it.
  change(patch, way) {
    const before = this.view;
    if (!way) way = wayTo(this.tree, this.zoom);
    this.view = { ...before, ...patch };
    this.zoom = nodeOnWay(this.tree, way);
    this.selected = this.hover = -1;
    if (this.lanes && before.event !== this.view.event) this.lanes.resize(this.view);
    this.relayout();
    if (before.event !== this.view.event || before.inverted !== this.view.inverted) this.toRoot();
    this.moveView(false);
    this.refresh();
    this.showControls();
  }

  // What the buttons say of what is looked at.
  showControls() {
    const { view } = this, press = (id, on) => byId(id).setAttribute("aria-pressed", String(on));
    showFacts(this.model, view, this.upright, this.lanes);
    press("icicle", this.icicle);
    press("inverted", view.inverted);
    byId("threads").value = view.cpu !== null ? "cpu" + view.cpu : String(view.threads);
    const check = (id, at) => document.querySelectorAll("#" + id + " [role=radio]").forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === at));
      button.tabIndex = i === at ? 0 : -1;
    });
    check("events", view.event);
    check("sides", SIDES.indexOf(view.side));
    check("orders", ORDERS.indexOf(this.order) - (this.model.data.diff ? 0 : 1));
    if (!this.lanes) return;
    check("kinds", this.lanes.kinds.indexOf(this.lanes.kind));
    byId("range").textContent = view.range ? this.lanes.rangeText(view.range) : "drag over the lanes to choose a span of time";
    byId("time-zoom").disabled = !view.range;
    byId("time-all").disabled = !view.range && this.lanes.visible === this.lanes.whole;
  }

  // All that depends on view, zoom, search or theme but the graph and the controls.
  refresh() {
    const { model, tree } = this;
    showLegend(model, tree, this.upright, this.theme);
    showPath(model, tree, this.zoom, (node) => this.zoomTo(node));
    this.listFunctions();
    this.showMatched();
    this.showDetail();
  }

  // Of what is shown; of an inverted tree or a diff always of all.
  listFunctions() {
    const { model, upright, view } = this, pick = (frame) => this.pick(frame);
    const tint = (frame) => this.painter.colour(this.theme, frame);
    if (model.data.diff) showChangedFunctions(model, view, this.order, this.theme, this.picked, pick);
    else showFunctions(model, upright, view.inverted ? 0 : this.zoom, this.order === "total", tint, this.picked, pick);
  }

  zoomTo(node) {
    if (node < 0 || node === this.zoom) return;
    this.zoom = node;
    this.selected = node > 0 ? node : -1;
    this.hover = -1;
    this.moveView(true);
    this.reveal(node);
    this.refresh();
    this.remember(true);
  }

  searchFor(text, fromList) {
    this.search = text ? searchFrames(this.model, text) : null;
    if (!fromList) this.picked = -1;
    byId("search").classList.toggle("wrong", Boolean(this.search && this.search.wrong));
    this.showMatched();
    document.querySelectorAll("#hot-list [aria-pressed=true]").forEach((b) => b.setAttribute("aria-pressed", "false"));
    this.redraw();
    this.remember(false);
  }

  pick(frame) {
    const again = this.picked === frame;
    const text = again ? "" : "^" + this.model.symbol(frame).replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "$";
    byId("search").value = text;
    this.picked = again ? -1 : frame;
    this.searchFor(text, true);
    this.listFunctions();
  }

  showMatched() {
    const { tree, search } = this;
    let text = "";
    if (search) {
      const functions = matchedFunctions(tree, search.matches);
      text = functions === 0 ? "no match"
        : percent(matchedWeight(tree, search.matches, this.zoom), tree.weight[this.zoom]) +
          (this.zoom ? " of what is shown, " : " matched, ") + plural(functions, "function");
    }
    byId("matched").textContent = text;
  }

  showDetail() {
    const node = this.hover >= 0 ? this.hover : this.selected;
    byId("detail").textContent = node >= 0 ? describe(this.model, this.tree, node, this.zoom)
      : describe(this.model, this.tree, this.zoom, 0);
  }

  toMatch(step) {
    if (!this.search) return;
    const from = this.selected >= 0 ? this.selected : this.zoom;
    this.select(nextMatch(this.tree, this.search.matches, from, step));
  }

  select(node) {
    if (node < 0) return;
    const { tree } = this;
    this.selected = node;
    // What is too narrow to see, or outside, is shown in its nearest parent that is wide enough.
    const seen = (i) => tree.weight[i] * this.painter.width >= 3 * (this.animation ? this.animation.to : this.painter.view).weight;
    const inside = node >= this.zoom && node < tree.end[this.zoom];
    if (!(inside || this.isAncestor(node, this.zoom)) || !seen(node)) {
      let around = node;
      while (around > 0 && tree.weight[around] < 20 * tree.weight[node]) around = tree.parent[around];
      this.zoom = around;
      this.moveView(true);
      this.refresh();
      this.remember(true);
    }
    this.reveal(node);
    this.showDetail();
    this.redraw();
  }

  isAncestor(node, of) { return node <= of && of < this.tree.end[node]; }

  walk(key) {
    const { tree } = this, at = this.selected;
    if (at < 0) return this.select(this.zoom);
    const outwards = this.icicle ? "ArrowUp" : "ArrowDown";
    if (key === "ArrowUp" || key === "ArrowDown") {
      if (key === outwards) return this.select(tree.parent[at]);
      return this.select(this.brotherAfter(at, at + 1, tree.end[at]));
    }
    return this.select(key === "ArrowRight" ? this.brotherAfter(at) : this.brotherBefore(at));
  }

  // The next node beside a node that has a width; -1: none.
  brotherAfter(node, from, end) {
    const { tree } = this;
    let next = from || tree.end[node];
    if (!end) end = node > 0 ? tree.end[tree.parent[node]] : 0;
    while (next < end && !tree.weight[next]) next = tree.end[next];
    return next < end ? next : -1;
  }

  brotherBefore(node) {
    const { tree } = this;
    let before = -1;
    if (node > 0) for (let i = tree.parent[node] + 1; i < node; i = tree.end[i]) if (tree.weight[i]) before = i;
    return before;
  }

  reset() {
    byId("search").value = "";
    this.searchFor("");
    if (this.lanes) this.zoomTime(null);
    this.change({ inverted: false, threads: "merged", cpu: null, range: null, side: "new" }, []);
    this.toRoot();
    this.remember(true);
  }

  escape() {
    if (this.search) {
      byId("search").value = "";
      this.searchFor("");
    } else if (this.zoom > 0) {
      this.zoomTo(0);
    } else if (this.view.range) {
      this.setRange(null);
    } else {
      this.selected = -1;
      this.showDetail();
      this.redraw();
    }
    byId("canvas").focus({ preventScroll: true });
  }

  setIcicle(on) {
    this.icicle = on;
    this.showControls();
    this.relayout();
    this.toRoot();
    this.reveal(Math.max(this.zoom, 0));
    this.remember(false);
  }

  // Callers first, of the function that is zoomed if there is one.
  setInverted(inverted) {
    const way = inverted && this.tree.frame[this.zoom] >= 0 ? [this.tree.frame[this.zoom]] : [];
    this.change({ inverted }, way);
    this.remember(true);
  }

  // "merged", "each", the index of a thread, or "cpuN".
  setThreads(choice) {
    const cpu = choice.startsWith("cpu") ? Number(choice.slice(3)) : null;
    this.change({ cpu, threads: cpu !== null ? "merged" : /^\d+$/.test(choice) ? Number(choice) : choice });
    this.remember(true);
  }

  // Of a diff: draw the widths of the new recording, of the base, or of both.
  setSide(side) {
    this.change({ side });
    this.remember(false);
  }

  setOrder(order) {
    this.order = order;
    this.listFunctions();
    this.showControls();
  }

  // The span of time, [first, last] slot or null.
  setRange(range) {
    if (String(range) === String(this.view.range)) return;
    this.change({ range });
    this.remember(false);
  }

  // Fill the lanes with a span of time; null: with all of it.
  zoomTime(range) {
    this.lanes.zoomTo(range);
    this.lanes.resize(this.view);
    this.showControls();
    this.redraw();
  }

  setLanes(kind) {
    this.lanes.kind = kind;
    this.lanes.resize(this.view);
    this.showControls();
    this.relayout();
    this.remember(false);
  }

  setFunctions(shown) {
    document.body.classList.toggle("without-functions", !shown);
    byId("functions").setAttribute("aria-pressed", String(shown));
    this.relayout();
  }

  setTheme(choice) {
    this.themeChoice = choice;
    document.documentElement.dataset.theme = this.theme;
    byId("theme").textContent = { auto: "Theme", light: "Light", dark: "Dark" }[choice];
    this.refresh();
    this.redraw();
  }

  async copy() {
    const lines = foldedBelow(this.model, this.tree, this.zoom), text = lines.join("\n") + "\n";
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) { // no permission, or not a secure page: the old way
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.toast(plural(lines.length, "stack") + " copied");
  }

  toast(text) {
    const toast = byId("toast");
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => toast.classList.remove("shown"), 1800);
  }

  // The address -------------------------------------------------------------

  remember(push) {
    const { view, model, lanes } = this, parts = [], add = (key, value) => parts.push(key + "=" + value);
    if (view.event !== model.firstEvent) add("event", encodeURIComponent(model.events[view.event].name));
    if (view.threads === "each") add("threads", "each");
    else if (view.threads !== "merged") add("thread", view.threads);
    if (view.cpu !== null) add("cpu", view.cpu);
    if (view.range) add("time", view.range.join("-"));
    if (lanes && lanes.kind !== lanes.first) add("lanes", lanes.kind);
    if (view.inverted) add("inverted", 1);
    if (view.side !== "new") add("side", view.side);
    if (this.icicle !== model.data.icicle) add("icicle", this.icicle ? 1 : 0);
    if (this.zoom) add("zoom", wayTo(this.tree, this.zoom).join("."));
    if (this.search) add("search", encodeURIComponent(this.search.text));
    const hash = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
    if (push) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  recall() {
    const values = new Map(location.hash.slice(1).split("&").filter(Boolean).map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    }));
    const { model, lanes } = this;
    const text = (key) => { try { return decodeURIComponent(values.get(key) || ""); } catch (error) { return ""; } };
    // A whole number from 0 to most; else null.
    const number = (string, most) => (/^\d+$/.test(string || "") && Number(string) <= most ? Number(string) : null);
    const event = model.events.findIndex((e) => e.name === text("event"));
    const thread = number(text("thread"), model.data.threads.length - 1), range = text("time").split("-").map((slot) => number(slot, lanes ? lanes.whole[1] : -1));
    if (values.has("icicle")) this.icicle = text("icicle") === "1";
    if (lanes && lanes.kinds.includes(text("lanes"))) lanes.kind = text("lanes");
    byId("search").value = text("search");
    this.search = text("search") ? searchFrames(model, text("search")) : null;
    this.change({
      event: event >= 0 ? event : model.firstEvent, inverted: text("inverted") === "1",
      side: model.data.diff && SIDES.includes(text("side")) ? text("side") : "new",
      threads: text("threads") === "each" ? "each" : thread !== null ? thread : "merged", cpu: number(text("cpu"), 1e6),
      range: range.length === 2 && range[0] !== null && range[1] !== null && range[0] <= range[1] ? range : null,
    }, text("zoom").split(".").map((frame) => number(frame, model.frames.nr - 1)));
    if (lanes) lanes.resize(this.view);
    this.toRoot();
    if (this.zoom) this.reveal(this.zoom);
  }

  // Paper ---------------------------------------------------------------------

  // The whole graph in light colours; back to what it was afterwards.
  print(begin) {
    this.printing = begin;
    document.documentElement.dataset.theme = this.theme;
    this.painter.resize(this.tree, begin);
    if (this.lanes) this.lanes.resize(this.view);
    this.drawNow();
  }
}
