// What keys and the pointer do on the page of a document.

import { byId } from "./elements.js";
import { elementOf, list } from "./items.js";
import { mark, piecesOf, showPiece } from "./text.js";

const text = byId("text");

const FIRST = {
  e: "service",
  v: "value",
  s: "service",
  c: "detail",
  t: "status",
  p: "period",
  o: "edition",
  y: "starts_on",
  l: "place",
  x: "approximate",
  b: "basis",
};

function follow(name) {
  document.querySelector(`a[data-way="${name}"]`)?.click();
}

export function listenToKeys(desk) {
  // Within the text, arrows scroll it.
  const outside = (act) => (event) =>
    text.contains(event.target) && event.key.startsWith("Arrow") ? true : void act();
  const keys = {
    ArrowDown: outside(() => desk.step(1)),
    ArrowUp: outside(() => desk.step(-1)),
    j: () => void desk.step(1),
    k: () => void desk.step(-1),
    n: () => desk.stepNumber(1),
    N: () => desk.stepNumber(-1),
    f: () => desk.nextFinding(),
    a: () => desk.accept(),
    A: () => desk.acceptAll(),
    d: () => desk.remove(),
    "+": () => desk.add(),
    m: () => desk.addBeside(),
    u: () => desk.undo(),
    r: () => desk.redo(),
    i: () => openPart("report"),
    h: () => openPart("history-part"),
    w: () => desk.goToWindow(1),
    W: () => desk.goToWindow(-1),
    g: () => follow("gold"),
    "[": () => follow("previous"),
    "]": () => follow("next"),
  };
  for (const [key, first] of Object.entries(FIRST)) {
    keys[key] = () => desk.change(first);
  }
  // What acts gives back is not for the browser.
  const quiet = Object.entries(keys).map(([key, act]) => [
    key,
    (event) => !desk.isReady() || act(event) === true,
  ]);
  page.onKeys(Object.fromEntries(quiet));
  document.addEventListener("keydown", (event) => {
    if (
      !(event.ctrlKey || event.metaKey) ||
      event.altKey ||
      event.target.closest("input, textarea")
    )
      return;
    const key = event.key.toLowerCase();
    if (key === "y" || (key === "z" && event.shiftKey)) desk.redo();
    else if (key === "z") desk.undo();
    else return;
    event.preventDefault();
  });
}

function openPart(name) {
  byId(name).open = true;
  (byId(name).querySelector("dd button") || byId(name).querySelector("summary")).focus();
}

function hover(target, isOver) {
  const about = target.closest?.("[data-items], [data-id]");
  if (!about || about.id === "document") return;
  const one = about.dataset.id ?? about.dataset.items.split(" ")[0];
  mark(one, "hover", isOver);
  elementOf(one)?.classList.toggle("hover", isOver);
}

export function listenToPointer(desk) {
  for (const [name, isOver] of [
    ["mouseover", true],
    ["mouseout", false],
  ]) {
    byId("document").addEventListener(name, (event) => hover(event.target, isOver));
  }
  text.addEventListener("click", (event) => {
    const piece = event.target.closest("[data-items]");
    if (!piece || !getSelection().isCollapsed || !desk.isReady()) return;
    const wanted = piece.dataset.items.split(" ")[0];
    if (desk.itemOf(wanted)?.kind === "number") desk.showNumbers();
    desk.point(wanted, true);
  });
  list.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-id]");
    if (!wanted || !desk.isReady() || event.target.closest("button")) return;
    desk.point(wanted.dataset.id, true);
    showPiece(piecesOf(wanted.dataset.id)[0], false);
  });
  list.addEventListener("focusin", (event) => {
    const wanted = event.target.closest("[data-id]");
    if (wanted && desk.isReady() && wanted.dataset.id !== desk.current()?.id)
      desk.point(wanted.dataset.id, false);
  });
  byId("with-numbers").addEventListener("change", () => desk.draw());
  byId("accept-all").addEventListener("click", () => desk.acceptAll());
  byId("undo").addEventListener("click", () => desk.undo());
  byId("redo").addEventListener("click", () => desk.redo());
  byId("add").addEventListener("click", () => desk.add());
}
