"""A plain view `facts`, of the same columns, for a database that has none."""

from pathlib import Path

import duckdb

_VIEW = """
CREATE VIEW IF NOT EXISTS facts AS
WITH first_sources AS (
    SELECT document_id, arg_min(path, (seen_at, path)) AS path,
        arg_min(record, (seen_at, path)) AS record
    FROM sources WHERE document_id IS NOT NULL GROUP BY document_id
), kinds AS (
    SELECT DISTINCT service, detail, unnest(string_split(detail, '+')) AS kind
    FROM current_figures
), details AS (
    SELECT kinds.service, kinds.detail, string_agg(english, ', ' ORDER BY kind) AS english,
        string_agg(spanish, ', ' ORDER BY kind) AS spanish
    FROM kinds JOIN codes ON codes.service = kinds.service AND codes.detail = kind GROUP BY ALL
)
SELECT f.document_id, f.number, f.value, f.unit, f.basis, f.service, c.spanish AS service_es,
    c.english AS service_en, f.detail, k.spanish AS detail_es, k.english AS detail_en,
    b.broader, f.status, f.period, f.starts_on, f.ends_on, year(f.starts_on) AS year,
    NULL::VARCHAR AS jornada, NULL::VARCHAR AS kind, f.edition, f.place, f.place_kind, f.state,
    f.approximate, NULL::VARCHAR AS checked, r.reader, r.model, r.prompt,
    coalesce(r.title, d.title) AS title, coalesce(r.published_on, d.published_on) AS published_on,
    r.bulletin_kind, r.programme, s.path, s.record, f.quote, f.quote AS context, f.char_start,
    f.char_end, f.reading_id
FROM current_figures f
JOIN current_readings r USING (reading_id)
JOIN documents d ON d.document_id = f.document_id
LEFT JOIN codes c ON c.service = f.service AND c.detail IS NULL
LEFT JOIN codes b ON b.service = f.service AND b.detail = f.detail
LEFT JOIN details k ON k.service = f.service AND k.detail = f.detail
LEFT JOIN first_sources s ON s.document_id = f.document_id
"""


def put_facts(db: Path) -> None:
    """Give a database the view, where it has none."""
    with duckdb.connect(db) as con:
        con.execute(_VIEW)
