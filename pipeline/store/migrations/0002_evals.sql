-- What evals add to the database. Append-only, as the rest.

CREATE TABLE eval_runs (
    eval_run_id VARCHAR PRIMARY KEY,
    created_at TIMESTAMP NOT NULL,
    name VARCHAR NOT NULL,
    reader VARCHAR NOT NULL,
    model VARCHAR,
    prompt VARCHAR,
    prompt_hash VARCHAR,
    schema_hash VARCHAR NOT NULL,
    gold VARCHAR NOT NULL,
    gold_hash VARCHAR NOT NULL,
    bulletins INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    strict_f1 DOUBLE,
    strict_f1_low DOUBLE,
    strict_f1_high DOUBLE,
    first_try_f1 DOUBLE,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE,
    seconds DOUBLE NOT NULL,
    software VARCHAR NOT NULL
);
COMMENT ON TABLE eval_runs IS 'One row for each variant that an eval scored against gold';
COMMENT ON COLUMN eval_runs.eval_run_id IS 'Identifies the run; its beginning is enough for commands';
COMMENT ON COLUMN eval_runs.created_at IS 'When it was scored';
COMMENT ON COLUMN eval_runs.name IS 'The variant as tables show it';
COMMENT ON COLUMN eval_runs.reader IS 'Which reader: llm or baseline';
COMMENT ON COLUMN eval_runs.model IS 'Model that was asked; null for the baseline';
COMMENT ON COLUMN eval_runs.prompt IS 'Name of the prompt; null for the baseline';
COMMENT ON COLUMN eval_runs.prompt_hash IS 'Hash of the prompt as it was';
COMMENT ON COLUMN eval_runs.schema_hash IS 'Hash of what the reader answers in, or of its rules';
COMMENT ON COLUMN eval_runs.gold IS 'Folder of the gold labels';
COMMENT ON COLUMN eval_runs.gold_hash IS 'Hash of all texts and labels: runs of one hash can be compared';
COMMENT ON COLUMN eval_runs.bulletins IS 'How many bulletins were scored';
COMMENT ON COLUMN eval_runs.repeats IS 'How many readings of each bulletin';
COMMENT ON COLUMN eval_runs.partial IS 'Readings that held in part';
COMMENT ON COLUMN eval_runs.failed IS 'Readings that failed; all their gold counts as missed';
COMMENT ON COLUMN eval_runs.strict_f1 IS 'Micro-F1 by value, unit, service, detail, status, period';
COMMENT ON COLUMN eval_runs.strict_f1_low IS 'Lower end of its 95 % interval; null where undefined';
COMMENT ON COLUMN eval_runs.strict_f1_high IS 'Upper end of its 95 % interval; null where undefined';
COMMENT ON COLUMN eval_runs.first_try_f1 IS 'The same of the first answers alone, before any re-ask';
COMMENT ON COLUMN eval_runs.input_tokens IS 'Tokens sent in all; null where unknown';
COMMENT ON COLUMN eval_runs.output_tokens IS 'Tokens received in all; null where unknown';
COMMENT ON COLUMN eval_runs.cost_usd IS 'Price in US dollars; null where unknown';
COMMENT ON COLUMN eval_runs.seconds IS 'Time of all readings added up';
COMMENT ON COLUMN eval_runs.software IS 'Version of jornada that scored';

CREATE TABLE eval_scores (
    eval_run_id VARCHAR NOT NULL,
    slice VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    correct BIGINT NOT NULL,
    read BIGINT NOT NULL,
    gold BIGINT NOT NULL,
    precision DOUBLE,
    recall DOUBLE,
    f1 DOUBLE
);
COMMENT ON TABLE eval_scores IS 'Scores of an eval run: of all bulletins, of parts of them, of each';
COMMENT ON COLUMN eval_scores.eval_run_id IS 'The run, in eval_runs';
COMMENT ON COLUMN eval_scores.slice IS
    'all, document (one bulletin), first_try, kind, format, noise, length, or a label of figures';
COMMENT ON COLUMN eval_scores.part IS 'Which part of the slice, e.g. a document ID or surgery';
COMMENT ON COLUMN eval_scores.measure IS
    'What was compared: value, strict, full, one label, jornadas, places, specialties, a field';
COMMENT ON COLUMN eval_scores.correct IS 'How many were read right';
COMMENT ON COLUMN eval_scores.read IS 'How many were read';
COMMENT ON COLUMN eval_scores.gold IS 'How many there are in the gold: the n of recall';
COMMENT ON COLUMN eval_scores.precision IS 'correct / read; null where nothing was read';
COMMENT ON COLUMN eval_scores.recall IS 'correct / gold; null where there is nothing to read';
COMMENT ON COLUMN eval_scores.f1 IS '2 correct / (read + gold); null where both are 0';

CREATE TABLE eval_verdicts (
    eval_run_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    bulletin VARCHAR NOT NULL,
    repeat INTEGER NOT NULL,
    number INTEGER NOT NULL,
    outcome VARCHAR NOT NULL,
    wrong VARCHAR[] NOT NULL,
    gold_number INTEGER,
    read_number INTEGER,
    gold_value DOUBLE,
    read_value DOUBLE,
    gold_quote VARCHAR,
    read_quote VARCHAR,
    gold JSON,
    read JSON
);
COMMENT ON TABLE eval_verdicts IS 'What became of each figure, labelled or read, in an eval run';
COMMENT ON COLUMN eval_verdicts.eval_run_id IS 'The run, in eval_runs';
COMMENT ON COLUMN eval_verdicts.document_id IS 'The document, in documents';
COMMENT ON COLUMN eval_verdicts.bulletin IS 'Name of the gold file';
COMMENT ON COLUMN eval_verdicts.repeat IS 'Which reading of the bulletin, from 1';
COMMENT ON COLUMN eval_verdicts.number IS 'Its place among the verdicts on the reading, from 1';
COMMENT ON COLUMN eval_verdicts.outcome IS
    'right, wrong_label, wrong_value, omitted, invented or ungrounded';
COMMENT ON COLUMN eval_verdicts.wrong IS 'The labels that differ';
COMMENT ON COLUMN eval_verdicts.gold_number IS 'Place of the figure in the gold file, from 1';
COMMENT ON COLUMN eval_verdicts.read_number IS 'Place of the figure in the reading, from 1';
COMMENT ON COLUMN eval_verdicts.gold_value IS 'The value labelled; null where invented';
COMMENT ON COLUMN eval_verdicts.read_value IS 'The value read; null where omitted';
COMMENT ON COLUMN eval_verdicts.gold_quote IS 'The words labelled';
COMMENT ON COLUMN eval_verdicts.read_quote IS 'The words read';
COMMENT ON COLUMN eval_verdicts.gold IS 'The figure as labelled, whole';
COMMENT ON COLUMN eval_verdicts.read IS 'The figure as read, whole';
