-- Two bulletins that cannot both be right, as far as their labels tell; exact values alone.
CREATE VIEW conflicts AS
WITH printed AS (
    -- A bulletin that gives several values under the same labels means several things by them, or
    -- contradicts itself, which its findings say.
    SELECT fact, min(value) AS value, min(figure_id) AS figure_id, min(line) AS line,
        bool_or(period = 'cumulative') AS goes_on, min(starts_on) AS starts_on,
        min(ends_on) AS ends_on, min(context_key) AS context_key, max(published_on) AS published_on
    FROM prints WHERE NOT approximate
    GROUP BY fact, hash(document_id) HAVING min(value) = max(value)
), by_value AS (
    SELECT fact, value, count(DISTINCT context_key) AS bulletins,
        max(published_on) AS last_published_on, min(figure_id) AS figure_id, min(line) AS line,
        bool_or(goes_on) AS goes_on, min(starts_on) AS starts_on, min(ends_on) AS ends_on
    FROM printed GROUP BY fact, value
), against AS MATERIALIZED (
    -- More values than so many are most likely several things.
    SELECT figure_id, value, line, goes_on, starts_on, ends_on,
        first_value(figure_id) OVER by_support AS other_id,
        row_number() OVER by_support AS place_in_line
    FROM by_value
    WINDOW by_support AS (
        PARTITION BY fact ORDER BY bulletins DESC, last_published_on DESC NULLS LAST, figure_id
    )
    QUALIFY place_in_line <= 9
), counted AS (
    SELECT figure_id, value, line, goes_on, starts_on, ends_on FROM against
    WHERE place_in_line = 1 AND line IS NOT NULL AND starts_on IS NOT NULL
), before AS (
    SELECT figure_id, value, lag(figure_id) OVER line AS other_id, lag(value) OVER line AS other_value
    FROM counted WHERE goes_on
    WINDOW line AS (PARTITION BY counted.line, starts_on ORDER BY ends_on)
), found AS MATERIALIZED (
    SELECT 'value' AS conflict, figure_id, other_id FROM against WHERE place_in_line > 1
    UNION ALL
    SELECT 'falls', figure_id, other_id FROM before WHERE value < other_value
    UNION ALL
    SELECT 'part', whole.figure_id, part.figure_id
    FROM counted AS whole JOIN counted AS part ON part.line = whole.line
        AND part.starts_on >= whole.starts_on AND coalesce(part.ends_on, part.starts_on) <= whole.ends_on
        AND part.value > whole.value
    WHERE whole.goes_on AND NOT part.goes_on
), named AS MATERIALIZED (
    SELECT figure_id, jornada, starts_on, ends_on, place, service, detail, status, unit, basis, value,
        quote, path, document_id
    FROM facts WHERE figure_id IN (
        SELECT figure_id FROM found UNION ALL SELECT other_id FROM found
    )
)
SELECT
    CASE WHEN conflict = 'value'
            AND greatest(one.value, other.value) >= 500 * least(one.value, other.value)
            AND least(one.value, other.value) > 0
        THEN 'size' ELSE conflict END AS conflict,
    coalesce(one.jornada, other.jornada) AS jornada, one.starts_on, one.ends_on, one.place,
    one.service, one.detail, one.status, one.unit, one.basis, one.value, other.value AS other_value,
    other.starts_on AS other_starts_on, other.ends_on AS other_ends_on,
    one.quote, other.quote AS other_quote, one.path, other.path AS other_path,
    one.document_id, other.document_id AS other_document_id,
    one.figure_id, other.figure_id AS other_figure_id
FROM found
JOIN named AS one ON one.figure_id = found.figure_id
JOIN named AS other ON other.figure_id = found.other_id
-- 95 and 95.3 per cent are one number, rounded.
WHERE NOT (one.unit = 'percent' AND abs(one.value - other.value) <= 0.5
    AND (one.value = floor(one.value)) <> (other.value = floor(other.value)));
COMMENT ON VIEW conflicts IS
    'Pairs of exact numbers that cannot both be right, as far as their labels tell';
COMMENT ON COLUMN conflicts.conflict IS
    'value (the same fact with another value), size (so, and 500 times as large or more), '
    'falls (a count that goes on is less than it was), part (a count is less than one jornada '
    'within it)';
