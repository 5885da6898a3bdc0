// Elements, numbers and packed data. All text comes from anywhere: it becomes text nodes and plain
// attributes, never markup.

const byId = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en");

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ""));
  return element;
}

const note = (...children) => make("p", { class: "note" }, ...children);

// A part that may scroll is reached by keyboard, and has a name.
const scrolled = (label, kind, lang, ...children) =>
  make(
    "div",
    { class: kind, lang, role: "region", "aria-label": label, tabindex: "0" },
    ...children,
  );

const ratio = (value) => (value === null ? "–" : value.toFixed(3));

function signed(value) {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? "0.000" : (value < 0 ? "−" : "+") + text;
}

async function unpack(id) {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
