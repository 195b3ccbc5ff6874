-- What a list of conversations says of each is read from these two alone, however long the messages are: the list is
-- the first thing the window asks for.
CREATE INDEX messages_listed ON messages (conversation, deleted_at, id);
DROP INDEX exchanges_by_message;
CREATE INDEX exchanges_by_message ON exchanges (message, cost_nano, cost_reported) WHERE message IS NOT NULL;

-- Exchanges of the first versions were known by the message alone.
UPDATE exchanges SET message = m.id FROM messages m
    WHERE exchanges.message IS NULL AND m.exchange IS NOT NULL
        AND (exchanges.id = unhex(m.exchange, '-') OR exchanges.id = m.exchange);
