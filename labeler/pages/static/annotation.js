// Reports to label: one set of rows for all reports; what is entered is kept report by report.

const sheet = $("#sheet");
const reader = $("#a-reader");
const jump = $("#a-jump");
const answers = $("#a-answers");
const note = $("#a-note");
const machine = $("#a-machine");
const articles = $$("#a-reports article");
const rows = $$(".answer");
const observations = rows.map((row) => row.dataset.observation);
const codes = { 1: "1.0", 0: "0.0", "-1": "-1.0", "": "" };
const names = { 1: "positive", 0: "negative", "-1": "uncertain", "": "not mentioned" };
const keys = { 1: "1", 0: "0", "-": "-1", ".": "", Delete: "", Backspace: "" };
let entries = [];
let at = 0;
let current = 0;
let kept = true;

// A reader's entry outlives the page: another sample with the same report finds it again.
const place = (article) => `labeler-annotate/${sheet.dataset.blind}/${reader.value.trim()}/${article.dataset.digest}`;
const blank = () => ({ labels: observations.map(() => ""), note: "", done: false });
const touched = (entry) => entry.done || entry.note !== "" || entry.labels.some((code) => code !== "");
const read = (article) => {
  let entry = null;
  try { entry = JSON.parse(store.get(place(article)) || "null"); } catch { entry = null; }
  const fits = entry && Array.isArray(entry.labels) && entry.labels.length === observations.length
    && entry.labels.every((code) => code in codes);
  return fits ? { labels: entry.labels, note: String(entry.note || ""), done: entry.done === true } : blank();
};
const keep = () => {
  const entry = entries[at];
  if (touched(entry)) kept = store.set(place(articles[at]), JSON.stringify(entry)) && kept;
  else store.remove(place(articles[at]));
  $("#a-unsaved").hidden = kept;
  count();
};

const mark = (option, article, entry) => {
  option.textContent = `${entry.done ? "✓ " : touched(entry) ? "… " : ""}${article.dataset.id}`;
};
const count = () => {
  const done = entries.filter((entry) => entry.done).length;
  const named = reader.value.trim() !== "";
  $("#a-progress").textContent = named ? `${done} of ${articles.length} done` : "Give your name or initials to begin";
  $("#a-bar").value = done;
  $("#a-save").textContent = `Save ${done} labelled ${done === 1 ? "report" : "reports"}`;
  $("#a-save").disabled = !done;
  $("#a-clear").disabled = !entries.some(touched);
  $("#a-reopen").hidden = !entries[at].done;
  mark(jump.options[at], articles[at], entries[at]);
};

