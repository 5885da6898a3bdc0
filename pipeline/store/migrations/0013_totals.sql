-- What bulletins say of each thing that was counted, in whichever of them it stands.
CREATE VIEW totals AS
WITH said AS (
    SELECT period, jornada,
        CASE WHEN jornada IS NULL THEN starts_on ELSE jornada_starts_on END AS starts_on,
        CASE WHEN jornada IS NULL THEN ends_on ELSE jornada_ends_on END AS ends_on,
        place, place_kind, state, service, detail, status, unit, basis, value, approximate,
        published_on, document_id, quote, context_key
    FROM facts
    WHERE CASE period
        -- Not what was counted before the jornada was over.
        WHEN 'jornada' THEN jornada IS NOT NULL AND coalesce(ends_on >= jornada_ends_on, TRUE)
        WHEN 'cumulative' THEN ends_on IS NOT NULL
        ELSE FALSE END
), by_value AS (
    SELECT * EXCLUDE (approximate, published_on, document_id, quote, context_key),
        -- The same sentence is one print, in however many bulletins it stands.
        bool_or(NOT approximate) AS exact, count(DISTINCT context_key) AS bulletins,
        max(published_on) AS published_on, min(document_id) AS document_id,
        arg_min(quote, document_id) AS quote
    FROM said GROUP BY ALL
), chosen AS (
    SELECT *,
        min(value) OVER same AS lowest, max(value) OVER same AS highest,
        count(*) FILTER (exact) OVER same AS exact_values,
        row_number() OVER (
            PARTITION BY period, jornada, starts_on, ends_on, place, service, detail, status, unit,
                basis
            ORDER BY exact DESC, bulletins DESC, published_on DESC NULLS LAST, value DESC
        ) AS choice
    FROM by_value
    WINDOW same AS (
        PARTITION BY period, jornada, starts_on, ends_on, place, service, detail, status, unit,
            basis
    )
)
SELECT period, jornada, starts_on, ends_on, place, place_kind, state, service, detail, status, unit,
    basis, value, NOT exact AS approximate, bulletins, lowest, highest, exact_values, quote,
    document_id
FROM chosen WHERE choice = 1;
COMMENT ON VIEW totals IS
    'What bulletins say of each thing that was counted: one row a jornada or span of days, '
    'place, service, detail, status, unit and basis; places and kinds overlap, so rows are not '
    'to be added up';
COMMENT ON COLUMN totals.period IS 'jornada or cumulative';
COMMENT ON COLUMN totals.jornada IS
    'The jornada, by its name in known_jornadas; null for a longer span';
COMMENT ON COLUMN totals.starts_on IS 'First day that is covered; null where unknown';
COMMENT ON COLUMN totals.ends_on IS 'Last day that is covered; null where unknown';
COMMENT ON COLUMN totals.place IS 'Where, as in facts';
COMMENT ON COLUMN totals.place_kind IS 'What the place is, as in facts';
COMMENT ON COLUMN totals.state IS 'The state that it lies in, as in facts';
COMMENT ON COLUMN totals.service IS 'What was counted, as a code';
COMMENT ON COLUMN totals.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN totals.status IS 'performed or planned';
COMMENT ON COLUMN totals.unit IS 'count or percent';
COMMENT ON COLUMN totals.basis IS 'What a percent is of, as in facts';
COMMENT ON COLUMN totals.value IS
    'The number: an exact one before a rounded one, then the one that most bulletins print, '
    'then that of the newest, then the largest';
COMMENT ON COLUMN totals.approximate IS 'Whether it is printed as a rounded one alone';
COMMENT ON COLUMN totals.bulletins IS
    'How many prints give this value; the same sentence in several bulletins is one';
COMMENT ON COLUMN totals.lowest IS 'The least that is printed, rounded ones counted';
COMMENT ON COLUMN totals.highest IS 'The most that is printed, rounded ones counted';
COMMENT ON COLUMN totals.exact_values IS
    'How many different exact values are printed: more than 1 is a contradiction, or two '
    'things under the same labels';
