// SPDX-License-Identifier: GPL-2.0-or-later
// Tables that sort by the column clicked, and show the rows that have a text.
"use strict";
(() => {
  const order = new Intl.Collator("en", { numeric: true });
  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const sort = (head) => {
    const table = head.closest("table"), column = head.cellIndex, numbers = !head.classList.contains("key");
    // Numbers start with the largest, names with the first.
    const down = head.ariaSort ? head.ariaSort === "ascending" : numbers;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const [x, y] = [value(a, column), value(b, column)];
      return (down ? -1 : 1) * (numbers ? x - y : order.compare(x, y));
    });
    table.tBodies[0].append(...rows);
  };
  for (const button of document.querySelectorAll("th button"))
    button.addEventListener("click", () => sort(button.parentElement));
  const find = document.getElementById("find");
  find.addEventListener("input", () => {
    const wanted = find.value.toLowerCase();
    for (const row of document.querySelectorAll("tbody tr"))
      row.hidden = ![...row.querySelectorAll(".key")].some((cell) => cell.textContent.toLowerCase().includes(wanted));
  });
})();
