-- Users and what they may; jobs, and the events that are still to be published; the ledger: the projection of events,
-- which may be emptied and folded anew at any time.

CREATE TABLE users (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    verified_at timestamptz,
    name text NOT NULL DEFAULT '',
    password text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    quota jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz,
    blocked_at timestamptz
);

-- Secrets that we hand out (cookies, tokens, links in mails) are kept as their SHA-256 only.
CREATE TABLE sessions (
    digest text PRIMARY KEY,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address text NOT NULL DEFAULT '',
    agent text NOT NULL DEFAULT ''
);

CREATE TABLE tokens (
    digest text PRIMARY KEY,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    expires_at timestamptz
);

CREATE TABLE proofs (
    digest text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify', 'reset', 'change')),
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE access_codes (
    code text PRIMARY KEY,
    note text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    uses_left integer NOT NULL CHECK (uses_left >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);

CREATE TABLE mails (
    id bigserial PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    error text NOT NULL DEFAULT ''
);

CREATE TABLE audit (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    user_id text,
    actor_id text,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_by_user ON audit (user_id, id DESC);

-- Counters of rate limits, in windows; losing them does no harm.
CREATE UNLOGGED TABLE counters (
    key text PRIMARY KEY,
    count bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE jobs (
    id text PRIMARY KEY,
    user_id text REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    source_name text NOT NULL DEFAULT '',
    options jsonb NOT NULL DEFAULT '{}',
    traceparent text NOT NULL DEFAULT '',
    waits_until timestamptz,
    waits_for text NOT NULL DEFAULT '',
    share text UNIQUE
);

CREATE INDEX jobs_by_user ON jobs (user_id, id DESC);

-- Jobs that were deleted: events of theirs that are still in the stream are not folded.
CREATE TABLE deleted_jobs (
    id text PRIMARY KEY,
    deleted_at timestamptz NOT NULL DEFAULT now()
);

-- Digests that a deleted job leaves behind; they are removed from the store unless another job has them.
CREATE TABLE garbage (
    digest text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE submissions (
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    key text NOT NULL,
    request text NOT NULL,
    job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);

CREATE TABLE outbox (
    id bigserial PRIMARY KEY,
    job_id text NOT NULL,  -- perhaps of a job that was deleted
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    subjects text[] NOT NULL,
    artifacts text[] NOT NULL,
    payloads bytea[] NOT NULL,
    expected jsonb NOT NULL,
    headers jsonb NOT NULL,
    revives boolean NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    published_at timestamptz
);

CREATE INDEX outbox_by_job ON outbox (job_id);

-- The ledger.

-- How far the stream is folded; one row.
CREATE TABLE place (
    sole boolean PRIMARY KEY DEFAULT true CHECK (sole),
    stream text NOT NULL DEFAULT '',
    base bigint NOT NULL DEFAULT 0,
    seq bigint NOT NULL DEFAULT 0
);

CREATE TABLE states (
    job_id text PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'review', 'done', 'failed', 'cancelled')),
    title text NOT NULL DEFAULT '',
    untitled boolean NOT NULL DEFAULT false,  -- the paper has come, and its title is still to be read
    error jsonb,
    seq bigint NOT NULL DEFAULT 0,
    cancelled_seq bigint NOT NULL DEFAULT 0,
    deliberate_seq bigint NOT NULL DEFAULT 0,
    budget double precision NOT NULL DEFAULT 0,
    calls jsonb NOT NULL DEFAULT '[]',
    updated_at timestamptz NOT NULL DEFAULT now(),
    reconciled_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX states_by_state ON states (state, job_id DESC);
CREATE INDEX states_untitled ON states (job_id) WHERE untitled;

CREATE TABLE artifacts (
    job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
    artifact text NOT NULL,
    seq bigint NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    inputs jsonb NOT NULL,
    scenes integer[] NOT NULL,
    cause text NOT NULL,
    stage text NOT NULL,
    stage_version text NOT NULL,
    seconds double precision NOT NULL,
    announced_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, artifact)
);

CREATE INDEX artifacts_by_digest ON artifacts (digest);

CREATE TABLE failures (
    job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
    stage text NOT NULL,
    scene integer NOT NULL,
    seq bigint NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    detail text NOT NULL,
    announced_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, stage, scene)
);
