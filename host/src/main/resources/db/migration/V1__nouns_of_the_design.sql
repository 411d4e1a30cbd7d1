-- The nouns of docs/architecture.md. Times are timestamptz, JSON is jsonb, states are upper-case words.

-- One row: which installation this database belongs to.
CREATE TABLE installation (
    id         uuid        PRIMARY KEY,
    only_one   boolean     NOT NULL DEFAULT true UNIQUE CHECK (only_one),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE offerings (
    seq              bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    id               uuid        PRIMARY KEY,
    name             text        NOT NULL UNIQUE,
    type             text        NOT NULL,              -- the id of the plugin that serves it
    description      text        NOT NULL DEFAULT '',
    revision         integer     NOT NULL DEFAULT 1,
    plans            jsonb       NOT NULL DEFAULT '[]', -- [{uuid, name, amounts}]
    components       jsonb       NOT NULL DEFAULT '[]', -- [{type, name, unit, billing}]
    settings         jsonb       NOT NULL DEFAULT '{}', -- as the plugin sealed them
    -- What the plugin said of the settings (OfferingTraits).
    handled          text[]      NOT NULL DEFAULT '{}',
    timeout_ms       bigint      NOT NULL,
    pull_interval_ms bigint      NOT NULL,
    idempotent       text[]      NOT NULL DEFAULT '{}',
    slots            integer     CHECK (slots > 0),     -- runs under way at once; null: as conf/host.yaml says
    failed_creation  text        NOT NULL DEFAULT 'hold' CHECK (failed_creation IN ('hold', 'terminate')),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE resources (
    seq              bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    id               uuid        PRIMARY KEY,
    name             text        NOT NULL,
    offering_id      uuid        NOT NULL REFERENCES offerings,
    plan_id          uuid,
    limits           jsonb       NOT NULL DEFAULT '{}',
    attributes       jsonb       NOT NULL DEFAULT '{}',
    state            text        NOT NULL
        CHECK (state IN ('CREATING', 'OK', 'UPDATING', 'TERMINATING', 'TERMINATED', 'ERRED')),
    provisioned      boolean     NOT NULL DEFAULT false, -- its creation has succeeded
    backend_id       text,
    backend_metadata jsonb       NOT NULL DEFAULT '{}',
    endpoints        jsonb       NOT NULL DEFAULT '[]',  -- [{name, url}]
    report           jsonb,                              -- [{header, body}], null: never reported
    reported_at      timestamptz,
    customer_uuid    uuid,
    customer_name    text,
    project_uuid     uuid,
    project_name     text,
    error_message    text        NOT NULL DEFAULT '',
    last_pull        jsonb,                              -- {state, run, time, code, message}
    next_pull_at     timestamptz,                        -- null: not pulled
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    terminated_at    timestamptz
);
CREATE INDEX resources_due_pull ON resources (next_pull_at) WHERE next_pull_at IS NOT NULL;
CREATE INDEX resources_by_offering ON resources (offering_id);

CREATE TABLE orders (
    seq              bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    id               uuid        PRIMARY KEY,
    type             text        NOT NULL CHECK (type IN ('create', 'update', 'terminate')),
    resource_id      uuid        NOT NULL REFERENCES resources,
    state            text        NOT NULL CHECK (state IN ('PENDING', 'EXECUTING', 'DONE', 'ERRED', 'CANCELED')),
    plan_id          uuid,       -- what is to hold
    limits           jsonb       NOT NULL DEFAULT '{}',
    old_plan_id      uuid,       -- what held before, in an update
    old_limits       jsonb,
    attributes       jsonb       NOT NULL DEFAULT '{}',
    state_before     text,       -- the resource's, to go back to if the order is canceled before it began
    creator_email    text,
    creator_username text,
    idempotency_key  text        UNIQUE,
    request_digest   text,       -- of the request that came with that key
    caused_by        uuid        UNIQUE REFERENCES orders, -- the failed creation that this cleans up after
    code             text,       -- why it is ERRED
    message          text        NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz
);
CREATE INDEX orders_by_resource ON orders (resource_id);
CREATE UNIQUE INDEX orders_one_active_a_resource ON orders (resource_id) WHERE state IN ('PENDING', 'EXECUTING');

CREATE TABLE runs (
    seq                 bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    id                  uuid        PRIMARY KEY,
    event_type          text        NOT NULL CHECK (event_type IN ('create', 'update', 'terminate', 'pull')),
    plugin              text        NOT NULL,             -- the offering's type
    resource_id         uuid        NOT NULL REFERENCES resources,
    order_id            uuid        REFERENCES orders,    -- null: a pull
    pull                boolean     NOT NULL GENERATED ALWAYS AS (event_type = 'pull') STORED,
    offering_id         uuid        NOT NULL REFERENCES offerings, -- the resource's, for the claim
    customer            text,                             -- the resource's, its uuid or else its name, for the claim
    state               text        NOT NULL
        CHECK (state IN ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELED', 'LOST')),
    due_at              timestamptz NOT NULL DEFAULT now(),
    attempt             integer     NOT NULL DEFAULT 0,   -- deliveries so far
    failures            integer     NOT NULL DEFAULT 0,   -- own failures of an idempotent event so far
    first_claimed_at    timestamptz,                      -- from here on faults before it begins are retried for a while
    claimed_at          timestamptz,                      -- the last time
    begun_at            timestamptz,                      -- set before the first step with an effect outside
    lease_owner         text,
    lease_until         timestamptz,
    deadline            timestamptz,
    cancel_requested_at timestamptz,
    event               jsonb,                            -- as it was sent last, without the offering's settings
    executor            text,
    reference           text,                             -- the container's or Job's name
    image               text,                             -- what it ran in: name@digest
    exit_code           integer,
    exit_reason         text,
    code                text,
    message             text        NOT NULL DEFAULT '',
    result              jsonb,                            -- the LifecycleResult
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    started_at          timestamptz,                      -- of the script or program
    ended_at            timestamptz,                      -- of the script or program
    finished_at         timestamptz                       -- the result was committed
);
CREATE INDEX runs_by_resource ON runs (resource_id);
CREATE INDEX runs_by_order ON runs (order_id);
-- What a claim looks at: docs/adr/0040-fair-queue.md.
CREATE INDEX runs_queue ON runs (pull, offering_id, due_at, seq) WHERE state = 'PENDING';
CREATE INDEX runs_turns ON runs (offering_id, pull, claimed_at) WHERE claimed_at IS NOT NULL;
CREATE INDEX runs_running_by_offering ON runs (offering_id) WHERE state = 'RUNNING';
CREATE INDEX runs_running_by_customer ON runs (customer) WHERE state = 'RUNNING';
CREATE INDEX runs_leased ON runs (lease_until) WHERE state = 'RUNNING';
CREATE INDEX runs_active_by_resource ON runs (resource_id, seq) WHERE state IN ('PENDING', 'RUNNING');
CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX runs_one_running_a_resource ON runs (resource_id) WHERE state = 'RUNNING';
CREATE UNIQUE INDEX runs_one_pending_pull_a_resource ON runs (resource_id)
    WHERE state = 'PENDING' AND event_type = 'pull';

-- Wakes the dispatchers of other hosts; the host that wrote knows already.
CREATE FUNCTION notify_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('factotum_runs', current_setting('application_name'));
    RETURN NULL;
END
$$;
CREATE TRIGGER runs_inserted AFTER INSERT ON runs FOR EACH STATEMENT EXECUTE FUNCTION notify_runs();

-- What runs print, masked, in pieces of some kilobytes; at and end count bytes of a stream. Null: left out to keep to the
-- limit. The layout has the lengths of stretches of stdout and of stderr by turns, two bytes each (OutputChunk).
CREATE TABLE run_outputs (
    run_id     uuid   NOT NULL REFERENCES runs ON DELETE CASCADE,
    seq        bigint NOT NULL,
    stdout_at  bigint NOT NULL,
    stdout_end bigint NOT NULL,
    stderr_at  bigint NOT NULL,
    stderr_end bigint NOT NULL,
    stdout     bytea,
    stderr     bytea,
    layout     bytea  NOT NULL,
    PRIMARY KEY (run_id, seq)
);

-- Tells who follows, on whichever host: there is more of the run's output, or the run has ended.
CREATE FUNCTION notify_output() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('factotum_output', NEW.run_id::text);
    RETURN NULL;
END
$$;
CREATE TRIGGER run_outputs_written AFTER INSERT OR UPDATE ON run_outputs FOR EACH ROW EXECUTE FUNCTION notify_output();

CREATE FUNCTION notify_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('factotum_output', NEW.id::text);
    RETURN NULL;
END
$$;
CREATE TRIGGER runs_ended AFTER UPDATE ON runs FOR EACH ROW
    WHEN (OLD.state IN ('PENDING', 'RUNNING') AND NEW.state NOT IN ('PENDING', 'RUNNING')) EXECUTE FUNCTION notify_end();

CREATE TABLE usages (
    resource_id uuid           NOT NULL REFERENCES resources,
    component   text           NOT NULL,
    month       date           NOT NULL CHECK (extract(day FROM month) = 1), -- its first day, UTC
    amount      numeric(20, 2) NOT NULL CHECK (amount >= 0),
    description text           NOT NULL DEFAULT '',
    recurring   boolean        NOT NULL DEFAULT false,
    run_id      uuid,                                     -- that reported it; null: carried over
    reported_at timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (resource_id, component, month)
);
CREATE INDEX usages_by_month ON usages (month, component);

-- Documents of plugins.
CREATE TABLE documents (
    plugin     text        NOT NULL,
    key        text        NOT NULL,
    value      jsonb       NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (plugin, key)
);
