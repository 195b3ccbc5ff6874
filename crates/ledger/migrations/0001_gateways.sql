-- Who is called and who may call. No column here can hold a key: secrets live in the vault under the id of their row.
CREATE TABLE gateways (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    -- Lower-cased by us: SQLite's NOCASE knows only ASCII.
    name_folded       TEXT NOT NULL UNIQUE,
    preset            TEXT NOT NULL,
    base_url          TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    models_fetched_at INTEGER,
    last_problem      TEXT
) STRICT;

CREATE TABLE keys (
    id           TEXT PRIMARY KEY,
    gateway      TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    last_four    TEXT NOT NULL CHECK (length(last_four) <= 4),
    state        TEXT NOT NULL,
    rests_until  INTEGER,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX keys_by_gateway ON keys (gateway);

CREATE TABLE models (
    gateway TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    price   TEXT,
    PRIMARY KEY (gateway, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    last_four    TEXT NOT NULL CHECK (length(last_four) <= 4),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