const point = (to) => {
  current = Math.min(rows.length - 1, Math.max(0, to));
  rows.forEach((row, number) => row.classList.toggle("current", number === current));
  const shown = machine?.getAttribute("aria-pressed") === "true";
  const wanted = `|${observations[current]}|`;
  for (const piece of $$("[data-o]", articles[at])) piece.classList.toggle("on", shown && piece.dataset.o.includes(wanted));
};
const paint = () => {
  const entry = entries[at];
  const shown = machine?.getAttribute("aria-pressed") === "true";
  const theirs = JSON.parse(articles[at].dataset.machine);
  rows.forEach((row, number) => {
    for (const button of $$("button", row)) {
      const chosen = button.dataset.code === entry.labels[number];
      button.setAttribute("aria-pressed", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    const said = $(".machine", row);
    said.hidden = !shown;
    if (!shown) return;
    const badge = $(`button[data-code="${theirs[number]}"]`, row);
    said.className = `machine value ${badge.className}`;
    said.replaceChildren($("b", badge).cloneNode(true));
    said.title = `machine: ${names[theirs[number]]}`;
    const away = document.createElement("span");
    away.className = "away";
    away.textContent = said.title;
    said.append(away);
    said.classList.toggle("silent", theirs[number] === "");
  });
  note.value = entry.note;
  point(current);
  count();
};
const open = (to, { remember = true } = {}) => {
  articles[at].hidden = true;
  at = Math.min(articles.length - 1, Math.max(0, to));
  const article = articles[at];
  article.hidden = false;
  jump.selectedIndex = at;
  current = 0;
  $("#a-title").textContent = article.dataset.id;
  $("#a-place").textContent = `${at + 1} of ${articles.length}`;
  $("#a-doubt").textContent = article.dataset.doubt || "";
  $("#a-doubt").hidden = !article.dataset.doubt;
  $("#a-previous").disabled = at === 0;
  $("#a-next").disabled = at === articles.length - 1;
  if (remember) history.replaceState(null, "", `#r/${encodeURIComponent(article.dataset.id)}`);
  paint();
};

const set = (number, code) => {
  const button = $(`button[data-code="${code}"]`, rows[number]);
  if (answers.disabled || button.disabled) return;
  entries[at].labels[number] = code;
  keep();
  current = number;
  paint();
};
const done = () => {
  if (answers.disabled) return;
  entries[at].done = true;
  keep();
  const order = [...articles.keys()];
  const next = [...order.slice(at + 1), ...order.slice(0, at)].find((number) => !entries[number].done);
  if (next === undefined) return;
  open(next);
  $(".detail .steps").scrollIntoView({ block: "nearest" });
};
const enter = () => {
  // Another reader sees nothing of the one before.
  answers.disabled = reader.value.trim() === "";
  entries = articles.map((article) => (answers.disabled ? blank() : read(article)));
  articles.forEach((article, number) => mark(jump.options[number], article, entries[number]));
  paint();
};

const begin = () => {
  // Under which name this tab was left, so that a reload goes on.
  if (!reader.value) { try { reader.value = sessionStorage.getItem("labeler-reader") || ""; } catch { /* asked again */ } }
  entries = articles.map(blank);
  enter();
  const asked = location.hash.startsWith("#r/") ? location.hash.slice(3) : null;
  const linked = articles.findIndex((article) => encodeURIComponent(article.dataset.id) === asked);
  const first = entries.findIndex((entry) => !entry.done);
  open(linked >= 0 ? linked : Math.max(0, first), { remember: false });
};

if (articles.length) {
  reader.addEventListener("change", () => {
    try { sessionStorage.setItem("labeler-reader", reader.value.trim()); } catch { /* asked again */ }
    enter();
  });
  $("#a-form").addEventListener("submit", (event) => { event.preventDefault(); reader.blur(); });
  jump.addEventListener("change", () => open(jump.selectedIndex));
  $("#a-previous").addEventListener("click", () => open(at - 1));
  $("#a-next").addEventListener("click", () => open(at + 1));
  $("#a-done").addEventListener("click", done);
  $("#a-reopen").addEventListener("click", () => { entries[at].done = false; keep(); });
  rows.forEach((row, number) => {
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) set(number, button.dataset.code);
      else point(number);
    });
    row.addEventListener("focusin", () => point(number));
  });
  note.addEventListener("input", () => { entries[at].note = note.value; keep(); });
  machine?.addEventListener("click", () => {
    machine.setAttribute("aria-pressed", String(machine.getAttribute("aria-pressed") !== "true"));
    paint();
  });
  $("#a-take")?.addEventListener("click", () => {
    if (answers.disabled) return;
    entries[at].labels = JSON.parse(articles[at].dataset.machine);
    keep();
    paint();
  });
  $("#a-save").addEventListener("click", () => {
    const name = reader.value.trim();
    const table = [[...JSON.parse(sheet.dataset.ids), "reader", ...observations, "note"]];
    articles.forEach((article, number) => {
      const entry = entries[number];
      if (!entry.done) return;
      table.push([...JSON.parse(article.dataset.key), name, ...entry.labels.map((code) => codes[code]), entry.note]);
    });
    saveCsv(`labels-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.csv`, table);
  });
  $("#a-clear").addEventListener("click", () => {
    const much = entries.filter(touched).length;
    if (!confirm(`Delete what ${reader.value.trim()} entered for ${much} of these reports from this browser?`)) return;
    for (const article of articles) store.remove(place(article));
    enter();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const pressed = event.key;
    if (pressed === "j") open(at + 1);
    else if (pressed === "k") open(at - 1);
    else if (pressed === "h") machine?.click();
    else if (pressed === "m") $("#a-take")?.click();
    else if (pressed === "n" && !answers.disabled) note.focus();
    else if (pressed === "ArrowDown" || pressed === "ArrowUp") {
      point(current + (pressed === "ArrowDown" ? 1 : -1));
      if (event.target.closest(".answer")) $('button[tabindex="0"]', rows[current]).focus();
      rows[current].scrollIntoView({ block: "nearest" });
    } else if (pressed in keys) set(current, keys[pressed]);
    // On a button outside the rows Enter is that button's.
    else if (pressed === "Enter" && (!event.target.closest("button, a") || event.target.closest(".answer"))) done();
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });
  begin();
}
