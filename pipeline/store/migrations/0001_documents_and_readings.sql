-- The database: append-only, so a row once written is never changed or removed.
-- Times are UTC. Spans count characters of documents.text, from 0, end exclusive.
-- No foreign keys: they would cost an index look-up a row, and one writer in one transaction a
-- flush keeps the tables consistent already.

CREATE TABLE store_version (
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE store_version IS 'The version of these tables; the highest row counts';
COMMENT ON COLUMN store_version.version IS 'Version of the tables and views';
COMMENT ON COLUMN store_version.created_at IS 'When that version was set up';

CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    started_at TIMESTAMP NOT NULL,
    reader VARCHAR NOT NULL,
    model VARCHAR,
    prompt VARCHAR,
    prompt_hash VARCHAR,
    schema_hash VARCHAR NOT NULL,
    software VARCHAR NOT NULL
);
COMMENT ON TABLE runs IS 'One row for each run that stored something';
COMMENT ON COLUMN runs.run_id IS 'Identifies the run';
COMMENT ON COLUMN runs.started_at IS 'When the run began';
COMMENT ON COLUMN runs.reader IS 'Which reader ran: llm, baseline, or recheck of stored answers';
COMMENT ON COLUMN runs.model IS 'Model that was asked; null for the baseline';
COMMENT ON COLUMN runs.prompt IS 'Name of the prompt; null for the baseline';
COMMENT ON COLUMN runs.prompt_hash IS 'Hash of the prompt as it was';
COMMENT ON COLUMN runs.schema_hash IS 'Hash of what the reader answers in, or of its rules';
COMMENT ON COLUMN runs.software IS 'Version of jornada that ran';

CREATE TABLE run_ends (
    run_id VARCHAR NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    summary JSON NOT NULL
);
COMMENT ON TABLE run_ends IS 'How runs ended; a run without a row here was killed or still goes on';
COMMENT ON COLUMN run_ends.run_id IS 'The run, in runs';
COMMENT ON COLUMN run_ends.ended_at IS 'When it ended';
COMMENT ON COLUMN run_ends.outcome IS 'finished, interrupted (Ctrl-C), refused (by the server) or budget (spent)';
COMMENT ON COLUMN run_ends.reason IS 'Why it stopped early; null where it finished';
COMMENT ON COLUMN run_ends.summary IS 'The counts that the command printed at its end';

