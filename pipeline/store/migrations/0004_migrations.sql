-- A record of migrations. Those of before it are entered with what is known of them: a database has
-- a row of store_version for each upgrade, which may have applied several.

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL,
    software VARCHAR
);
COMMENT ON TABLE migrations IS 'The steps by which these tables and views were made, in order';
COMMENT ON COLUMN migrations.number IS 'Its place among the migrations, from 1';
COMMENT ON COLUMN migrations.name IS 'What it is about, as its file is named';
COMMENT ON COLUMN migrations.applied_at IS 'When it was applied';
COMMENT ON COLUMN migrations.software IS
    'Version of jornada that applied it; null for one of before this record';

INSERT INTO migrations
SELECT number, name, (SELECT min(created_at) FROM store_version WHERE version >= number), NULL
FROM (VALUES (1, 'documents_and_readings'), (2, 'evals'), (3, 'backlogs')) AS earlier(number, name)
WHERE number <= (SELECT max(version) FROM store_version);

COMMENT ON TABLE store_version IS
    'The version of the tables after each upgrade: the number of the last migration';
