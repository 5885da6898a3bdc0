// The page of one document: what is shown, what is current, and what keys and buttons do.

import { lastDecided, lastUndone, makeDecisions } from "./acts.js";
import { Changing } from "./changing.js";
import { loadCodes, loadPlaces } from "./choices.js";
import { byId, plural } from "./elements.js";
import { drawFields } from "./fields.js";
import { drawCounts, drawItems, elementOf, list, showWaiting, valueOf } from "./items.js";
import {
  drawFindings,
  drawHistory,
  drawNotices,
  drawReading,
  drawWindows,
  faultOfReading,
} from "./lists.js";
import { listenToKeys, listenToPointer } from "./keys.js";
import { Outbox } from "./sending.js";
import { drawText, mark, pieceAt, piecesOf, showPiece } from "./text.js";

const POLL = 4_000; // milliseconds
const box = byId("document");
const id = box.dataset.id;

let state = null;
let current = null; // the ID of the item that keys are about
let isStale = false; // a newer state waits for the form to be closed
let finding = -1;
let notices = [];

const outbox = new Outbox(id, () => (state ? state.window.number : box.dataset.window), take, tell);

// Showing

const shownItems = () =>
  state.items.filter((item) => item.kind === "figure" || byId("with-numbers").checked);
const itemOf = (wanted) => state.items.find((item) => item.id === wanted);
const currentItem = () => itemOf(current);

function draw() {
  let number = 0;
  for (const item of state.items) if (item.kind === "figure") item.number = number += 1;
  drawReading(state);
  drawFindings(state, showFinding);
  drawHistory(state);
  drawWindows(state, goToWindow);
  drawFields(state, decideField);
  drawText(state);
  tell();
  if (editing()) {
    isStale = true;
    return;
  }
  isStale = false;
  const isInside = list.contains(document.activeElement);
  drawItems(state, isWaiting, acts);
  list.classList.toggle("without-numbers", !byId("with-numbers").checked);
  if (!currentItem()) current = shownItems()[0]?.id ?? null;
  point(current, isInside);
}

function tell() {
  if (!state) return;
  drawCounts(state);
  byId("accept-all").disabled = !listLeft().length;
  byId("undo").disabled = !lastDecided(state, outbox.waiting).length;
  byId("redo").disabled = !lastUndone(state, outbox.waiting).length;
  const fault = faultOfReading(state);
  const standing = fault ? [{ kind: "fault", line: fault, stays: true }] : [];
  drawNotices(outbox, [...standing, ...notices], (notice) => {
    notices = notices.filter((one) => one !== notice);
    tell();
  });
}

function notify(kind, line) {
  const isOutlived = (one) => one.line === line || (kind === "fault" && one.kind === "fault");
  notices = [...notices.filter((one) => !isOutlived(one)), { kind, line }].slice(-4);
  tell();
}

const isWaiting = (item) =>
  Boolean(item.span) &&
  outbox.waiting.some(
    (one) => one.span && one.span[0] < item.span[1] && item.span[0] < one.span[1],
  );

function take(newer, refused) {
  for (const one of refused) notify("refused", `Not kept: ${one.error}.`);
  if (newer) adopt(newer, false);
}

// Take a newer state over; `isOthers`: nothing was sent from here for it.
function adopt(newer, isOthers) {
  const before = state;
  state = newer;
  if (isOthers && before && before.version !== newer.version) {
    const known = new Set(before.history.map((one) => one.decision_id));
    const fresh = newer.history.filter((one) => !known.has(one.decision_id));
    const names = [...new Set(fresh.map((one) => one.who))].join(", ");
    notify(
      "others",
      fresh.length
        ? `${names} decided elsewhere meanwhile: ${plural(fresh.length, "decision was", "decisions were")} taken over here.`
        : "The document was read anew meanwhile; the newest reading is shown.",
    );
  }
  draw();
}

// What is current

function point(wanted, isFocused) {
  if (current) mark(current, "current", false);
  elementOf(current)?.removeAttribute("aria-current");
  elementOf(current)?.setAttribute("tabindex", "-1");
  current = wanted;
  leadToSource(itemOf(wanted));
  const element = elementOf(wanted);
  if (!element) return;
  mark(wanted, "current", true);
  element.setAttribute("aria-current", "true");
  element.setAttribute("tabindex", "0");
  if (isFocused) {
    element.focus({ preventScroll: true });
    reveal(element);
  }
}

// The source is opened at the page that the current number stands on.
function leadToSource(item) {
  const link = document.querySelector('a[data-way="source"]');
  const at = item?.span ? `?at=${item.span[0]}` : "";
  link.setAttribute("href", link.getAttribute("href").replace(/\?.*$/, "") + at);
}

const reveal = (element) => element.scrollIntoView({ block: "nearest" });

function go(wanted) {
  if (!wanted || editing()) return;
  getSelection().removeAllRanges(); // else + would be about what was selected before
  point(wanted.id, true);
  showPiece(piecesOf(wanted.id)[0], false);
}

function step(by, isWanted = () => true) {
  const items = shownItems();
  const at = items.findIndex((item) => item.id === current);
  for (let next = at + by; next >= 0 && next < items.length; next += by) {
    if (isWanted(items[next])) {
      go(items[next]);
      return true;
    }
  }
  return false;
}

function showNumbers() {
  byId("with-numbers").checked = true;
  list.classList.remove("without-numbers");
}

function stepNumber(by) {
  showNumbers();
  if (!step(by, (item) => item.kind === "number")) {
    page.announce(`No ${by > 0 ? "later" : "earlier"} number that is no figure.`);
  }
}

