CREATE TABLE journal_head (
    commons TEXT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    vkey TEXT NOT NULL,
    size BIGINT NOT NULL,
    frontier BLOB NOT NULL,
    time BIGINT NOT NULL
);
CREATE TABLE journal_entry (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    leaf BLOB NOT NULL,
    idem BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (commons, position)
);
CREATE UNIQUE INDEX journal_entry_leaf ON journal_entry (commons, leaf);
CREATE UNIQUE INDEX journal_entry_idem ON journal_entry (commons, idem);
CREATE TABLE journal_node (
    commons TEXT NOT NULL,
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (commons, level, number)
);
CREATE TABLE journal_checkpoint (
    commons TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (commons, size)
);
CREATE TABLE journal_waiting (
    commons TEXT NOT NULL,
    leaf BLOB NOT NULL,
    signer TEXT NOT NULL,
    since BIGINT NOT NULL,
    tried BIGINT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (commons, leaf)
);
