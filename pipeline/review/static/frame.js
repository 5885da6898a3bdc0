// What every page has: where it is, keys and the sheet that lists them, requests to the server, and
// lines that are read out. Text from anywhere becomes text nodes, and nothing else.
"use strict";

const page = { root: document.body.dataset.root, who: document.body.dataset.who };

page.announce = (line) => {
  document.getElementById("announce").textContent = line;
};

// Whether a key belongs to a field that is written in, or to the browser.
page.isTaken = (event) =>
  event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing
  || document.querySelector("dialog[open]") !== null
  || (event.target instanceof Element
    && event.target.closest("input, textarea, select, [contenteditable]") !== null);

// Have keys (as KeyboardEvent.key names them) call functions. Those that return true leave the key
// to the browser as well.
page.onKeys = (functions) => {
  document.addEventListener("keydown", (event) => {
    if (page.isTaken(event) || !Object.hasOwn(functions, event.key)) return;
    if (functions[event.key](event) !== true) event.preventDefault();
  });
};

// What of the page's own address says who looks, and whether at labels of their own alone: it goes
// with all that the page asks for.
page.view = new URLSearchParams(
  [...new URLSearchParams(location.search)].filter(([name]) => ["who", "apart", "from"].includes(name)),
).toString();
page.isApart = new URLSearchParams(page.view).has("apart");
page.viewed = (path) => (page.view ? `${path}${path.includes("?") ? "&" : "?"}${page.view}` : path);

// An ID for a decision: what is sent again with it is kept once.
page.newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

// Ask the server for JSON, at an address behind the root; with `body`, send that. Where it does not
// do as asked, an Error says why, with its `status`: 0 where nobody answers.
page.ask = async (path, body) => {
  const options = { headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
    options.headers["X-Jornada-Review"] = "1";
  }
  let answer;
  try {
    answer = await fetch(page.root + page.viewed(path), options);
  } catch {
    throw Object.assign(new Error("the server does not answer"), { status: 0 });
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw Object.assign(new Error(told.error ?? answer.statusText), { status: answer.status });
};

{
  const sheet = document.getElementById("keys");
  const open = () => {
    sheet.showModal();
    sheet.scrollTop = 0; // what has the focus stands at its end
  };
  page.onKeys({ "?": open });
  for (const button of document.querySelectorAll("[data-help]")) {
    button.addEventListener("click", open);
  }
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "?") return;
    event.preventDefault(); // else it would open again at once
    sheet.close();
  });
  // A click beside the sheet is one on the dialog itself.
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
}
