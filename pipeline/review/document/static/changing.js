// The form among the items: to change a figure, or to make one of a number.

import { loadPlaces } from "./choices.js";
import { make } from "./elements.js";
import { figureForm } from "./form.js";
import { elementOf, list, valueOf } from "./items.js";
import { selectedSpan } from "./text.js";

export class Changing {
  // `desk` has what the page gives: its state, what is current, and how decisions are made.
  constructor(desk) {
    this.desk = desk;
    this.form = null;
    this.item = null;
    this.isOpening = false;
  }

  // Also while it is still asked for what it needs: keys that come meanwhile are meant for it.
  get isOpen() {
    return this.form !== null || this.isOpening;
  }

  async open(options, place, item) {
    if (this.isOpen) return;
    this.isOpening = true;
    try {
      await loadPlaces();
    } catch (error) {
      this.desk.notify("fault", `Places cannot be listed: ${error.message}.`);
    }
    this.isOpening = false;
    const made = figureForm({
      ...options,
      textOf: (span) => this.words(span),
      leave: () => this.leave(),
    });
    this.form = make("li", { class: "item editing" }, make("h3", {}, options.title), made.form);
    this.item = item;
    place(this.form);
    made.focus();
    this.desk.reveal(this.form);
  }

  close() {
    this.form.remove();
    this.form = null;
    if (this.item) elementOf(this.item.id)?.classList.remove("hidden");
    this.desk.closed();
  }

  leave() {
    this.close();
    this.desk.point(this.desk.current()?.id, true);
  }

  async keep(kind, figure, [start, end], span, done) {
    const quoted = { ...figure, quote: this.words([start, end]), char_start: start, char_end: end };
    this.close();
    const before = this.desk.current()?.id;
    await this.desk.decide(
      [{ kind, span, figure: quoted }],
      `${done}: ${valueOf(figure)} ${figure.service}.`,
    );
    const wanted = `f${span[0]}-${span[1]}`;
    this.desk.point(elementOf(wanted) ? wanted : before, true);
  }

  // The words at a span of the text, which counts characters as Python does
  words([start, end]) {
    const { pieces, window } = this.desk.state();
    return pieces
      .map(([at, words], place) => {
        const until = place + 1 < pieces.length ? pieces[place + 1][0] : window.end;
        if (until <= start || at >= end) return "";
        return Array.from(words)
          .slice(Math.max(0, start - at), end - at)
          .join("");
      })
      .join("");
  }

  change(item, first) {
    if (!item) return;
    if (item.kind !== "figure") {
      this.addFrom(item.span);
      return;
    }
    if (!item.span) {
      page.announce("Its number was not found in the text: it cannot be changed here.");
      return;
    }
    this.desk.point(item.id, false);
    const own = [item.figure.char_start, item.figure.char_end];
    const quoteOf = (reading) => (isSame(reading.span, item.span) ? own : reading.quote);
    this.open(
      {
        figure: item.figure,
        readings: item.readings,
        title: `Change figure ${item.number}`,
        first,
        quoteOf: (reading) => this.words(quoteOf(reading)),
        keep: (figure, reading) => {
          // Labels that are kept as they stand are accepted: nobody changed them.
          const stands = isSame(reading.span, item.span) && isAlike(figure, item.figure);
          const [kind, done] = stands ? ["accept", "Accepted"] : ["change", "Changed"];
          this.keep(kind, figure, quoteOf(reading), reading.span, done);
        },
      },
      (form) => {
        elementOf(item.id).classList.add("hidden");
        elementOf(item.id).before(form);
      },
      item,
    );
  }

  async add() {
    const item = this.desk.current();
    const span = selectedSpan(this.desk.state()) ?? (item?.kind === "number" ? item.span : null);
    if (span) await this.addFrom(span);
    else
      this.desk.notify("fault", "Select a number in the text, or go to one with n; then press +.");
  }

  // Years and articles are no items: any other number of a paragraph is had by key this way.
  async addBeside() {
    const { window } = this.desk.state();
    const at = (this.desk.current()?.span ?? [window.start])[0] - window.start;
    const letters = Array.from(this.words([window.start, window.end]));
    const isBetween = (place) => letters[place] === "\n" && letters[place + 1] === "\n";
    let [start, end] = [at, at];
    while (start > 0 && !isBetween(start - 1)) start -= 1;
    while (end < letters.length && !isBetween(end)) end += 1;
    const paragraph = [start, end].map((one) => one + window.start);
    await this.addFrom(paragraph, "No other number stands in this paragraph.");
  }

  // `none` is said where all numbers there are figures; else the first of these is changed.
  async addFrom([start, end], none) {
    if (this.isOpen || start >= end) return;
    const { document_id: id } = this.desk.state();
    let found;
    this.isOpening = true;
    try {
      found = (await page.ask(`/document/${id}/numbers?start=${start}&end=${end}`)).candidates;
    } catch (error) {
      this.desk.notify("fault", `The numbers there cannot be read: ${error.message}.`);
    }
    this.isOpening = false;
    this.desk.closed();
    if (!found) return;
    const free = found.filter((one) => !this.figureAt(one.span));
    if (free.length) {
      this.openNew(free);
    } else if (none) {
      this.desk.notify("fault", none);
    } else if (found.length) {
      page.announce("It is a figure already: change it.");
      this.change(this.figureAt(found[0].span), "service");
    } else {
      this.desk.notify(
        "fault",
        "No number that could be a figure stands in what is selected; days and clock times are none.",
      );
    }
  }

  figureAt(span) {
    return this.desk
      .state()
      .items.find(
        (item) =>
          item.kind === "figure" && item.span && item.span[0] < span[1] && span[0] < item.span[1],
      );
  }

  openNew(free) {
    const [first] = free;
    const { guess } = first;
    const known = first.readings.find(
      (one) => one.value === guess.value && one.unit === guess.unit,
    );
    const { value, unit } = known || first.readings[0];
    const plain = { service: "", detail: null, approximate: false, basis: null };
    this.open(
      {
        figure: { ...plain, ...guess, value, unit },
        readings: free.flatMap((one) => one.readings),
        title: free.length > 1 ? `New figure: one of ${free.length} numbers` : "New figure",
        first: free.length > 1 ? "value" : "service",
        quoteOf: (reading) => reading.words,
        keep: (figure, reading) => this.keep("add", figure, reading.quote, reading.span, "Added"),
      },
      (form) => {
        const next = this.desk.state().items.find((item) => item.at >= first.span[0]);
        if (next) elementOf(next.id).before(form);
        else list.append(form);
      },
      null,
    );
  }
}

const isSame = (one, other) => one[0] === other[0] && one[1] === other[1];

const isAlike = (one, other) =>
  Object.keys(one).every((name) => (one[name] ?? null) === (other[name] ?? null));
