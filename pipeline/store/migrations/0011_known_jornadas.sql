-- Which jornada a bulletin means, across bulletins; computed when it is asked, of all that count.
-- National and extraordinary ones, and those of one state, are known by their series (kind, year,
-- state) and edition, or by a day within them; those of one theme by their first day. An edition
-- without a year is that of the one series that has it, near the day of publication where that is
-- known.
CREATE VIEW jornada_mentions AS
WITH live AS MATERIALIZED (
    SELECT reading_id, readings.document_id, bulletin_kind,
        coalesce(readings.published_on, documents.published_on) AS published_on
    FROM current_readings AS readings JOIN documents USING (document_id)
), stated AS MATERIALIZED (
    -- Where the jornadas of a bulletin are held, as far as its figures are of one state.
    SELECT reading_id, min(state) AS state FROM figures
    GROUP BY reading_id HAVING min(state) = max(state)
), named AS MATERIALIZED (
    SELECT reading_id, jornadas.document_id, number, edition, kind,
        coalesce(year, year(start)) AS year, start AS starts_on, "end" AS ends_on, subject
    FROM jornadas SEMI JOIN live USING (reading_id)
), timed AS MATERIALIZED (
    SELECT DISTINCT reading_id, figures.document_id, edition, starts_on, ends_on
    FROM figures SEMI JOIN live USING (reading_id)
    WHERE period = 'jornada' AND (edition IS NOT NULL OR starts_on IS NOT NULL)
), subjects AS (
    SELECT reading_id, min(kind) AS kind FROM named WHERE subject
    GROUP BY reading_id HAVING min(kind) = max(kind)
), unnamed AS (
    -- Jornadas that figures are of, and that their bulletin does not name by themselves.
    SELECT timed.reading_id, document_id, NULL::INTEGER AS number, edition, subjects.kind,
        year(min(starts_on)) AS year, min(starts_on) AS starts_on, max(ends_on) AS ends_on,
        FALSE AS subject
    FROM timed LEFT JOIN subjects USING (reading_id)
    WHERE NOT EXISTS (
        SELECT 1 FROM named
        WHERE named.reading_id = timed.reading_id
            AND CASE WHEN timed.edition IS NULL
                THEN timed.starts_on BETWEEN named.starts_on
                    AND greatest(named.starts_on, coalesce(named.ends_on, named.starts_on))
                ELSE named.edition = timed.edition
                    AND coalesce(abs(timed.starts_on - named.starts_on) <= 60, TRUE) END
    )
    GROUP BY timed.reading_id, document_id, edition, subjects.kind,
        CASE WHEN edition IS NULL THEN starts_on END, year(starts_on)
), mentions AS MATERIALIZED (
    SELECT row_number() OVER () AS mention, said.*,
        CASE WHEN said.kind = 'state' THEN coalesce(stated.state, said.document_id) ELSE '' END
            AS held_in,
        stated.state, coalesce(live.published_on, dated.day) AS published_on, live.bulletin_kind
    FROM (SELECT * FROM named UNION ALL SELECT * FROM unnamed) AS said
    JOIN live USING (reading_id)
    LEFT JOIN stated USING (reading_id)
    LEFT JOIN (
        -- A bulletin without a date is of about the time of the jornadas that it names.
        SELECT reading_id, max(coalesce(starts_on, make_date(year, 7, 1))) AS day
        FROM named GROUP BY reading_id
    ) AS dated USING (reading_id)
), numbered AS MATERIALIZED (
    -- Each edition of a series once, with the days that most bulletins print.
    SELECT kind, held_in, year, edition, starts_on, ends_on,
        greatest(starts_on, least(coalesce(ends_on, starts_on), starts_on + 30)) AS last_day,
        sum(printed) OVER (PARTITION BY kind, held_in, year, edition) AS support
    FROM (
        SELECT kind, held_in, year, edition, starts_on, ends_on,
            count(DISTINCT document_id) AS printed,
            sum(printed) OVER (PARTITION BY kind, held_in, year, edition, starts_on) AS of_first_day
        FROM mentions
        WHERE edition IS NOT NULL AND year IS NOT NULL AND kind <> 'monothematic'
        GROUP BY kind, held_in, year, edition, starts_on, ends_on
    )
    QUALIFY row_number() OVER (
        PARTITION BY kind, held_in, year, edition
        ORDER BY starts_on IS NULL,
            of_first_day DESC, starts_on, ends_on IS NULL, printed DESC, ends_on
    ) = 1
), numbered_days AS MATERIALIZED (
    SELECT kind, held_in, year, edition, support,
        unnest(generate_series(starts_on, last_day, INTERVAL 1 DAY))::DATE AS day
    FROM numbered WHERE starts_on IS NOT NULL
), on_a_day AS MATERIALIZED (
    SELECT kind, held_in, day,
        arg_max((year, edition), (support, -year, -edition)) AS found
    FROM numbered_days GROUP BY ALL
), national_on_a_day AS MATERIALIZED (
    SELECT day, arg_min((kind, year, edition), (-support, kind, year, edition)) AS found
    FROM numbered_days
    WHERE kind IN ('national', 'extraordinary') GROUP BY ALL
), of_either_kind AS (
    SELECT year, edition, min(kind) AS kind FROM numbered
    WHERE kind IN ('national', 'extraordinary') GROUP BY ALL HAVING count(*) = 1
), called_national AS (
    -- An extraordinary jornada that bulletins also call national, without any other of that name.
    SELECT plain.year, plain.edition
    FROM numbered AS plain JOIN numbered AS other
        ON other.year = plain.year AND other.edition = plain.edition
    WHERE plain.kind = 'national' AND other.kind = 'extraordinary'
        AND (plain.starts_on IS NULL
            OR (plain.starts_on <= other.last_day AND other.starts_on <= plain.last_day))
), without_year AS (
    -- Of its own kind before the other one.
    SELECT mention, count(*) AS candidates, min(year) AS year, min(kind) AS kind
    FROM (
        SELECT mention, numbered.year, numbered.kind
        FROM mentions JOIN numbered ON numbered.edition = mentions.edition
            AND numbered.held_in = mentions.held_in
            AND (numbered.kind = mentions.kind OR (
                coalesce(mentions.kind, 'national') = 'national'
                AND numbered.kind IN ('national', 'extraordinary')
            ))
        WHERE mentions.year IS NULL
            AND coalesce(mentions.published_on
                BETWEEN coalesce(numbered.starts_on, make_date(numbered.year, 1, 1)) - 180
                AND coalesce(numbered.starts_on, make_date(numbered.year, 12, 31)) + 180, TRUE)
        QUALIFY rank() OVER (
            PARTITION BY mention ORDER BY numbered.kind IS DISTINCT FROM mentions.kind
        ) = 1
    )
    GROUP BY mention
), themed AS (
    SELECT edition, year, min(starts_on) AS starts_on FROM mentions
    WHERE kind = 'monothematic' AND edition IS NOT NULL AND starts_on IS NOT NULL
    GROUP BY ALL HAVING min(starts_on) = max(starts_on)
), resolved AS (
    SELECT m.*,
        CASE
            WHEN m.kind = 'monothematic' THEN m.kind
            WHEN m.edition IS NOT NULL AND called_national.edition IS NOT NULL
                AND coalesce(m.kind, 'national') = 'national' THEN 'extraordinary'
            WHEN m.edition IS NOT NULL AND without_year.candidates = 1 THEN without_year.kind
            WHEN m.edition IS NOT NULL THEN coalesce(m.kind, of_either_kind.kind)
            WHEN own.found IS NOT NULL THEN m.kind
            WHEN m.kind IN ('national', 'extraordinary') OR m.kind IS NULL
                THEN coalesce(others.found[1], m.kind)
            ELSE m.kind
        END AS series_kind,
        CASE
            WHEN m.kind = 'monothematic'
                THEN CASE WHEN m.starts_on IS NULL AND themed.starts_on IS NULL THEN m.edition END
            WHEN m.edition IS NOT NULL THEN m.edition
            WHEN own.found IS NOT NULL THEN own.found[2]
            WHEN m.kind IN ('national', 'extraordinary') OR m.kind IS NULL THEN others.found[3]
        END AS known_edition,
        CASE
            WHEN m.kind = 'monothematic' OR m.year IS NOT NULL THEN m.year
            WHEN without_year.candidates = 1 THEN without_year.year
        END AS known_year,
        CASE
            WHEN m.kind = 'monothematic' THEN coalesce(m.starts_on, themed.starts_on)
            ELSE m.starts_on
        END AS known_start,
        without_year.candidates
    FROM (
        -- Where a jornada is said to begin a day too early, its last day is known all the same.
        SELECT mentions.*, CASE
            WHEN starts_on NOT IN (SELECT day FROM numbered_days) AND ends_on <= starts_on + 5
            THEN ends_on ELSE starts_on END AS known_day
        FROM mentions
    ) AS m
    LEFT JOIN on_a_day AS own ON m.edition IS NULL AND own.kind = m.kind
        AND own.held_in = m.held_in AND own.day = m.known_day
    LEFT JOIN national_on_a_day AS others ON m.edition IS NULL AND others.day = m.known_day
    LEFT JOIN of_either_kind ON m.kind IS NULL AND of_either_kind.edition = m.edition
        AND of_either_kind.year = m.year
    LEFT JOIN without_year USING (mention)
    LEFT JOIN called_national ON called_national.edition = m.edition
        AND called_national.year = coalesce(m.year, without_year.year)
    LEFT JOIN themed ON m.kind = 'monothematic' AND m.starts_on IS NULL
        AND themed.edition = m.edition AND themed.year = m.year
), called AS (
    SELECT document_id, reading_id, number,
        concat(
            known_edition || 'ª ',
            CASE series_kind
                WHEN 'national' THEN 'nacional' WHEN 'extraordinary' THEN 'extraordinaria'
                WHEN 'monothematic' THEN 'monotemática' WHEN 'state' THEN 'estatal' ELSE 'jornada'
            END,
            CASE
                WHEN known_edition IS NOT NULL AND known_year IS NOT NULL THEN ' ' || known_year
                WHEN known_edition IS NULL AND known_start IS NOT NULL THEN ' ' || known_start
                WHEN known_edition IS NOT NULL AND coalesce(candidates, 0) = 0
                    THEN concat(' (año desconocido', ', hacia ' || year(published_on), ')')
                ELSE concat(' (', known_year || ', ', 'boletín ', left(document_id, 12), ')')
            END,
            CASE
                WHEN series_kind IS DISTINCT FROM 'state' THEN ''
                WHEN state IS NOT NULL THEN ' ' || state
                ELSE concat(' (boletín ', left(document_id, 12), ')')
            END
        ) AS jornada,
        series_kind AS kind, coalesce(known_edition, edition) AS edition,
        coalesce(known_year, year(known_start)) AS year,
        CASE WHEN series_kind = 'state' THEN state END AS state, subject, starts_on, ends_on,
        bulletin_kind
    FROM resolved
), days AS (
    -- Those that most bulletins print.
    SELECT jornada, starts_on AS known_starts_on, ends_on AS known_ends_on
    FROM (
        SELECT jornada, starts_on, ends_on, count(DISTINCT document_id) AS printed,
            sum(printed) OVER (PARTITION BY jornada, starts_on) AS of_first_day
        FROM called WHERE starts_on IS NOT NULL GROUP BY jornada, starts_on, ends_on
    )
    QUALIFY row_number() OVER (
        PARTITION BY jornada
        ORDER BY of_first_day DESC, starts_on, ends_on IS NULL, printed DESC, ends_on
    ) = 1
)
SELECT called.*, known_starts_on, known_ends_on FROM called LEFT JOIN days USING (jornada);
COMMENT ON VIEW jornada_mentions IS
    'Each jornada that a bulletin that counts names, or that its figures are of, and which of '
    'the known ones it is';
