-- What an empty message server cannot tell: the stages' rules; and since when the ledger folds another stream than the
-- one whose events its rows are from, so that all unfinished jobs are announced in it once.
-- depends: 0003-traces

CREATE TABLE rules (
    name text PRIMARY KEY,
    rule jsonb NOT NULL
);

ALTER TABLE place ADD COLUMN since timestamptz;
