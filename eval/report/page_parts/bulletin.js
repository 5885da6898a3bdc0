// One bulletin: its text, what became of its figures, what changed, what was said to the model. Data
// has the shapes of page_bulletins.py and page_conversations.py.

const DIRECTIONS = { worse: "↓ worse", better: "↑ better", other: "↔ other" };
let index = null; // what page.py packs of all bulletins

function outcome(kind) {
  const [key, sign, name] = index.outcomes[kind];
  return make(
    "span",
    { class: `chip k-${key}` },
    make("span", { "aria-hidden": "true" }, sign),
    ` ${name}`,
  );
}

function labels(parts) {
  if (!parts.length) return ["–"];
  return parts.flatMap(([text, differs, meaning], place) => {
    const shown = make(
      differs ? "strong" : "span",
      { class: differs && "diff", title: meaning || null },
      text,
    );
    return place ? [" · ", shown] : [shown];
  });
}

function markedText(body, reading) {
  const points = Array.from(body.text); // Python counts characters, not halves of them
  const shown = scrolled("Text of the bulletin", "text", "es");
  let at = 0;
  for (const [start, end, kind, tags] of reading.marks) {
    const mark = make(
      "mark",
      { class: `k-${index.outcomes[kind][0]}` },
      points.slice(start, end).join(""),
    );
    for (const [number, own, wrong] of tags) {
      const [key, sign] = index.outcomes[own];
      mark.append(
        make(
          "b",
          { class: `tag k-${key}`, lang: "en" },
          sign + number + (wrong.length ? ` ${wrong.join(", ")}` : ""),
        ),
      );
    }
    shown.append(points.slice(at, start).join(""), mark);
    at = end;
  }
  shown.append(points.slice(at).join(""));
  const notes = [shown];
  if (body.length > points.length) {
    const left = count.format(body.length - points.length);
    notes.push(note(`Cut here: ${left} of ${count.format(body.length)} characters are not shown.`));
  }
  if (reading.error) notes.push(note(`Not read: ${reading.error}`));
  if (reading.dropped) {
    notes.push(
      note(
        `${reading.dropped} more figures were read that the text does not hold; they are not stored.`,
      ),
    );
  }
  return notes;
}

function table(caption, heads, rows) {
  const cell = (content, place) =>
    make(
      "td",
      { "data-label": heads[place], class: content.class || null },
      make("div", {}, content.shown || content),
    );
  const shown = make(
    "table",
    { class: "wide figures" },
    make("caption", {}, make("span", {}, caption)),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        heads.map((head) => make("th", { scope: "col" }, head)),
      ),
    ),
    make(
      "tbody",
      {},
      rows.map((row) => make("tr", {}, row.map(cell))),
    ),
  );
  return scrolled(caption, "scroll", null, shown);
}

const quote = (row) => ({ class: "quote", shown: make("q", { lang: "es" }, row.quote) });

function figures(stem, name, reading) {
  const rows = reading.rows.map((row) => {
    const told = [row.wrong.join(", "), row.wrong.length && row.strict ? "strictly right" : ""]
      .filter(Boolean)
      .join("; ");
    return [
      { class: "n", shown: String(row.number) },
      [outcome(row.outcome), told && make("br"), told && make("small", {}, told)],
      quote(row),
      labels(row.gold),
      labels(row.read),
    ];
  });
  const shown = table(
    `Figures of ${stem} as ${name} read them; labels that differ are underlined.`,
    ["No.", "Outcome", "Quote", "Gold says", "Was read"],
    rows,
  );
  const more =
    reading.hidden && note(`${count.format(reading.hidden)} more figures are not shown.`);
  return more ? [shown, more] : [shown];
}

