// A field with a list that is filtered as one types: by code, by Spanish and by English words,
// without case and accents. As WAI-ARIA has it: the focus stays in the field, the list follows.

import { fold, make } from "./elements.js";

const MOST_SHOWN = 60;
let made = 0;

// `choices()` gives {code, es, en, also}; `joint` stands between several codes in one field.
export function combobox({ name, label, value, choices, joint, isRequired, change }) {
  made += 1;
  const id = `combobox-${made}`;
  const list = make("ul", { role: "listbox", id: `${id}-list`, "aria-label": label, hidden: true });
  const input = make("input", {
    id,
    name,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    required: isRequired,
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    value,
  });
  input.value = value || "";
  const box = { input, list, choices, joint, shown: [], at: -1, change: change || (() => {}) };
  listen(box);
  const element = make(
    "div",
    { class: `field of-${name}` },
    make("label", { for: id }, label),
    make("div", { class: "combobox" }, input, list),
  );
  return { element, input, read: () => input.value.trim() };
}

// What is being typed: the last of several
function typed(box) {
  const whole = box.input.value;
  const at = box.joint ? whole.lastIndexOf(box.joint.trim()) + 1 : 0;
  return [whole.slice(0, at), whole.slice(at).trim()];
}

function matches(box) {
  const words = fold(typed(box)[1])
    .split(/[\s_]+/)
    .filter(Boolean);
  const ranked = [];
  for (const choice of box.choices()) {
    const text = fold(`${choice.code} ${choice.es} ${choice.en} ${choice.also}`).replaceAll(
      "_",
      " ",
    );
    if (!words.every((word) => text.includes(word))) continue;
    const begins = [choice.code, choice.es, choice.en].some((one) =>
      fold(one).replaceAll("_", " ").startsWith(words.join(" ")),
    );
    ranked.push([begins ? 0 : 1, ranked.length, choice]);
  }
  ranked.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  return ranked.map((one) => one[2]);
}

function open(box, isAll) {
  const found = isAll ? [...box.choices()] : matches(box);
  box.shown = found.slice(0, MOST_SHOWN);
  box.list.replaceChildren(...box.shown.map((choice, at) => option(box, choice, at)));
  if (found.length > MOST_SHOWN) {
    const more = `${found.length - MOST_SHOWN} more: type to narrow`;
    box.list.append(
      make(
        "li",
        { class: "note", role: "option", "aria-disabled": "true", "aria-selected": "false" },
        more,
      ),
    );
  }
  const isOpen = box.shown.length > 0;
  box.list.hidden = !isOpen;
  box.input.setAttribute("aria-expanded", String(isOpen));
  point(box, isOpen && !isAll && typed(box)[1] ? 0 : -1);
}

function option(box, choice, at) {
  const words = [choice.es, choice.en].filter((one) => one && one !== choice.code).join(" · ");
  const element = make(
    "li",
    { role: "option", id: `${box.list.id}-${at}`, "aria-selected": "false" },
    make("b", {}, choice.code),
    words ? make("span", {}, ` ${words}`) : "",
  );
  element.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the focus stays
    choose(box, at);
  });
  return element;
}

function point(box, at) {
  box.at = at;
  for (const [place, element] of [...box.list.children].entries()) {
    element.setAttribute("aria-selected", String(place === at));
  }
  const pointed = box.list.children[at];
  if (pointed && at >= 0) {
    box.input.setAttribute("aria-activedescendant", pointed.id);
    pointed.scrollIntoView({ block: "nearest" });
  } else {
    box.input.removeAttribute("aria-activedescendant");
  }
}

function close(box) {
  box.list.hidden = true;
  box.input.setAttribute("aria-expanded", "false");
  point(box, -1);
}

function choose(box, at) {
  const [before] = typed(box);
  const space = before && box.joint === "; " ? " " : "";
  box.input.value = before + space + box.shown[at].code;
  close(box);
  box.change();
}

function move(box, step) {
  if (box.list.hidden) {
    open(box, !typed(box)[1] || step > 0);
    point(box, step > 0 ? 0 : box.shown.length - 1);
    return;
  }
  const number = box.shown.length;
  point(box, (box.at + step + number) % number);
}

function listen(box) {
  const keys = {
    ArrowDown: () => move(box, 1),
    ArrowUp: () => move(box, box.at < 0 ? 0 : -1),
    Enter: () => !box.list.hidden && box.at >= 0 && (choose(box, box.at), true),
    Tab: () => (!box.list.hidden && box.at >= 0 && choose(box, box.at), close(box), false),
    Escape: () => !box.list.hidden && (close(box), true),
  };
  box.input.addEventListener("input", () => {
    open(box, false);
    box.change();
  });
  box.input.addEventListener("blur", () => close(box));
  box.input.addEventListener("click", () => box.list.hidden && open(box, true));
  box.input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || !Object.hasOwn(keys, event.key)) return;
    if (keys[event.key]() !== false) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}
