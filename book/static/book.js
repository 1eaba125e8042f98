// The ledger's search, filters and order; the gallery's search. What is chosen stands in the address, to be sent on.
"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // Show those items whose text has all words and whose data-… have the chosen values.
  const filter = (root, items, attribute, one) => {
    const fields = [...root.querySelectorAll(`[data-${attribute}]`)];
    const status = root.querySelector(".count");
    const asked = new URLSearchParams(location.search);
    const apply = () => {
      let count = 0;
      const address = new URLSearchParams();
      const values = fields.map((field) => [field.dataset[attribute], field.value.trim().toLowerCase()]);
      for (const [name, value] of values) if (value) address.set(name, value);
      for (const item of items) {
        const text = item.textContent.toLowerCase();
        item.hidden = !values.every(([name, value]) =>
          name === "words" ? value.split(/\s+/).every((word) => text.includes(word)) : !value || item.dataset[name] === value);
        count += item.hidden ? 0 : 1;
      }
      status.textContent = `${count} of ${items.length} ${one}`;
      history.replaceState(null, "", `${location.pathname}${address.size ? `?${address}` : ""}${location.hash}`);
    };
    for (const field of fields) {
      const value = asked.get(field.dataset[attribute]);
      if (value) field.value = value;
      field.addEventListener("input", apply);
      field.form.addEventListener("submit", (event) => event.preventDefault());
    }
    if (fields.some((field) => field.value)) apply();
  };

  const sortable = (table) => {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => head.firstElementChild.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
      const rows = [...body.rows].sort((a, b) => collator.compare(key(a), key(b)) * (down ? -1 : 1));
      body.append(...rows);
    }));
  };

  // What the theme's and myst-nb's folds are called for those who hear the page.
  const name = () => {
    document.querySelectorAll("details.hide > summary").forEach((fold) => fold.removeAttribute("aria-label"));
    document.querySelectorAll(".toctree-toggle").forEach((toggle) => toggle.parentElement.setAttribute("aria-label", "Pages below"));
  };

  const start = () => {
    name();
    const ledger = document.querySelector(".ledger");
    if (ledger) filter(ledger, [...ledger.querySelectorAll("tbody tr")], "filter", "claims");
    document.querySelectorAll("table.sortable").forEach(sortable);
    const thumbs = document.querySelector("[data-thumbs]");
    if (thumbs) filter(thumbs.closest("article"), [...document.querySelectorAll("a.thumb")], "thumbs", "figures");
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
