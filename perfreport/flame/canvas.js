// SPDX-License-Identifier: GPL-2.0-or-later
// Drawing. Only what is wide enough to see is visited: a frame narrower than
// a third of a pixel hides its whole subtree, so a redraw costs what the
// screen can hold and not what the profile has.

const ROW = 19, GAP = 1, LEAST_WIDTH = 0.34, LABEL_FROM = 24, PAD = 5, TOP = 6;

// Hue, its spread, saturation, lightness and its spread; by kind and theme.
const PALETTE = {
  light: [[215, 4, 12, 84, 2], [34, 13, 88, 71, 5], [207, 9, 68, 74, 5], [150, 8, 48, 68, 4], [0, 0, 0, 78, 3]],
  dark: [[215, 4, 12, 30, 2], [28, 11, 62, 37, 5], [210, 9, 48, 40, 5], [155, 8, 42, 33, 4], [0, 0, 0, 34, 3]],
};
const INK = { light: "#1b1d20", dark: "#f3f1ec" };
const MATCH = { light: ["#d63aa5", "#ffffff"], dark: ["#d0379d", "#ffffff"] };
const FADE = { light: 0.28, dark: 0.32 };

function hashString(string) {
  let hash = 2166136261;
  for (let i = 0; i < string.length; i++) hash = Math.imul(hash ^ string.charCodeAt(i), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function kindColour(theme, kind, hash) {
  const [hue, hueSpread, saturation, light, lightSpread] = PALETTE[theme][kind];
  const a = ((hash & 255) / 255) * 2 - 1, b = (((hash >>> 8) & 255) / 255) * 2 - 1;
  return "hsl(" + (hue + a * hueSpread).toFixed(1) + " " + saturation + "% " + (light + b * lightSpread).toFixed(1) + "%)";
}

// Hues of what became more or less; the more it did, the stronger.
const CHANGE_HUES = { grown: 4, new: 32, shrunk: 212, removed: 262, same: 0 };

function changeInk(theme, name) {
  return "hsl(" + CHANGE_HUES[name] + (name === "same" ? " 0%" : " 72%") + (theme === "light" ? " 52%)" : " 62%)");
}

function changeColour(theme, tree, node) {
  const { name, change } = changeOf(tree, node);
  const most = Math.max(tree.share.new[node], tree.share.base[node]) || 1;
  const strength = name === "same" ? 0 : 0.25 + 0.75 * Math.sqrt(Math.min(1, Math.abs(change) / most));
  const light = theme === "light" ? 93 - 26 * strength : 24 + 18 * strength;
  return "hsl(" + CHANGE_HUES[name] + " " + Math.round(72 * strength) + "% " + light.toFixed(1) + "%)";
}

class Painter {
  constructor(canvas, scroll, spacer, model) {
    Object.assign(this, { canvas, scroll, spacer, model });
    this.context = canvas.getContext("2d", { alpha: false });
    this.colours = { light: [], dark: [] };
    this.width = this.height = this.fullHeight = 0;
    this.view = { x: 0, weight: 1 };
  }

  colour(theme, frame) {
    const known = this.colours[theme];
    if (!known[frame]) {
      const hash = hashString(this.model.symbol(frame) + "\0" + this.model.dso(frame));
      known[frame] = kindColour(theme, this.model.kind(frame), hash);
    }
    return known[frame];
  }

  // Fit the canvas to the window and the scrolled height to the tree.
  resize(tree, printing) {
    const ratio = printing ? 2 : window.devicePixelRatio || 1;
    const full = tree.height * ROW + 2 * TOP;
    this.height = printing ? full : this.scroll.clientHeight;
    this.fullHeight = Math.max(full, this.height);
    this.spacer.style.height = this.fullHeight + "px";
    this.width = this.scroll.clientWidth;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = this.width + "px";
    this.canvas.style.height = this.height + "px";
    this.ratio = ratio;
    this.context.font = this.font();
    this.charWidth = this.context.measureText("MMMMMMMMMM").width / 10;
  }

  font() { return "11.5px " + getComputedStyle(document.documentElement).getPropertyValue("--mono"); }

  // The y of a row in the whole drawing.
  rowTop(depth, icicle) {
    return icicle ? TOP + depth * ROW : this.fullHeight - TOP - (depth + 1) * ROW;
  }

  // Where a node stands on the canvas now: { x, y, width, height }.
  rect(tree, node, icicle) {
    const scale = this.width / this.view.weight;
    return { x: (tree.x[node] - this.view.x) * scale, y: this.rowTop(tree.depth[node], icicle) - this.scroll.scrollTop,
             width: tree.weight[node] * scale, height: ROW - GAP };
  }

  // The node under a point of the canvas; -1: none.
  hit(tree, x, y, icicle) {
    const inside = y + this.scroll.scrollTop;
    const depth = Math.floor((icicle ? inside - TOP : this.fullHeight - TOP - inside) / ROW);
    if (depth < 0 || depth >= tree.height) return -1;
    return nodeAt(tree, depth, this.view.x + (x / this.width) * this.view.weight);
  }

  // state: { tree, theme, icicle, matches, hover, selected, zoom }
  draw(state) {
    const { context } = this, { tree, icicle } = state;
    const style = getComputedStyle(document.documentElement);
    const top = this.scroll.scrollTop, scale = this.width / this.view.weight;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = style.getPropertyValue("--panel");
    context.fillRect(0, 0, this.width, this.height);
    context.font = this.font();
    context.textBaseline = "middle";
    let drawn = 0;
    for (let i = 0; i < tree.nr;) {
      const left = (tree.x[i] - this.view.x) * scale, width = tree.weight[i] * scale;
      if (width < LEAST_WIDTH || left > this.width || left + width < 0) {
        i = tree.end[i];
        continue;
      }
      const y = this.rowTop(tree.depth[i], icicle) - top;
      if (y > -ROW && y < this.height) {
        this.drawFrame(state, i, left, y, width);
        drawn++;
      }
      i++;
    }
    if (state.selected >= 0) this.outline(state, state.selected, style.getPropertyValue("--accent"), 2);
    if (state.hover >= 0 && state.hover !== state.selected) this.outline(state, state.hover, style.getPropertyValue("--ink"), 1);
    return drawn;
  }

  drawFrame(state, node, left, y, width) {
    const { context } = this, { tree, theme, matches } = state;
    const frame = tree.frame[node], match = matches && frame >= 0 && matches[frame];
    const x0 = Math.max(left, 0), x1 = Math.min(left + width, this.width);
    const shown = x1 - x0;
    const faded = matches ? !match : node !== 0 && tree.depth[node] < tree.depth[state.zoom];
    context.globalAlpha = faded ? FADE[theme] : 1;
    context.fillStyle = match ? MATCH[theme][0] : tree.share ? changeColour(theme, tree, node) : this.colour(theme, frame);
    context.fillRect(x0, y, shown > 2.5 ? shown - 0.8 : shown, ROW - GAP);
    if (shown < LABEL_FROM) return;
    context.globalAlpha = faded && matches ? 0.55 : 1;
    context.fillStyle = match ? MATCH[theme][1] : INK[theme];
    this.label(this.model.symbol(frame), x0 + PAD, y + ROW / 2, shown - 2 * PAD);
  }

  label(text, x, y, room) {
    const most = Math.floor(room / this.charWidth);
    if (most < 1) return;
    if (text.length > most) text = most < 3 ? "" : text.slice(0, most - 1) + "…";
    if (text) this.context.fillText(text, x, y);
  }

  outline(state, node, colour, thickness) {
    const box = this.rect(state.tree, node, state.icicle);
    const x0 = Math.max(box.x, 0), x1 = Math.min(box.x + box.width, this.width);
    if (x1 <= x0) return;
    this.context.globalAlpha = 1;
    this.context.strokeStyle = colour;
    this.context.lineWidth = thickness;
    this.context.strokeRect(x0 + thickness / 2, box.y + thickness / 2, Math.max(x1 - x0 - thickness, 1), box.height - thickness);
  }
}
