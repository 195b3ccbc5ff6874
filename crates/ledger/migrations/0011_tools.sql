-- The servers whose tools conversations may use. The values of variables and headers are in the vault; here stand
-- their names.
CREATE TABLE mcp_servers (
    id         TEXT PRIMARY KEY,
    position   INTEGER NOT NULL,
    name       TEXT NOT NULL COLLATE NOCASE UNIQUE,
    transport  TEXT NOT NULL,
    enabled    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- A tool that is not here asks each time.
CREATE TABLE tool_permissions (
    server     TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
    tool       TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (server, tool)
) STRICT, WITHOUT ROWID;
