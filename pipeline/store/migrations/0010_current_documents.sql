-- What counts is what files hold today: a text that its file no longer holds, or whose file was
-- forgotten, is on record still and counts no more. Standard input (-) is no file: each text that
-- came by it counts until it is forgotten.

COMMENT ON COLUMN sources.document_id IS
    'The document, in documents; null where unreadable. Of what was forgotten, the one it held';
COMMENT ON COLUMN sources.path IS
    'The file: its absolute path, its URL, or - for standard input; older versions of jornada kept '
    'paths as they were typed';
COMMENT ON COLUMN sources.status IS
    'read (a reader was given it), unchanged (the same text had been read), pending (its question '
    'is out in a batch), failed (unreadable), forgotten (it counts no more, until it is seen again)';

ALTER TABLE figures ADD COLUMN context_start INTEGER;
ALTER TABLE figures ADD COLUMN context_end INTEGER;
ALTER TABLE figures ADD COLUMN context_key UBIGINT;
ALTER TABLE figures ADD COLUMN checked VARCHAR;
ALTER TABLE figures ADD COLUMN findings VARCHAR;
UPDATE figures SET
    checked = ['info', 'warning', 'error'][touching.grade], findings = touching.findings
FROM (
    SELECT figures.reading_id, figures.number,
        max(list_position(['info', 'warning', 'error'], severity)) AS grade,
        string_agg(
            findings.check_name || ': ' || findings.message, '; '
            ORDER BY list_position(['info', 'warning', 'error'], severity) DESC, findings.number
        ) AS findings
    FROM findings JOIN figures ON figures.reading_id = findings.reading_id
        AND findings.char_start < figures.char_end AND figures.char_start < findings.char_end
    GROUP BY figures.reading_id, figures.number
) AS touching
WHERE touching.reading_id = figures.reading_id AND touching.number = figures.number;
-- Of what is stored already the words around stand for the sentence.
UPDATE figures SET context_key = hash(regexp_replace(
    strip_accents(lower(substr(
        documents.text, greatest(0, char_start - 20) + 1, char_end + 20 - greatest(0, char_start - 20)
    ))), '[^\p{L}\p{N}]+', '', 'g'
))
FROM documents WHERE documents.document_id = figures.document_id AND char_start IS NOT NULL;
COMMENT ON COLUMN figures.checked IS
    'The worst of the findings that touch its words: error, warning or info; null where none does';
COMMENT ON COLUMN figures.findings IS 'Those findings, the worst first, joined by "; "';
COMMENT ON COLUMN figures.context_start IS
    'Where the sentence begins that the quote stands in; null in figures stored by older versions';
COMMENT ON COLUMN figures.context_end IS 'Where that sentence ends, exclusive';
COMMENT ON COLUMN figures.context_key IS
    'The same for sentences of the same letters and digits; of figures stored by older versions, for '
    'the same words around';

CREATE OR REPLACE VIEW current_sources AS
SELECT document_id, run_id, path, record, status, error, seen_at FROM (
    SELECT * FROM sources
    QUALIFY row_number() OVER (
        PARTITION BY path, record, CASE WHEN path = '-' THEN document_id END
        ORDER BY seen_at DESC, sources.rowid DESC
    ) = 1
)
WHERE status <> 'forgotten';
COMMENT ON VIEW current_sources IS
    'What was last seen of each source: one row for a path, for a record of it, or for a text that '
    'came by standard input; none for those that were forgotten';
COMMENT ON COLUMN current_sources.document_id IS
    'The document that it holds now, in documents; null where it is unreadable now';
COMMENT ON COLUMN current_sources.run_id IS 'The run that saw it so, in runs';
COMMENT ON COLUMN current_sources.path IS 'The file, as in sources';
COMMENT ON COLUMN current_sources.record IS 'The record in a file that holds many; else null';
COMMENT ON COLUMN current_sources.status IS 'read, unchanged, pending or failed, as in sources';
COMMENT ON COLUMN current_sources.error IS 'Why it could not be read';
COMMENT ON COLUMN current_sources.seen_at IS 'When that was recorded';

-- A source that cannot be read now is taken to hold what it held last.
CREATE VIEW current_documents AS
WITH ordered AS (
    SELECT path, record, document_id, status,
        -- As seen_at, then rowid, in one number: that is compared in a fraction of the time.
        epoch_us(seen_at)::HUGEINT * 4294967296 + sources.rowid AS place
    FROM sources
), held AS (
    -- Grouped, and not filtered: of filters DuckDB believes that they leave a fifth, and joins with
    -- what it takes for few rows then fill the memory.
    SELECT path, record, max(place) AS last_place,
        arg_max(
            CASE status WHEN 'failed' THEN NULL WHEN 'forgotten' THEN '' ELSE document_id END, place
        ) AS document_id
    FROM ordered GROUP BY path, record, CASE WHEN path = '-' THEN document_id END
)
SELECT document_id, arg_min(path, last_place) AS path, arg_min_null(record, last_place) AS record,
    count(*) AS sources
