-- What a local token may do. Null is no limit, and an empty list allows everything.
ALTER TABLE tokens ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tokens ADD COLUMN endpoints TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tokens ADD COLUMN rpm INTEGER CHECK (rpm > 0);
ALTER TABLE tokens ADD COLUMN tpm INTEGER CHECK (tpm > 0);
ALTER TABLE tokens ADD COLUMN concurrency INTEGER CHECK (concurrency > 0);
ALTER TABLE tokens ADD COLUMN day_nano INTEGER CHECK (day_nano >= 0);
ALTER TABLE tokens ADD COLUMN month_nano INTEGER CHECK (month_nano >= 0);
ALTER TABLE tokens ADD COLUMN total_nano INTEGER CHECK (total_nano >= 0);
-- Whose midnight a budget's day ends at: it stays where it was set, wherever the computer travels.
ALTER TABLE tokens ADD COLUMN zone TEXT;
ALTER TABLE tokens ADD COLUMN unpriced TEXT NOT NULL DEFAULT 'refuse';
ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE tokens ADD COLUMN paused_at INTEGER;