function changes(stem, names, body, variant) {
  const [before, after] = [body.readings[0][0], body.readings[variant][0]];
  const verdict = (row) =>
    row
      ? [
          outcome(row.outcome),
          row.read.length && row.outcome ? [make("br"), ...labels(row.read)] : "",
        ].flat()
      : ["not read"];
  const rows = body.changes[variant].map(([direction, one, other]) => {
    const [old, now] = [one && before.rows[one - 1], other && after.rows[other - 1]];
    const row = now || old;
    return [
      { class: direction, shown: DIRECTIONS[direction] },
      quote(row),
      labels(row.gold),
      verdict(old),
      verdict(now),
    ];
  });
  if (!rows.length) return note("No figure was read differently.");
  return table(
    `Figures of ${stem} that changed from ${names[0]} to ${names[1]}.`,
    ["Change", "Quote", "Gold says", "Before", "After"],
    rows,
  );
}

// What is drawn when it is opened

function folded(title, open, draw) {
  const inner = make("div", { class: "body" });
  const details = make(
    "details",
    { class: "part" },
    make("summary", {}, make("h4", {}, title)),
    inner,
  );
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
  const [sent, received] = one.tokens.map((tokens) =>
    tokens === null ? "–" : count.format(tokens),
  );
  const facts = `${one.outcome} · ${sent} tokens in, ${received} out · ${one.seconds.toFixed(1)} s`;
  return [
    make("h5", {}, `Answer ${number} `, make("span", { class: "note" }, facts)),
    one.answer === null
      ? note("No answer came.")
      : scrolled(`Answer ${number}`, "text said", null, one.answer || "(empty)"),
    one.errors.length ? make("p", {}, "What was wrong with it:") : "",
    one.errors.length
      ? make(
          "ol",
          { class: "faults" },
          one.errors.map((error) => make("li", {}, error)),
        )
      : "",
    one.then && note(one.then),
  ];
}

function conversation(talk, variant) {
  if (!talk.calls.length)
    return [note("No calls are on record: rules read it, or it was never asked for.")];
  const prompt = index.prompts[variant];
  return [
    prompt === null
      ? ""
      : make(
          "p",
          {},
          make("a", { href: `#prompt-${prompt}` }, "The prompt"),
          " is the same for every bulletin; below it came:",
        ),
    talk.asked === null
      ? note("The bulletin as it was asked for is not known: the prompt's text is not.")
      : scrolled("What was asked", "text said", "es", talk.asked),
    ...talk.calls.flatMap((one, place) => call(one, place + 1)),
  ].filter(Boolean);
}

// The reading of a variant that is shown first: of its repeats the worst
function worstOf(readings) {
  const loss = (reading) => (reading.f1 === null ? 1 : reading.f1);
  return readings.reduce(
    (worst, reading, place) => (loss(reading) < loss(readings[worst]) ? place : worst),
    0,
  );
}

function reading(body, number, variant, place, withText) {
  const [stem, name] = [index.bulletins[number].stem, index.variants[variant]];
  const own = body.readings[variant][place];
  if (!own) return [note("It was not read.")];
  const talk = async () => conversation((await unpack(`talk-${number}`))[variant][place], variant);
  return [
    ...(withText ? markedText(body, own) : []),
    folded(`What was said to ${name}`, false, talk),
    ...figures(stem, name, own),
  ];
}

// All that a variant read; its text is left out where it stands above already
function readings(body, number, variant, isShown) {
  const several = body.readings[variant];
  const shown = make("div");
  const show = (place) =>
    shown.replaceChildren(...reading(body, number, variant, place, !isShown || several.length > 1));
  if (several.length < 2) {
    show(0);
    return [shown];
  }
  const options = several.map((own, place) =>
    make("option", { value: place }, `repeat ${own.repeat}: strict F1 ${ratio(own.f1)}`),
  );
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
  const side = (each, place) => {
    const [own, ...others] = body.readings[each];
    const title = make("h5", {}, names[place] + (others.length ? ", first repeat" : ""));
    return make("div", {}, title, own ? markedText(body, own) : "It was not read.");
  };
  const sides = make("div", { class: "sides" }, [0, variant].map(side));
  const both = body.readings[0][0] && body.readings[variant][0];
  return [
    sides,
    ...(both ? [changes(stem, names, body, variant)] : []),
    ...[variant, 0].map((each, place) =>
      folded(`All that ${names[1 - place]} read`, false, async () =>
        readings(body, number, each, true),
      ),
    ),
  ];
}
