-- Whether spans of the job may be in the store, for its timeline.
-- depends: 0002-paying

ALTER TABLE jobs ADD COLUMN traced boolean NOT NULL DEFAULT true;
