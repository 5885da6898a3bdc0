-- What is known of each answer beside its tokens.

ALTER TABLE attempts ADD COLUMN thought_tokens BIGINT;
ALTER TABLE attempts ADD COLUMN cached_tokens BIGINT;
ALTER TABLE attempts ADD COLUMN schema_mode VARCHAR;
COMMENT ON COLUMN attempts.thought_tokens IS
    'Of the output tokens, those that the model thought and did not write; null where nobody says';
COMMENT ON COLUMN attempts.cached_tokens IS
    'Of the input tokens, those that came out of the provider''s prompt cache; null where nobody says';
COMMENT ON COLUMN attempts.schema_mode IS
    'How the server was held to the schema: strict, schema (without the keywords that some refuse), '
    'marks (a schema of the bulletin''s own), json (any JSON, the schema in the prompt), none (the '
    'schema in the prompt alone); null in calls of older versions, and where no call was made';
COMMENT ON COLUMN batch_states.state IS
    'planned, uploaded, unconfirmed (asked for, and nobody knows yet whether it was made), a state of '
    'the provider (validating, failed, in_progress, finalizing, completed, expired, cancelling, '
    'cancelled), collected, dropped (it failed; its requests are free to be asked again), or split '
    '(too large; its requests go into smaller ones)';
