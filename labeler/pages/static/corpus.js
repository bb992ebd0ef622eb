// A labelled corpus: filters, the chosen report, its permalink, keys.
const corpus = $("#corpus");
if (corpus) {
  const fields = { observation: $("#c-observation"), value: $("#c-value"), section: $("#c-section"), reason: $("#c-reason"), id: $("#c-id") };
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
    const { observation, value, section, reason } = fields;
    const asked = observation.value || value.value || section.value;
    fitting = [];
    for (const row of [...corpus.tBodies[0].rows]) {
      const said = row.dataset.says ? row.dataset.says.split("|").map((one) => one.split("/")) : [];
      const fits = (!part || row.dataset.id.toLowerCase().includes(part))
        && (!reason.value || row.dataset.reasons.split("|").includes(reason.value))
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