function showFinding(at) {
  finding = at;
  const piece = pieceAt(state.findings[at].span[0]);
  showPiece(piece, true);
  document.querySelector(".shown")?.classList.remove("shown");
  piece?.classList.add("shown");
  const about = piece?.dataset.items?.split(" ")[0];
  if (about && !editing()) point(about, false);
  page.announce(state.findings[at].message);
}

function nextFinding() {
  const placed = state.findings.flatMap((one, at) => (one.span ? [at] : []));
  if (!placed.length) {
    page.announce("No finding points at words of the text.");
    return;
  }
  byId("findings-part").open = true;
  showFinding(placed[(placed.indexOf(finding) + 1) % placed.length]);
}

async function goToWindow(number) {
  if (editing() || number < 0 || number >= state.window.of) return;
  current = null;
  await load(number);
  byId("windows").querySelector("button")?.focus();
}

// Deciding

function decide(parts, line) {
  const decisions = makeDecisions(state, parts);
  const sent = outbox.put(decisions);
  for (const item of state.items) {
    if (isWaiting(item)) showWaiting(item);
  }
  notices = notices.filter((one) => one.kind !== "fault"); // of what was tried before
  tell();
  if (line) page.announce(line);
  return sent;
}

const left = (item) => item.kind === "figure" && item.span && !item.decided && !isWaiting(item);

function accept(item, isByKey) {
  if (item?.kind !== "figure" || !item.span) {
    page.announce("This is no figure.");
  } else if (item.decided) {
    page.announce(`It is ${item.decided.kind} already.`);
  } else {
    const part = { kind: "accept", span: item.span, figure: item.figure };
    decide([part], `Accepted: ${valueOf(item.figure)}.`);
  }
  if (isByKey) step(1, left);
}

// What can be accepted still: figures, or, where there is none, that it is relevant or not.
function listLeft() {
  const parts = state.items
    .filter(left)
    .map((item) => ({ kind: "accept", span: item.span, figure: item.figure }));
  const relevant = state.fields.find((field) => field.name === "relevant");
  const isOpen = !relevant.decided && !outbox.waiting.some((one) => one.field === "relevant");
  if (!state.counts.figures && isOpen) {
    parts.push({ kind: "accept", field: "relevant", value: relevant.value });
  }
  return parts;
}

function acceptAll() {
  const parts = listLeft();
  if (!parts.length) page.announce("Nothing is left to accept.");
  else decide(parts, `Accepted ${plural(parts.length, "figure", "figures")}.`);
}

function remove(item, isByKey) {
  if (!item?.span || (item.kind === "number" && !item.unclaimed)) {
    page.announce("It is no figure already.");
    return;
  }
  decide([{ kind: "delete", span: item.span }], "It is no figure.");
  if (isByKey) step(1);
}

function undo(find, line) {
  if (!state || editing()) return;
  const found = find(state, outbox.waiting);
  if (!found.length) {
    page.announce("There is nothing of yours to undo.");
    return;
  }
  const span = found[0].span;
  const about = span && state.items.find((item) => item.span?.[0] === span[0]);
  if (about) point(about.id, list.contains(document.activeElement));
  decide(
    found.map((one) => ({ kind: "undo", undoes: one.decision_id })),
    line,
  );
}

function decideField(kind, field, value) {
  decide([{ kind, field, value }], `${field}: ${kind === "accept" ? "accepted" : "changed"}.`);
}

const changing = new Changing({
  state: () => state,
  current: currentItem,
  point,
  reveal,
  decide,
  notify,
  closed: () => isStale && draw(),
});
const editing = () => changing.isOpen;

// What keys and pointer do, beside what items do
const desk = {
  isReady: () => state !== null && !editing(),
  current: currentItem,
  itemOf,
  point,
  step,
  stepNumber,
  showNumbers,
  nextFinding,
  goToWindow: (by) => goToWindow(state.window.number + by),
  accept: () => accept(currentItem(), true),
  acceptAll,
  remove: () => remove(currentItem(), true),
  change: (first) => changing.change(currentItem(), first),
  add: () => changing.add(),
  addBeside: () => changing.addBeside(),
  undo: () => undo(lastDecided, "Undone."),
  redo: () => undo(lastUndone, "Redone."),
  draw,
};

const acts = {
  accept: (item) => accept(item, false),
  change: (item) => changing.change(item, "service"),
  remove: (item) => remove(item, false),
  add: (item) => changing.addFrom(item.span),
  show: (item) => {
    point(item.id, false);
    showPiece(piecesOf(item.id)[0], true);
  },
};

// Beginning, and staying up to date

async function load(number) {
  adopt(await page.ask(`/document/${id}/state?window=${number}`), false);
}

async function look() {
  if (document.hidden || !state || outbox.waiting.length) return;
  try {
    const { version } = await page.ask(`/document/${id}/version`);
    if (version === state.version || outbox.waiting.length) return;
    const newer = await page.ask(`/document/${id}/state?window=${state.window.number}`);
    if (!outbox.waiting.length && newer.version !== state.version) adopt(newer, true);
  } catch {
    // It is asked again soon; what is decided meanwhile waits.
  }
}

async function start() {
  listenToKeys(desk);
  listenToPointer(desk);
  while (!state) {
    try {
      await loadCodes();
      // A form that has them opens at once; without them it asks again.
      await loadPlaces().catch(() => {});
      await load(box.dataset.window);
    } catch (error) {
      byId("notices").textContent = `It cannot be shown: ${error.message}. It is tried again.`;
      await new Promise((done) => setTimeout(done, POLL));
    }
  }
  const at = new URLSearchParams(location.search).get("at");
  if (at) go(state.items.find((item) => item.span && item.span[1] > Number(at)));
  box.dataset.ready = "true";
  outbox.send();
  setInterval(look, POLL);
  document.addEventListener("visibilitychange", look);
}

start();
