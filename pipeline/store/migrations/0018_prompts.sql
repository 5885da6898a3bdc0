-- The prompts that readings were made with, and the reading behind each verdict of an eval.

CREATE TABLE prompts (
    prompt_hash VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    codes VARCHAR,
    first_seen TIMESTAMP NOT NULL
);
COMMENT ON TABLE prompts IS
    'Each prompt that a run or an eval has read with since version 18 of these tables, whole';
COMMENT ON COLUMN prompts.prompt_hash IS 'Hash of the file and of the codes, as in readings';
COMMENT ON COLUMN prompts.name IS 'Its name, as in readings';
COMMENT ON COLUMN prompts.text IS 'The file as it was, front matter and few-shots included';
COMMENT ON COLUMN prompts.codes IS
    'What was filled in for its marker [[CODES]]; null where it has none';
COMMENT ON COLUMN prompts.first_seen IS 'When the first run with it began here, in UTC';

ALTER TABLE eval_verdicts ADD COLUMN reading_id VARCHAR;
COMMENT ON COLUMN eval_verdicts.reading_id IS
    'The reading that was scored, in readings of the database that was scored; null where the '
    'bulletin was not read, and in evals of older versions';
