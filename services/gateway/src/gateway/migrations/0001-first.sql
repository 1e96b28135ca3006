-- Jobs, the projection of their events, and the events that are still to be published.

CREATE TABLE jobs (
    id text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    reconciled_at timestamptz NOT NULL DEFAULT now(),
    source_name text NOT NULL DEFAULT '',
    options jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    title text NOT NULL DEFAULT '',
    error jsonb,
    traceparent text NOT NULL DEFAULT '',
    seq bigint NOT NULL DEFAULT 0,
    cancelled_seq bigint NOT NULL DEFAULT 0,
    deliberate_seq bigint NOT NULL DEFAULT 0
);

CREATE INDEX jobs_by_state ON jobs (state, id DESC);

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

CREATE TABLE outbox (
    id bigserial PRIMARY KEY,
    job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    subjects text[] NOT NULL,
    artifacts text[] NOT NULL,
    payloads bytea[] NOT NULL,
    expected jsonb NOT NULL,
    headers jsonb NOT NULL,
    revives boolean NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    published_at timestamptz
);