COMMENT ON COLUMN jornada_mentions.document_id IS 'The document, in documents';
COMMENT ON COLUMN jornada_mentions.reading_id IS 'The reading, in readings';
COMMENT ON COLUMN jornada_mentions.number IS
    'Its place in the report, from 1; null where figures alone name it';
COMMENT ON COLUMN jornada_mentions.jornada IS 'Which one it is, by its name in known_jornadas';
COMMENT ON COLUMN jornada_mentions.kind IS
    'national, monothematic, state or extraordinary: that of the known one; null where nobody '
    'says';
COMMENT ON COLUMN jornada_mentions.edition IS
    'Its ordinal, as printed or as known of it; null where unknown';
COMMENT ON COLUMN jornada_mentions.year IS
    'The year it was held, as printed or as known of it; null where unknown';
COMMENT ON COLUMN jornada_mentions.state IS
    'Of a jornada of one state: which; null for others, and where unknown';
COMMENT ON COLUMN jornada_mentions.subject IS 'Whether the bulletin is about this one';
COMMENT ON COLUMN jornada_mentions.starts_on IS
    'First day, as this bulletin says; null where it does not';
COMMENT ON COLUMN jornada_mentions.ends_on IS
    'Last day, as this bulletin says; null where it does not';
COMMENT ON COLUMN jornada_mentions.bulletin_kind IS 'results, announcement or balance';
COMMENT ON COLUMN jornada_mentions.known_starts_on IS
    'First day, as most bulletins print it; null where unknown';
