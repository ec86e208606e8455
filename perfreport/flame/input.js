// SPDX-License-Identifier: GPL-2.0-or-later
// Mouse, keyboard and buttons, and the start of it all.

function eventButtons(app) {
  const buttons = app.model.events.map((event, i) => {
    const button = make("button", { type: "button", onclick: () => { app.change({ event: i }); app.remember(true); } },
      make("span", { className: "name" }, event.name), make("span", { className: "count" }, event.samples ? short(event.samples) : "no samples"));
    button.setAttribute("role", "radio");
    return button;
  });
  byId("events").replaceChildren(...buttons);
  byId("events").hidden = buttons.length < 2;
}

// Arrow keys walk a group of radio buttons, as they do everywhere.
function listenToRadios() {
  for (const group of document.querySelectorAll("[role=radiogroup]")) {
    group.addEventListener("keydown", (key) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key.key];
      if (!step) return;
      const buttons = [...group.querySelectorAll("[role=radio]")], at = buttons.indexOf(document.activeElement);
      const next = buttons[(at + step + buttons.length) % buttons.length];
      next.click();
      next.focus();
      key.preventDefault();
      key.stopPropagation();
    });
  }
}

function threadChoices(app) {
  const { model } = app, { threads } = model.data, choices = [["merged", "All threads"], ["each", "By thread"]];
  const sums = new Float64Array(threads.length), cpus = new Set();
  model.events.forEach((event, i) => {
    const { cells } = model.part(i);
    for (let k = 0; k < cells.nr; k++) {
      sums[cells.thread[k]] += cells.now.samples[k];
      cpus.add(cells.cpu[k]);
    }
  });
  const order = [...threads.keys()].sort((a, b) => sums[b] - sums[a]);
  for (const i of order) choices.push([String(i), model.symbol(model.frames.own + i) + " · " + short(sums[i])]);
  if (cpus.size > 1) for (const cpu of [...cpus].sort((a, b) => a - b)) if (cpu >= 0) choices.push(["cpu" + cpu, "CPU " + cpu]);
  byId("threads").replaceChildren(...choices.map(([value, label]) => make("option", { value }, label)));
  byId("threads").hidden = threads.length < 2 && cpus.size < 2;
  byId("threads").addEventListener("change", () => app.setThreads(byId("threads").value));
}

function listenToMouse(app) {
  const canvas = byId("canvas"), tip = byId("tip");
  const nodeOf = (mouse) => {
    const box = canvas.getBoundingClientRect();
    return app.painter.hit(app.tree, mouse.clientX - box.left, mouse.clientY - box.top, app.icicle);
  };
  const leave = () => {
    tip.hidden = true;
    if (app.hover < 0) return;
    app.hover = -1;
    app.showDetail();
    app.redraw();
  };
  canvas.addEventListener("mousemove", (mouse) => {
    const node = nodeOf(mouse);
    canvas.classList.toggle("pointing", node >= 0);
    if (node < 0) return leave();
    showTip(app.model, app.tree, node, app.zoom, mouse.clientX, mouse.clientY);
    if (node === app.hover) return;
    app.hover = node;
    app.showDetail();
    app.redraw();
  });
  canvas.addEventListener("mouseleave", leave);
  canvas.addEventListener("click", (mouse) => {
    const node = nodeOf(mouse);
    tip.hidden = true;
    if (node < 0) return;
    if (node === app.zoom) app.select(node);
    else app.zoomTo(node);
  });
  byId("scroll").addEventListener("scroll", () => { tip.hidden = true; app.redraw(); });
}

// Of the lanes: drag for a span, click on a label for a thread or CPU or event, keys for all of that.
function listenToLanes(app) {
  const { lanes } = app, { canvas } = lanes;
  let from = null;
  const place = (mouse) => { const box = canvas.getBoundingClientRect(); return { x: mouse.clientX - box.left, y: mouse.clientY - box.top }; };
  canvas.addEventListener("pointerdown", (mouse) => {
    const { x, y } = place(mouse), lane = lanes.laneAt(y);
    if (mouse.button !== 0) return;
    if (x >= lanes.left) {
      from = { slot: lanes.slotAt(x), x };
      canvas.setPointerCapture(mouse.pointerId);
    } else if (lane && lanes.kind === "event") {
      app.change({ event: lane.key });
    } else if (lane && lanes.kind !== "task") {
      const choice = (lanes.kind === "cpu" ? "cpu" : "") + lane.key;
      app.setThreads(byId("threads").value === choice ? "merged" : choice);
    }
  });
  canvas.addEventListener("pointermove", (mouse) => {
    const { x } = place(mouse);
    canvas.style.cursor = x < lanes.left && lanes.kind !== "task" ? "pointer" : "crosshair";
    if (!from || Math.abs(x - from.x) < 3) return;
    const slot = lanes.slotAt(x);
    app.setRange([Math.min(slot, from.slot), Math.max(slot, from.slot)]);
  });
  canvas.addEventListener("pointerup", (mouse) => {
    if (from && Math.abs(place(mouse).x - from.x) < 3) app.setRange(null);
    from = null;
  });
  canvas.addEventListener("dblclick", () => app.zoomTime(app.view.range));
  canvas.addEventListener("keydown", (key) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key.key];
    if (step) app.setRange(lanes.nudge(app.view.range, step, key.shiftKey));
    else if (key.key === "Enter" && app.view.range) app.zoomTime(app.view.range);
    else return;
    key.preventDefault();
    key.stopPropagation();
  });
  const names = { task: "Task", thread: "Thread", cpu: "CPU", event: "Event" };
  byId("kinds").replaceChildren(...lanes.kinds.map((kind) => {
    const button = make("button", { type: "button", onclick: () => app.setLanes(kind) }, names[kind]);
    button.setAttribute("role", "radio");
    return button;
  }));
  byId("time-zoom").addEventListener("click", () => app.zoomTime(app.view.range));
  byId("time-all").addEventListener("click", () => { app.zoomTime(null); app.setRange(null); });
}

