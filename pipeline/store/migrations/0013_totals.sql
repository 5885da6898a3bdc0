-- Prints that say the same, or should. Few and short columns: a hundred thousand bulletins have more
-- than a million of them.
CREATE VIEW prints AS
SELECT
    md5_number(concat(
        period, '|', jornada, '|', CASE WHEN jornada IS NULL THEN concat(starts_on, '|', ends_on) END,
        '|', array_to_string(list_sort(string_split(place, '; ')), '; '),
        '|', state, '|', service, '|', detail, '|', status, '|', unit, '|', basis
    )) AS fact,
    CASE WHEN unit = 'count' AND status = 'performed'
        THEN hash(concat(place, '|', state, '|', service, '|', detail)) END AS line,
    period, CASE WHEN jornada IS NULL THEN starts_on ELSE jornada_starts_on END AS starts_on,
    CASE WHEN jornada IS NULL THEN ends_on ELSE jornada_ends_on END AS ends_on,
    value, approximate, published_on, context_key, document_id, figure_id
FROM facts
WHERE CASE period
    -- Not what was counted on some of its days.
    WHEN 'jornada' THEN covers_jornada
    WHEN 'cumulative' THEN facts.ends_on IS NOT NULL
    ELSE FALSE END;
COMMENT ON VIEW prints IS
    'Figures that can be compared across bulletins, of a jornada or of a span of days';
COMMENT ON COLUMN prints.fact IS
    'The same for figures of the same jornada or days, place, service, detail, status, unit and basis';
COMMENT ON COLUMN prints.line IS
    'The same for counts of what was done of the same service and detail at the same place; null '
    'for other figures';
COMMENT ON COLUMN prints.period IS 'jornada or cumulative';
COMMENT ON COLUMN prints.starts_on IS 'First day, of the jornada or of the span; null where unknown';
COMMENT ON COLUMN prints.ends_on IS 'Last day, of the jornada or of the span; null where unknown';
COMMENT ON COLUMN prints.value IS 'The number';
COMMENT ON COLUMN prints.approximate IS 'Whether the text says so (more than, nearly, about ...)';
COMMENT ON COLUMN prints.published_on IS 'Date of the bulletin; null where unknown';
COMMENT ON COLUMN prints.context_key IS
    'The same for sentences of the same letters and digits: reposts of a text print a number once';
COMMENT ON COLUMN prints.document_id IS 'The document, in documents';
COMMENT ON COLUMN prints.figure_id IS 'The figure, in facts';

CREATE VIEW totals AS
WITH by_bulletin AS (
    -- A bulletin is one however often it prints a number, and so are reposts of it.
    SELECT fact, value, bool_or(NOT approximate) AS exact, min(context_key) AS context_key,
        max(published_on) AS published_on,
        coalesce(min(figure_id) FILTER (NOT approximate), min(figure_id)) AS figure_id
    FROM prints GROUP BY fact, value, hash(document_id)
), by_value AS (
    SELECT fact, value, bool_or(exact) AS exact, count(DISTINCT context_key) AS bulletins,
        max(published_on) AS last_published_on,
        coalesce(min(figure_id) FILTER (exact), min(figure_id)) AS figure_id
    FROM by_bulletin GROUP BY fact, value
), chosen AS (
    SELECT figure_id, exact, bulletins,
        min(value) OVER same AS lowest, max(value) OVER same AS highest,
        count(*) FILTER (exact) OVER same AS exact_values
    FROM by_value
    WINDOW same AS (PARTITION BY fact)
    QUALIFY row_number() OVER (
        PARTITION BY fact
        ORDER BY exact DESC, bulletins DESC, last_published_on DESC NULLS LAST, figure_id
    ) = 1
)
SELECT period, jornada,
    CASE WHEN jornada IS NULL THEN starts_on ELSE jornada_starts_on END AS starts_on,
    CASE WHEN jornada IS NULL THEN ends_on ELSE jornada_ends_on END AS ends_on,
    place, place_kind, state, service, detail, status, unit, basis, value,
    NOT exact AS approximate, bulletins, lowest, highest, exact_values, kind, edition, year,
    quote, document_id, figure_id
FROM chosen JOIN facts USING (figure_id);
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
    'The number: an exact one before a rounded one, then the one that most bulletins print, then '
    'that of the newest, then the one that is printed first';
COMMENT ON COLUMN totals.approximate IS 'Whether it is printed as a rounded one alone';
COMMENT ON COLUMN totals.bulletins IS
    'How many prints give this value; the same sentence in several bulletins is one';
COMMENT ON COLUMN totals.lowest IS 'The least that is printed, rounded ones counted';
COMMENT ON COLUMN totals.highest IS 'The most that is printed, rounded ones counted';
COMMENT ON COLUMN totals.exact_values IS
    'How many different exact values are printed: more than 1 is a contradiction, or two '
    'things under the same labels';
COMMENT ON COLUMN totals.kind IS 'Kind of the jornada; null for a longer span';
COMMENT ON COLUMN totals.edition IS 'Ordinal of the jornada; null for a longer span, and where unknown';
COMMENT ON COLUMN totals.year IS 'Its year; null where unknown';
COMMENT ON COLUMN totals.quote IS 'Its words';
COMMENT ON COLUMN totals.document_id IS 'Its document, in documents';
COMMENT ON COLUMN totals.figure_id IS 'That figure, in facts';

