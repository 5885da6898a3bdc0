-- What passed the limits of time and memory that a document has.

ALTER TABLE readings ADD COLUMN given_up BOOLEAN DEFAULT false;
COMMENT ON COLUMN readings.given_up IS
    'Whether the reading failed as it passed the limits of time or memory; `jornada retry` tries it '
    'again, and so does another version';

CREATE TABLE given_up (
    run_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    part INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    modified_ns BIGINT NOT NULL,
    fields VARCHAR NOT NULL,
    limits VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE given_up IS
    'Files, and parts of files, that could not be loaded within the limits of time and memory: they '
    'are not opened again by the same version while they stay as they are, but by `jornada retry`';
COMMENT ON COLUMN given_up.run_id IS 'The run that gave it up';
COMMENT ON COLUMN given_up.path IS 'The file, as in sources';
COMMENT ON COLUMN given_up.part IS
    'Which of its records, mails or attachments, counted from 1; 0 for the file as a whole';
COMMENT ON COLUMN given_up.bytes IS 'How large the file was';
COMMENT ON COLUMN given_up.modified_ns IS 'When it was last changed, in nanoseconds since 1970';
COMMENT ON COLUMN given_up.fields IS 'How its fields were to be read, as JSON';
COMMENT ON COLUMN given_up.limits IS 'The limits that it passed';
COMMENT ON COLUMN given_up.error IS 'What happened, in one line';
COMMENT ON COLUMN given_up.seen_at IS 'When, in UTC';
