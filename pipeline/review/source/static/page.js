// The page of a file: it is turned by keys, and a figure is chosen by a click on its words.
"use strict";

(() => {
  const follow = (id) => {
    const link = document.getElementById(id);
    if (link) link.click();
    else page.announce(id === "next" ? "This is the last page." : "This is the first page.");
  };

  if (document.querySelector(".sheet")) {
    const next = () => follow("next");
    const previous = () => follow("previous");
    page.onKeys({ ArrowRight: next, n: next, ArrowLeft: previous, p: previous });
  }

  for (const group of document.querySelectorAll(".sheet g[data-number]")) {
    group.addEventListener("click", () => {
      document.querySelector(`.figures a[data-number="${group.dataset.number}"]`)?.click();
    });
  }

  const chosen = document.querySelector(".sheet .chosen");
  if (chosen) chosen.scrollIntoView({ block: "center", inline: "center" });
})();
