CREATE TABLE proposal (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    author BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    question TEXT NOT NULL,
    domain TEXT,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    version BIGINT NOT NULL,
    terms TEXT NOT NULL,
    fund TEXT,
    amount BIGINT,
    seats BIGINT NOT NULL,
    electors BIGINT NOT NULL,
    opens BIGINT,
    closes BIGINT,
    outcome TEXT NOT NULL,
    closed BIGINT,
    decided BIGINT,
    result TEXT NOT NULL,
    frozen BIGINT NOT NULL,
    PRIMARY KEY (commons, number)
);
CREATE UNIQUE INDEX proposal_position ON proposal (commons, position);
CREATE TABLE proposal_option (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    place BIGINT NOT NULL,
    id TEXT NOT NULL,
    author BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    listed BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (commons, proposal, place)
);
CREATE TABLE proposal_entry (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    author BIGINT NOT NULL,
    time BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal, position)
);
CREATE TABLE elector (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal, agent)
) WITHOUT ROWID;
CREATE TABLE voice (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    rolls TEXT NOT NULL,
    delegates TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal, agent)
) WITHOUT ROWID;
CREATE TABLE seconding (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    option TEXT NOT NULL,
    agent BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal, option, agent)
);
CREATE TABLE vote (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    position BIGINT NOT NULL,
    commitment TEXT,
    salt TEXT,
    ballot TEXT,
    PRIMARY KEY (commons, proposal, agent)
) WITHOUT ROWID;
CREATE INDEX vote_position ON vote (commons, position);
CREATE TABLE objection (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    position BIGINT NOT NULL,
    reason TEXT NOT NULL,
    lifted BIGINT,
    PRIMARY KEY (commons, proposal, agent)
);
CREATE TABLE consent (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal, agent)
);
CREATE TABLE delegation (
    commons TEXT NOT NULL,
    domain TEXT NOT NULL,
    agent BIGINT NOT NULL,
    place BIGINT NOT NULL,
    delegate BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (commons, domain, agent, place)
) WITHOUT ROWID;
CREATE TABLE support (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    proposal BIGINT NOT NULL,
    part BIGINT NOT NULL,
    PRIMARY KEY (commons, agent, proposal)
);
CREATE TABLE conviction (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    stake BIGINT NOT NULL,
    conviction BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (commons, proposal)
);
CREATE TABLE stewardship (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    domain TEXT NOT NULL,
    agent BIGINT NOT NULL,
    organization TEXT,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended BIGINT,
    reason TEXT NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE TABLE report (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    proposal BIGINT NOT NULL,
    option TEXT NOT NULL,
    author BIGINT NOT NULL,
    done BIGINT NOT NULL,
    time BIGINT NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE TABLE sealing (
    commons TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    position BIGINT NOT NULL,
    unsealed BIGINT,
    PRIMARY KEY (commons, proposal)
);
