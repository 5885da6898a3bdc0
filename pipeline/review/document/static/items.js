// Figures and numbers that are none, as a list in the order of the text.

import { spanish } from "./choices.js";
import { button, byId, count, make, moment, plural } from "./elements.js";

const SIGNS = { accepted: "✓", changed: "✎", added: "+" };
const LABELS = ["status", "period", "edition", "days", "place", "basis", "approximate"];

export const list = byId("items");

export const elementOf = (id) => byId(`item-${id}`);

// `acts` has what is done with an item, by name.
export function drawItems(state, isWaiting, acts) {
  const top = list.scrollTop;
  list.replaceChildren(
    ...state.items.map((item) =>
      item.kind === "figure" ? drawFigure(item, acts) : drawNumber(item, acts),
    ),
  );
  if (!state.items.length) list.append(make("li", { class: "note" }, "No number stands here."));
  state.items.filter(isWaiting).forEach(showWaiting);
  list.scrollTop = top;
}

function frame(item, kind, name, ...children) {
  return make(
    "li",
    {
      id: `item-${item.id}`,
      class: `item ${kind}`,
      "data-id": item.id,
      tabindex: "-1",
      "aria-label": name,
    },
    children,
  );
}

function coded(label, code, service) {
  const words = spanish(label, code, service);
  return [
    make("span", { class: "code" }, code),
    words && words !== code ? make("i", { lang: "es" }, ` ${words}`) : "",
  ];
}

export function valueOf(figure) {
  return count.format(figure.value) + (figure.unit === "percent" ? " %" : "");
}

function drawFigure(item, acts) {
  const figure = item.figure;
  const name = `Figure ${item.number}: ${valueOf(figure)} ${figure.service}`;
  const kinds = (figure.detail || "").split("+").filter(Boolean);
  return frame(
    item,
    "figure",
    name,
    make(
      "p",
      { class: "head" },
      make("span", { class: "no" }, String(item.number)),
      make("b", { class: "value" }, valueOf(figure)),
      make("span", { class: "what" }, coded("service", figure.service)),
      kinds.map((kind) =>
        make("span", { class: "what kind" }, coded("detail", kind, figure.service)),
      ),
      item.decided ? decision(item.decided) : "",
    ),
    make(
      "p",
      { class: "labels" },
      LABELS.flatMap((label) => labelled(label, figure)),
    ),
    make("p", { class: "words" }, make("q", { lang: "es" }, figure.quote)),
    make("p", { class: "acts" }, figureActs(item, acts)),
  );
}

function labelled(label, figure) {
  const shown = { days: days(figure), approximate: figure.approximate ? "approximate" : null };
  if (label in shown) return shown[label] ? [make("span", { class: "label" }, shown[label])] : [];
  if (figure[label] === null || figure[label] === undefined) return [];
  if (label === "edition") return [make("span", { class: "label" }, `edition ${figure.edition}`)];
  const own = label === "place" ? figure.place : coded(label, figure[label]);
  return [make("span", { class: `label of-${label}` }, own)];
}

function days({ starts_on: start, ends_on: end }) {
  if (!start && !end) return null;
  return start === end ? start : `${start || "…"} to ${end || "…"}`;
}

function decision({ kind, who, when }) {
  return make(
    "span",
    { class: `chip is-${kind}`, title: moment(when) },
    make("span", { "aria-hidden": "true" }, `${SIGNS[kind] || ""} `),
    `${kind} by ${who}`,
  );
}

export function showWaiting(item) {
  const element = elementOf(item.id);
  if (!element || element.classList.contains("waits")) return;
  element.classList.add("waits");
  const chip = make("span", { class: "chip is-waiting" }, "… not kept yet");
  element.querySelector(".head").append(chip);
}

function figureActs(item, acts) {
  const show = button("Show in text", "", () => acts.show(item), { class: "jump" });
  if (!item.span)
    return [
      make(
        "span",
        { class: "note" },
        "Its number was not found in the text: it cannot be decided here.",
      ),
      show,
    ];
  return [
    item.decided ? "" : button("Accept", "a", () => acts.accept(item)),
    button("Change", "e", () => acts.change(item)),
    button("No figure", "d", () => acts.remove(item)),
    show,
  ];
}

function drawNumber(item, acts) {
  return frame(
    item,
    item.unclaimed ? "none unclaimed" : "none",
    `No figure: ${item.raw}`,
    make(
      "p",
      { class: "head" },
      make("b", { class: "value" }, item.raw),
      make("span", { class: "reason" }, item.reason),
    ),
    make(
      "p",
      { class: "acts" },
      button("Make a figure", "+", () => acts.add(item)),
      item.unclaimed && item.span ? button("No figure", "d", () => acts.remove(item)) : "",
      button("Show in text", "", () => acts.show(item), { class: "jump" }),
    ),
  );
}

export function drawCounts(state) {
  const { figures, left, numbers } = state.counts;
  const told = left ? `${count.format(left)} left to decide` : figures ? "all decided" : "none";
  byId("counts").textContent =
    `${plural(figures, "figure", "figures")}, ${told} · ${plural(numbers, "number that is", "numbers that are")} none`;
}
