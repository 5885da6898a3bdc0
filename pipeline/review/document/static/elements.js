// Elements, numbers and words. All text comes from anywhere: it becomes text nodes and plain
// attributes, never markup.

export const byId = (id) => document.getElementById(id);
export const count = new Intl.NumberFormat("en", { maximumFractionDigits: 12 });

export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value);
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== "" && child !== undefined),
  );
  return element;
}

export function button(label, key, act, attributes) {
  const kbd = key ? [" ", make("kbd", {}, key)] : [];
  const made = make(
    "button",
    { type: "button", "aria-keyshortcuts": key, ...attributes },
    label,
    kbd,
  );
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act(event);
  });
  return made;
}

// Without case and accents
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// How many characters, as Python counts them: halves of one are one
export function characters(text) {
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0xdc00 || code > 0xdfff || !isHigh(text.charCodeAt(at - 1))) number += 1;
  }
  return number;
}

const isHigh = (code) => code >= 0xd800 && code <= 0xdbff;

export const plural = (number, one, many) => `${count.format(number)} ${number === 1 ? one : many}`;

export function moment(iso) {
  return iso ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : "";
}
