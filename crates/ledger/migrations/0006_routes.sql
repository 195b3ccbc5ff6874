-- How requests find their way: shares of keys, routes, who made what, and what upstreams were found not to take.
ALTER TABLE keys ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000);
ALTER TABLE keys ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
-- When a caller hangs up: read the answer to its end for the exact bill, or hang up too.
ALTER TABLE keys ADD COLUMN reads_on INTEGER NOT NULL DEFAULT 0;

CREATE TABLE routes (
    id       TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    pattern  TEXT NOT NULL,
    -- Of one local token only. No reference: a revoked token's row stays, and a route of it harms nobody.
    token_id TEXT,
    strategy TEXT NOT NULL,
    -- JSON: [{"gateway": id or null, "model": name, "weight": n}]. A gateway that is gone is passed over.
    targets  TEXT NOT NULL,
    enabled  INTEGER NOT NULL
) STRICT;

CREATE TABLE objects (
    id         TEXT PRIMARY KEY,
    gateway    TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    key_id     TEXT,
    kind       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_by_time ON objects (created_at);
CREATE INDEX objects_by_gateway ON objects (gateway);

CREATE TABLE compat (
    gateway    TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    model      TEXT NOT NULL,
    parameter  TEXT NOT NULL,
    -- The name it goes by there, where it has one; null where it is left out.
    becomes    TEXT,
    said       TEXT NOT NULL,
    learned_at INTEGER NOT NULL,
    PRIMARY KEY (gateway, model, parameter)
) STRICT, WITHOUT ROWID;
