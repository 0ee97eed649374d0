CREATE TABLE economic_event (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    action TEXT NOT NULL,
    provider BIGINT NOT NULL,
    receiver BIGINT,
    resource_micro BIGINT,
    resource_unit TEXT,
    effort_micro BIGINT,
    effort_unit TEXT,
    conforms_to TEXT,
    input_of TEXT,
    output_of TEXT,
    fulfills TEXT,
    at BIGINT NOT NULL,
    note TEXT,
    PRIMARY KEY (commons, position)
) WITHOUT ROWID;
