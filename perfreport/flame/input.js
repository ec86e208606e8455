// SPDX-License-Identifier: GPL-2.0-or-later
// Mouse, keyboard and buttons, and the start of it all.

function eventButtons(app) {
  const buttons = app.model.events.map((event, i) => {
    const button = make("button", { type: "button", onclick: () => { app.showEvent(i); app.remember(true); } },
      make("span", { className: "name" }, event.name), make("span", { className: "count" }, event.samples ? short(event.samples) : "no samples"));
    button.setAttribute("role", "radio");
    return button;
  });
  byId("events").replaceChildren(...buttons);
  byId("events").hidden = buttons.length < 2;
  byId("events").addEventListener("keydown", (key) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key.key];
    if (!step) return;
    const next = (app.event + step + buttons.length) % buttons.length;
    buttons[next].click();
    buttons[next].focus();
    key.preventDefault();
    key.stopPropagation();
  });
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

const KEYS = {
  "/": () => { byId("search").focus(); byId("search").select(); },
  "?": () => byId("help").showModal(),
  r: (app) => app.reset(),
  i: (app) => app.setIcicle(!app.icicle),
  b: (app) => { if (app.model.data.diff) app.setSide(app.model.side === "new" ? "base" : "new"); },
  e: (app) => { app.showEvent((app.event + 1) % app.model.events.length); app.remember(true); },
  f: (app) => app.setFunctions(byId("hot").hidden),
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
    const onButton = key.target.closest && key.target.closest("button");
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
  const order = (byTotal) => {
    app.byTotal = byTotal;
    byId("by-self").setAttribute("aria-checked", String(!byTotal));
    byId("by-total").setAttribute("aria-checked", String(byTotal));
    app.refresh();
  };
  on("reset", () => app.reset());
  on("side", () => app.setSide(app.model.side === "new" ? "base" : "new"));
  on("icicle", () => app.setIcicle(!app.icicle));
  on("functions", () => app.setFunctions(byId("hot").hidden));
  on("copy", () => app.copy());
  on("theme", () => KEYS.t(app));
  on("details", () => showRecording(app.model));
  on("keys", () => byId("help").showModal());
  on("by-self", () => order(false));
  on("by-total", () => order(true));
}

const app = new App(new Model(JSON.parse(byId("data").textContent)));
const facts = new Map(app.model.data.facts);
byId("command").textContent = facts.get("command") || "";
byId("machine").textContent = ["kernel", "processor"].map((label) => facts.get(label)).filter(Boolean).join(" · ");
document.documentElement.dataset.theme = app.theme;
byId("side").hidden = !app.model.data.diff;
eventButtons(app);
listenToMouse(app);
listenToKeys(app);
listenToButtons(app);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.setTheme(app.themeChoice));
window.addEventListener("resize", () => app.relayout());
window.addEventListener("popstate", () => app.recall());
new ResizeObserver(() => app.relayout()).observe(byId("scroll"));
app.recall();
// For tests and for curious people: the state, and where frames stand.
window.flame = Object.assign(app, { functionsBelow });
