// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers and names as text, and small helpers for the document.

const THIN = "\u202f";

function grouped(number) {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

// 1 234 567 890 as "1.23 G".
function short(number) {
  for (const [size, unit] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]]) {
    if (number < size) continue;
    const value = number / (unit === "k" ? 1e3 : size);
    return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) + THIN + unit;
  }
  return grouped(number);
}

function percent(part, whole) {
  const value = whole ? (100 * part) / whole : 0;
  return value.toFixed(value !== 0 && value < 0.1 ? 3 : 2) + THIN + "%";
}

function plural(number, one) {
  return grouped(number) + " " + one + (number === 1 ? "" : "s");
}

function byId(id) { return document.getElementById(id); }

// An element with properties and children; strings become text, never HTML.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties || {});
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}