COMMENT ON COLUMN totals.quote IS 'Its words';
COMMENT ON COLUMN totals.document_id IS 'Its document, in documents';

CREATE VIEW jornada_totals AS
SELECT totals.jornada, known.kind, known.edition, known.year, totals.starts_on, totals.ends_on,
    place, place_kind, totals.state, service, detail, status, unit, basis, value, approximate,
    totals.bulletins, lowest, highest, exact_values, quote, document_id
FROM totals JOIN known_jornadas AS known ON known.jornada = totals.jornada;
COMMENT ON VIEW jornada_totals IS
    'What is known of each jornada: one row a jornada, place, service, detail, status, unit '
    'and basis; that of a whole national one has the place national';
COMMENT ON COLUMN jornada_totals.jornada IS
    'The jornada, by its name in known_jornadas; null for a longer span';
COMMENT ON COLUMN jornada_totals.kind IS
    'national, monothematic, state or extraordinary; null where nobody says';
COMMENT ON COLUMN jornada_totals.edition IS 'Its ordinal; null where unknown';
COMMENT ON COLUMN jornada_totals.year IS 'The year it was held; null where unknown';
COMMENT ON COLUMN jornada_totals.starts_on IS 'First day that is covered; null where unknown';
COMMENT ON COLUMN jornada_totals.ends_on IS 'Last day that is covered; null where unknown';
COMMENT ON COLUMN jornada_totals.place IS 'Where, as in facts';
COMMENT ON COLUMN jornada_totals.place_kind IS 'What the place is, as in facts';
COMMENT ON COLUMN jornada_totals.state IS 'The state that it lies in, as in facts';
COMMENT ON COLUMN jornada_totals.service IS 'What was counted, as a code';
COMMENT ON COLUMN jornada_totals.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN jornada_totals.status IS 'performed or planned';
COMMENT ON COLUMN jornada_totals.unit IS 'count or percent';
COMMENT ON COLUMN jornada_totals.basis IS 'What a percent is of, as in facts';
COMMENT ON COLUMN jornada_totals.value IS
    'The number: an exact one before a rounded one, then the one that most bulletins print, '
    'then that of the newest, then the largest';
COMMENT ON COLUMN jornada_totals.approximate IS 'Whether it is printed as a rounded one alone';
COMMENT ON COLUMN jornada_totals.bulletins IS
    'How many prints give this value; the same sentence in several bulletins is one';
COMMENT ON COLUMN jornada_totals.lowest IS 'The least that is printed, rounded ones counted';
COMMENT ON COLUMN jornada_totals.highest IS 'The most that is printed, rounded ones counted';
COMMENT ON COLUMN jornada_totals.exact_values IS
    'How many different exact values are printed: more than 1 is a contradiction, or two '
    'things under the same labels';
COMMENT ON COLUMN jornada_totals.quote IS 'Its words';
COMMENT ON COLUMN jornada_totals.document_id IS 'Its document, in documents';

-- A percentage is of one goal: it stands beside what was planned and done of the same thing.
CREATE VIEW plan_and_result AS
SELECT period, jornada, starts_on, ends_on, place, min(place_kind) AS place_kind,
    min(state) AS state, service, detail,
    min(value) FILTER (status = 'planned' AND unit = 'count') AS planned,
    min(value) FILTER (status = 'performed' AND unit = 'count') AS performed,
    min(value) FILTER (unit = 'percent' AND basis = 'goal') AS printed_percent,
    min(value) FILTER (unit = 'percent' AND basis = 'above_goal') AS printed_above,
    round(100 * performed / nullif(planned, 0), 1) AS percent,
    bool_or(approximate) AS approximate
FROM totals
WHERE unit = 'count' OR (status = 'performed' AND basis IN ('goal', 'above_goal'))
GROUP BY period, jornada, starts_on, ends_on, place, service, detail
HAVING (planned IS NOT NULL AND performed IS NOT NULL) OR bool_or(unit = 'percent');
COMMENT ON VIEW plan_and_result IS
    'What was planned and what was done, of the same thing, and the percentage as printed and '
    'as it follows';
