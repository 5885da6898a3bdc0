-- What backlogs add to the database. Append-only, as the rest.

ALTER TABLE runs ADD COLUMN parameters VARCHAR;
COMMENT ON COLUMN runs.parameters IS 'What else the answers depend on, as JSON; null where unknown';

ALTER TABLE eval_runs ADD COLUMN parameters VARCHAR;
COMMENT ON COLUMN eval_runs.parameters IS
    'What else the answers depend on, as JSON; null where unknown';

ALTER TABLE readings ADD COLUMN parameters VARCHAR;
ALTER TABLE readings ADD COLUMN derived VARCHAR;
ALTER TABLE readings ADD COLUMN derived_from VARCHAR;
COMMENT ON COLUMN readings.parameters IS
    'What else the answers depend on, as JSON; null where unknown';
COMMENT ON COLUMN readings.derived IS
    'How a reading came about that asked nobody: near (from a nearly identical bulletin), recheck '
    '(from stored answers, judged anew); else null';
COMMENT ON COLUMN readings.derived_from IS 'The reading it was derived from, in readings';

CREATE TABLE signatures (
    document_id VARCHAR NOT NULL,
    hashes BLOB,
    numbers BLOB,
    run_id VARCHAR NOT NULL
);
COMMENT ON TABLE signatures IS 'What documents are compared by, to find nearly identical ones';
COMMENT ON COLUMN signatures.document_id IS 'The document, in documents once it was read';
COMMENT ON COLUMN signatures.hashes IS 'MinHash of its letters; null for a text too short for it';
COMMENT ON COLUMN signatures.numbers IS 'Hash of each of its numbers, in the order of the text';
COMMENT ON COLUMN signatures.run_id IS 'The run that made it, in runs';

CREATE TABLE signature_bands (
    band UBIGINT NOT NULL,
    document_id VARCHAR NOT NULL
);
COMMENT ON TABLE signature_bands IS
    'Parts of signatures: nearly identical documents have some in common';
COMMENT ON COLUMN signature_bands.band IS 'Hash of a part of the signature';
COMMENT ON COLUMN signature_bands.document_id IS 'The document, in signatures';

CREATE TABLE near_documents (
    document_id VARCHAR NOT NULL,
    like_id VARCHAR NOT NULL,
    similarity DOUBLE NOT NULL,
    run_id VARCHAR NOT NULL
);
COMMENT ON TABLE near_documents IS 'Documents that are nearly identical to one seen before';
COMMENT ON COLUMN near_documents.document_id IS 'The document, in documents';
COMMENT ON COLUMN near_documents.like_id IS 'The one seen before, in documents';
COMMENT ON COLUMN near_documents.similarity IS 'Share of words in common, as estimated, 0 to 1';
COMMENT ON COLUMN near_documents.run_id IS 'The run that found it, in runs';

CREATE TABLE batches (
    batch VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    reader JSON NOT NULL,
    reader_key VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    base_url VARCHAR NOT NULL,
    terms JSON NOT NULL,
    requests INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    usd DOUBLE,
    planned_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE batches IS 'Requests that were put together for the provider''s Batch API';
COMMENT ON COLUMN batches.batch IS 'Identifies the batch here; the provider has it as metadata';
COMMENT ON COLUMN batches.round IS '1 for first questions, 2 and on for what was asked again';
COMMENT ON COLUMN batches.reader IS
    'What the answers depend on beside the text (reader, model, prompt and so on), as JSON';
COMMENT ON COLUMN batches.reader_key IS 'Hash of that, under which answers are kept';
COMMENT ON COLUMN batches.model IS 'Model that is asked';
COMMENT ON COLUMN batches.base_url IS 'Server that is asked, without a password';
COMMENT ON COLUMN batches.terms IS
    'What a later command needs to go on: prompt, room, rounds, limits, as JSON';
COMMENT ON COLUMN batches.requests IS 'How many requests it has';
COMMENT ON COLUMN batches.bytes IS 'Size of its file';
COMMENT ON COLUMN batches.tokens IS 'Tokens of its requests, as estimated';
COMMENT ON COLUMN batches.usd IS
    'What it may cost at most, in US dollars at batch price; null where no price is known';
COMMENT ON COLUMN batches.planned_at IS 'When it was put together';

CREATE TABLE batch_requests (
    batch VARCHAR NOT NULL,
    custom_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    reading_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    question VARCHAR NOT NULL
);
COMMENT ON TABLE batch_requests IS 'The requests of a batch';
COMMENT ON COLUMN batch_requests.batch IS 'The batch, in batches';
COMMENT ON COLUMN batch_requests.custom_id IS 'Names the request in the files of the provider';
COMMENT ON COLUMN batch_requests.document_id IS 'The document that is asked about, in documents';
COMMENT ON COLUMN batch_requests.reading_id IS 'The reading that its answer belongs to';
COMMENT ON COLUMN batch_requests.number IS 'Its place among the answers of that reading, from 1';
COMMENT ON COLUMN batch_requests.question IS 'Hash of what is asked';

CREATE TABLE batch_results (
    batch VARCHAR NOT NULL,
    custom_id VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    error VARCHAR,
    cause VARCHAR,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE
);
COMMENT ON TABLE batch_results IS 'What became of each request of a batch that was collected';
COMMENT ON COLUMN batch_results.batch IS 'The batch, in batches';
COMMENT ON COLUMN batch_results.custom_id IS 'The request, in batch_requests';
COMMENT ON COLUMN batch_results.outcome IS
    'answered, refused (asking again is no use), no schema (to be asked without one), unanswered '
    '(failed, expired or missing), or cancelled';
COMMENT ON COLUMN batch_results.error IS 'Why there is no answer';
COMMENT ON COLUMN batch_results.cause IS 'The same in words that fit each document it stops';
COMMENT ON COLUMN batch_results.input_tokens IS 'Tokens of the request; null where unknown';
COMMENT ON COLUMN batch_results.output_tokens IS 'Tokens of the answer; null where unknown';
COMMENT ON COLUMN batch_results.cost_usd IS 'US dollars, at batch price; null where unknown';

CREATE TABLE batch_states (
    batch VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    found_at TIMESTAMP NOT NULL,
    facts JSON NOT NULL
);
COMMENT ON TABLE batch_states IS 'What became of a batch: its row with the highest number counts';
COMMENT ON COLUMN batch_states.batch IS 'The batch, in batches';
COMMENT ON COLUMN batch_states.number IS 'From 1, in the order in which the states were found';
COMMENT ON COLUMN batch_states.state IS
    'planned, uploaded, a state of the provider (validating, failed, in_progress, finalizing, '
    'completed, expired, cancelling, cancelled), collected, dropped (it failed; its requests are '
    'free to be asked again), or split (too large; its requests go into smaller ones)';
COMMENT ON COLUMN batch_states.found_at IS 'When it was found in that state';
COMMENT ON COLUMN batch_states.facts IS 'All that is known by then: IDs of the provider, counts, '
    'errors, how often it was submitted, as JSON';

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
