// The text in its pieces: which figures, numbers and findings each is part of.

import { byId, characters, make } from "./elements.js";

const text = byId("text");

export function drawText(state) {
  const top = text.scrollTop;
  const items = new Map(state.items.map((item) => [item.id, item]));
  const begun = new Set();
  text.replaceChildren(
    ...state.pieces.map((piece) => drawPiece(piece, items, begun, state.findings)),
  );
  text.scrollTop = top;
}

function drawPiece([at, words, about], items, begun, findings) {
  const told = { q: [], v: [], x: [] };
  for (const each of about) told[each[0]].push(each.slice(2));
  const quoted = told.q.length > 0;
  const valued = told.v.map((id) => items.get(id));
  const figure = valued.find((item) => item.kind === "figure");
  const number = valued.find((item) => item.kind === "number");
  const severity = told.x.length ? findings[told.x[0]].severity : null;
  const classes = [
    quoted && "quoted",
    figure && "valued",
    figure?.decided && `is-${figure.decided.kind}`,
    number && "number",
    number?.unclaimed && "unclaimed",
    severity && `pointed at-${severity}`,
  ].filter(Boolean);
  const first = figure && !begun.has(figure.id);
  if (first) begun.add(figure.id);
  const ids = [...new Set([...told.v, ...told.q])];
  return make(
    quoted ? "mark" : "span",
    {
      class: classes.join(" ") || null,
      "data-at": at,
      "data-items": ids.join(" ") || null,
      "data-findings": told.x.join(" ") || null,
      "data-number": first ? figure.number : null,
    },
    words,
  );
}

export const piecesOf = (id) => text.querySelectorAll(`[data-items~="${CSS.escape(id)}"]`);

export function mark(id, name, isSo) {
  for (const piece of piecesOf(id)) piece.classList.toggle(name, isSo);
}

// Shows a piece: beside the figures at once, below them only where one asks for it.
export function showPiece(piece, isAskedFor) {
  if (!piece) return;
  if (isAskedFor || isBeside()) piece.scrollIntoView({ block: isBeside() ? "nearest" : "center" });
}

const isBeside = () => matchMedia("(min-width: 60.01rem)").matches;

export function pieceAt(position) {
  let found = null;
  for (const piece of text.children) {
    if (Number(piece.dataset.at) > position) break;
    found = piece;
  }
  return found;
}

// What is selected in the text, in characters of the whole; null where nothing is.
export function selectedSpan(state) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(text)) return null;
  const start = text.contains(range.startContainer)
    ? position(range.startContainer, range.startOffset, state)
    : state.window.start;
  const end = text.contains(range.endContainer)
    ? position(range.endContainer, range.endOffset, state)
    : state.window.end;
  return start < end ? [start, end] : null;
}

function position(node, offset, state) {
  if (node === text) {
    const next = text.children[offset];
    return next ? Number(next.dataset.at) : state.window.end;
  }
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-at]");
  const before =
    node.nodeType === Node.TEXT_NODE ? node.data.slice(0, offset) : offset ? piece.textContent : "";
  return Number(piece.dataset.at) + characters(before);
}
