CREATE TABLE private_evidence (
    commons TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT NOT NULL,
    data BLOB NOT NULL,
    kept BIGINT NOT NULL,
    PRIMARY KEY (commons, sha256, agent)
);
CREATE INDEX private_evidence_agent ON private_evidence (commons, agent);
