-- `sources` has a row for each time that what is said of a path changed: joined with figures, it
-- gives each of them as often. Here a path, or a record of it, has one row.

CREATE VIEW current_sources AS
SELECT document_id, run_id, path, record, status, error, seen_at FROM sources
QUALIFY row_number() OVER (
    PARTITION BY path, record ORDER BY seen_at DESC, sources.rowid DESC
) = 1;
COMMENT ON VIEW current_sources IS
    'What was last seen of each source: one row for a path, or for a record of it';
COMMENT ON COLUMN current_sources.document_id IS
    'The document that it holds now, in documents; null where it is unreadable now';
COMMENT ON COLUMN current_sources.run_id IS 'The run that saw it so, in runs';
COMMENT ON COLUMN current_sources.path IS 'The file';
COMMENT ON COLUMN current_sources.record IS 'The record in a file that holds many; else null';
COMMENT ON COLUMN current_sources.status IS 'read, unchanged, pending or failed, as in sources';
COMMENT ON COLUMN current_sources.error IS 'Why it could not be read';
COMMENT ON COLUMN current_sources.seen_at IS 'When that was recorded';
