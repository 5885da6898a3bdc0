// The list of bulletins: searched, filtered and ordered; what is opened is unpacked and drawn then.

const list = byId("list");
const form = byId("choices");
const items = [...list.children];
let haystacks = null; // what a search looks through, by bulletin
let wanted = 0; // the newest search: an older one that ends later is dropped

const chosen = () => Number(byId("variant")?.value ?? 0);

function summary(line, variant) {
  const own = line.variants[variant];
  const tally = own.outcomes.flatMap((number, kind) =>
    number ? [`${index.outcomes[kind][1]} ${count.format(number)} ${index.outcomes[kind][2]}`] : [],
  );
  const before = variant ? `${ratio(line.variants[0].f1)} → ` : "";
  const gain = variant ? ` (${signed(own.gain)})` : "";
  const moved = variant
    ? Object.keys(DIRECTIONS).flatMap((name, place) =>
        own.changes[place] ? [`${own.changes[place]} ${name}`] : [],
      )
    : [];
  const status = own.status === "ok" ? [] : [own.status];
  return [
    `strict F1 ${before}${ratio(own.f1)}${gain}`,
    tally.join(", ") || "no figures",
    moved.join(", "),
    ...status,
  ]
    .filter(Boolean)
    .join(" · ");
}

const FILTERS = {
  all: ["all", () => true],
  errors: ["with errors", (own) => own.errors > 0],
  lost: ["worse than the first", (own) => own.gain < 0],
  gained: ["better than the first", (own) => own.gain > 0],
  changed: ["read differently from the first", (own) => own.changes.some(Boolean)],
  partial: ["partial or failed", (own) => own.status !== "ok"],
};
const ORDERS = {
  gain: (own) => own.gain - own.changes[0] / 1e6, // of equal losses that of more figures first
  f1: (own) => (own.f1 === null ? 2 : own.f1),
  errors: (own) => -own.errors,
  name: () => 0,
};

async function fill(details) {
  const [number, variant] = [Number(details.dataset.number), chosen()];
  const inner = details.querySelector(".body");
  if (inner.dataset.variant === String(variant)) return;
  inner.dataset.variant = variant;
  details.setAttribute("aria-busy", "true");
  const body = await unpack(`body-${number}`);
  if (chosen() === variant) inner.replaceChildren(...drawBody(body, number, variant));
  details.removeAttribute("aria-busy");
}

function fillChoices() {
  const several = index.variants.length > 1;
  const wrong = [
    ...new Set(index.bulletins.flatMap((line) => line.variants.flatMap((own) => own.wrong))),
  ].sort();
  for (const label of wrong.filter((name) => name !== "value")) {
    FILTERS[`label ${label}`] = [`wrong label: ${label}`, (own) => own.wrong.includes(label)];
  }
  index.outcomes.slice(1).forEach(([key, sign, name], place) => {
    FILTERS[key] = [`${sign} ${name}`, (own) => own.outcomes[place + 1] > 0];
  });
  const against = ["lost", "gained", "changed"];
  const names = Object.keys(FILTERS).filter((name) => several || !against.includes(name));
  byId("which").append(...names.map((name) => make("option", { value: name }, FILTERS[name][0])));
  const parts = [...new Set(index.bulletins.flatMap((line) => line.parts))].sort();
  byId("part").append(
    ...["", ...parts].map((part) => make("option", { value: part }, part || "any kind")),
  );
}

async function search() {
  haystacks ??= await Promise.all(
    index.bulletins.map(async (line, number) => {
      const body = await unpack(`body-${number}`);
      const texts = body.readings
        .flat()
        .flatMap((own) =>
          own.rows.flatMap((row) => [
            row.quote,
            ...[...row.gold, ...row.read].flatMap(([text, , meaning]) => [text, meaning]),
          ]),
        );
      return fold([line.stem, body.text, ...new Set(texts)].join(" \n "));
    }),
  );
  return haystacks;
}

async function show() {
  const turn = ++wanted;
  list.setAttribute("aria-busy", "true");
  const words = fold(byId("words").value);
  const found = words ? await search() : null;
  if (turn !== wanted) return;
  const [variant, which, part, order] = [
    chosen(),
    byId("which").value,
    byId("part").value,
    byId("order").value,
  ];
  const keys = index.bulletins.map((line) => ORDERS[order](line.variants[variant]));
  const places = [...items.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
  let shown = 0;
  for (const place of places) {
    const line = index.bulletins[place];
    const isShown =
      FILTERS[which][1](line.variants[variant]) &&
      (!part || line.parts.includes(part)) &&
      (!words || found[place].includes(words));
    items[place].hidden = !isShown;
    items[place].querySelector("summary .note").textContent = summary(line, variant);
    shown += isShown;
  }
  list.append(...places.map((place) => items[place]));
  byId("found").textContent = `${count.format(shown)} of ${count.format(items.length)} bulletins`;
  await Promise.all(items.filter((item) => item.open).map(fill));
  if (turn === wanted) list.removeAttribute("aria-busy");
}

function find(event) {
  const button = event.target.closest("button.quoted");
  if (!button) return;
  if (byId("variant")) byId("variant").value = button.dataset.variant;
  byId("which").value = "all";
  byId("part").value = "";
  byId("words").value = button.dataset.quote;
  byId("bulletins").scrollIntoView();
  byId("words").focus({ preventScroll: true });
  show();
}

function openLinked(event) {
  const link = event.target.closest("a[href^='#prompt-']");
  const target = link && byId(link.getAttribute("href").slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

async function start() {
  try {
    index = await unpack("index");
  } catch (error) {
    byId("found").textContent =
      `Bulletins cannot be opened in this browser: it takes one of 2023 or newer (${error.name}).`;
    return;
  }
  fillChoices();
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  list.addEventListener(
    "toggle",
    (event) =>
      event.target.classList.contains("bulletin") && event.target.open && fill(event.target),
    true,
  );
  document.addEventListener("click", find);
  document.addEventListener("click", openLinked);
  await show();
}

start();