FROM held WHERE document_id <> '' GROUP BY document_id
UNION ALL
SELECT document_id, NULL, NULL, 0 FROM documents ANTI JOIN sources USING (document_id);
COMMENT ON VIEW current_documents IS
    'The documents that count: each one that a file holds today, or held when it could last be '
    'read, and each that no file was ever on record for';
COMMENT ON COLUMN current_documents.document_id IS 'The document, in documents';
COMMENT ON COLUMN current_documents.path IS
    'The file that holds it, the first of them where there are several; null where none is on record';
COMMENT ON COLUMN current_documents.record IS 'The record in that file; null where it holds one text';
COMMENT ON COLUMN current_documents.sources IS 'How many files or records hold it';

CREATE OR REPLACE VIEW current_readings AS
SELECT readings.* FROM readings
WHERE reading_id IN (
    -- Grouped for the same reason; of a document without a usable reading, none is null.
    SELECT arg_max(
        CASE WHEN status IN ('ok', 'partial') THEN reading_id END,
        epoch_us(read_at)::HUGEINT * 4294967296 + readings.rowid
    )
    FROM readings SEMI JOIN current_documents USING (document_id) GROUP BY document_id
);
CREATE OR REPLACE VIEW current_figures AS
SELECT figures.* FROM figures SEMI JOIN current_readings USING (reading_id);
CREATE OR REPLACE VIEW current_jornadas AS
SELECT jornadas.* FROM jornadas SEMI JOIN current_readings USING (reading_id);
CREATE OR REPLACE VIEW current_findings AS
SELECT findings.* FROM findings SEMI JOIN current_readings USING (reading_id);

COMMENT ON VIEW current_readings IS
    'The newest usable reading (ok or partial) of each document that counts (current_documents)';
COMMENT ON COLUMN current_readings.reading_id IS 'Identifies the reading';
COMMENT ON COLUMN current_readings.run_id IS 'The run that made it, in runs';
COMMENT ON COLUMN current_readings.document_id IS 'The document, in documents';
COMMENT ON COLUMN current_readings.reader IS 'Which reader: llm or baseline';
COMMENT ON COLUMN current_readings.model IS 'Model that was asked; null for the baseline';
COMMENT ON COLUMN current_readings.prompt IS 'Name of the prompt; null for the baseline';
COMMENT ON COLUMN current_readings.prompt_hash IS 'Hash of the prompt as it was';
COMMENT ON COLUMN current_readings.schema_hash IS
    'Hash of what the reader answers in, or of its rules';
COMMENT ON COLUMN current_readings.status IS 'ok or partial (what holds was kept)';
COMMENT ON COLUMN current_readings.title IS 'Title of the bulletin, from the report';
COMMENT ON COLUMN current_readings.published_on IS 'Date of the bulletin, from the report';
COMMENT ON COLUMN current_readings.bulletin_kind IS
    'results, announcement or balance, from the report';
COMMENT ON COLUMN current_readings.programme IS
    'Programme that the bulletin names, from the report';
COMMENT ON COLUMN current_readings.report IS 'The whole report';
COMMENT ON COLUMN current_readings.error IS
    'What broke the conversation off, where what holds was kept; else null';
COMMENT ON COLUMN current_readings.input_tokens IS
    'Tokens sent over all attempts; null where unknown';
COMMENT ON COLUMN current_readings.output_tokens IS
    'Tokens received over all attempts; null where unknown';
COMMENT ON COLUMN current_readings.cost_usd IS
    'Price of all attempts in US dollars; null where unknown';
COMMENT ON COLUMN current_readings.attempts IS 'How many attempts it took; 0 for the baseline';
COMMENT ON COLUMN current_readings.seconds IS 'How long the reading took';
COMMENT ON COLUMN current_readings.read_at IS 'When it was done';
COMMENT ON COLUMN current_readings.parameters IS
    'What else the answers depend on, as JSON; null where unknown';
COMMENT ON COLUMN current_readings.derived IS
    'How a reading came about that asked nobody: near (from a nearly identical bulletin), recheck'
    ' (from stored answers, judged anew); else null';
COMMENT ON COLUMN current_readings.derived_from IS 'The reading it was derived from, in readings';
COMMENT ON COLUMN current_readings.relevant IS
    'Whether the bulletin reports on health services of the kind; null where nobody said';