COMMENT ON COLUMN jornada_mentions.known_ends_on IS
    'Last day, as most bulletins print it; null where unknown';

CREATE VIEW known_jornadas AS
SELECT jornada, min(kind) AS kind, min(edition) AS edition, min(year) AS year, min(state) AS state,
    min(known_starts_on) AS starts_on, min(known_ends_on) AS ends_on,
    count(DISTINCT starts_on) AS first_days,
    count(DISTINCT document_id) FILTER (subject) AS bulletins,
    count(DISTINCT document_id) FILTER (subject AND bulletin_kind <> 'announcement') AS with_results,
    count(DISTINCT document_id) AS mentioned_in
FROM jornada_mentions GROUP BY jornada;
COMMENT ON VIEW known_jornadas IS 'Each jornada that bulletins name, once';
COMMENT ON COLUMN known_jornadas.jornada IS
    'Its name here: "11ª nacional 2022", "monotemática 2025-06-06", "3ª estatal 2025 Coahuila"';
COMMENT ON COLUMN known_jornadas.kind IS
    'national, monothematic, state or extraordinary; null where nobody says';
COMMENT ON COLUMN known_jornadas.edition IS 'Its ordinal; null where unknown';
COMMENT ON COLUMN known_jornadas.year IS 'The year it was held; null where unknown';
COMMENT ON COLUMN known_jornadas.state IS 'Of a jornada of one state: which';
COMMENT ON COLUMN known_jornadas.starts_on IS
    'First day, as most bulletins print it; null where unknown';
COMMENT ON COLUMN known_jornadas.ends_on IS
    'Last day, as most bulletins print it; null where unknown';
COMMENT ON COLUMN known_jornadas.first_days IS
    'How many different first days are printed for it: more than 1 is a contradiction';
COMMENT ON COLUMN known_jornadas.bulletins IS 'How many documents are about it';
COMMENT ON COLUMN known_jornadas.with_results IS
    'How many of these are no announcements';
COMMENT ON COLUMN known_jornadas.mentioned_in IS
    'How many documents name it, those about it counted';
