CREATE TABLE commons (
    commons TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    node TEXT NOT NULL,
    founded BIGINT NOT NULL
);
CREATE TABLE charter (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    time BIGINT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    toml TEXT NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE TABLE agent (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    classified_as TEXT NOT NULL,
    since BIGINT NOT NULL,
    claimed_by BIGINT,
    PRIMARY KEY (commons, number)
);
CREATE UNIQUE INDEX agent_id ON agent (commons, id);
CREATE INDEX agent_claimed ON agent (commons, claimed_by, number) WHERE claimed_by IS NOT NULL;
CREATE INDEX agent_named ON agent (commons, number) WHERE name <> '';
CREATE TABLE agent_key (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    key TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    PRIMARY KEY (commons, agent, key)
);
CREATE TABLE membership (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    state TEXT NOT NULL,
    roll TEXT NOT NULL,
    asked BIGINT NOT NULL,
    joined BIGINT,
    ended BIGINT,
    since BIGINT,
    PRIMARY KEY (commons, agent)
);
CREATE TABLE role (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    PRIMARY KEY (commons, agent, role)
);
CREATE TABLE recovery (
    commons TEXT NOT NULL,
    agent BIGINT NOT NULL,
    key TEXT NOT NULL,
    steward BIGINT NOT NULL,
    PRIMARY KEY (commons, agent, key, steward)
);
CREATE TABLE mandate (
    commons TEXT NOT NULL,
    decision BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    whole BIGINT NOT NULL,
    until BIGINT NOT NULL,
    done BIGINT,
    PRIMARY KEY (commons, decision, number)
);
CREATE TABLE fork (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    origin TEXT NOT NULL,
    reason TEXT NOT NULL,
    time BIGINT NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE TABLE suspension (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    until BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (commons, position)
);
