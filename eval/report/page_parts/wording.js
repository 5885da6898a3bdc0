// How the page of an eval writes notes, numbers and parts that scroll.

const count = new Intl.NumberFormat("en");

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
