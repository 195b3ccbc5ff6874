-- Whether what a tool asks and gets is kept: off, errors or all.
ALTER TABLE tokens ADD COLUMN capture TEXT NOT NULL DEFAULT 'off';

-- The headers of it that say something and give nothing away, a line each.
ALTER TABLE bodies ADD COLUMN head TEXT NOT NULL DEFAULT '';

-- What lets somebody else's program look at our figures: one, which opens nothing but them.
CREATE TABLE metrics_token (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    last_four  TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
