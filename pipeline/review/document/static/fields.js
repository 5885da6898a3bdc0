// The report but its figures: title, day, jornadas, specialties, places. Each is decided as a whole.

import { choicesOf, spanish } from "./choices.js";
import { button, byId, make, moment } from "./elements.js";

const TRUTH = [
  { code: "true", es: "sí" },
  { code: "false", es: "no" },
];
const NAMES = {
  relevant: "relevant",
  title: "title",
  published_on: "published on",
  bulletin_kind: "kind of bulletin",
  programme: "programme",
  jornadas: "jornadas",
  specialties: "specialties",
  places: "places named",
};
const PLAIN = {
  relevant: { kind: "truth" },
  title: { kind: "text" },
  published_on: { kind: "date" },
  bulletin_kind: { kind: "code", label: "bulletin_kind" },
  programme: { kind: "text" },
};
const ROWS = {
  jornadas: {
    edition: { kind: "number" },
    kind: { kind: "code", label: "kind" },
    year: { kind: "number" },
    year_source: { kind: "code", label: "year_source", none: "not known" },
    start: { kind: "date" },
    end: { kind: "date" },
    subject: { kind: "truth" },
  },
  specialties: {
    service: { kind: "code", label: "service", only: ["consultation", "surgery"] },
    name: { kind: "text" },
  },
  places: { name: { kind: "text" }, role: { kind: "code", label: "role" } },
};

let open = null; // the field that is being changed

export const isOpen = () => open !== null;

export function drawFields(state, decide) {
  const lines = Object.fromEntries(state.fields.map((one) => [one.name, one.value]));
  byId("report-line").textContent = [
    lines.relevant ? lines.bulletin_kind : "not relevant",
    lines.published_on,
    lines.programme,
    ...lines.jornadas.filter((one) => one.subject).map(jornada),
  ]
    .filter(Boolean)
    .join(" · ");
  if (open) return; // what is being written stays
  byId("fields").replaceChildren(...state.fields.map((field) => drawField(field, decide)));
}

function drawField(field, decide) {
  const value = make("dd", { class: `of-${field.name}` });
  const show = () => {
    open = null;
    value.replaceChildren(
      ...shown(field),
      ...(field.decided
        ? [
            make(
              "span",
              { class: `chip is-${field.decided.kind}`, title: moment(field.decided.when) },
              `${field.decided.kind} by ${field.decided.who}`,
            ),
          ]
        : []),
      button("Change", "", () => change(field, value, show, decide), {
        "aria-label": `Change ${NAMES[field.name]}`,
      }),
      field.decided
        ? ""
        : button("Accept", "", () => decide("accept", field.name, field.value), {
            "aria-label": `Accept ${NAMES[field.name]}`,
          }),
    );
  };
  show();
  return make("div", { class: "row" }, make("dt", {}, NAMES[field.name]), value);
}

function shown({ name, value }) {
  if (name in ROWS) {
    const lines = value.map(
      name === "jornadas" ? jornada : (one) => `${one.name} (${one.service || one.role})`,
    );
    return lines.length
      ? [
          make(
            "ul",
            {},
            lines.map((line) => make("li", {}, line)),
          ),
        ]
      : [make("span", { class: "note" }, "none ")];
  }
  if (value === null) return [make("span", { class: "note" }, "not known ")];
  if (name === "relevant") return [make("span", {}, value ? "yes " : "no ")];
  const words = PLAIN[name].label ? spanish(PLAIN[name].label, value) : "";
  return [
    make("span", { lang: PLAIN[name].kind === "text" ? "es" : null }, `${value} `),
    words && words !== value ? make("i", { lang: "es" }, `${words} `) : "",
  ];
}

function jornada(one) {
  const days = [one.start, one.end].filter(Boolean);
  return [
    one.edition ? `edition ${one.edition}` : "",
    one.kind,
    one.year ? `${one.year}${one.year_source ? ` (${one.year_source})` : ""}` : "",
    [...new Set(days)].join(" to "),
    one.subject ? "subject" : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function change(field, value, show, decide) {
  open = field.name;
  const editor =
    field.name in ROWS
      ? rowsEditor(field)
      : plainEditor(PLAIN[field.name], NAMES[field.name], field.value);
  const leave = () => {
    show();
    value.querySelector("button").focus();
  };
  const fault = make("p", { class: "fault", role: "alert" });
  const form = make(
    "form",
    { "aria-label": `Change ${NAMES[field.name]}` },
    editor.element,
    fault,
    make(
      "p",
      { class: "acts" },
      make("button", { class: "main" }, "Keep ", make("kbd", {}, "Enter")),
      button("Leave", "Esc", leave),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open = null;
    decide("change", field.name, editor.read());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  });
  value.replaceChildren(form);
  (form.querySelector("input, select") || form.querySelector("button")).focus();
}

function plainEditor(plan, name, value) {
  const input =
    plan.kind === "code" || plan.kind === "truth"
      ? selection(plan, value)
      : make("input", { type: plan.kind, min: plan.kind === "number" ? "1" : null });
  if (input.tagName === "INPUT") input.value = value ?? "";
  return { element: make("label", {}, `${name} `, input), read: () => read(plan, input) };
}

function selection(plan, value) {
  const choices =
    plan.kind === "truth"
      ? TRUTH
      : choicesOf(plan.label).filter((one) => !plan.only || plan.only.includes(one.code));
  const name = (one) =>
    plan.kind === "truth"
      ? { true: "yes – sí", false: "no" }[one.code]
      : one.es && one.es !== one.code
        ? `${one.code} – ${one.es}`
        : one.code;
  const select = make(
    "select",
    {},
    plan.none ? make("option", { value: "" }, plan.none) : "",
    choices.map((one) => make("option", { value: one.code }, name(one))),
  );
  if (value !== null && value !== undefined) select.value = String(value);
  return select;
}

function read(plan, input) {
  const told = input.value.trim();
  if (plan.kind === "truth") return told === "true";
  if (!told) return null;
  return plan.kind === "number" ? Number(told) : told;
}

function rowsEditor(field) {
  const plans = Object.entries(ROWS[field.name]);
  const rows = [];
  const box = make("div", { class: "rows" });
  const add = (value) => {
    const editors = plans.map(([name, plan]) => [
      name,
      plainEditor(plan, name.replace("_", " "), value[name]),
    ]);
    const row = { editors };
    const drop = button("Remove", "", () => {
      rows.splice(rows.indexOf(row), 1);
      element.remove();
    });
    const element = make(
      "fieldset",
      {},
      make("legend", {}, NAMES[field.name]),
      editors.map(([, editor]) => editor.element),
      drop,
    );
    rows.push(row);
    box.append(element);
    return element;
  };
  field.value.forEach(add);
  const more = button("Add one", "", () => add({}).querySelector("input, select").focus());
  return {
    element: make("div", {}, box, more),
    read: () =>
      rows.map(({ editors }) =>
        Object.fromEntries(editors.map(([name, editor]) => [name, editor.read()])),
      ),
  };
}
