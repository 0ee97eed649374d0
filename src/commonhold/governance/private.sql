CREATE TABLE private_ballot (
    commons TEXT NOT NULL,
    vote TEXT NOT NULL,
    agent TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (commons, vote)
);
CREATE TABLE private_credential (
    commons TEXT NOT NULL,
    proposal TEXT NOT NULL,
    agent TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (commons, proposal, agent)
);
