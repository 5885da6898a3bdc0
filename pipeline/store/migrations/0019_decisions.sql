-- What people decided of readings.

CREATE TABLE decisions (
    decision_id VARCHAR PRIMARY KEY,
    document_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    char_start INTEGER,
    char_end INTEGER,
    figure JSON,
    field VARCHAR,
    value JSON,
    undoes VARCHAR,
    reading_id VARCHAR,
    who VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    apart BOOLEAN NOT NULL,
    carried_from VARCHAR,
    recorded_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE decisions IS
    'What people decided of readings: rows are only added, and the last about a number or a field '
    'holds';
COMMENT ON COLUMN decisions.decision_id IS 'Identifies the decision';
COMMENT ON COLUMN decisions.document_id IS 'The document, in documents';
COMMENT ON COLUMN decisions.kind IS
    'accept (it is right so), change (it is so instead), delete (the number is no figure), add (it '
    'is one that the reading lacks) or undo';
COMMENT ON COLUMN decisions.char_start IS
    'Where the number begins in the text that it is about; null where it is about no number';
COMMENT ON COLUMN decisions.char_end IS 'Where that number ends, exclusive';
COMMENT ON COLUMN decisions.figure IS
    'The whole figure as decided; null where it is none, and where it is about no number';
COMMENT ON COLUMN decisions.field IS
    'The field of the report that it is about; null where it is about a number';
COMMENT ON COLUMN decisions.value IS 'What that field is, as decided';
COMMENT ON COLUMN decisions.undoes IS 'The decision that an undo takes back; else null';
COMMENT ON COLUMN decisions.reading_id IS 'The reading that was looked at; null where none was';
COMMENT ON COLUMN decisions.who IS 'Who decided';
COMMENT ON COLUMN decisions.decided_at IS 'When, in UTC';
COMMENT ON COLUMN decisions.apart IS
    'Whether it belongs to labels that a person gave without seeing those of others; it changes '
    'nothing in figures';
COMMENT ON COLUMN decisions.carried_from IS
    'The decision about what the same file said before that this one was carried over from; null '
    'where it was made on this text';
COMMENT ON COLUMN decisions.recorded_at IS 'When it came into this table, in UTC';

ALTER TABLE figures ADD COLUMN decided VARCHAR;
ALTER TABLE figures ADD COLUMN decided_by VARCHAR;
ALTER TABLE figures ADD COLUMN decided_at TIMESTAMP;
COMMENT ON COLUMN figures.decided IS
    'What a person did with it: accepted, changed or added; null where nobody decided of it';
COMMENT ON COLUMN figures.decided_by IS 'Who; null where nobody did';
COMMENT ON COLUMN figures.decided_at IS 'When, in UTC; null where nobody did';

COMMENT ON COLUMN readings.derived IS
    'How a reading came about that asked nobody: near (from a nearly identical bulletin), recheck'
    ' (from stored answers, judged anew), review (from a reading and what people decided of it); '
    'else null';

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
    ' (from stored answers, judged anew), review (from a reading and what people decided of it); '
    'else null';
COMMENT ON COLUMN current_readings.derived_from IS 'The reading it was derived from, in readings';
COMMENT ON COLUMN current_readings.relevant IS
    'Whether the bulletin reports on health services of the kind; null where nobody said';
COMMENT ON COLUMN current_readings.given_up IS
    'Whether the reading failed as it passed the limits of time or memory: none of these did';

CREATE OR REPLACE VIEW current_figures AS
SELECT figures.* FROM figures SEMI JOIN current_readings USING (reading_id);
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
COMMENT ON COLUMN current_figures.decided IS
    'What a person did with it: accepted, changed or added; null where nobody decided of it';
COMMENT ON COLUMN current_figures.decided_by IS 'Who; null where nobody did';
COMMENT ON COLUMN current_figures.decided_at IS 'When, in UTC; null where nobody did';

CREATE OR REPLACE VIEW facts AS
SELECT f.value, f.unit, f.basis, f.service, service_words.spanish AS service_es,
    service_words.english AS service_en, f.detail,
    nullif(concat_ws(', ', one.spanish, two.spanish, three.spanish), '') AS detail_es,
    nullif(concat_ws(', ', one.english, two.english, three.english), '') AS detail_en,
    nullif(array_to_string(list_sort(list_distinct(
        [one.broader, two.broader, three.broader]
    )), '+'), '') AS broader,
    f.status, f.period,
    coalesce(f.starts_on, CASE WHEN f.ends_on IS NULL THEN f.jornada_starts_on END) AS starts_on,
    coalesce(f.ends_on, CASE WHEN f.starts_on IS NULL THEN f.jornada_ends_on END) AS ends_on,
    coalesce(f.known_year, year(f.ends_on), year(f.starts_on)) AS year,
    f.jornada, f.kind, coalesce(f.edition, f.known_edition) AS edition, f.jornada_starts_on,
    f.jornada_ends_on,
    CASE WHEN f.jornada IS NOT NULL THEN
        coalesce(f.starts_on <= coalesce(f.meant.first_day, f.jornada_starts_on), TRUE)
        AND coalesce(f.ends_on >= coalesce(f.meant.own_end, f.jornada_ends_on), TRUE)
    END AS covers_jornada,
    f.place, f.place_kind, f.state, f.approximate, f.checked, f.findings,
    f.reader, f.model, f.prompt, f.title, f.published_on, f.bulletin_kind, f.programme,
    f.path, f.record, f.quote,
    CASE WHEN f.context_start IS NOT NULL
        THEN substr(f.text, f.context_start + 1, f.context_end - f.context_start)
        ELSE substr(f.text, greatest(0, f.char_start - 120) + 1,
            f.char_end + 120 - greatest(0, f.char_start - 120))
    END AS context,
    coalesce(f.context_key, hash(f.document_id, f.number)) AS context_key,
    f.document_id, f.number, f.char_start, f.char_end, f.reading_id, f.figure_id,
    f.decided, f.decided_by, f.decided_at
FROM (
    WITH mentions AS MATERIALIZED (SELECT * FROM jornada_mentions), known AS (
        SELECT jornada, min(kind) AS kind, min(edition) AS edition, min(year) AS year,
            min(known_starts_on) AS starts_on, min(known_ends_on) AS ends_on
        FROM mentions GROUP BY jornada
    ), meanings AS (
        -- The one that a bulletin is about comes before others, then as it names them.
        SELECT reading_id,
            list({
                'edition': edition, 'first_day': starts_on, 'own_end': ends_on,
                'last_day': greatest(starts_on, coalesce(ends_on, starts_on)), 'jornada': jornada
            } ORDER BY NOT subject, number NULLS LAST, jornada) AS named,
            min(jornada) FILTER (subject) = max(jornada) FILTER (subject) AS about_one
        FROM mentions GROUP BY reading_id
    ), said AS (
        SELECT figures.*, figures.rowid AS figure_id, bulletins.* EXCLUDE (reading_id, named),
            -- What a figure names by its edition, else by a day, else what its bulletin is about.
            CASE
                WHEN period <> 'jornada' THEN NULL
                WHEN edition IS NOT NULL
                    THEN coalesce(
                        list_filter(named, lambda one: one.edition = figures.edition
                            AND coalesce(starts_on, ends_on) BETWEEN one.first_day AND one.last_day
                        )[1],
                        list_filter(named, lambda one: one.edition = figures.edition
                            AND coalesce(
                                abs(coalesce(starts_on, ends_on) - one.first_day) <= 60, TRUE
                            )
                        )[1],
                        list_filter(named, lambda one: one.edition = figures.edition)[1]
                    )
                WHEN coalesce(starts_on, ends_on) IS NOT NULL
                    THEN list_filter(named, lambda one:
                        coalesce(starts_on, ends_on) BETWEEN one.first_day AND one.last_day
                    )[1]
                WHEN about_one THEN named[1]
            END AS meant
        FROM figures JOIN (
            SELECT r.reading_id, r.reader, r.model, r.prompt, coalesce(r.title, d.title) AS title,
                coalesce(r.published_on, d.published_on) AS published_on, r.bulletin_kind,
                r.programme, today.path, today.record, d.text, meanings.named, meanings.about_one
            FROM current_readings AS r
            JOIN documents AS d ON d.document_id = r.document_id
            JOIN current_documents AS today ON today.document_id = r.document_id
            LEFT JOIN meanings ON meanings.reading_id = r.reading_id
        ) AS bulletins ON bulletins.reading_id = figures.reading_id
    )
    SELECT said.*, known.jornada, known.kind, known.edition AS known_edition,
        known.year AS known_year, known.starts_on AS jornada_starts_on,
        known.ends_on AS jornada_ends_on
    FROM said LEFT JOIN known ON known.jornada = said.meant.jornada
) AS f
LEFT JOIN codes AS service_words
    ON service_words.service = f.service AND service_words.detail IS NULL
-- A number counts up to three kinds.
LEFT JOIN codes AS one
    ON one.service = f.service AND one.detail = split_part(f.detail, '+', 1)
LEFT JOIN codes AS two
    ON two.service = f.service AND two.detail = split_part(f.detail, '+', 2)
LEFT JOIN codes AS three
    ON three.service = f.service AND three.detail = split_part(f.detail, '+', 3);
COMMENT ON VIEW facts IS
    'The table to start from: one row a figure of today''s bulletins, with all that is known of '
    'it; nothing needs joining';
COMMENT ON COLUMN facts.value IS 'The number';
COMMENT ON COLUMN facts.unit IS 'count or percent';
COMMENT ON COLUMN facts.basis IS
    'What a percent is of: goal (share of a goal), above_goal (excess over it), productivity '
    '(share of a year''s or usual output); null for counts';
COMMENT ON COLUMN facts.service IS 'What was counted, as a code (table codes)';
COMMENT ON COLUMN facts.service_es IS 'The same in Spanish';
COMMENT ON COLUMN facts.service_en IS 'The same in English';
COMMENT ON COLUMN facts.detail IS
    'The most specific kind that is printed, in codes; several joined by +; null where nothing '
    'more is said';
COMMENT ON COLUMN facts.detail_es IS 'The same in Spanish';
COMMENT ON COLUMN facts.detail_en IS 'The same in English';
COMMENT ON COLUMN facts.broader IS
    'The code of a wider kind that counts this one too; null where there is none';
COMMENT ON COLUMN facts.status IS 'performed or planned';
COMMENT ON COLUMN facts.period IS 'jornada (one), cumulative (several, or a longer span) or other';
COMMENT ON COLUMN facts.starts_on IS
    'First day that the number covers, of its jornada where the bulletin does not print it; '
    'null where unknown';
COMMENT ON COLUMN facts.ends_on IS
    'Last day that the number covers, of its jornada where the bulletin does not print it; '
    'null where unknown';
COMMENT ON COLUMN facts.year IS
    'Year of its jornada, else of the last day, else of the first; null where unknown';
COMMENT ON COLUMN facts.jornada IS
    'The jornada that it is of, by its name in known_jornadas; null where it is of none or '
    'nobody knows which';
COMMENT ON COLUMN facts.kind IS
    'Kind of that jornada: national, monothematic, state or extraordinary';
COMMENT ON COLUMN facts.edition IS 'Ordinal of that jornada; null where unknown';
COMMENT ON COLUMN facts.jornada_starts_on IS
    'First day of that jornada, as most bulletins print it; null where unknown';
COMMENT ON COLUMN facts.jornada_ends_on IS
    'Last day of that jornada, as most bulletins print it; null where unknown';
COMMENT ON COLUMN facts.covers_jornada IS
    'Whether it was counted over all days of that jornada, as its bulletin gives them; null where it '
    'is of none';
COMMENT ON COLUMN facts.place IS
    'Where: national, OOAD, UMAE, or places by their canonical names joined by "; "';
COMMENT ON COLUMN facts.place_kind IS
    'national, side (OOAD or UMAE), state, ooad, municipality, unit or several; null where '
    'unknown';
COMMENT ON COLUMN facts.state IS
    'The state that the place lies in; null where it is in none or unknown';
COMMENT ON COLUMN facts.approximate IS 'Whether the text says so (more than, nearly, about ...)';
COMMENT ON COLUMN facts.checked IS
    'The worst of the findings that touch its words: error, warning or info; null where none '
    'does';
COMMENT ON COLUMN facts.findings IS 'Those findings, the worst first, joined by "; "';
COMMENT ON COLUMN facts.reader IS 'Which reader read it: llm or baseline';
COMMENT ON COLUMN facts.model IS 'Model that was asked; null for the baseline';
COMMENT ON COLUMN facts.prompt IS 'Name of the prompt; null for the baseline';
COMMENT ON COLUMN facts.title IS 'Title of the bulletin; null where it has none';
COMMENT ON COLUMN facts.published_on IS 'Date of the bulletin; null where unknown';
COMMENT ON COLUMN facts.bulletin_kind IS 'results, announcement or balance';
COMMENT ON COLUMN facts.programme IS 'Programme that the bulletin names; null where it names none';
COMMENT ON COLUMN facts.path IS
    'The file that holds it, the first of them where there are several; null where none is on '
    'record';
COMMENT ON COLUMN facts.record IS 'The record in that file; null where it holds one text';
COMMENT ON COLUMN facts.quote IS 'The words of the text, verbatim';
COMMENT ON COLUMN facts.context IS
    'The sentence that they stand in (of a very long one, the words around)';
COMMENT ON COLUMN facts.context_key IS
    'The same for sentences of the same letters and digits: reposts of a text print a number once';
COMMENT ON COLUMN facts.document_id IS 'The document, in documents';
COMMENT ON COLUMN facts.number IS 'Its place in the report, from 1';
COMMENT ON COLUMN facts.char_start IS 'Where the quote begins in the text, counted from 0';
COMMENT ON COLUMN facts.char_end IS 'Where the quote ends in the text, exclusive';
COMMENT ON COLUMN facts.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN facts.figure_id IS
    'Identifies the figure: views that compare figures name those that they compare by it';
COMMENT ON COLUMN facts.decided IS
    'What a person did with it: accepted, changed or added; null where nobody decided of it';
COMMENT ON COLUMN facts.decided_by IS 'Who; null where nobody did';
COMMENT ON COLUMN facts.decided_at IS 'When, in UTC; null where nobody did';
