CREATE TABLE income (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    fund TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    source TEXT NOT NULL,
    from_agent BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    reverses BIGINT,
    resource BIGINT,
    PRIMARY KEY (commons, position)
);
CREATE TABLE distribution (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    fund TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    given BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    time BIGINT NOT NULL,
    charter BIGINT NOT NULL,
    inputs TEXT NOT NULL,
    result TEXT NOT NULL,
    shares BIGINT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (commons, number)
);
CREATE TABLE step_taken (
    commons TEXT NOT NULL,
    distribution BIGINT NOT NULL,
    number BIGINT NOT NULL,
    step TEXT NOT NULL,
    taken BIGINT NOT NULL,
    points TEXT NOT NULL,
    remark TEXT NOT NULL,
    given BIGINT NOT NULL,
    shares BIGINT NOT NULL,
    PRIMARY KEY (commons, distribution, number)
);
CREATE TABLE share (
    commons TEXT NOT NULL,
    distribution BIGINT NOT NULL,
    number BIGINT NOT NULL,
    step TEXT NOT NULL,
    agent BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    points TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (commons, distribution, number)
) WITHOUT ROWID;
CREATE INDEX share_agent ON share (commons, agent);
CREATE TABLE repaid (
    commons TEXT NOT NULL,
    contribution BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (commons, contribution)
) WITHOUT ROWID;
CREATE TABLE payout (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    distribution BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    time BIGINT NOT NULL,
    PRIMARY KEY (commons, position, agent)
);
CREATE INDEX payout_distribution ON payout (commons, distribution, amount);
