-- Two bulletins that cannot both be right, as far as their labels tell; exact values alone.
CREATE VIEW conflicts AS
WITH counted AS MATERIALIZED (
    SELECT * FROM totals WHERE NOT approximate
), printed AS (
    -- A bulletin that gives several values under the same labels means several things by them, or
    -- contradicts itself, which its findings say.
    SELECT period, jornada,
        CASE WHEN jornada IS NULL THEN starts_on ELSE jornada_starts_on END AS starts_on,
        CASE WHEN jornada IS NULL THEN ends_on ELSE jornada_ends_on END AS ends_on,
        place, service, detail, status, unit, basis, document_id, min(value) AS value,
        min(quote) AS quote
    FROM facts
    WHERE NOT approximate AND CASE period
        WHEN 'jornada' THEN jornada IS NOT NULL AND coalesce(ends_on >= jornada_ends_on, TRUE)
        WHEN 'cumulative' THEN starts_on IS NOT NULL AND ends_on IS NOT NULL
        ELSE FALSE END
    GROUP BY ALL
    HAVING min(value) = max(value)
), by_value AS (
    SELECT period, jornada, starts_on, ends_on, place, service, detail, status, unit, basis, value,
        count(*) AS bulletins,
        min({'document_id': document_id, 'quote': quote}) AS print
    FROM printed GROUP BY ALL
), against AS (
    SELECT *, first_value({'value': value, 'print': print}) OVER by_support AS other,
        row_number() OVER by_support AS place_in_line
    FROM by_value
    WINDOW by_support AS (
        PARTITION BY period, jornada, starts_on, ends_on, place, service, detail, status, unit, basis
        ORDER BY bulletins DESC, value DESC
    )
), before AS (
    SELECT *, {'document_id': document_id, 'quote': quote} AS print,
        lag({'value': value, 'document_id': document_id, 'quote': quote, 'ends_on': ends_on}) OVER (
            PARTITION BY place, service, detail, status, basis, starts_on ORDER BY ends_on
        ) AS other
    FROM counted
    WHERE period = 'cumulative' AND unit = 'count' AND status = 'performed' AND starts_on IS NOT NULL
), found AS (
    SELECT CASE WHEN greatest(value, other.value) >= 500 * least(value, other.value)
            THEN 'size' ELSE 'value' END AS conflict,
        jornada, starts_on, ends_on, place, service, detail, status, unit, basis, value, print,
        other.value AS other_value, other.print AS other_print,
        NULL::VARCHAR AS other_jornada, starts_on AS other_starts_on, ends_on AS other_ends_on
    FROM against WHERE place_in_line > 1
    UNION ALL
    SELECT 'falls', jornada, starts_on, ends_on, place, service, detail, status, unit, basis, value,
        print, other.value, {'document_id': other.document_id, 'quote': other.quote}, NULL,
        starts_on, other.ends_on
    FROM before WHERE value < other.value
    UNION ALL
    SELECT 'part', whole.jornada, whole.starts_on, whole.ends_on, whole.place, whole.service,
        whole.detail, whole.status, whole.unit, whole.basis, whole.value,
        {'document_id': whole.document_id, 'quote': whole.quote}, part.value,
        {'document_id': part.document_id, 'quote': part.quote}, part.jornada, part.starts_on,
        part.ends_on
    FROM counted AS whole JOIN counted AS part
        ON part.place = whole.place AND part.service = whole.service
        AND part.detail IS NOT DISTINCT FROM whole.detail
        AND part.starts_on >= whole.starts_on AND part.ends_on <= whole.ends_on
        AND part.value > whole.value
    WHERE whole.period = 'cumulative' AND whole.unit = 'count' AND whole.status = 'performed'
        AND part.period = 'jornada' AND part.unit = 'count' AND part.status = 'performed'
)
SELECT conflict, coalesce(jornada, other_jornada) AS jornada, starts_on, ends_on, place, service,
    detail, status, unit, basis, value, other_value, other_starts_on, other_ends_on,
    print.quote AS quote, other_print.quote AS other_quote, one.path, other.path AS other_path,
    print.document_id AS document_id, other_print.document_id AS other_document_id
FROM found LEFT JOIN current_documents AS one ON one.document_id = print.document_id
LEFT JOIN current_documents AS other ON other.document_id = other_print.document_id;
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
    CASE WHEN editions.bulletins > 0 THEN 'reported'
        WHEN editions.mentioned_in > 0 THEN 'mentioned' ELSE 'missing' END AS coverage,
    editions.starts_on, editions.ends_on, coalesce(editions.first_days, 0) AS first_days,
    coalesce(editions.bulletins, 0) AS bulletins, coalesce(editions.mentioned_in, 0) AS mentioned_in
FROM expected LEFT JOIN editions ON editions.kind = expected.kind AND editions.year = expected.year
    AND editions.state IS NOT DISTINCT FROM expected.state AND editions.edition = expected.edition;
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
    'reported (a bulletin is about it), mentioned (only named by others) or missing';
COMMENT ON COLUMN coverage.starts_on IS 'First day; null where unknown';
COMMENT ON COLUMN coverage.ends_on IS 'Last day; null where unknown';
COMMENT ON COLUMN coverage.first_days IS 'How many different first days are printed for it';
COMMENT ON COLUMN coverage.bulletins IS 'How many documents are about it';
COMMENT ON COLUMN coverage.mentioned_in IS 'How many documents name it';