const KEYS = {
  "/": () => { byId("search").focus(); byId("search").select(); },
  "?": () => byId("help").showModal(),
  r: (app) => app.reset(),
  i: (app) => app.setIcicle(!app.icicle),
  v: (app) => app.setInverted(!app.view.inverted),
  p: (app) => { if (!byId("threads").hidden) app.setThreads(app.view.threads === "each" ? "merged" : "each"); },
  b: (app) => { if (app.model.data.diff) app.setSide(SIDES[(SIDES.indexOf(app.view.side) + 1) % SIDES.length]); },
  e: (app) => { app.change({ event: (app.event + 1) % app.model.events.length }); app.remember(true); },
  f: (app) => app.setFunctions(document.body.classList.contains("without-functions")),
  c: (app) => app.copy(),
  t: (app) => app.setTheme({ auto: app.theme === "dark" ? "light" : "dark", light: "dark", dark: "light" }[app.themeChoice]),
  d: (app) => showRecording(app.model),
  n: (app) => app.toMatch(1),
  N: (app) => app.toMatch(-1),
  Escape: (app) => app.escape(),
};

function listenToKeys(app) {
  const search = byId("search");
  document.addEventListener("keydown", (key) => {
    if (key.ctrlKey || key.metaKey || key.altKey || document.querySelector("dialog[open]")) return;
    if (key.target === search) {
      if (key.key === "Enter") { app.toMatch(key.shiftKey ? -1 : 1); key.preventDefault(); }
      if (key.key === "Escape") { app.escape(); key.preventDefault(); }
      return;
    }
    const onButton = key.target.closest && key.target.closest("button, select");
    if (key.target.tagName === "SELECT" && key.key !== "Escape") return;
    if (key.key.startsWith("Arrow")) {
      app.walk(key.key);
    } else if (key.key === "Enter" && !onButton) {
      if (app.selected >= 0) app.zoomTo(app.selected);
    } else if (KEYS[key.key]) {
      KEYS[key.key](app);
    } else {
      return;
    }
    key.preventDefault();
  });
  search.addEventListener("input", () => app.searchFor(search.value));
}

function listenToButtons(app) {
  const on = (id, action) => byId(id).addEventListener("click", action);
  on("reset", () => app.reset());
  SIDES.forEach((side) => on("side-" + side, () => app.setSide(side)));
  ORDERS.forEach((order) => on("by-" + order, () => app.setOrder(order)));
  on("icicle", () => app.setIcicle(!app.icicle));
  on("inverted", () => KEYS.v(app));
  on("functions", () => KEYS.f(app));
  on("copy", () => app.copy());
  on("theme", () => KEYS.t(app));
  on("details", () => showRecording(app.model));
  on("keys", () => byId("help").showModal());
}

function start(model) {
  const app = new App(model), facts = new Map(model.data.facts), { diff, time } = model.data;
  byId("command").textContent = facts.get("command") || "";
  byId("machine").textContent = ["kernel", "processor"].map((label) => facts.get(label)).filter(Boolean).join(" · ");
  document.documentElement.dataset.theme = app.theme;
  byId("sides").hidden = !diff;
  byId("time").hidden = !time;
  eventButtons(app);
  threadChoices(app);
  if (time) listenToLanes(app);
  listenToRadios();
  listenToMouse(app);
  listenToKeys(app);
  listenToButtons(app);
  if (!diff) byId("by-change").remove();
  const narrow = matchMedia("(max-width: 820px)");
  if (narrow.matches) app.setFunctions(false);
  narrow.addEventListener("change", () => app.setFunctions(!narrow.matches));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.setTheme(app.themeChoice));
  window.addEventListener("resize", () => { if (app.lanes) app.lanes.resize(app.view); app.relayout(); });
  window.addEventListener("popstate", () => app.recall());
  window.addEventListener("beforeprint", () => app.print(true));
  window.addEventListener("afterprint", () => app.print(false));
  new ResizeObserver(() => { if (!app.printing) app.relayout(); }).observe(byId("scroll"));
  app.recall();
  // For tests and for curious people: the state, and where frames stand.
  window.flame = Object.assign(app, { functionsBelow });
}

unpack(byId("data").textContent).then((data) => start(new Model(data))).catch((error) => {
  byId("broken").hidden = false;
  byId("broken-why").textContent = String(error);
  throw error;
});
