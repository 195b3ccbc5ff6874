-- What was said in the window: a tree of messages per conversation, and the journal of the answers being written.
CREATE TABLE conversations (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    model      TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    leaf       TEXT,
    deleted_at INTEGER
) STRICT;
CREATE INDEX conversations_by_time ON conversations (updated_at, id);

CREATE TABLE messages (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- No cascade: it would go down the tree one message at a time, and SQLite stops at a depth of 1000.
    parent       TEXT REFERENCES messages (id),
    role         TEXT NOT NULL,
    state        TEXT NOT NULL,
    model        TEXT,
    text         TEXT NOT NULL,
    reasoning    TEXT NOT NULL,
    reasoning_ms INTEGER,
    tool_calls   TEXT NOT NULL,
    exchange     TEXT,
    receipt      TEXT,
    problem      TEXT,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation, created_at, id);
CREATE INDEX messages_by_parent ON messages (parent) WHERE parent IS NOT NULL;
CREATE INDEX messages_streaming ON messages (id) WHERE state = 'streaming';

CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    text    TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_message ON journal (message, seq, id);

-- The draft of a conversation that does not exist yet stands under the empty id.
CREATE TABLE drafts (
    conversation TEXT PRIMARY KEY,
    text         TEXT NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pictures (
    id      TEXT PRIMARY KEY,
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    mime    TEXT NOT NULL,
    bytes   BLOB NOT NULL
) STRICT;
CREATE INDEX pictures_by_message ON pictures (message);
