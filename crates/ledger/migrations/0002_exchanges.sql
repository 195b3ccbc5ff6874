-- One row per request, from whichever door. Names stand beside ids because history outlives what it names.
CREATE TABLE exchanges (
    id             TEXT PRIMARY KEY,
    started_at     INTEGER NOT NULL,
    caller_id      TEXT,
    caller         TEXT NOT NULL,
    door           TEXT NOT NULL,
    endpoint       TEXT NOT NULL,
    stream         INTEGER NOT NULL,
    model_asked    TEXT NOT NULL,
    model_answered TEXT,
    gateway        TEXT,
    gateway_id     TEXT,
    key_name       TEXT,
    key_id         TEXT,
    status         INTEGER,
    outcome        TEXT NOT NULL,
    code           TEXT,
    input          INTEGER,
    cached         INTEGER,
    output         INTEGER,
    reasoning      INTEGER,
    tokens_basis   TEXT NOT NULL,
    cost_nano      INTEGER,
    cost_basis     TEXT NOT NULL,
    price          TEXT,
    first_token_ms INTEGER,
    took_ms        INTEGER,
    message        TEXT
) STRICT;
CREATE INDEX exchanges_by_time ON exchanges (started_at, id);
CREATE INDEX exchanges_by_message ON exchanges (message) WHERE message IS NOT NULL;
CREATE INDEX exchanges_running ON exchanges (id) WHERE outcome = 'running';

CREATE TABLE exchange_attempts (
    exchange TEXT NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    gateway  TEXT NOT NULL,
    key_name TEXT,
    status   INTEGER,
    code     TEXT,
    took_ms  INTEGER NOT NULL,
    PRIMARY KEY (exchange, position)
) STRICT, WITHOUT ROWID;
