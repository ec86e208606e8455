// SPDX-License-Identifier: GPL-2.0-or-later
// The state of the page and what changes it.

const ZOOM_MS = 180;

class App {
  constructor(model) {
    this.model = model;
    this.painter = new Painter(byId("canvas"), byId("scroll"), byId("spacer"), model);
    this.event = 0;
    this.zoom = 0;       // node that fills the width
    this.selected = -1;  // node the keyboard stands on
    this.hover = -1;
    this.search = null;  // of searchFrames()
    this.picked = -1;    // frame chosen in the list of functions
    this.icicle = model.data.icicle;
    this.byTotal = false;
    this.themeChoice = "auto";
    this.queued = false;
    this.animation = null;
    this.frameTimes = [];
  }

  get tree() { return this.model.tree(this.event); }
  get theme() {
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

  showEvent(event, zoom) {
    this.event = event;
    this.zoom = zoom || 0;
    this.selected = this.hover = -1;
    this.relayout();
    this.toRoot();
    this.moveView(false);
    this.refresh();
    showFacts(this.model, event);
    document.querySelectorAll("#events [role=radio]").forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === event));
      button.tabIndex = i === event ? 0 : -1;
    });
  }

  // All that depends on event, zoom, search or theme but the graph.
  refresh() {
    const { model, tree } = this;
    showLegend(model, tree, this.painter, this.theme);
    showPath(model, tree, this.zoom, (node) => this.zoomTo(node));
    showFunctions(model, tree, this.zoom, this.byTotal, this.painter, this.theme, this.picked, (frame) => this.pick(frame));
    this.showMatched();
    this.showDetail();
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
    showFunctions(this.model, this.tree, this.zoom, this.byTotal, this.painter, this.theme, this.picked, (f) => this.pick(f));
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
      return this.select(at + 1 < tree.end[at] ? at + 1 : -1);
    }
    return this.select(key === "ArrowRight" ? this.brotherAfter(at) : this.brotherBefore(at));
  }

  brotherAfter(node) {
    const { tree } = this;
    return node > 0 && tree.end[node] < tree.end[tree.parent[node]] ? tree.end[node] : -1;
  }

  brotherBefore(node) {
    const { tree } = this;
    let before = -1;
    if (node > 0) for (let i = tree.parent[node] + 1; i < node; i = tree.end[i]) before = i;
    return before;
  }

  reset() {
    byId("search").value = "";
    this.searchFor("");
    this.selected = -1;
    this.zoomTo(0);
    this.toRoot();
    this.refresh();
    this.redraw();
  }

  escape() {
    if (this.search) {
      byId("search").value = "";
      this.searchFor("");
    } else if (this.zoom > 0) {
      this.zoomTo(0);
    } else {
      this.selected = -1;
      this.showDetail();
      this.redraw();
    }
    byId("canvas").focus({ preventScroll: true });
  }

  setIcicle(on) {
    this.icicle = on;
    byId("icicle").setAttribute("aria-pressed", String(on));
    this.relayout();
    this.toRoot();
    this.reveal(Math.max(this.zoom, 0));
    this.remember(false);
  }

  // Of a diff: draw the widths of the new recording or of the base.
  setSide(side) {
    this.model.side = side;
    byId("side").setAttribute("aria-pressed", String(side === "base"));
    if (this.tree.weight[this.zoom] === 0) this.zoom = 0; // it is not there on this side
    this.selected = this.hover = -1;
    this.moveView(false);
    this.refresh();
    this.remember(false);
  }

  setFunctions(shown) {
    byId("hot").hidden = !shown;
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
    const parts = [];
    if (this.event !== this.model.firstEvent) parts.push("event=" + encodeURIComponent(this.model.events[this.event].name));
    if (this.zoom) parts.push("zoom=" + this.zoom);
    if (this.search) parts.push("search=" + encodeURIComponent(this.search.text));
    if (this.model.side === "base") parts.push("side=base");
    if (this.icicle !== this.model.data.icicle) parts.push("icicle=" + (this.icicle ? 1 : 0));
    const hash = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
    if (push) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  recall() {
    const values = new Map(location.hash.slice(1).split("&").filter(Boolean).map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    }));
    const text = (key) => { try { return decodeURIComponent(values.get(key) || ""); } catch (error) { return ""; } };
    this.model.side = this.model.data.diff && text("side") === "base" ? "base" : "new";
    byId("side").setAttribute("aria-pressed", String(this.model.side === "base"));
    const asked = this.model.events.findIndex((e) => e.name === text("event"));
    const event = asked >= 0 ? asked : this.model.firstEvent;
    const zoom = Number(values.get("zoom")) || 0;
    if (values.has("icicle")) this.icicle = values.get("icicle") === "1";
    byId("icicle").setAttribute("aria-pressed", String(this.icicle));
    byId("search").value = text("search");
    this.search = text("search") ? searchFrames(this.model, text("search")) : null;
    const tree = this.model.tree(event);
    this.showEvent(event, Number.isInteger(zoom) && zoom > 0 && zoom < tree.nr ? zoom : 0);
    if (this.zoom) this.reveal(this.zoom);
  }
}
