
// Filters, search and the drawer. Neither of two characters may stand here, the one that opens a tag and the one that
// begins a character reference: the page stays well-formed XML.
"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const facets = ["client", "outcome", "family"];
  const matrix = document.getElementById("matrix");
  const form = document.getElementById("filters");
  const search = document.getElementById("q");
  const chips = all("button[data-facet]");
  const heads = all("thead th[data-client]", matrix);
  const state = { q: "", client: new Set(), outcome: new Set(), family: new Set(), cell: "" };

  // One record a row and a cell, made once: filtering reads no layout.
  const bodies = all("tbody", matrix);
  const rows = [];
  const cells = [];
  for (const body of bodies) {
    for (const line of all("tr[data-row]", body)) {
      const row = { line, body, text: line.firstElementChild.textContent.toLowerCase(), boxes: Array.from(line.children).slice(1) };
      rows.push(row);
      row.boxes.forEach((box, column) => {
        for (const mark of all(".o", box)) {
          cells.push({
            row,
            client: heads[column].dataset.client,
            outcome: Array.from(mark.classList).find((name) => name.startsWith("o-")).slice(2),
            family: body.dataset.family,
            finding: mark.hash ? document.getElementById("f" + mark.hash.slice(2)) : null,
          });
        }
      });
    }
  }

  function show() {
    const words = state.q.toLowerCase().split(/\s+/).filter((word) => word);
    const counts = { client: new Map(), outcome: new Map(), family: new Map() };
    const shown = new Set();
    for (const row of rows) {
      row.hit = words.every((word) => row.text.includes(word));
    }
    for (const cell of cells) {
      const fits = facets.map((facet) => state[facet].size === 0 || state[facet].has(cell[facet]));
      facets.forEach((facet, i) => {
        // What choosing this chip would show: the other filters hold, its own does not.
        if (cell.row.hit ? fits.every((fit, j) => fit || i === j) : false) {
          counts[facet].set(cell[facet], (counts[facet].get(cell[facet]) || 0) + 1);
        }
      });
      const fits_all = cell.row.hit ? fits.every((fit) => fit) : false;
      if (fits_all) {
        shown.add(cell.row);
      }
      if (cell.finding) {
        cell.finding.hidden = !fits_all;
      }
    }
    const away = heads.map((head) => (state.client.size === 0 ? false : !state.client.has(head.dataset.client)));
    heads.forEach((head, column) => { head.hidden = away[column]; });
    for (const row of rows) {
      row.line.hidden = !shown.has(row);
      row.boxes.forEach((box, column) => { box.hidden = away[column]; });
    }
    for (const body of bodies) {
      body.hidden = !rows.some((row) => (row.body === body ? shown.has(row) : false));
    }
    matrix.classList.toggle("filtered", words.length + state.client.size + state.outcome.size + state.family.size > 0);
    for (const chip of chips) {
      chip.setAttribute("aria-pressed", String(state[chip.dataset.facet].has(chip.dataset.value)));
      chip.lastElementChild.textContent = counts[chip.dataset.facet].get(chip.dataset.value) || 0;
    }
    document.getElementById("shown").textContent = shown.size + " of " + rows.length + " scenarios";
  }

  function remember() {
    const hash = new URLSearchParams();
    if (state.q) {
      hash.append("q", state.q);
    }
    for (const facet of facets) {
      state[facet].forEach((value) => hash.append(facet, value));
    }
    if (state.cell) {
      hash.append("cell", state.cell);
    }
    history.replaceState(null, "", "#" + hash);
  }

  function recall() {
    const text = location.hash.slice(1);
    const plain = /^c[0-9]+$/.test(text);
    const hash = new URLSearchParams(plain ? "cell=" + text : text);
    state.q = hash.get("q") || "";
    search.value = state.q;
    for (const facet of facets) {
      state[facet] = new Set(hash.getAll(facet));
    }
    show();
    open_drawer(hash.get("cell") || "", null);
  }

  let from = null;  // the link that opened the drawer
  function open_drawer(cell, link) {
    for (const finding of all(".finding.drawer")) {
      finding.classList.remove("drawer");
      finding.open = false;
    }
    const finding = /^c[0-9]+$/.test(cell) ? document.getElementById("f" + cell.slice(1)) : null;
    state.cell = finding ? cell : "";
    from = finding ? link || matrix.querySelector('a[href="#' + cell + '"]') : from;
    if (finding) {
      finding.hidden = false;
      finding.classList.add("drawer");
      finding.open = true;
      finding.scrollTop = 0;
      finding.firstElementChild.focus({ preventScroll: true });
    }
  }

  function close_drawer() {
    open_drawer("", null);
    remember();
    show();
    if (from) {
      from.focus({ preventScroll: true });
    }
  }

  matrix.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) {
      event.preventDefault();
      open_drawer(link.hash.slice(1), link);
      remember();
    }
  });
  document.addEventListener("click", (event) => {
    const drawer = event.target.closest(".finding.drawer > summary");
    if (drawer) {
      event.preventDefault();
      close_drawer();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" ? state.cell : false) {
      close_drawer();
    }
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("button[data-facet]");
    if (chip) {
      const set = state[chip.dataset.facet];
      if (!set.delete(chip.dataset.value)) {
        set.add(chip.dataset.value);
      }
      show();
      remember();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    state.q = "";
    facets.forEach((facet) => state[facet].clear());
    show();
    remember();
  });
  search.addEventListener("input", () => {
    state.q = search.value;
    show();
    remember();
  });
  window.addEventListener("hashchange", recall);

  form.hidden = false;
  recall();
})();
