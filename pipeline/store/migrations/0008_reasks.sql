-- What evals know of answers that were sent back, and of days and basis.

ALTER TABLE eval_runs ADD COLUMN first_answers INTEGER;
ALTER TABLE eval_runs ADD COLUMN sent_back INTEGER;
ALTER TABLE eval_runs ADD COLUMN sent_back_needlessly INTEGER;
COMMENT ON COLUMN eval_runs.first_answers IS
    'Readings that a model gave an answer for; null where the reader asks no model';
COMMENT ON COLUMN eval_runs.sent_back IS 'First answers in which the checks found a fault';
COMMENT ON COLUMN eval_runs.sent_back_needlessly IS
    'Of those, the ones that were strictly right as they were';
COMMENT ON COLUMN eval_scores.measure IS
    'What was compared: value, strict, full, one label (days and basis only of figures of which the '
    'gold says them), jornadas, places, specialties, a field';

CREATE TABLE eval_reasks (
    eval_run_id VARCHAR NOT NULL,
    fault_kind VARCHAR NOT NULL,
    better INTEGER NOT NULL,
    worse INTEGER NOT NULL,
    same INTEGER NOT NULL,
    precision DOUBLE
);
COMMENT ON TABLE eval_reasks IS
    'What became of the answers that were sent back and followed by another, in an eval run';
COMMENT ON COLUMN eval_reasks.eval_run_id IS 'The run, in eval_runs';
COMMENT ON COLUMN eval_reasks.fault_kind IS
    'What was wrong with the answer (one with several kinds of faults counts under each), or anything';
COMMENT ON COLUMN eval_reasks.better IS 'Followed by an answer with a better strict score';
COMMENT ON COLUMN eval_reasks.worse IS 'Followed by one with a worse strict score';
COMMENT ON COLUMN eval_reasks.same IS 'Followed by one with the same strict score';
COMMENT ON COLUMN eval_reasks.precision IS 'better / (better + worse + same); null where all are 0';
