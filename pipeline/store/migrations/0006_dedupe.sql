-- Documents are compared by `jornada dedupe`, or by a run that is told to: no table changes for it.

COMMENT ON COLUMN runs.reader IS
    'Which reader ran: llm, baseline, recheck (of stored answers), or dedupe (comparison of documents)';
COMMENT ON TABLE signatures IS
    'What documents are compared by, to find nearly identical ones; one without a row was never compared';
