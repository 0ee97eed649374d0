CREATE TABLE private_profile (
    commons TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT,
    email TEXT,
    picture BLOB,
    iban TEXT,
    bic TEXT,
    public BIGINT NOT NULL,
    PRIMARY KEY (commons, agent)
);
CREATE TABLE private_names (
    commons TEXT NOT NULL PRIMARY KEY,
    mark TEXT NOT NULL
);
CREATE TABLE private_sought (
    commons TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (commons, agent)
);
CREATE TABLE private_about (
    commons TEXT NOT NULL,
    agent TEXT NOT NULL,
    note TEXT,
    image TEXT,
    primary_location TEXT,
    PRIMARY KEY (commons, agent)
);
CREATE TABLE private_key (
    commons TEXT NOT NULL,
    did TEXT NOT NULL,
    agent TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (commons, did)
);
CREATE TABLE private_secret (
    commons TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (commons, name)
);
CREATE TABLE private_import (
    commons TEXT NOT NULL,
    label TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (commons, label)
);
CREATE TABLE private_token (
    hash TEXT NOT NULL PRIMARY KEY,
    commons TEXT NOT NULL,
    agent TEXT NOT NULL,
    label TEXT NOT NULL,
    expires BIGINT NOT NULL
);
