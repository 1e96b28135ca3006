-- Users' own keys of providers, sealed; and what a job takes out of a day's dollars, since its budget may be changed.
-- depends: 0001-first

CREATE TABLE provider_keys (
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    provider text NOT NULL,
    sealed text NOT NULL,
    hint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, provider)
);

-- Dollars that the job may cost, once that was changed; before, its options say it.
ALTER TABLE jobs ADD COLUMN allowed double precision;
-- When it last took a place in a day's dollars, if not when it began, and what it had spent before that day.
ALTER TABLE jobs ADD COLUMN paid_at timestamptz;
ALTER TABLE jobs ADD COLUMN paid_before double precision NOT NULL DEFAULT 0;
