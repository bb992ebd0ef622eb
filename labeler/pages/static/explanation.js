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
