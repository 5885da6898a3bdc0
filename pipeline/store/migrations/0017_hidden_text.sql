-- What a file says and a reader of it does not see.

ALTER TABLE documents ADD COLUMN hidden_words INTEGER;
ALTER TABLE documents ADD COLUMN hidden_text VARCHAR;
COMMENT ON COLUMN documents.hidden_words IS
    'How many words the file has that a reader of it does not see, and that are no part of the text; '
    'null where there are none, and for what older versions added';
COMMENT ON COLUMN documents.hidden_text IS
    'The first of those words; null as for hidden_words';
