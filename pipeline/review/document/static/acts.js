// Decisions as they are sent, and which of them an undo or a redo is about.

// Decisions of one act have one moment, and no two acts have the same: so they are undone together.
let last = 0;

function nextMoment(state) {
  const newest = state.history.length ? Date.parse(state.history[0].when) : 0;
  last = Math.max(Date.now(), last + 1, newest + 1);
  return new Date(last).toISOString();
}

export function makeDecisions(state, parts) {
  const decided_at = nextMoment(state);
  const reading_id = state.reading ? state.reading.reading_id : null;
  return parts.map((part) => ({ decision_id: page.newId(), reading_id, decided_at, ...part }));
}

// All that I decided, the oldest first, with what is not sent yet
function own(state, waiting) {
  const known = new Set(state.history.map((one) => one.decision_id));
  const told = state.history.map((one) => ({ ...one, decided_at: one.when }));
  const mine = told.reverse().filter((one) => one.who === page.who && !one.carried);
  return [...mine, ...waiting.filter((one) => !known.has(one.decision_id))];
}

function undoneIn(all) {
  const undone = new Set();
  for (const one of [...all].reverse()) {
    if (one.undoes && !undone.has(one.decision_id)) undone.add(one.undoes);
  }
  return undone;
}

function lastAct(of, all) {
  const undone = undoneIn(all);
  const open = all.filter((one) => !undone.has(one.decision_id) && of(one));
  const newest = open.at(-1);
  return newest ? open.filter((one) => one.decided_at === newest.decided_at) : [];
}

// The decisions that an undo is about: those of my last act that still hold
export function lastDecided(state, waiting) {
  return lastAct((one) => one.kind !== "undo", own(state, waiting));
}

// The undos that a redo undoes: my last, as long as I decided nothing since
export function lastUndone(state, waiting) {
  const all = own(state, waiting);
  const kinds = new Map(all.map((one) => [one.decision_id, one.kind]));
  const undos = lastAct((one) => one.kind === "undo" && kinds.get(one.undoes) !== "undo", all);
  const decided = lastAct((one) => one.kind !== "undo", all);
  const redone = lastAct((one) => one.kind === "undo" && kinds.get(one.undoes) === "undo", all);
  const since = [decided[0], undos[0]].map((one) => (one ? Date.parse(one.decided_at) : 0));
  return since[0] > since[1] && !redone.length ? [] : undos;
}
