-- Work that takes minutes at a gateway: films, and pictures of some models. A row is written before the order leaves,
-- so that no crash can hide one that is being paid for.
CREATE TABLE jobs (
    id            TEXT PRIMARY KEY,
    exchange      TEXT,
    caller_id     TEXT,
    caller        TEXT NOT NULL,
    gateway       TEXT NOT NULL,
    gateway_id    TEXT NOT NULL,
    key_id        TEXT,
    family        TEXT NOT NULL,
    interface     TEXT NOT NULL,
    model_asked   TEXT NOT NULL,
    model         TEXT NOT NULL,
    prompt        TEXT,
    -- JSON without the pictures that came along.
    request       TEXT NOT NULL,
    remixed_from  TEXT,
    -- Whether the gateway has the order: submitting, submitted, or unknown. Never sent again from any of them.
    submission    TEXT NOT NULL,
    upstream_id   TEXT,
    poll_path     TEXT,
    state         TEXT NOT NULL,
    progress      INTEGER,
    error_code    TEXT,
    error_message TEXT,
    billing       TEXT,
    cost_nano     INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    finished_at   INTEGER,
    -- None when it is over, and when nobody asks any more until somebody asks us.
    next_poll_at  INTEGER,
    polls         INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_caller ON jobs (caller_id, created_at, id);
CREATE INDEX jobs_by_time ON jobs (created_at, id);
CREATE INDEX jobs_due ON jobs (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX jobs_submitting ON jobs (id) WHERE submission = 'submitting';

CREATE TABLE job_files (
    job            TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position       INTEGER NOT NULL,
    mime           TEXT,
    link           TEXT,
    link_dies_at   INTEGER,
    -- Content-addressed below the media folder; none until it has been fetched.
    sha256         TEXT,
    bytes          INTEGER,
    PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_files_by_sha256 ON job_files (sha256) WHERE sha256 IS NOT NULL;
