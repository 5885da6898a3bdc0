// What stands round the text and its figures: the reading, findings, decisions, parts of a long text.

import { byId, button, count, make, moment, plural } from "./elements.js";

const GRAVITY = { error: "✖ error", warning: "▲ warning", info: "ℹ info" };
const NOUNS = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  info: ["note", "notes"],
};
const DONE = {
  accept: "accepted",
  change: "changed",
  delete: "no figure",
  add: "added",
  undo: "undone",
};

export function drawReading(state) {
  const { reading } = state;
  const line = byId("reading");
  if (!reading) {
    line.textContent = page.isApart ? "no reader's labels" : "not read yet";
    return;
  }
  const by = [reading.reader, reading.model, reading.prompt].filter(Boolean).join(" · ");
  line.replaceChildren(
    `read by ${by}, ${moment(reading.read_at)}: `,
    make("b", { class: `status is-${reading.status}` }, reading.status),
    reading.derived ? ` (${reading.derived})` : "",
  );
}

export function faultOfReading({ reading }) {
  if (page.isApart) return null; // without one on purpose
  if (!reading) return "Nothing has read this document yet. Figures can be added by hand.";
  if (reading.status !== "failed") return null;
  return `It could not be read: ${reading.error || "no reason is known"}. Figures can be added by hand.`;
}

export function drawFindings(state, show) {
  const part = byId("findings-part");
  const { findings } = state;
  // Errors of a reader are seen at once; what somebody closed stays so.
  if (!byId("findings-line").textContent && state.reading) {
    part.open = findings.some((one) => one.severity === "error");
  }
  part.hidden = !findings.length;
  byId("findings-line").textContent = countFindings(state);
  const placed = findings.map((finding, at) => [finding, at]);
  const ordered = [
    ...placed.filter(([finding]) => !finding.span),
    ...placed.filter(([finding]) => finding.span),
  ];
  byId("findings").replaceChildren(
    ...ordered.map(([finding, at]) =>
      make(
        "li",
        { class: `finding is-${finding.severity}`, "data-finding": at },
        make("span", { class: "chip" }, GRAVITY[finding.severity]),
        make("span", { class: "note" }, ` ${finding.check} `),
        make("span", {}, finding.message),
        finding.span ? [" ", button("Show in text", "", () => show(at))] : "",
      ),
    ),
  );
  if (state.findings_left_out) {
    byId("findings").append(
      make("li", { class: "note" }, `${count.format(state.findings_left_out)} more are not shown.`),
    );
  }
}

// "2 errors, 1 warning"
function countFindings({ findings, findings_left_out: leftOut }) {
  const counted = Object.keys(GRAVITY).map((severity) => {
    const number = findings.filter((one) => one.severity === severity).length;
    return number ? plural(number, ...NOUNS[severity]) : "";
  });
  const more = leftOut ? `${count.format(leftOut)} more` : "";
  return [...counted, more].filter(Boolean).join(", ");
}

export function drawHistory(state) {
  const { history } = state;
  byId("history-line").textContent = history.length
    ? `${count.format(history.length + state.history_left_out)}, the last by ${history[0].who}, ${moment(history[0].when)}`
    : "none yet";
  byId("history").replaceChildren(
    ...history.map((one) =>
      make(
        "li",
        { class: one.holds ? null : "past" },
        make("b", {}, DONE[one.kind]),
        one.about ? make("span", { lang: "es" }, ` ${one.about}`) : "",
        make("span", { class: "note" }, ` ${one.who}, ${moment(one.when)}`),
        one.holds
          ? ""
          : make(
              "span",
              { class: "note" },
              one.undone ? " · undone since" : " · decided anew since",
            ),
      ),
    ),
  );
  if (state.history_left_out) {
    byId("history").append(make("li", { class: "note" }, "Earlier ones are not shown."));
  }
}

export function drawWindows(state, go) {
  const { number, of, start, end } = state.window;
  const box = byId("windows");
  box.hidden = of < 2;
  if (box.hidden) return;
  box.replaceChildren(
    make(
      "p",
      {},
      `A long text: part ${number + 1} of ${of} is shown, characters ${count.format(start)} to ${count.format(end)} of ${count.format(state.length)}. `,
      "The figures, numbers and findings of this part are shown with it. ",
      number > 0 ? button("Previous part", "W", () => go(number - 1)) : "",
      " ",
      number + 1 < of ? button("Next part", "w", () => go(number + 1)) : "",
    ),
  );
}

// What needs to be known at once: what is not sent, what was refused, who else decided
export function drawNotices(outbox, notices, dismiss) {
  const number = outbox.waiting.length;
  const unsent =
    number && outbox.trouble
      ? make(
          "div",
          { class: "notice is-unsent", role: "alert" },
          make("p", {}, unsentLine(number, outbox)),
          make(
            "p",
            { class: "acts" },
            button("Try again now", "", () => outbox.retry()),
            outbox.isStopped ? button("Give them up", "", () => outbox.giveUp()) : "",
          ),
        )
      : null;
  const told = notices.map((notice) =>
    make(
      "div",
      { class: `notice is-${notice.kind}`, role: "status" },
      make("p", {}, notice.line),
      notice.stays ? "" : button("Dismiss", "", () => dismiss(notice)),
    ),
  );
  byId("notices").replaceChildren(...[unsent, ...told].filter(Boolean));
}

function unsentLine(number, { trouble, isStopped }) {
  const what = plural(number, "decision is", "decisions are");
  const [waits, sent] = number === 1 ? ["It waits", "is sent"] : ["They wait", "are sent"];
  const then = isStopped ? "" : `, and ${sent} as soon as it can be`;
  return `${what} not sent yet: ${trouble}. ${waits} in this page${then}.`;
}
