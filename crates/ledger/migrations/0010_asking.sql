-- What goes with asking: files, answers side by side, messages that wait, summaries of what grew too long, prompts.
CREATE TABLE attachments (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    tokens     INTEGER,
    pages      INTEGER,
    -- The file is beside the database, under its hash.
    sha256     TEXT NOT NULL,
    -- What a document says, so that it is not read anew for every send.
    text       TEXT,
    -- What else its reader found, as JSON.
    facts      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_by_file ON attachments (sha256);

-- Ids in order, as JSON: what is edited and sent again takes its files along, so a file may hang on several messages.
ALTER TABLE messages ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
CREATE INDEX messages_with_files ON messages (id) WHERE attachments <> '[]';
-- Answers to one question that were asked at once share a group; one of them may be picked.
ALTER TABLE messages ADD COLUMN compare TEXT;
ALTER TABLE messages ADD COLUMN picked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN schema_problem TEXT;

ALTER TABLE drafts ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
-- Of the conversation that does not exist yet.
ALTER TABLE drafts ADD COLUMN settings TEXT;

CREATE TABLE queued (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    text         TEXT NOT NULL,
    attachments  TEXT NOT NULL,
    model        TEXT NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX queued_by_conversation ON queued (conversation, created_at, id);

-- Stands for everything up to a message, in the branches that go through it.
CREATE TABLE compactions (
    through      TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    text         TEXT NOT NULL,
    tokens       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX compactions_by_conversation ON compactions (conversation);

-- Answers that the last life of the program left unfinished, until the person has seen them.
CREATE TABLE interruptions (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE prompts (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    settings   TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
