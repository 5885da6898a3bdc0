// Differences one after the other by keys, and taking one or the other reading's figure.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("[data-differs]")];
  if (rows.length === 0) return;
  const own = location.pathname.slice(page.root.length);
  const target = `/document/${own.split("/").pop()}/decisions`;
  const taken = [];
  let takes = null;

  const current = () => document.activeElement?.closest("[data-differs]") ?? null;

  const move = (step) => {
    const here = rows.indexOf(current());
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
    if (next < 0 || next >= rows.length) {
      page.announce(step > 0 ? "This is the last difference." : "This is the first difference.");
      return;
    }
    rows[next].focus();
    rows[next].scrollIntoView({ block: "nearest" });
  };

  const say = (row, line, isRefused = false) => {
    const place = row.querySelector(".done");
    place.textContent = line;
    place.classList.toggle("refused", isRefused);
  };

  const press = (row, which) => {
    for (const button of row.querySelectorAll("[data-take]")) {
      button.setAttribute("aria-pressed", String(button.dataset.take === which));
    }
  };

  // Sent again with the same ID where the server did not answer: it keeps it once.
  const send = async (decision) => {
    const answer = await page.ask(target, { decisions: [decision] });
    const refused = (answer.refused ?? []).find((one) => one.decision_id === decision.decision_id);
    if (refused) throw new Error(refused.error);
  };

  const waiting = new Map();

  const take = async (row, which) => {
    const number = row.dataset.number;
    try {
      takes ??= (await page.ask(`${own}/takes${location.search}`)).takes;
      const wanted = takes[number]?.[which];
      if (!wanted) {
        say(row, "This cannot be decided here: its number was not found in one place of the text.", true);
        return;
      }
      const key = `${number} ${which}`;
      const decision = waiting.get(key) ?? { ...wanted, decision_id: page.newId() };
      waiting.set(key, decision);
      say(row, "…");
      await send(decision);
      waiting.delete(key);
      taken.push({ row, decision_id: decision.decision_id });
      press(row, which);
      say(row, `Decided as ${which === "one" ? "A" : "B"} has it.`);
    } catch (error) {
      say(row, `Not decided: ${error.message}. Press again.`, true);
    }
  };

  const undo = async () => {
    const last = taken.at(-1);
    if (!last) {
      page.announce("Nothing was taken here that could be undone.");
      return;
    }
    last.undo ??= { decision_id: page.newId(), kind: "undo", undoes: last.decision_id };
    try {
      await send(last.undo);
      taken.pop();
      press(last.row, null);
      say(last.row, "Undone.");
      last.row.focus();
    } catch (error) {
      say(last.row, `Not undone: ${error.message}. Press u again.`, true);
    }
  };

  const takeHere = (which) => {
    const row = current();
    if (row) take(row, which);
    else page.announce("Go to a difference first, by n or p.");
  };

  for (const row of rows) {
    row.querySelector(".acts").hidden = false;
    for (const button of row.querySelectorAll("[data-take]")) {
      button.addEventListener("click", () => take(row, button.dataset.take));
    }
  }

  page.onKeys({
    n: () => move(1),
    p: () => move(-1),
    1: () => takeHere("one"),
    2: () => takeHere("other"),
    u: () => undo(),
    t: () => {
      const number = current()?.dataset.number;
      document.getElementById(`text-${number}`)?.focus();
    },
  });
})();
