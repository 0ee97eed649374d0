CREATE TABLE economic_event (
    commons TEXT NOT NULL,
    position BIGINT NOT NULL,
    action TEXT NOT NULL,
    provider BIGINT,
    receiver BIGINT,
    resource_micro BIGINT,
    resource_unit TEXT,
    effort_micro BIGINT,
    effort_unit TEXT,
    conforms_to BIGINT,
    input_of BIGINT,
    output_of BIGINT,
    resource BIGINT,
    to_resource BIGINT,
    previous BIGINT,
    stock_micro BIGINT,
    corrects BIGINT,
    at BIGINT NOT NULL,
    id TEXT,
    PRIMARY KEY (commons, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX economic_event_id ON economic_event (commons, id) WHERE id IS NOT NULL;
CREATE INDEX economic_event_input ON economic_event (commons, input_of) WHERE input_of IS NOT NULL;
CREATE INDEX economic_event_output ON economic_event (commons, output_of) WHERE output_of IS NOT NULL;
CREATE INDEX economic_event_resource ON economic_event (commons, resource) WHERE resource IS NOT NULL;
CREATE INDEX economic_event_to_resource ON economic_event (commons, to_resource) WHERE to_resource IS NOT NULL;
CREATE INDEX economic_event_corrects ON economic_event (commons, corrects) WHERE corrects IS NOT NULL;
CREATE TABLE event_total (
    commons TEXT NOT NULL PRIMARY KEY,
    events BIGINT NOT NULL
);
CREATE TABLE event_note (
    commons TEXT NOT NULL,
    event BIGINT NOT NULL,
    revised BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (commons, event)
) WITHOUT ROWID;
CREATE TABLE flow_record (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    created BIGINT NOT NULL,
    revised BIGINT NOT NULL,
    author BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (commons, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX flow_record_id ON flow_record (commons, type, id);
CREATE TABLE flow_link (
    commons TEXT NOT NULL,
    source BIGINT NOT NULL,
    field TEXT NOT NULL,
    place BIGINT NOT NULL,
    target BIGINT NOT NULL,
    resource_micro BIGINT NOT NULL,
    effort_micro BIGINT NOT NULL,
    PRIMARY KEY (commons, source, field, place)
) WITHOUT ROWID;
CREATE INDEX flow_link_target ON flow_link (commons, target, field);
CREATE TABLE promised (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    provider BIGINT NOT NULL,
    PRIMARY KEY (commons, number)
) WITHOUT ROWID;
CREATE INDEX promised_provider ON promised (commons, provider, number);
CREATE TABLE event_link (
    commons TEXT NOT NULL,
    event BIGINT NOT NULL,
    field TEXT NOT NULL,
    target BIGINT NOT NULL,
    resource_micro BIGINT NOT NULL,
    effort_micro BIGINT NOT NULL,
    PRIMARY KEY (commons, event, field, target)
) WITHOUT ROWID;
CREATE INDEX event_link_target ON event_link (commons, target, field);
CREATE TABLE economic_resource (
    commons TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT,
    accounting BIGINT NOT NULL,
    onhand BIGINT NOT NULL,
    accountable BIGINT,
    custodian BIGINT,
    conforms_to BIGINT,
    location BIGINT,
    contained_in BIGINT,
    stage BIGINT,
    state TEXT,
    last_event BIGINT NOT NULL,
    tracking TEXT,
    PRIMARY KEY (commons, number)
) WITHOUT ROWID;
CREATE INDEX economic_resource_tracking ON economic_resource (commons, tracking) WHERE tracking IS NOT NULL;