COMMENT ON VIEW current_figures IS
    'Figures of the readings in current_readings';
COMMENT ON COLUMN current_figures.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN current_figures.document_id IS 'The document, in documents';
COMMENT ON COLUMN current_figures.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN current_figures.value IS 'The number';
COMMENT ON COLUMN current_figures.unit IS 'count or percent';
COMMENT ON COLUMN current_figures.service IS
    'Kind of service: total, consultation, surgery, screening ...';
COMMENT ON COLUMN current_figures.detail IS
    'Most specific kind that is printed, in codes (table codes); several joined by +; null where '
    'nothing more is said';
COMMENT ON COLUMN current_figures.status IS 'performed or planned';
COMMENT ON COLUMN current_figures.period IS
    'jornada (one), cumulative (several, or a span) or other';
COMMENT ON COLUMN current_figures.edition IS
    'Ordinal of the jornada it belongs to; null where unknown';
COMMENT ON COLUMN current_figures.place IS
    'Where: national, OOAD, UMAE, or places by their canonical names joined by "; "';
COMMENT ON COLUMN current_figures.approximate IS
    'Whether the text says so (more than, nearly, about ...)';
COMMENT ON COLUMN current_figures.quote IS 'The words of the text, verbatim';
COMMENT ON COLUMN current_figures.char_start IS 'Where the quote begins in the text';
COMMENT ON COLUMN current_figures.char_end IS 'Where the quote ends in the text, exclusive';
COMMENT ON COLUMN current_figures.starts_on IS
    'First day that the number covers; null where unknown';
COMMENT ON COLUMN current_figures.ends_on IS 'Last day that the number covers; null where unknown';
COMMENT ON COLUMN current_figures.basis IS
    'What a percent is of: goal (share of a goal), above_goal (excess over it), productivity '
    '(share of a year''s or usual output); null for counts';
COMMENT ON COLUMN current_figures.place_kind IS
    'national, side (OOAD or UMAE), state, ooad, municipality, unit or several; null where '
    'unknown';
COMMENT ON COLUMN current_figures.state IS
    'The state that the place lies in; null where it is in none or unknown';
COMMENT ON COLUMN current_figures.context_start IS
    'Where the sentence begins that the quote stands in; null in figures stored by older versions';
COMMENT ON COLUMN current_figures.context_end IS 'Where that sentence ends, exclusive';
COMMENT ON COLUMN current_figures.checked IS
    'The worst of the findings that touch its words: error, warning or info; null where none does';
COMMENT ON COLUMN current_figures.findings IS 'Those findings, the worst first, joined by "; "';
COMMENT ON COLUMN current_figures.context_key IS
    'The same for sentences of the same letters and digits; of figures stored by older versions, for '
    'the same words around';

COMMENT ON VIEW current_jornadas IS
    'Jornadas of the readings in current_readings';
COMMENT ON COLUMN current_jornadas.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN current_jornadas.document_id IS 'The document, in documents';
COMMENT ON COLUMN current_jornadas.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN current_jornadas.edition IS
    'Ordinal of the jornada (8 for the 8th); null where unknown';
COMMENT ON COLUMN current_jornadas.kind IS 'national, monothematic, state or extraordinary';
COMMENT ON COLUMN current_jornadas.year IS 'Year it was held; null where unknown';
COMMENT ON COLUMN current_jornadas.start IS 'First day; null where unknown';
COMMENT ON COLUMN current_jornadas."end" IS 'Last day; null where unknown (a keyword: write "end")';
COMMENT ON COLUMN current_jornadas.subject IS 'Whether the bulletin is about this one';
COMMENT ON COLUMN current_jornadas.year_source IS
    'How the year is known: printed, metadata (from the day of publication), inferred (from the '
    'weekdays of its days); null where it is not';

COMMENT ON VIEW current_findings IS
    'Findings of the readings in current_readings';
COMMENT ON COLUMN current_findings.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN current_findings.document_id IS 'The document, in documents';
COMMENT ON COLUMN current_findings.number IS 'Its place among the findings of the reading, from 1';
COMMENT ON COLUMN current_findings.check_name IS 'The check that found it';
COMMENT ON COLUMN current_findings.severity IS 'error, warning or info';
COMMENT ON COLUMN current_findings.field IS
    'The field of the report that it is about; null where none';
COMMENT ON COLUMN current_findings.message IS 'What was found';
COMMENT ON COLUMN current_findings.char_start IS
    'Where the words begin that it is about; null where none';
COMMENT ON COLUMN current_findings.char_end IS 'Where those words end, exclusive; null where none';
