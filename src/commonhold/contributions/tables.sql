CREATE TABLE contribution (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    provider BIGINT NOT NULL,
    logger BIGINT NOT NULL,
    kind TEXT NOT NULL,
    domain TEXT NOT NULL,
    process TEXT,
    unit TEXT NOT NULL,
    at BIGINT NOT NULL,
    logged BIGINT NOT NULL,
    claimed BIGINT NOT NULL,
    state TEXT NOT NULL,
    round BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    counted_kind TEXT NOT NULL,
    decided BIGINT,
    repayment TEXT NOT NULL,
    batch BIGINT,
    first_shared BIGINT,
    PRIMARY KEY (commons, position)
) WITHOUT ROWID;
CREATE INDEX contribution_batch ON contribution (commons, batch) WHERE batch IS NOT NULL;
CREATE INDEX contribution_provider ON contribution (commons, provider);
CREATE INDEX contribution_state ON contribution (commons, state);
CREATE INDEX contribution_kind ON contribution (commons, counted_kind);
CREATE INDEX contribution_domain ON contribution (commons, domain);
CREATE TABLE attestation (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    round BIGINT NOT NULL,
    attester BIGINT NOT NULL,
    how TEXT NOT NULL,
    verdict TEXT NOT NULL,
    amount BIGINT NOT NULL,
    kind TEXT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (commons, position, round, attester)
) WITHOUT ROWID;
CREATE INDEX attestation_attester ON attestation (commons, attester);
CREATE TABLE appeal (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    round BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (commons, position, round)
) WITHOUT ROWID;
CREATE TABLE also_said (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (commons, position, entry)
) WITHOUT ROWID;
CREATE TABLE batch (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    author BIGINT NOT NULL,
    source TEXT NOT NULL,
    label TEXT NOT NULL,
    head TEXT NOT NULL,
    opened BIGINT NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE TABLE review (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    round BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    draw BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (commons, position, round, agent)
);
CREATE INDEX review_agent ON review (commons, agent);
CREATE TABLE tally_month (
    commons TEXT NOT NULL,
    month BIGINT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    state TEXT NOT NULL,
    contributions BIGINT NOT NULL,
    billions BIGINT NOT NULL,
    rest BIGINT NOT NULL,
    PRIMARY KEY (commons, month, kind, unit, state)
) WITHOUT ROWID;
CREATE TABLE tally_agent (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    state TEXT NOT NULL,
    contributions BIGINT NOT NULL,
    billions BIGINT NOT NULL,
    rest BIGINT NOT NULL,
    PRIMARY KEY (commons, agent, domain, kind, unit, state)
) WITHOUT ROWID;
CREATE TABLE tally_day (
    commons TEXT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    contributions BIGINT NOT NULL,
    PRIMARY KEY (commons, day, kind)
) WITHOUT ROWID;
CREATE TABLE contributor (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    PRIMARY KEY (commons, agent)
) WITHOUT ROWID;
