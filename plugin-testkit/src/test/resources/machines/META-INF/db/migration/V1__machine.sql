CREATE TABLE machine (
    name    text        PRIMARY KEY,
    made_at timestamptz NOT NULL
);
