-- Who asked whom for what, written once: an exchange refers to it instead of repeating a dozen words in every row.
CREATE TABLE parties (
    id             INTEGER PRIMARY KEY,
    caller_id      TEXT,
    caller         TEXT NOT NULL,
    door           TEXT NOT NULL,
    endpoint       TEXT NOT NULL,
    interface      TEXT NOT NULL,
    model_asked    TEXT NOT NULL,
    model_answered TEXT,
    gateway        TEXT,
    gateway_id     TEXT,
    key_name       TEXT,
    key_id         TEXT,
    price          TEXT
) STRICT;
CREATE INDEX parties_by_model ON parties (model_asked, caller_id, key_id);

INSERT INTO parties (caller_id, caller, door, endpoint, interface, model_asked, model_answered, gateway, gateway_id,
        key_name, key_id, price)
    SELECT DISTINCT caller_id, caller, door, endpoint, 'chat', model_asked, model_answered, gateway, gateway_id,
        key_name, key_id, price FROM exchanges;

CREATE TABLE exchanges_now (
    seq             INTEGER PRIMARY KEY,
    -- Sixteen bytes where it is a UUID in its usual form, which all of ours are; else the text as it is.
    id              ANY NOT NULL UNIQUE,
    started_at      INTEGER NOT NULL,
    -- No REFERENCES: the one writer has just looked it up, and a check would cost every row another search.
    parties         INTEGER NOT NULL,
    stream          INTEGER NOT NULL,
    status          INTEGER,
    outcome         TEXT NOT NULL,
    code            TEXT,
    input           INTEGER,
    cached          INTEGER,
    output          INTEGER,
    reasoning       INTEGER,
    -- The other things it is billed by, as a JSON object.
    units           TEXT,
    tokens_reported INTEGER NOT NULL,
    cost_nano       INTEGER,
    cost_reported   INTEGER NOT NULL,
    first_token_ms  INTEGER,
    took_ms         INTEGER,
    -- JSON. Null when nothing was tried; a number, the milliseconds of the only try, when the row says all else about
    -- it; else an array with an object for each.
    attempts        ANY,
    message         TEXT,
    job             TEXT
) STRICT;

INSERT INTO exchanges_now (id, started_at, parties, stream, status, outcome, code, input, cached, output, reasoning,
        units, tokens_reported, cost_nano, cost_reported, first_token_ms, took_ms, attempts, message, job)
    SELECT
        CASE WHEN e.id GLOB '????????-????-????-????-????????????' AND e.id = lower(e.id)
                AND length(unhex(e.id, '-')) = 16 THEN unhex(e.id, '-') ELSE e.id END,
        e.started_at, p.id, e.stream, e.status, e.outcome, e.code, e.input, e.cached, e.output, e.reasoning,
        NULL, e.tokens_basis = 'reported', e.cost_nano, e.cost_basis = 'reported', e.first_token_ms, e.took_ms,
        (SELECT CASE
                WHEN count(*) = 0 THEN NULL
                WHEN count(*) = 1 AND min(a.gateway) IS e.gateway AND min(a.key_name) IS e.key_name
                    AND min(a.status) IS e.status AND min(a.code) IS NULL THEN min(a.took_ms)
                ELSE json_group_array(json_object('gateway', a.gateway, 'key', a.key_name, 'status', a.status,
                    'code', a.code, 'took_ms', a.took_ms) ORDER BY a.position)
            END FROM exchange_attempts a WHERE a.exchange = e.id),
        e.message, NULL
    FROM exchanges e JOIN parties p ON p.model_asked = e.model_asked AND p.caller_id IS e.caller_id
        AND p.key_id IS e.key_id AND p.caller = e.caller AND p.door = e.door AND p.endpoint = e.endpoint
        AND p.model_answered IS e.model_answered AND p.gateway IS e.gateway AND p.gateway_id IS e.gateway_id
        AND p.key_name IS e.key_name AND p.price IS e.price
    ORDER BY e.started_at, e.id;

