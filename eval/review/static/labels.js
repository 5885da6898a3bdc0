// Rows gone through by keys: each key presses the button that names it, in the row that has the
// focus or else on the page. Without this script the buttons do the same.
"use strict";

{
  const rows = [...document.querySelectorAll("[data-row]")];
  const current = () => {
    const own = document.activeElement?.closest("[data-row]");
    return own ?? rows.find((row) => row.matches(":target")) ?? null;
  };
  const go = (row) => {
    if (row === undefined || row === null) return;
    row.focus();
    row.scrollIntoView({ block: "center" });
  };
  const step = (by) => {
    if (!rows.length) return;
    const at = rows.indexOf(current());
    go(rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]);
  };
  const press = (key) => {
    const quoted = `[data-key="${key}"]`;
    const outside = [...document.querySelectorAll(quoted)].filter((one) => !one.closest("[data-row]"));
    const found = current()?.querySelector(quoted) ?? outside[0];
    if (found === undefined || found === null) return true;
    if (found instanceof HTMLFormElement) found.requestSubmit();
    else found.click();
    return false;
  };
  const keys = { n: () => step(1), p: () => step(-1) };
  for (const one of document.querySelectorAll("[data-key]")) {
    keys[one.dataset.key] = () => press(one.dataset.key);
  }
  page.onKeys(keys);

  // What is sent once is not sent again while it is under way.
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (document.body.dataset.sent === "1") event.preventDefault();
      document.body.dataset.sent = "1";
    });
  }
  window.addEventListener("pageshow", () => { delete document.body.dataset.sent; });

  if (location.hash) go(rows.find((row) => `#${row.id}` === location.hash));
}