COMMENT ON COLUMN plan_and_result.period IS 'jornada or cumulative';
COMMENT ON COLUMN plan_and_result.jornada IS
    'The jornada, by its name in known_jornadas; null for a longer span';
COMMENT ON COLUMN plan_and_result.starts_on IS 'First day that is covered; null where unknown';
COMMENT ON COLUMN plan_and_result.ends_on IS 'Last day that is covered; null where unknown';
COMMENT ON COLUMN plan_and_result.place IS 'Where, as in facts';
COMMENT ON COLUMN plan_and_result.place_kind IS 'What the place is, as in facts';
COMMENT ON COLUMN plan_and_result.state IS 'The state that it lies in, as in facts';
COMMENT ON COLUMN plan_and_result.service IS 'What was counted, as a code';
COMMENT ON COLUMN plan_and_result.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN plan_and_result.planned IS 'What was planned; null where it is not printed';
COMMENT ON COLUMN plan_and_result.performed IS 'What was done; null where it is not printed';
COMMENT ON COLUMN plan_and_result.printed_percent IS
    'Share of the goal as printed, in per cent; null where it is not';
COMMENT ON COLUMN plan_and_result.printed_above IS
    'Excess over the goal as printed, in per cent; null where it is not';
COMMENT ON COLUMN plan_and_result.percent IS
    '100 * performed / planned, to one decimal; null where one of them is unknown';
COMMENT ON COLUMN plan_and_result.approximate IS
    'Whether one of the numbers is printed as a rounded one';

CREATE VIEW series AS
SELECT place, place_kind, state, service, detail, status, unit, basis, year(ends_on) AS year,
    starts_on, ends_on, value, approximate,
    CASE WHEN unit = 'count' THEN value - lag(value) OVER line END AS added,
    lag(ends_on) OVER line AS previous_ends_on,
    bulletins, lowest, highest, exact_values, quote, document_id
FROM totals WHERE period = 'cumulative'
WINDOW line AS (
    PARTITION BY place, service, detail, status, unit, basis, starts_on,
        CASE WHEN starts_on IS NULL THEN year(ends_on) END
    ORDER BY ends_on
);
COMMENT ON VIEW series IS
    'Counts that go on, along their last days: lines of one place, service, detail, status and '
    'first day';
COMMENT ON COLUMN series.place IS 'Where, as in facts';
COMMENT ON COLUMN series.place_kind IS 'What the place is, as in facts';
COMMENT ON COLUMN series.state IS 'The state that it lies in, as in facts';
COMMENT ON COLUMN series.service IS 'What was counted, as a code';
COMMENT ON COLUMN series.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN series.status IS 'performed or planned';
COMMENT ON COLUMN series.unit IS 'count or percent';
COMMENT ON COLUMN series.basis IS 'What a percent is of, as in facts';
COMMENT ON COLUMN series.year IS 'Year of the last day';
COMMENT ON COLUMN series.starts_on IS 'First day that is covered; null where unknown';
COMMENT ON COLUMN series.ends_on IS 'Last day that is covered; null where unknown';
COMMENT ON COLUMN series.value IS
    'The number: an exact one before a rounded one, then the one that most bulletins print, '
    'then that of the newest, then the largest';
COMMENT ON COLUMN series.approximate IS 'Whether it is printed as a rounded one alone';
COMMENT ON COLUMN series.added IS
    'What came to it since the row before of the same line; null for the first, and for '
    'percents';
COMMENT ON COLUMN series.previous_ends_on IS 'Last day of the row before';
COMMENT ON COLUMN series.bulletins IS
    'How many prints give this value; the same sentence in several bulletins is one';
COMMENT ON COLUMN series.lowest IS 'The least that is printed, rounded ones counted';
COMMENT ON COLUMN series.highest IS 'The most that is printed, rounded ones counted';
COMMENT ON COLUMN series.exact_values IS
    'How many different exact values are printed: more than 1 is a contradiction, or two '
    'things under the same labels';
COMMENT ON COLUMN series.quote IS 'Its words';
COMMENT ON COLUMN series.document_id IS 'Its document, in documents';
