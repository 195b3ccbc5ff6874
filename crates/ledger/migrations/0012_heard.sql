-- What was heard last of those who say it only while they speak: the tools of a server that is off now, and the pages
-- a model named beside its answer.
ALTER TABLE mcp_servers ADD COLUMN tools TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN citations TEXT NOT NULL DEFAULT '[]';
