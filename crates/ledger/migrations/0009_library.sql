-- The library of conversations: folders, what is pinned or put away, what came from elsewhere, and the words to find
-- all of it by.
CREATE TABLE folders (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

ALTER TABLE conversations ADD COLUMN folder TEXT REFERENCES folders (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN pinned_at INTEGER;
ALTER TABLE conversations ADD COLUMN archived_at INTEGER;
ALTER TABLE conversations ADD COLUMN settings TEXT;
-- Who chose the title: none is the first line, else `person`, `import` or the model that wrote it.
ALTER TABLE conversations ADD COLUMN titled_by TEXT;
CREATE INDEX conversations_by_folder ON conversations (folder) WHERE folder IS NOT NULL;

ALTER TABLE messages ADD COLUMN deleted_at INTEGER;
CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE imported (
    source       TEXT NOT NULL,
    foreign_id   TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    PRIMARY KEY (source, foreign_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_by_conversation ON imported (conversation);

-- What can be found: a row per message, and a row per title (`titled`, with no message). It holds whatever a search
-- narrows by, so that no long message has to be read to rule it out. The numbers are its own because a VACUUM may
-- renumber the rows of `messages`; newer ones are higher.
CREATE TABLE search_rows (
    number     INTEGER PRIMARY KEY,
    titled     TEXT UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
    message    TEXT UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    model      TEXT,
    marks      INTEGER NOT NULL,
    cost_nano  INTEGER
) STRICT;

-- Only the words; the texts stand in `messages`. They come folded and cut (see search/cut.rs), so that the tokenizer
-- has nothing to do but split at spaces. Beginnings of one character, which is how a single Chinese one is found, and of
-- three have an index; of two, pairs of Chinese characters would take it all.
CREATE VIRTUAL TABLE search_words USING fts5(
    text, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 3'
);
CREATE TRIGGER search_rows_forgotten AFTER DELETE ON search_rows BEGIN
    DELETE FROM search_words WHERE rowid = old.number;
END;

-- How far the words of what was there before are noted, going backwards by id; a row goes when its kind is through.
CREATE TABLE search_backlog (
    kind TEXT PRIMARY KEY,
    upto TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO search_backlog SELECT 'titles', max(id) || '~' FROM conversations HAVING count(*) > 0;
INSERT INTO search_backlog SELECT 'messages', max(id) || '~' FROM messages HAVING count(*) > 0;
