// What every page has: where it is, requests, and lines that are read out.
"use strict";

const page = { root: document.body.dataset.root, who: document.body.dataset.who };

page.announce = (line) => {
  document.getElementById("announce").textContent = line;
};