DROP TABLE exchange_attempts;
DROP TABLE exchanges;
ALTER TABLE exchanges_now RENAME TO exchanges;
CREATE INDEX exchanges_by_time ON exchanges (started_at);
CREATE INDEX exchanges_by_message ON exchanges (message) WHERE message IS NOT NULL;
CREATE INDEX exchanges_running ON exchanges (started_at) WHERE outcome = 'running';

-- What has ended, summed per quarter of an hour (the finest step local midnights fall on) and parties, later per UTC
-- day. The rows go one day, the sums stay. Reported and estimated money are never mixed.
CREATE TABLE rollups (
    span           INTEGER NOT NULL,
    began          INTEGER NOT NULL,
    parties        INTEGER NOT NULL,
    requests       INTEGER NOT NULL,
    failed         INTEGER NOT NULL,
    cancelled      INTEGER NOT NULL,
    interrupted    INTEGER NOT NULL,
    unpriced       INTEGER NOT NULL,
    estimated      INTEGER NOT NULL,
    cost_reported  INTEGER NOT NULL,
    cost_estimated INTEGER NOT NULL,
    input          INTEGER NOT NULL,
    cached         INTEGER NOT NULL,
    output         INTEGER NOT NULL,
    reasoning      INTEGER NOT NULL,
    cache_write    INTEGER NOT NULL DEFAULT 0,
    audio_in       INTEGER NOT NULL DEFAULT 0,
    audio_out      INTEGER NOT NULL DEFAULT 0,
    image_in       INTEGER NOT NULL DEFAULT 0,
    image_out      INTEGER NOT NULL DEFAULT 0,
    images         INTEGER NOT NULL DEFAULT 0,
    characters     INTEGER NOT NULL DEFAULT 0,
    milliseconds   INTEGER NOT NULL DEFAULT 0,
    calls          INTEGER NOT NULL DEFAULT 0,
    first_tokens   INTEGER NOT NULL,
    first_token_ms INTEGER NOT NULL,
    took           INTEGER NOT NULL,
    took_ms        INTEGER NOT NULL,
    PRIMARY KEY (span, began, parties)
) STRICT, WITHOUT ROWID;

-- total(), because sum() would refuse the whole database over one gateway's absurd count. It is exact up to 2^53.
INSERT INTO rollups (span, began, parties, requests, failed, cancelled, interrupted, unpriced, estimated,
        cost_reported, cost_estimated, input, cached, output, reasoning, first_tokens, first_token_ms, took, took_ms)
    SELECT 900000, started_at - ((started_at % 900000) + 900000) % 900000, parties,
        count(*),
        total(outcome = 'failed'),
        total(outcome = 'cancelled'),
        total(outcome = 'interrupted'),
        total(cost_nano IS NULL AND (outcome = 'ok' OR coalesce(output, 0) > 0)),
        total(coalesce(cost_nano, 0) > 0 AND NOT cost_reported),
        CAST(total(CASE WHEN cost_reported THEN cost_nano END) AS INTEGER),
        CAST(total(CASE WHEN cost_reported THEN NULL ELSE cost_nano END) AS INTEGER),
        CAST(total(input) AS INTEGER),
        CAST(total(cached) AS INTEGER),
        CAST(total(output) AS INTEGER),
        CAST(total(reasoning) AS INTEGER),
        count(first_token_ms),
        CAST(total(first_token_ms) AS INTEGER),
        count(took_ms),
        CAST(total(took_ms) AS INTEGER)
    FROM exchanges WHERE outcome <> 'running' GROUP BY 2, 3;

-- What was captured of requests and answers, compressed. They go first when room is short.
CREATE TABLE bodies (
    seq       INTEGER PRIMARY KEY,
    exchange  ANY NOT NULL,
    side      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    encoding  TEXT NOT NULL,
    -- As it passed; as much of it as was captured may be less.
    size      INTEGER NOT NULL,
    stored    INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (exchange, side)
) STRICT;
CREATE INDEX bodies_by_time ON bodies (at, stored);
