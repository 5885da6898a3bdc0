// The list of bulletins: searched and filtered. A link into a closed bulletin opens it.

const list = byId("list");
const items = [...list.children];
const texts = new Map(); // what a search looks through, folded once
const numbers = new Intl.NumberFormat("en");

// The numbers behind marks are no words of a text.
function readText(item) {
  const nodes = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  let text = "";
  while (nodes.nextNode()) {
    if (!nodes.currentNode.parentElement.classList.contains("tag")) text += nodes.currentNode.data;
  }
  return text;
}

function textOf(item) {
  if (!texts.has(item)) texts.set(item, fold(readText(item)));
  return texts.get(item);
}

function show() {
  const words = fold(byId("words").value);
  const kind = byId("which").value;
  let shown = 0;
  for (const item of items) {
    const isShown =
      (!kind || item.dataset.kinds.split(" ").includes(kind)) &&
      (!words || textOf(item).includes(words));
    item.hidden = !isShown;
    shown += isShown;
  }
  const { noun } = byId("found").dataset;
  byId("found").textContent =
    `${numbers.format(shown)} / ${numbers.format(items.length)} ${noun}`;
}

function openAll(open) {
  for (const item of items) if (!item.hidden) item.open = open;
}

byId("choices").hidden = false;
byId("choices").addEventListener("submit", (event) => event.preventDefault());
byId("choices").addEventListener("input", show);
byId("open-all").addEventListener("click", () => openAll(true));
byId("close-all").addEventListener("click", () => openAll(false));
show();