CREATE VIEW jornada_totals AS
WITH of_jornadas AS MATERIALIZED (SELECT * FROM totals WHERE jornada IS NOT NULL), held AS (
    SELECT DISTINCT one.figure_id
    FROM of_jornadas AS one JOIN of_jornadas AS other
        ON other.jornada = one.jornada AND other.service = one.service
        AND other.detail IS NOT DISTINCT FROM one.detail AND other.status = one.status
        AND other.unit = one.unit AND other.basis IS NOT DISTINCT FROM one.basis
        AND other.place <> one.place
    WHERE CASE other.place_kind
        WHEN 'national' THEN TRUE
        WHEN 'side' THEN one.place_kind NOT IN ('national', 'side')
            AND (other.place = 'UMAE') = starts_with(one.place, 'UMAE')
        WHEN 'several' THEN list_contains(string_split(other.place, '; '), one.state)
            OR list_has_all(string_split(other.place, '; '), string_split(one.place, '; '))
        WHEN 'state' THEN one.state = other.place
        WHEN 'ooad' THEN one.state = other.state AND one.place_kind IN ('municipality', 'unit')
        WHEN 'municipality' THEN one.place_kind = 'unit' AND ends_with(one.place, ' ' || other.place)
        ELSE FALSE END
)
SELECT jornada, kind, edition, year, starts_on, ends_on, place, place_kind, state,
    held.figure_id IS NULL AS widest, service, detail, status, unit, basis, value, approximate,
    bulletins, lowest, highest, exact_values, quote, document_id, figure_id
FROM of_jornadas LEFT JOIN held USING (figure_id);
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
COMMENT ON COLUMN jornada_totals.widest IS
    'Whether no other row of the same has a place that holds this one, as far as places are known: '
    'such rows stand beside each other';
COMMENT ON COLUMN jornada_totals.service IS 'What was counted, as a code';
COMMENT ON COLUMN jornada_totals.detail IS 'The kind, in codes; null where nothing more is said';
COMMENT ON COLUMN jornada_totals.status IS 'performed or planned';
COMMENT ON COLUMN jornada_totals.unit IS 'count or percent';
COMMENT ON COLUMN jornada_totals.basis IS 'What a percent is of, as in facts';
COMMENT ON COLUMN jornada_totals.value IS
    'The number: an exact one before a rounded one, then the one that most bulletins print, then '
    'that of the newest, then the one that is printed first';
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
COMMENT ON COLUMN jornada_totals.figure_id IS 'That figure, in facts';

-- A percentage is of one goal: it stands beside what was planned and done of the same thing.
CREATE VIEW plan_and_result AS
SELECT period, jornada, min(kind) AS kind, min(edition) AS edition, min(year) AS year, starts_on,
    ends_on, place, min(place_kind) AS place_kind, state, service, detail,
    min(value) FILTER (status = 'planned' AND unit = 'count') AS planned,
    min(value) FILTER (status = 'performed' AND unit = 'count') AS performed,
    min(value) FILTER (unit = 'percent' AND basis = 'goal') AS printed_percent,
    min(value) FILTER (unit = 'percent' AND basis = 'above_goal') AS printed_above,
    round(100 * performed / nullif(planned, 0), 1) AS percent,
    bool_or(approximate) AS approximate,
    min(figure_id) FILTER (status = 'planned' AND unit = 'count') AS planned_figure_id,
    min(figure_id) FILTER (status = 'performed' AND unit = 'count') AS performed_figure_id
FROM totals
WHERE unit = 'count' OR (status = 'performed' AND basis IN ('goal', 'above_goal'))
GROUP BY period, jornada, starts_on, ends_on, place, state, service, detail
HAVING (planned IS NOT NULL AND performed IS NOT NULL) OR bool_or(unit = 'percent');
COMMENT ON VIEW plan_and_result IS
    'What was planned and what was done, of the same thing, and the percentage as printed and '
    'as it follows';
COMMENT ON COLUMN plan_and_result.period IS 'jornada or cumulative';
COMMENT ON COLUMN plan_and_result.jornada IS
    'The jornada, by its name in known_jornadas; null for a longer span';
COMMENT ON COLUMN plan_and_result.kind IS 'Kind of the jornada; null for a longer span';
COMMENT ON COLUMN plan_and_result.edition IS
    'Ordinal of the jornada; null for a longer span, and where unknown';
COMMENT ON COLUMN plan_and_result.year IS
    'Year of the jornada, or of the last day of the span; null where unknown';
COMMENT ON COLUMN plan_and_result.planned_figure_id IS 'Figure that says what was planned, in facts';
COMMENT ON COLUMN plan_and_result.performed_figure_id IS 'Figure that says what was done, in facts';
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
    bulletins, lowest, highest, exact_values, quote, document_id, figure_id
FROM totals WHERE period = 'cumulative'
WINDOW line AS (
    PARTITION BY place, state, service, detail, status, unit, basis, starts_on,
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
    'The number: an exact one before a rounded one, then the one that most bulletins print, then '
    'that of the newest, then the one that is printed first';
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
COMMENT ON COLUMN series.figure_id IS 'That figure, in facts';
