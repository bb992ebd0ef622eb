// Measures: one picker for the plot and the table.
for (const button of $$("[data-measure]")) {
  button.addEventListener("click", () => {
    for (const other of $$("[data-measure]")) other.setAttribute("aria-pressed", String(other === button));
    for (const view of $$("[data-view]")) view.hidden = view.dataset.view !== button.dataset.measure;
  });
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
  const rows = [["id", "observation", "reference", "predicted", "verdict"]];
  for (const row of all) {
    const verdict = verdicts[link(row)];
    if (!verdict) continue;
    const values = [2, 3].map((column) => row.cells[column].dataset.v);
    rows.push([row.dataset.id, row.dataset.observation, ...values, verdict]);
  }
  saveCsv("verdicts.csv", rows);
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
