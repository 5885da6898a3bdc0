// The form that a figure's labels are changed in, or given for a new one.

import { choicesOf } from "./choices.js";
import { combobox } from "./combobox.js";
import { button, count, make } from "./elements.js";

const OPTIONAL = ["edition", "starts_on", "ends_on", "basis", "detail"];

const said = (one) => (one.es && one.es !== one.code ? `${one.code} – ${one.es}` : one.code);

function selection(name, label, value, none) {
  const select = make("select", { name });
  const options = choicesOf(name).map((one) => make("option", { value: one.code }, said(one)));
  if (none) options.unshift(make("option", { value: "" }, none));
  select.append(...options);
  select.value = value || (none ? "" : choicesOf(name)[0].code);
  return field(name, label, select);
}

function entry(name, label, type, value) {
  const input = make("input", {
    name,
    type,
    min: type === "number" ? "1" : null,
    step: type === "number" ? "1" : null,
  });
  input.value = value ?? "";
  return field(name, label, input);
}

const field = (name, label, input) => ({
  element: make("div", { class: `field of-${name}` }, make("label", {}, `${label} `, input)),
  input,
  read: () => input.value,
});

function valueField(readings, figure, text) {
  const select = make("select", { name: "value" });
  readings.forEach((one, at) => {
    const sign = one.unit === "percent" ? " %" : "";
    const words = text(one.span);
    select.append(make("option", { value: at }, `${count.format(one.value)}${sign} “${words}”`));
  });
  const now = readings.findIndex((one) => one.value === figure.value && one.unit === figure.unit);
  select.value = String(Math.max(0, now));
  const made = field("value", readings.length > 1 ? "Value, as it can be read" : "Value", select);
  return { ...made, read: () => readings[Number(select.value)] };
}

// `figure`: what stands in the fields at first. `keep` is given the figure and its numeral's span.
export function figureForm({ figure, readings, quoteOf, textOf, title, first, keep, leave }) {
  const fields = {
    value: valueField(readings, figure, textOf),
    service: combobox({
      name: "service",
      label: "Service",
      value: figure.service,
      choices: () => choicesOf("service"),
      isRequired: true,
      change: () => {
        leaveForeignKinds(fields);
        follow(fields, fault);
      },
    }),
    detail: combobox({
      name: "detail",
      label: "Kind (several: a+b)",
      value: figure.detail,
      choices: () => choicesOf("detail", fields.service.read()),
      joint: "+",
      change: () => follow(fields, fault),
    }),
    status: selection("status", "Status", figure.status),
    period: selection("period", "Period", figure.period),
    edition: entry("edition", "Edition", "number", figure.edition),
    starts_on: entry("starts_on", "First day", "date", figure.starts_on),
    ends_on: entry("ends_on", "Last day", "date", figure.ends_on),
    place: combobox({
      name: "place",
      label: "Place (several: a; b)",
      value: figure.place || "national",
      choices: () => choicesOf("place"),
      joint: "; ",
      isRequired: true,
    }),
    approximate: approximateField(figure.approximate),
    basis: selection("basis", "Percent of", figure.basis, "not said"),
  };
  const quote = make("q", { lang: "es" });
  const fault = make("p", { class: "fault", role: "alert" });
  const form = make(
    "form",
    { class: "figure-form", "aria-label": title, novalidate: true },
    make(
      "div",
      { class: "fields" },
      Object.values(fields).map((one) => one.element),
    ),
    make("p", { class: "quote-line" }, "Quote ", quote),
    fault,
    make(
      "p",
      { class: "acts" },
      make("button", { class: "main" }, "Keep ", make("kbd", {}, "Enter")),
      button("Leave", "Esc", leave),
    ),
  );
  const show = () => {
    quote.textContent = quoteOf(fields.value.read());
    follow(fields, fault);
  };
  for (const name of ["value", "period"]) fields[name].input.addEventListener("change", show);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = faultOf(fields);
    fault.textContent = said || "";
    if (!said) keep(readFigure(fields, figure), fields.value.read());
  });
  show();
  const start = fields[first] && !fields[first].element.hidden ? first : "service";
  return { form, focus: () => focus(fields[start].input) };
}

function focus(input) {
  input.focus();
  if (input.type === "text") input.select();
}

function approximateField(value) {
  const input = make("input", { type: "checkbox", name: "approximate" });
  input.checked = Boolean(value);
  const element = make(
    "div",
    { class: "field of-approximate" },
    make("label", {}, input, " approximate"),
  );
  return { element, input, read: () => input.checked };
}

// Fields that belong to some figures only come and go.
function follow(fields, fault) {
  fault.textContent = "";
  fields.basis.element.hidden = fields.value.read().unit !== "percent";
  fields.edition.element.hidden = fields.period.read() !== "jornada";
}

// Kinds are of one service: those of the one before would only be refused.
function leaveForeignKinds(fields) {
  const known = choicesOf("detail", fields.service.read()).map((one) => one.code);
  const isService = choicesOf("service").some((one) => one.code === fields.service.read());
  if (isService && kindsOf(fields).some((kind) => !known.includes(kind))) {
    fields.detail.input.value = "";
  }
}

function faultOf(fields) {
  const service = fields.service.read();
  if (!choicesOf("service").some((one) => one.code === service)) {
    return service ? `“${service}” is no service: choose one from the list.` : "Which service?";
  }
  const known = choicesOf("detail", service).map((one) => one.code);
  const kinds = kindsOf(fields);
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown) return `“${unknown}” is no kind of ${service}: choose one from the list.`;
  if (kinds.length > 3) return "At most three kinds are joined; of more, none is said.";
  if (kinds.length > 1 && kinds.includes("other"))
    return "“other” is never joined with another kind.";
  if (!fields.place.read()) return "Which place? “national” is one.";
  const invalid = Object.values(fields).find(
    (one) => one.input.validity.badInput || one.input.validity.rangeUnderflow,
  );
  if (invalid) return `“${invalid.input.name}” cannot be read.`;
  const [start, end] = [fields.starts_on.read(), fields.ends_on.read()];
  return start && end && end < start ? "The last day is before the first." : null;
}

const kindsOf = (fields) =>
  [
    ...new Set(
      fields.detail
        .read()
        .split("+")
        .map((one) => one.trim())
        .filter(Boolean),
    ),
  ].sort();

function readFigure(fields, before) {
  const reading = fields.value.read();
  const figure = {
    ...before,
    value: reading.value,
    unit: reading.unit,
    detail: kindsOf(fields).join("+"),
    approximate: fields.approximate.read(),
  };
  for (const name of [
    "service",
    "status",
    "period",
    "starts_on",
    "ends_on",
    "place",
    "basis",
    "edition",
  ]) {
    figure[name] = fields[name].read();
  }
  if (fields.basis.element.hidden) figure.basis = null;
  if (fields.edition.element.hidden) figure.edition = null;
  for (const name of OPTIONAL) figure[name] = figure[name] || null;
  if (figure.edition !== null) figure.edition = Number(figure.edition);
  return figure;
}
