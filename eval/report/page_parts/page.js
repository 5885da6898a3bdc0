// Fills in the bulletins of an eval's page: what is opened is unpacked and drawn then.
// All text comes from anywhere: it becomes text nodes and plain attributes, never markup.
"use strict";
(() => {
  const DIRECTIONS = { worse: "↓ worse", better: "↑ better", other: "↔ other" };
  const byId = (id) => document.getElementById(id);
  const list = byId("list");
  const form = byId("choices");
  const items = [...list.children];
  const count = new Intl.NumberFormat("en");
  let index = null; // what page_bulletins.py and page.py pack
  let haystacks = null; // what a search looks through, by bulletin
  let wanted = 0; // the newest search: an older one that ends later is dropped

  // Elements and texts

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== ""));
    return element;
  }

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

  // Without case, accents and kinds of white space
  const fold = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  // What became of figures

  function outcome(kind) {
    const [key, sign, name] = index.outcomes[kind];
    return make("span", { class: `chip k-${key}` }, make("span", { "aria-hidden": "true" }, sign), ` ${name}`);
  }

  function labels(parts) {
    if (!parts.length) return ["–"];
    return parts.flatMap(([text, differs, meaning], place) => {
      const shown = make(differs ? "strong" : "span", { class: differs && "diff", title: meaning || null }, text);
      return place ? [" · ", shown] : [shown];
    });
  }

  function markedText(body, reading) {
    const points = Array.from(body.text); // Python counts characters, not halves of them
    const shown = make("div", { class: "text", lang: "es", tabindex: "0" });
    let at = 0;
    for (const [start, end, kind, tags] of reading.marks) {
      const mark = make("mark", { class: `k-${index.outcomes[kind][0]}` }, points.slice(start, end).join(""));
      for (const [number, own, wrong] of tags) {
        const [key, sign] = index.outcomes[own];
        mark.append(make("b", { class: `tag k-${key}`, lang: "en" }, sign + number + (wrong.length ? ` ${wrong.join(", ")}` : "")));
      }
      shown.append(points.slice(at, start).join(""), mark);
      at = end;
    }
    shown.append(points.slice(at).join(""));
    const notes = [shown];
    if (body.length > points.length) {
      const left = count.format(body.length - points.length);
      notes.push(make("p", { class: "note" }, `Cut here: ${left} of ${count.format(body.length)} characters are not shown.`));
    }
    if (reading.error) notes.push(make("p", { class: "note" }, `Not read: ${reading.error}`));
    if (reading.dropped) {
      notes.push(make("p", { class: "note" }, `${reading.dropped} more figures were read that the text does not hold; they are not stored.`));
    }
    return notes;
  }

  function table(caption, heads, rows) {
    const cells = (row) => row.map((cell, place) => make("td", { "data-label": heads[place], class: cell.class || null }, make("div", {}, cell.shown || cell)));
    return make(
      "div",
      { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
      make(
        "table",
        { class: "wide figures" },
        make("caption", {}, make("span", {}, caption)),
        make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, rows.map((row) => make("tr", {}, cells(row)))),
      ),
    );
  }

  const quote = (row) => ({ class: "quote", shown: make("q", { lang: "es" }, row.quote) });

  function figures(stem, name, reading) {
    const rows = reading.rows.map((row) => {
      const told = [row.wrong.join(", "), row.wrong.length && row.strict ? "strictly right" : ""].filter(Boolean).join("; ");
      return [
        { class: "n", shown: String(row.number) },
        [outcome(row.outcome), told && make("br"), told && make("small", {}, told)],
        quote(row),
        labels(row.gold),
        labels(row.read),
      ];
    });
    const shown = table(`Figures of ${stem} as ${name} read them; labels that differ are underlined.`, ["No.", "Outcome", "Quote", "Gold says", "Was read"], rows);
    const more = reading.hidden && make("p", { class: "note" }, `${count.format(reading.hidden)} more figures are not shown.`);
    return more ? [shown, more] : [shown];
  }

  function changes(stem, names, body, variant) {
    const [before, after] = [body.readings[0][0], body.readings[variant][0]];
    const verdict = (row) =>
      row ? [outcome(row.outcome), row.read.length && row.outcome ? [make("br"), ...labels(row.read)] : ""].flat() : ["not read"];
    const rows = body.changes[variant].map(([direction, one, other]) => {
      const [old, now] = [one && before.rows[one - 1], other && after.rows[other - 1]];
      const row = now || old;
      return [{ class: direction, shown: DIRECTIONS[direction] }, quote(row), labels(row.gold), verdict(old), verdict(now)];
    });
    if (!rows.length) return make("p", { class: "note" }, "No figure was read differently.");
    return table(`Figures of ${stem} that changed from ${names[0]} to ${names[1]}.`, ["Change", "Quote", "Gold says", "Before", "After"], rows);
  }

  // One bulletin

  function folded(title, open, draw) {
    const inner = make("div", { class: "body" });
    const details = make("details", { class: "part" }, make("summary", {}, make("h4", {}, title)), inner);
    const fill = async () => {
      if (inner.hasChildNodes() || details.hasAttribute("aria-busy")) return;
      details.setAttribute("aria-busy", "true");
      inner.append(...(await draw()));
      details.removeAttribute("aria-busy");
    };
    details.addEventListener("toggle", () => details.open && fill());
    details.open = open;
    return details;
  }

  function call(one, number) {
    const [sent, received] = one.tokens.map((tokens) => (tokens === null ? "–" : count.format(tokens)));
    const facts = `${one.outcome} · ${sent} tokens in, ${received} out · ${one.seconds.toFixed(1)} s`;
    return [
      make("h5", {}, `Answer ${number} `, make("span", { class: "note" }, facts)),
      one.answer === null ? make("p", { class: "note" }, "No answer came.") : make("div", { class: "text said", tabindex: "0" }, one.answer || "(empty)"),
      one.errors.length ? make("p", {}, "What was wrong with it:") : "",
      one.errors.length ? make("ol", { class: "faults" }, one.errors.map((error) => make("li", {}, error))) : "",
      one.then && make("p", { class: "note" }, one.then),
    ];
  }

  function conversation(talk, variant) {
    if (!talk.calls.length) return [make("p", { class: "note" }, "No calls are on record: rules read it, or it was never asked for.")];
    const prompt = index.prompts[variant];
    return [
      prompt === null ? "" : make("p", {}, make("a", { href: `#prompt-${prompt}` }, "The prompt"), " is the same for every bulletin; below it came:"),
      talk.asked === null
        ? make("p", { class: "note" }, "The bulletin as it was asked for is not known: the prompt's text is not.")
        : make("div", { class: "text said", lang: "es", tabindex: "0" }, talk.asked),
      ...talk.calls.flatMap((one, place) => call(one, place + 1)),
    ].filter(Boolean);
  }

  // The reading of a variant that is shown first: of its repeats the worst
  function worstOf(readings) {
    const loss = (reading) => (reading.f1 === null ? 1 : reading.f1);
    return readings.reduce((worst, reading, place) => (loss(reading) < loss(readings[worst]) ? place : worst), 0);
  }

  function reading(body, number, variant, place, withText) {
    const [stem, name] = [index.bulletins[number].stem, index.variants[variant]];
    const own = body.readings[variant][place];
    if (!own) return [make("p", { class: "note" }, "It was not read.")];
    const talk = async () => conversation((await unpack(`talk-${number}`))[variant][place], variant);
    return [...(withText ? markedText(body, own) : []), folded(`What was said to ${name}`, false, talk), ...figures(stem, name, own)];
  }

  // All that a variant read; its text is left out where it stands above already
  function readings(body, number, variant, isShown) {
    const several = body.readings[variant];
    const shown = make("div");
    const show = (place) => shown.replaceChildren(...reading(body, number, variant, place, !isShown || several.length > 1));
    if (several.length < 2) {
      show(0);
      return [shown];
    }
    const options = several.map((own, place) => make("option", { value: place }, `repeat ${own.repeat}: strict F1 ${ratio(own.f1)}`));
    const select = make("select", {}, options);
    select.value = worstOf(several);
    select.addEventListener("change", () => show(Number(select.value)));
    show(worstOf(several));
    return [make("p", {}, make("label", {}, "Reading ", select)), shown];
  }

  function drawBody(body, number, variant) {
    const stem = index.bulletins[number].stem;
    if (!variant) return readings(body, number, 0, false);
    const names = [index.variants[0], index.variants[variant]];
    const side = (each, place) =>
      make("div", {}, make("h5", {}, names[place]), body.readings[each][0] ? markedText(body, body.readings[each][0]) : "It was not read.");
    const sides = make("div", { class: "sides" }, [0, variant].map(side));
    const both = body.readings[0][0] && body.readings[variant][0];
    return [
      sides,
      ...(both ? [changes(stem, names, body, variant)] : []),
      ...[variant, 0].map((each, place) => folded(`All that ${names[1 - place]} read`, false, async () => readings(body, number, each, true))),
    ];
  }

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

  // The list

  const chosen = () => Number(byId("variant")?.value ?? 0);

  function summary(line, variant) {
    const own = line.variants[variant];
    const tally = own.outcomes.flatMap((number, kind) => (number ? [`${index.outcomes[kind][1]} ${count.format(number)} ${index.outcomes[kind][2]}`] : []));
    const before = variant ? `${ratio(line.variants[0].f1)} → ` : "";
    const gain = variant ? ` (${signed(own.gain)})` : "";
    const moved = variant ? Object.keys(DIRECTIONS).flatMap((name, place) => (own.changes[place] ? [`${own.changes[place]} ${name}`] : [])) : [];
    const status = own.status === "ok" ? [] : [own.status];
    return [`strict F1 ${before}${ratio(own.f1)}${gain}`, tally.join(", ") || "no figures", moved.join(", "), ...status].filter(Boolean).join(" · ");
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
    gain: (own) => own.gain,
    f1: (own) => (own.f1 === null ? 2 : own.f1),
    errors: (own) => -own.errors,
    name: () => 0,
  };

  function fillChoices() {
    const several = index.variants.length > 1;
    const wrong = [...new Set(index.bulletins.flatMap((line) => line.variants.flatMap((own) => own.wrong)))].sort();
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
    byId("part").append(...["", ...parts].map((part) => make("option", { value: part }, part || "any kind")));
  }

  async function search() {
    haystacks ??= await Promise.all(
      index.bulletins.map(async (line, number) => {
        const body = await unpack(`body-${number}`);
        const texts = body.readings.flat().flatMap((own) => own.rows.flatMap((row) => [row.quote, ...[...row.gold, ...row.read].flatMap(([text, , meaning]) => [text, meaning])]));
        return fold([line.stem, body.text, ...new Set(texts)].join(" \n "));
      }),
    );
    return haystacks;
  }

  async function show() {
    const search_number = ++wanted;
    list.setAttribute("aria-busy", "true");
    const words = fold(byId("words").value);
    const found = words ? await search() : null;
    if (search_number !== wanted) return;
    const [variant, which, part, order] = [chosen(), byId("which").value, byId("part").value, byId("order").value];
    const keys = index.bulletins.map((line) => ORDERS[order](line.variants[variant]));
    const places = [...items.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
    let shown = 0;
    for (const place of places) {
      const line = index.bulletins[place];
      const isShown = FILTERS[which][1](line.variants[variant]) && (!part || line.parts.includes(part)) && (!words || found[place].includes(words));
      items[place].hidden = !isShown;
      items[place].querySelector("summary .note").textContent = summary(line, variant);
      shown += isShown;
    }
    list.append(...places.map((place) => items[place]));
    byId("found").textContent = `${count.format(shown)} of ${count.format(items.length)} bulletins`;
    await Promise.all(items.filter((item) => item.open).map(fill));
    if (search_number === wanted) list.removeAttribute("aria-busy");
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
      byId("found").textContent = `Bulletins cannot be opened in this browser: it takes one of 2023 or newer (${error.name}).`;
      return;
    }
    fillChoices();
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    list.addEventListener("toggle", (event) => event.target.classList.contains("bulletin") && event.target.open && fill(event.target), true);
    document.addEventListener("click", find);
    document.addEventListener("click", openLinked);
    await show();
  }

  start();
})();