CREATE TABLE documents (
    document_id VARCHAR PRIMARY KEY,
    title VARCHAR,
    format VARCHAR NOT NULL,
    published_on DATE,
    text VARCHAR NOT NULL,
    characters INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    added_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE documents IS 'Each different text once, however many sources hold it';
COMMENT ON COLUMN documents.document_id IS 'SHA-256 of the text, in hexadecimal';
COMMENT ON COLUMN documents.title IS 'Title that front matter, HTML metadata or a column states';
COMMENT ON COLUMN documents.format IS 'Format of the source that was read first';
COMMENT ON COLUMN documents.published_on IS 'Date that front matter, HTML metadata or a column states';
COMMENT ON COLUMN documents.text IS 'The normalised text that all spans refer to';
COMMENT ON COLUMN documents.characters IS 'Length of the text in characters';
COMMENT ON COLUMN documents.run_id IS 'The run that added it, in runs';
COMMENT ON COLUMN documents.added_at IS 'When it was added';

CREATE TABLE sources (
    document_id VARCHAR,
    run_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    record VARCHAR,
    status VARCHAR NOT NULL,
    error VARCHAR,
    seen_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE sources IS
    'Where documents were found; a source seen again with nothing changed adds no row';
COMMENT ON COLUMN sources.document_id IS 'The document, in documents; null where unreadable';
COMMENT ON COLUMN sources.run_id IS 'The run that saw it so, in runs';
COMMENT ON COLUMN sources.path IS 'The file';
COMMENT ON COLUMN sources.record IS 'The record in a file that holds many; else null';
COMMENT ON COLUMN sources.status IS
    'read (a reader was given it), unchanged (the same text had been read), pending (its question '
    'is out in a batch), failed (unreadable)';
COMMENT ON COLUMN sources.error IS 'Why it could not be read';
COMMENT ON COLUMN sources.seen_at IS 'When it was recorded';

CREATE TABLE readings (
    reading_id VARCHAR PRIMARY KEY,
    run_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    reader VARCHAR NOT NULL,
    model VARCHAR,
    prompt VARCHAR,
    prompt_hash VARCHAR,
    schema_hash VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    title VARCHAR,
    published_on DATE,
    bulletin_kind VARCHAR,
    programme VARCHAR,
    report JSON,
    error VARCHAR,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE,
    attempts INTEGER NOT NULL,
    seconds DOUBLE NOT NULL,
    read_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE readings IS 'What a reader made of a document; a later one supersedes';
COMMENT ON COLUMN readings.reading_id IS 'Identifies the reading';
COMMENT ON COLUMN readings.run_id IS 'The run that made it, in runs';
COMMENT ON COLUMN readings.document_id IS 'The document, in documents';
COMMENT ON COLUMN readings.reader IS 'Which reader: llm or baseline';
COMMENT ON COLUMN readings.model IS 'Model that was asked; null for the baseline';
COMMENT ON COLUMN readings.prompt IS 'Name of the prompt; null for the baseline';
COMMENT ON COLUMN readings.prompt_hash IS 'Hash of the prompt as it was';
COMMENT ON COLUMN readings.schema_hash IS 'Hash of what the reader answers in, or of its rules';
COMMENT ON COLUMN readings.status IS 'ok, partial (what holds was kept) or failed';
COMMENT ON COLUMN readings.title IS 'Title of the bulletin, from the report';
COMMENT ON COLUMN readings.published_on IS 'Date of the bulletin, from the report';
COMMENT ON COLUMN readings.bulletin_kind IS 'results, announcement or balance, from the report';
COMMENT ON COLUMN readings.programme IS 'Programme that the bulletin names, from the report';
COMMENT ON COLUMN readings.report IS 'The whole report; null where failed';
COMMENT ON COLUMN readings.error IS 'Why it failed; null where usable';
COMMENT ON COLUMN readings.input_tokens IS 'Tokens sent over all attempts; null where unknown';
COMMENT ON COLUMN readings.output_tokens IS 'Tokens received over all attempts; null where unknown';
COMMENT ON COLUMN readings.cost_usd IS 'Price of all attempts in US dollars; null where unknown';
COMMENT ON COLUMN readings.attempts IS 'How many attempts it took; 0 for the baseline';
COMMENT ON COLUMN readings.seconds IS 'How long the reading took';
COMMENT ON COLUMN readings.read_at IS 'When it was done';

CREATE TABLE attempts (
    reading_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    outcome VARCHAR NOT NULL,
    raw_answer VARCHAR,
    errors VARCHAR[] NOT NULL,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE,
    seconds DOUBLE NOT NULL
);
COMMENT ON TABLE attempts IS 'Each call to a model, with the answer as it came';
COMMENT ON COLUMN attempts.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN attempts.number IS 'Its place among the attempts of the reading, from 1';
COMMENT ON COLUMN attempts.outcome IS 'How it ended';
COMMENT ON COLUMN attempts.raw_answer IS 'The answer, verbatim; null where none came';
COMMENT ON COLUMN attempts.errors IS 'What was wrong with the answer, as it was fed back';
COMMENT ON COLUMN attempts.input_tokens IS 'Tokens sent; null where unknown';
COMMENT ON COLUMN attempts.output_tokens IS 'Tokens received; null where unknown';
COMMENT ON COLUMN attempts.cost_usd IS 'Price in US dollars; null where unknown';
COMMENT ON COLUMN attempts.seconds IS 'How long it took';

CREATE TABLE jornadas (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    edition INTEGER,
    kind VARCHAR NOT NULL,
    year INTEGER,
    start DATE,
    "end" DATE,
    subject BOOLEAN NOT NULL
);
COMMENT ON TABLE jornadas IS 'Campaign weekends that a reading names';
COMMENT ON COLUMN jornadas.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN jornadas.document_id IS 'The document, in documents';
COMMENT ON COLUMN jornadas.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN jornadas.edition IS 'Ordinal of the jornada (8 for the 8th); null where unknown';
COMMENT ON COLUMN jornadas.kind IS 'national, monothematic, state or extraordinary';
COMMENT ON COLUMN jornadas.year IS 'Year it was held; null where unknown';
COMMENT ON COLUMN jornadas.start IS 'First day; null where unknown';
COMMENT ON COLUMN jornadas."end" IS 'Last day; null where unknown (a keyword: write "end")';
COMMENT ON COLUMN jornadas.subject IS 'Whether the bulletin is about this one';

CREATE TABLE figures (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    value DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    service VARCHAR NOT NULL,
    detail VARCHAR,
    status VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    edition INTEGER,
    place VARCHAR NOT NULL,
    approximate BOOLEAN NOT NULL,
    quote VARCHAR NOT NULL,
    char_start INTEGER,
    char_end INTEGER
);
COMMENT ON TABLE figures IS 'Numbers of services, and percents of goals, with the words that say so';
COMMENT ON COLUMN figures.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN figures.document_id IS 'The document, in documents';
COMMENT ON COLUMN figures.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN figures.value IS 'The number';
COMMENT ON COLUMN figures.unit IS 'count or percent';
COMMENT ON COLUMN figures.service IS 'Kind of service: total, consultation, surgery, screening ...';
COMMENT ON COLUMN figures.detail IS 'Most specific kind that is printed; several joined by +';
COMMENT ON COLUMN figures.status IS 'performed or planned';
COMMENT ON COLUMN figures.period IS 'jornada (one), cumulative (several, or a span) or other';
COMMENT ON COLUMN figures.edition IS 'Ordinal of the jornada it belongs to; null where unknown';
COMMENT ON COLUMN figures.place IS 'national, OOAD, UMAE, or places by name joined by "; "';
COMMENT ON COLUMN figures.approximate IS 'Whether the text says so (more than, nearly, about ...)';
COMMENT ON COLUMN figures.quote IS 'The words of the text, verbatim';
COMMENT ON COLUMN figures.char_start IS 'Where the quote begins in the text';
COMMENT ON COLUMN figures.char_end IS 'Where the quote ends in the text, exclusive';

CREATE TABLE set_aside (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    quote VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL
);
COMMENT ON TABLE set_aside IS 'Counts and percents of the text that are no figures, and why';
COMMENT ON COLUMN set_aside.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN set_aside.document_id IS 'The document, in documents';
COMMENT ON COLUMN set_aside.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN set_aside.quote IS 'The words of the text, verbatim';
COMMENT ON COLUMN set_aside.reason IS 'Why it is no figure';
COMMENT ON COLUMN set_aside.char_start IS 'Where the quote begins in the text';
COMMENT ON COLUMN set_aside.char_end IS 'Where the quote ends in the text, exclusive';

CREATE TABLE specialties (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    service VARCHAR NOT NULL,
    name VARCHAR NOT NULL
);
COMMENT ON TABLE specialties IS 'Medical specialties that a reading names';
COMMENT ON COLUMN specialties.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN specialties.document_id IS 'The document, in documents';
COMMENT ON COLUMN specialties.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN specialties.service IS 'consultation or surgery';
COMMENT ON COLUMN specialties.name IS 'The specialty, in Spanish as printed';

CREATE TABLE places (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL
);
COMMENT ON TABLE places IS 'States, representations and hospitals that a reading names';
COMMENT ON COLUMN places.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN places.document_id IS 'The document, in documents';
COMMENT ON COLUMN places.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN places.name IS 'The place, as printed';
COMMENT ON COLUMN places.role IS 'participant or highlighted';

CREATE TABLE findings (
    reading_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    field VARCHAR,
    message VARCHAR NOT NULL,
    char_start INTEGER,
    char_end INTEGER
);
COMMENT ON TABLE findings IS 'What the checks found wrong or noteworthy in a reading';
COMMENT ON COLUMN findings.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN findings.document_id IS 'The document, in documents';
COMMENT ON COLUMN findings.number IS 'Its place among the findings of the reading, from 1';
COMMENT ON COLUMN findings.check_name IS 'The check that found it';
COMMENT ON COLUMN findings.severity IS 'error, warning or info';
COMMENT ON COLUMN findings.field IS 'The field of the report that it is about; null where none';
COMMENT ON COLUMN findings.message IS 'What was found';
COMMENT ON COLUMN findings.char_start IS 'Where the words begin that it is about; null where none';
COMMENT ON COLUMN findings.char_end IS 'Where those words end, exclusive; null where none';

CREATE VIEW current_readings AS
SELECT readings.* FROM readings
WHERE reading_id IN (
    SELECT reading_id FROM readings
    WHERE status IN ('ok', 'partial')
    QUALIFY row_number() OVER (
        PARTITION BY document_id ORDER BY read_at DESC, reading_id DESC
    ) = 1
);
COMMENT ON VIEW current_readings IS 'The newest usable reading (ok or partial) of each document';

CREATE VIEW current_figures AS
SELECT figures.* FROM figures SEMI JOIN current_readings USING (reading_id);
COMMENT ON VIEW current_figures IS 'Figures of the newest usable reading of each document';

CREATE VIEW current_jornadas AS
SELECT jornadas.* FROM jornadas SEMI JOIN current_readings USING (reading_id);
COMMENT ON VIEW current_jornadas IS 'Jornadas of the newest usable reading of each document';

CREATE VIEW current_findings AS
SELECT findings.* FROM findings SEMI JOIN current_readings USING (reading_id);
COMMENT ON VIEW current_findings IS 'Findings of the newest usable reading of each document';
