// The queue by keyboard, and how far its index is while it is being made.
"use strict";

{
  const rows = [...document.querySelectorAll(".queue .row")];

  // The row that has the focus, or had it last; -1 before any.
  let at = rows.findIndex((row) => row.id && row.id === location.hash.slice(1));

  const go = (to) => {
    if (rows.length === 0) return;
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows[at].focus({ preventScroll: true });
    rows[at].closest("tr").scrollIntoView({ block: "nearest" });
  };
  const follow = (rel) => {
    const link = document.querySelector(`.pager a[rel="${rel}"]`);
    if (link) link.click();
    else page.announce(rel === "next" ? "This is the last page." : "This is the first page.");
  };
  const down = () => go(at + 1);
  const up = () => go(at - 1);

  for (const [number, row] of rows.entries()) row.addEventListener("focus", () => { at = number; });
  if (at >= 0) go(at);

  page.onKeys({
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    n: () => follow("next"),
    p: () => follow("prev"),
    "/": () => {
      const words = document.getElementById("q");
      words.focus();
      words.select();
    },
  });
  document.getElementById("q").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.value === "") go(Math.max(at, 0));
  });
}

// What is not asked for is left out of the address.
document.querySelector("form.search").addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

{
  const box = document.getElementById("progress");
  const follow = async () => {
    const told = await page.ask("/progress").catch(() => null);
    if (told !== null) {
      box.querySelector("[data-told]").textContent = told.told;
      if (told.is_done) return;
    }
    setTimeout(follow, 2000);
  };
  if (!box.hidden) setTimeout(follow, 1000);
}
