-- Labels by the codebook: its codes as a table, the days and the place of each figure, what a
-- percentage is a share of, and how the year of a jornada is known.

CREATE TABLE codes (
    service VARCHAR NOT NULL,
    detail VARCHAR,
    broader VARCHAR,
    spanish VARCHAR NOT NULL,
    english VARCHAR NOT NULL
);
COMMENT ON TABLE codes IS
    'The codes of service and detail with their names, as the newest run that wrote here knew them';
COMMENT ON COLUMN codes.service IS 'A service, as in figures';
COMMENT ON COLUMN codes.detail IS 'A code that figures.detail is made of; null for the service itself';
COMMENT ON COLUMN codes.broader IS 'The code of a wider kind that counts this one too; else null';
COMMENT ON COLUMN codes.spanish IS 'Its name in Spanish';
COMMENT ON COLUMN codes.english IS 'Its name in English';

ALTER TABLE figures ADD COLUMN starts_on DATE;
ALTER TABLE figures ADD COLUMN ends_on DATE;
ALTER TABLE figures ADD COLUMN basis VARCHAR;
ALTER TABLE figures ADD COLUMN place_kind VARCHAR;
ALTER TABLE figures ADD COLUMN state VARCHAR;
COMMENT ON COLUMN figures.detail IS
    'Most specific kind that is printed, in codes (table codes); several joined by +; null where '
    'nothing more is said';
COMMENT ON COLUMN figures.starts_on IS 'First day that the number covers; null where unknown';
COMMENT ON COLUMN figures.ends_on IS 'Last day that the number covers; null where unknown';
COMMENT ON COLUMN figures.basis IS
    'What a percent is of: goal (share of a goal), above_goal (excess over it), productivity (share '
    'of a year''s or usual output); null for counts';
COMMENT ON COLUMN figures.place IS
    'Where: national, OOAD, UMAE, or places by their canonical names joined by "; "';
COMMENT ON COLUMN figures.place_kind IS
    'national, side (OOAD or UMAE), state, ooad, municipality, unit or several; null where unknown';
COMMENT ON COLUMN figures.state IS 'The state that the place lies in; null where it is in none or unknown';

ALTER TABLE jornadas ADD COLUMN year_source VARCHAR;
COMMENT ON COLUMN jornadas.year_source IS
    'How the year is known: printed, metadata (from the day of publication), inferred (from the '
    'weekdays of its days); null where it is not';

ALTER TABLE readings ADD COLUMN relevant BOOLEAN;
COMMENT ON COLUMN readings.relevant IS
    'Whether the bulletin reports on health services of the kind; null where nobody said';

-- Views keep the columns that a table had when they were made.
CREATE OR REPLACE VIEW current_readings AS
SELECT readings.* FROM readings
WHERE reading_id IN (
    SELECT reading_id FROM readings
    WHERE status IN ('ok', 'partial')
    QUALIFY row_number() OVER (
        PARTITION BY document_id ORDER BY read_at DESC, reading_id DESC
    ) = 1
);
COMMENT ON VIEW current_readings IS 'The newest usable reading (ok or partial) of each document';

CREATE OR REPLACE VIEW current_figures AS
SELECT figures.* FROM figures SEMI JOIN current_readings USING (reading_id);
COMMENT ON VIEW current_figures IS 'Figures of the newest usable reading of each document';

CREATE OR REPLACE VIEW current_jornadas AS
SELECT jornadas.* FROM jornadas SEMI JOIN current_readings USING (reading_id);
COMMENT ON VIEW current_jornadas IS 'Jornadas of the newest usable reading of each document';
