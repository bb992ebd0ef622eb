"use strict";
// What every page has. A page's own script follows in the same scope.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const store = {
  // Storage may be forbidden (a file opened in a strict browser): then nothing is remembered.
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  // Was it remembered?
  set(key, value) { try { localStorage.setItem(key, value); return true; } catch { return false; } },
  remove(key) { try { localStorage.removeItem(key); } catch { /* nothing was remembered */ } },
};

// Theme: as the system has it, light, dark.
const theme = $("#theme");
if (theme) {
  const names = { "": "as the system has it", light: "light", dark: "dark" };
  const apply = (choice) => {
    if (choice) document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
    theme.setAttribute("aria-label", `Theme: ${names[choice]}`);
    theme.title = `Theme: ${names[choice]}`;
  };
  let choice = store.get("labeler-theme") || "";
  if (!(choice in names)) choice = "";
  apply(choice);
  theme.addEventListener("click", () => {
    const order = Object.keys(names);
    choice = order[(order.indexOf(choice) + 1) % order.length];
    store.set("labeler-theme", choice);
    apply(choice);
  });
}

// Tables sort by a click on a heading: numbers downwards first, words upwards. Averages stay below.
const key = (cell) => {
  const text = (cell.dataset.v ?? cell.textContent).trim();
  const number = Number(text.replace("−", "-").replace("–", "").replace(/%$/, ""));
  return text !== "" && text !== "–" && Number.isFinite(number) ? number : text;
};
for (const table of $$("table.sortable")) {
  const heads = $$("thead th", table);
  heads.forEach((head, column) => {
    const button = $("button", head);
    if (!button) return;
    button.addEventListener("click", () => {
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      const numeric = rows.some(([value]) => typeof value === "number");
      const before = head.getAttribute("aria-sort");
      const up = before ? before === "descending" : !numeric;
      const sign = up ? 1 : -1;
      rows.sort(([a], [b]) => {
        const missing = (a === "" || a === "–") - (b === "" || b === "–");
        if (missing) return missing;
        if (typeof a === "number" && typeof b === "number") return sign * (a - b);
        return sign * String(a).localeCompare(String(b), "en", { numeric: true });
      });
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows.map(([, row]) => row));
      table.dispatchEvent(new Event("sorted"));
    });
  });
}

// Tables that people save. A spreadsheet must not run a cell as a formula: it gets an apostrophe.
const csvCell = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const saveCsv = (name, rows) => {
  const anchor = document.createElement("a");
  const text = rows.map((row) => row.map(csvCell).join(",") + "\n").join("");
  anchor.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
};
