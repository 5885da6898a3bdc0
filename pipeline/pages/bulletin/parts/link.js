// What a mark of the text and its row have to do with each other: what the pointer or the keyboard
// is on lights up in both, and the arrow keys go on to the next one.

const names = (element) => element?.closest("[data-of]")?.dataset.of.split(" ") ?? [];

let lit = [];

function light(event) {
  lit.forEach((each) => each.classList.remove("lit"));
  lit = [];
  const wanted = new Set(event.type === "pointerout" ? [] : names(event.target));
  const room = event.target.closest?.(".sides");
  if (!wanted.size || !room) return;
  const rows = [...room.querySelectorAll("mark[data-of], tr[data-of], li[data-of]")];
  lit = rows.filter((each) => each.dataset.of.split(" ").some((name) => wanted.has(name)));
  lit.forEach((each) => each.classList.add("lit"));
}

function goOn(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const link = event.target.closest?.("a.to, .text a.tag");
  if (!step || !link || event.altKey || event.ctrlKey || event.metaKey) return;
  const kind = link.matches(".to") ? "a.to" : ".text a.tag";
  const links = [...link.closest(".sides").querySelectorAll(kind)];
  const next = links[links.indexOf(link) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

document.addEventListener("pointerover", light);
document.addEventListener("pointerout", light);
document.addEventListener("focusin", light);
document.addEventListener("keydown", goOn);
