// Decisions on their way: they wait in this page until the server has them on its disk, and are sent
// again with the same IDs, so that none is kept twice.

const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 10_000;
const MOST_AT_ONCE = 400;
const AGAIN = [0, 408, 429, 500, 502, 503, 504];

export class Outbox {
  // `tell` is told of each change; `take` of a new state and what was refused.
  constructor(documentId, window, take, tell) {
    this.documentId = documentId;
    this.window = window;
    this.take = take;
    this.tell = tell;
    this.key = page.viewed(`jornada-unsent-${documentId}`);
    this.waiting = this.restore();
    this.trouble = null;
    this.isStopped = false;
    this.isSending = false;
    this.pause = FIRST_PAUSE;
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => {
      if (this.waiting.length) event.preventDefault();
    });
  }

  restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) || "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      if (this.waiting.length) sessionStorage.setItem(this.key, JSON.stringify(this.waiting));
      else sessionStorage.removeItem(this.key);
    } catch {
      // No room there: the page itself has them.
    }
  }

  put(decisions) {
    this.waiting.push(...decisions);
    this.keep();
    return this.send();
  }

  retry() {
    this.isStopped = false;
    this.pause = FIRST_PAUSE;
    return this.send();
  }

  giveUp() {
    this.waiting = [];
    this.trouble = null;
    this.isStopped = false;
    this.keep();
    this.tell();
  }

  async send() {
    if (this.isSending || this.isStopped || !this.waiting.length) return;
    this.isSending = true;
    clearTimeout(this.timer);
    while (this.waiting.length && (await this.sendOnce()));
    this.isSending = false;
    this.tell();
  }

  async sendOnce() {
    const sent = this.waiting.slice(0, MOST_AT_ONCE);
    const path = `/document/${this.documentId}/decisions?window=${this.window()}`;
    try {
      const answer = await page.ask(path, { decisions: sent });
      const gone = new Set(sent.map((one) => one.decision_id));
      this.waiting = this.waiting.filter((one) => !gone.has(one.decision_id));
      this.trouble = null;
      this.pause = FIRST_PAUSE;
      this.keep();
      this.take(answer.state, answer.refused);
      return true;
    } catch (error) {
      this.trouble = error.message;
      this.isStopped = !AGAIN.includes(error.status);
    }
    if (!this.isStopped) {
      this.timer = setTimeout(() => this.send(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
    }
    return false;
  }
}
