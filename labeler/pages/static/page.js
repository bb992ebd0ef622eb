"use strict";
// One script for every page: each part starts only where its elements are.

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const store = {
    // Storage may be forbidden (a file opened in a strict browser): then nothing is remembered.
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* not remembered */ } },
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

  // Measures: one picker for the plot and the table.
  for (const button of $$("[data-measure]")) {
    button.addEventListener("click", () => {
      for (const other of $$("[data-measure]")) other.setAttribute("aria-pressed", String(other === button));
      for (const view of $$("[data-view]")) view.hidden = view.dataset.view !== button.dataset.measure;
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

  // An explained report: a tag, its cue and its reason light up together.
  for (const tag of $$(".name")) {
    const links = $$("a", tag);
    const ids = links.flatMap((link) => link.textContent.split(",").map((part) => part.trim()));
    const light = (on) => {
      for (const id of ids) document.getElementById(`m${id}`)?.classList.toggle("on", on);
      for (const other of $$(".name")) {
        const theirs = $$("a", other).flatMap((link) => link.textContent.split(",").map((part) => part.trim()));
        if (theirs.some((id) => ids.includes(id))) other.classList.toggle("on", on);
      }
    };
    tag.addEventListener("pointerenter", () => light(true));
    tag.addEventListener("pointerleave", () => light(false));
    for (const link of links) {
      link.addEventListener("focus", () => light(true));
      link.addEventListener("blur", () => light(false));
    }
  }

  // A labelled corpus: filters, the chosen report, its permalink, keys.
  const corpus = $("#corpus");
  if (corpus) {
    const fields = { observation: $("#c-observation"), value: $("#c-value"), section: $("#c-section"), id: $("#c-id") };
    const rows = [...corpus.tBodies[0].rows];
    const texts = $$("#corpus-reports article");
    const article = new Map(rows.map((row, place) => [row, texts[place]]));
    let fitting = rows;
    let chosen = null;
    const paint = () => {
      // With an observation chosen only its mentions are marked.
      const wanted = fields.observation.value;
      $("#corpus-reports").classList.toggle("all", !wanted);
      if (!chosen) return;
      for (const mark of $$("[data-o]", article.get(chosen))) mark.classList.toggle("on", wanted !== "" && mark.dataset.o.includes(`|${wanted}|`));
    };
    const count = () => {
      const at = fitting.indexOf(chosen);
      $("#c-place").textContent = fitting.length ? `${at < 0 ? "–" : at + 1} of ${fitting.length}` : "none";
      $("#c-previous").disabled = at <= 0;
      $("#c-next").disabled = !fitting.length || at === fitting.length - 1;
    };
    const open = (row, { remember = true, scroll = true } = {}) => {
      if (chosen) {
        chosen.removeAttribute("aria-current");
        article.get(chosen).hidden = true;
      }
      chosen = row;
      row.setAttribute("aria-current", "true");
      article.get(row).hidden = false;
      $("#c-title").textContent = row.dataset.id;
      const box = row.closest(".list");
      if (scroll) box.scrollTo({ top: Math.max(0, row.offsetTop - box.clientHeight / 2), behavior: "instant" });
      if (remember) history.replaceState(null, "", `#r/${encodeURIComponent(row.dataset.id)}`);
      paint();
      count();
    };
    const narrow = () => {
      const part = fields.id.value.trim().toLowerCase();
      const { observation, value, section } = fields;
      const asked = observation.value || value.value || section.value;
      fitting = [];
      for (const row of [...corpus.tBodies[0].rows]) {
        const said = row.dataset.says ? row.dataset.says.split("|").map((one) => one.split("/")) : [];
        const fits = (!part || row.dataset.id.toLowerCase().includes(part))
          && (!asked || said.some(([o, v, s]) => (!observation.value || o === observation.value)
            && (!value.value || v === value.value) && (!section.value || s === section.value)));
        row.hidden = !fits;
        if (fits) fitting.push(row);
      }
      $(".list .empty").hidden = fitting.length > 0;
      if (fitting.length && !fitting.includes(chosen)) open(fitting[0], { remember: false });
      paint();
      count();
    };
    const move = (by) => {
      if (!fitting.length) return;
      open(fitting[Math.min(fitting.length - 1, Math.max(0, fitting.indexOf(chosen) + by))]);
    };
    const visit = () => {
      if (!location.hash.startsWith("#r/")) return false;
      let id;
      try { id = decodeURIComponent(location.hash.slice(3)); } catch { return false; }
      const row = rows.find((one) => one.dataset.id === id);
      if (!row) return false;
      if (row.hidden) { $(".filters").reset(); narrow(); }
      open(row, { remember: false });
      $("#browse").scrollIntoView({ behavior: "instant" });
      return true;
    };
    for (const field of Object.values(fields)) {
      // Some ways to set a select tell it by one of the two only.
      for (const event of ["input", "change"]) field.addEventListener(event, narrow);
    }
    $(".filters").addEventListener("submit", (event) => event.preventDefault());
    $(".filters").addEventListener("reset", () => setTimeout(narrow));
    corpus.addEventListener("sorted", narrow);
    corpus.tBodies[0].addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (!row || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(row, { scroll: false });
    });
    $("#c-previous").addEventListener("click", () => move(-1));
    $("#c-next").addEventListener("click", () => move(1));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
    });
    window.addEventListener("hashchange", visit);
    narrow();
    visit();
  }

  const list = $("#list");
  if (!list) return;

  // Disagreements: filters, the chosen one, its permalink, keys, verdicts.
  const filters = {
    observation: $("#f-observation"), kind: $("#f-kind"), reference: $("#f-reference"),
    predicted: $("#f-predicted"), id: $("#f-id"), open: $("#f-open"),
  };
  const link = (row) => `#d/${encodeURIComponent(row.dataset.id)}/${encodeURIComponent(row.dataset.observation)}`;
  const all = [...list.tBodies[0].rows];
  const byLink = new Map(all.map((row) => [link(row), row]));
  const articles = new Map($$("#reports article").map((article) => [article.dataset.id, article]));
  const memory = `labeler-verdicts:${document.title}`;
  let verdicts = {};
  try { verdicts = JSON.parse(store.get(memory) || "{}") || {}; } catch { verdicts = {}; }
  let visible = all;
  let current = null;
  let shownArticle = null;

  const signs = { reference: "R", prediction: "P", neither: "–" };
  const paintVerdict = (row) => {
    const verdict = verdicts[link(row)];
    const cell = $(".verdict", row);
    cell.textContent = verdict ? signs[verdict] || "" : "";
    cell.title = verdict ? `your verdict: ${verdict}` : "";
  };

  const place = () => {
    const at = visible.indexOf(current);
    $("#place").textContent = visible.length ? `${at < 0 ? "–" : at + 1} of ${visible.length}` : "none";
    $("#previous").disabled = !visible.length || at === 0;
    $("#next").disabled = !visible.length || at === visible.length - 1;
  };

  const filter = () => {
    const part = filters.id.value.trim().toLowerCase();
    visible = [];
    for (const row of [...list.tBodies[0].rows]) {
      const data = row.dataset;
      const fits = (!filters.observation.value || data.observation === filters.observation.value)
        && (!filters.kind.value || data.kind === filters.kind.value)
        && (!filters.reference.value || data.reference === filters.reference.value)
        && (!filters.predicted.value || data.predicted === filters.predicted.value)
        && (!part || data.id.toLowerCase().includes(part))
        && (!filters.open.checked || !verdicts[link(row)]);
      row.hidden = !fits;
      if (fits) visible.push(row);
    }
    $(".list .empty").hidden = visible.length > 0;
    place();
  };

  const show = (row, { scroll = true, remember = true } = {}) => {
    if (current) current.removeAttribute("aria-current");
    if (shownArticle) shownArticle.hidden = true;
    current = row;
    row.setAttribute("aria-current", "true");
    if (scroll) {
      // Within the list only: the page itself must not jump.
      const box = $(".list");
      const top = row.offsetTop - box.clientHeight / 2;
      box.scrollTo({ top: Math.max(0, top), behavior: "instant" });
    }
    $("#shown-title").textContent = `${row.dataset.id}: ${row.dataset.observation}`;
    const values = $("#shown-values");
    values.replaceChildren();
    for (const [label, column] of [["Reference", 2], ["Prediction", 3]]) {
      const span = document.createElement("span");
      const badge = $(".value", row.cells[column]).cloneNode(true);
      $(".away", badge).classList.remove("away");
      span.append(`${label} `, badge);
      values.append(span);
    }
    shownArticle = articles.get(row.dataset.id) || null;
    $("#no-report").hidden = shownArticle !== null;
    if (shownArticle) {
      shownArticle.hidden = false;
      const wanted = `|${row.dataset.observation}|`;
      for (const mark of $$("[data-o]", shownArticle)) mark.classList.toggle("on", mark.dataset.o.includes(wanted));
    }
    for (const button of $$("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(verdicts[link(row)] === button.dataset.verdict));
    }
    if (remember) history.replaceState(null, "", link(row));
    place();
  };

  const step = (by) => {
    if (!visible.length) return;
    const at = visible.indexOf(current);
    const next = at < 0 ? 0 : Math.min(visible.length - 1, Math.max(0, at + by));
    show(visible[next]);
  };

  const judge = (verdict) => {
    if (!current) return;
    if (verdicts[link(current)] === verdict) delete verdicts[link(current)];
    else verdicts[link(current)] = verdict;
    store.set(memory, JSON.stringify(verdicts));
    paintVerdict(current);
    show(current, { scroll: false });
  };

  const follow = () => {
    if (!location.hash.startsWith("#d/")) return false;
    // Browsers differ in what they escape in a hash: compare in one spelling.
    let parts;
    try { parts = location.hash.slice(3).split("/").map(decodeURIComponent); } catch { return false; }
    const row = byLink.get(`#d/${parts.map(encodeURIComponent).join("/")}`);
    if (!row) return false;
    if (row.hidden) { $(".filters").reset(); filter(); }
    show(row, { remember: false });
    $("#review").scrollIntoView({ behavior: "instant" });
    return true;
  };

  for (const row of all) paintVerdict(row);
  for (const element of Object.values(filters)) {
    // A select that a script or an assistive tool sets may send `change` alone.
    for (const kind of ["input", "change"]) {
      element.addEventListener(kind, () => {
        filter();
        if (visible.length && !visible.includes(current)) show(visible[0], { remember: false });
      });
    }
  }
  $(".filters").addEventListener("submit", (event) => event.preventDefault());
  $(".filters").addEventListener("reset", () => setTimeout(filter));
  list.addEventListener("sorted", filter);
  list.tBodies[0].addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show(row, { scroll: false });
  });
  $("#previous").addEventListener("click", () => step(-1));
  $("#next").addEventListener("click", () => step(1));
  $("#all-marks").addEventListener("click", (event) => {
    const on = $("#reports").classList.toggle("all");
    event.currentTarget.setAttribute("aria-pressed", String(on));
  });
  for (const button of $$("[data-verdict]")) button.addEventListener("click", () => judge(button.dataset.verdict));
  $("#save").addEventListener("click", () => {
    const quote = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const lines = ["id,observation,reference,predicted,verdict"];
    for (const row of all) {
      const verdict = verdicts[link(row)];
      if (!verdict) continue;
      const values = [2, 3].map((column) => row.cells[column].dataset.v);
      lines.push([row.dataset.id, row.dataset.observation, ...values, verdict].map(quote).join(","));
    }
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    anchor.download = "verdicts.csv";
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  });
  for (const button of $$(".heat button")) {
    button.addEventListener("click", () => {
      $(".filters").reset();
      filters.observation.value = button.dataset.observation;
      filters.reference.value = button.dataset.reference;
      filters.predicted.value = button.dataset.predicted;
      filter();
      if (visible.length) show(visible[0]);
      $("#review").scrollIntoView();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const inside = event.target.closest("#review") !== null;
    if (event.key === "j" || event.key === "n" || (event.key === "ArrowDown" && inside)) { step(1); event.preventDefault(); }
    else if (event.key === "k" || event.key === "p" || (event.key === "ArrowUp" && inside)) { step(-1); event.preventDefault(); }
    else if (event.key === "/") { filters.id.focus(); event.preventDefault(); }
    else if (["1", "2", "3"].includes(event.key)) judge(["reference", "prediction", "neither"][Number(event.key) - 1]);
  });
  window.addEventListener("hashchange", follow);
  filter();
  if (!follow() && visible.length) show(visible[0], { remember: false });
})();
