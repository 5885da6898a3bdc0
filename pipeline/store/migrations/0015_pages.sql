-- How the pages of a PDF were read.

ALTER TABLE documents ADD COLUMN ocr_pages INTEGER;
ALTER TABLE documents ADD COLUMN pages_without_words INTEGER[];
COMMENT ON COLUMN documents.ocr_pages IS
    'How many pages of a PDF were read by OCR (extract --ocr), which errs; null for other formats, '
    'and for what older versions added';
COMMENT ON COLUMN documents.pages_without_words IS
    'The numbers of those pages of a PDF that gave no words, from 1; null as for ocr_pages';
