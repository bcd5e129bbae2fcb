"use strict";
(() => {
  const root = document.documentElement;
  const collator = { zh: new Intl.Collator("zh-Hans-CN", { numeric: true }), en: new Intl.Collator("en", { numeric: true }) };
  const lang = () => root.dataset.lang;

  // the chosen language is kept if the browser allows it; a page opened from disk may not be allowed to
  const remember = (value) => { try { localStorage.setItem("yipan-lang", value); } catch { /* not allowed: forget it */ } };
  const remembered = () => { try { return localStorage.getItem("yipan-lang"); } catch { return null; } };

  const speak = (value) => {
    root.dataset.lang = value;
    root.lang = value === "zh" ? "zh-CN" : "en";
    for (const b of document.querySelectorAll(".lang button")) b.setAttribute("aria-pressed", String(b.dataset.lang === value));
    for (const e of document.querySelectorAll("[data-zh][data-en]")) e.textContent = e.dataset[value];
  };
  for (const b of document.querySelectorAll(".lang button"))
    b.addEventListener("click", () => { speak(b.dataset.lang); remember(b.dataset.lang); });
  if (document.querySelector(".lang") && ["zh", "en"].includes(remembered())) speak(remembered());

  const shown = (cell) => (cell.querySelector(`.${lang()}`) || cell).textContent.trim();
  const sort = (th) => {
    const table = th.closest("table"), column = th.cellIndex, body = table.tBodies[0];
    const down = th.getAttribute("aria-sort") === "ascending" || (th.getAttribute("aria-sort") === "none" && th.classList.contains("n"));
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[column].dataset.s;
    const numeric = (value) => value !== "" && Number.isFinite(Number(value));
    const rows = [...body.rows];
    rows.sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined); // what is missing stays last
      const order = numeric(x) && numeric(y) ? Number(x) - Number(y) : collator[lang()].compare(shown(a.cells[column]), shown(b.cells[column]));
      return down ? -order : order;
    });
    body.append(...rows);
  };
  for (const th of document.querySelectorAll("table.sortable th")) th.querySelector("button").addEventListener("click", () => sort(th));

  const save = (svg, name) => {
    const copy = svg.cloneNode(true);
    for (const e of copy.querySelectorAll(`.${lang() === "zh" ? "en" : "zh"}`)) e.remove();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const b of document.querySelectorAll(".save")) {
    b.hidden = false;
    const figure = b.closest("figure");
    b.addEventListener("click", () => [...figure.querySelectorAll("svg")].forEach((svg, k) => save(svg, `${figure.id}-${k + 1}.svg`)));
  }

  if ("IntersectionObserver" in window) {
    const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.hash.slice(1), a.parentElement]));
    const seen = new IntersectionObserver((entries) => {
      for (const e of entries) if (e.isIntersecting) { links.forEach((li) => li.classList.remove("here")); links.get(e.target.id)?.classList.add("here"); }
    }, { rootMargin: "-15% 0px -75% 0px" });
    document.querySelectorAll("section.chapter").forEach((s) => seen.observe(s));
  }
})();