COMMENT ON COLUMN conflicts.jornada IS 'The jornada; null where it is about longer spans';
COMMENT ON COLUMN conflicts.starts_on IS 'First day that is covered; null where unknown';
COMMENT ON COLUMN conflicts.ends_on IS 'Last day that is covered; null where unknown';
COMMENT ON COLUMN conflicts.place IS 'Where, as in facts';
COMMENT ON COLUMN conflicts.service IS 'What was counted, as a code';
COMMENT ON COLUMN conflicts.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN conflicts.status IS 'performed or planned';
COMMENT ON COLUMN conflicts.unit IS 'count or percent';
COMMENT ON COLUMN conflicts.basis IS 'What a percent is of, as in facts';
COMMENT ON COLUMN conflicts.value IS 'The one number';
COMMENT ON COLUMN conflicts.other_value IS
    'The other: of the same fact, the value that most bulletins give; else the earlier count, '
    'or the jornada within';
COMMENT ON COLUMN conflicts.other_starts_on IS 'First day that the other covers';
COMMENT ON COLUMN conflicts.other_ends_on IS 'Last day that the other covers';
COMMENT ON COLUMN conflicts.quote IS 'The words of the one';
COMMENT ON COLUMN conflicts.other_quote IS 'The words of the other';
COMMENT ON COLUMN conflicts.path IS 'File of the one';
COMMENT ON COLUMN conflicts.other_path IS 'File of the other';
COMMENT ON COLUMN conflicts.document_id IS 'Document of the one';
COMMENT ON COLUMN conflicts.figure_id IS 'Figure of the one, in facts';
COMMENT ON COLUMN conflicts.other_figure_id IS 'Figure of the other, in facts';
COMMENT ON COLUMN conflicts.other_document_id IS 'Document of the other';

CREATE VIEW coverage AS
WITH editions AS MATERIALIZED (
    SELECT * FROM known_jornadas
    -- An edition that no series reaches is a slip of print, and no hundred others are missing.
    WHERE edition <= 100 AND year IS NOT NULL
        AND (kind IN ('national', 'extraordinary') OR (kind = 'state' AND state IS NOT NULL))
), expected AS (
    SELECT kind, year, state, unnest(generate_series(1, max(edition))) AS edition
    FROM editions GROUP BY kind, year, state
)
SELECT concat(
        CASE expected.kind WHEN 'national' THEN 'nacional'
            WHEN 'extraordinary' THEN 'extraordinaria' ELSE 'estatal' END,
        ' ', expected.year, ' ' || expected.state
    ) AS series,
    expected.kind, expected.year, expected.state, expected.edition, editions.jornada,
    CASE WHEN editions.with_results > 0 THEN 'reported'
        WHEN editions.bulletins > 0 THEN 'announced'
        WHEN editions.mentioned_in > 0 THEN 'mentioned'
        WHEN undated.edition IS NOT NULL THEN 'undated' ELSE 'missing' END AS coverage,
    editions.starts_on, editions.ends_on, coalesce(editions.first_days, 0) AS first_days,
    coalesce(editions.bulletins, 0) AS bulletins, coalesce(editions.mentioned_in, 0) AS mentioned_in
FROM expected LEFT JOIN editions ON editions.kind = expected.kind AND editions.year = expected.year
    AND editions.state IS NOT DISTINCT FROM expected.state AND editions.edition = expected.edition
LEFT JOIN (
    SELECT DISTINCT kind, state, edition FROM known_jornadas
    WHERE year IS NULL AND edition IS NOT NULL
) AS undated ON undated.kind = expected.kind AND undated.edition = expected.edition
    AND undated.state IS NOT DISTINCT FROM expected.state;
COMMENT ON VIEW coverage IS
    'The editions of each series, from the first to the last that is named, and which are '
    'missing';
COMMENT ON COLUMN coverage.series IS
    'Kind, year and, for those of one state, the state: "nacional 2022"';
COMMENT ON COLUMN coverage.kind IS 'national, extraordinary or state';
COMMENT ON COLUMN coverage.year IS 'Year of the series';
COMMENT ON COLUMN coverage.state IS 'Of a series of one state: which';
COMMENT ON COLUMN coverage.edition IS 'The ordinal';
COMMENT ON COLUMN coverage.jornada IS 'Its name in known_jornadas; null where it is missing';
COMMENT ON COLUMN coverage.coverage IS
    'reported (a bulletin is about it), announced (those about it are announcements), mentioned (only '
    'named by others), undated (one of this edition, of a year that nobody knows) or missing';
COMMENT ON COLUMN coverage.starts_on IS 'First day; null where unknown';
COMMENT ON COLUMN coverage.ends_on IS 'Last day; null where unknown';
COMMENT ON COLUMN coverage.first_days IS 'How many different first days are printed for it';
COMMENT ON COLUMN coverage.bulletins IS 'How many documents are about it';
COMMENT ON COLUMN coverage.mentioned_in IS 'How many documents name it';
