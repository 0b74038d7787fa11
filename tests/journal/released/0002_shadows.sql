BEGIN TRANSACTION;
CREATE TABLE events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at_microseconds BIGINT NOT NULL, 
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	epoch INTEGER, 
	CONSTRAINT one_promotion_an_epoch UNIQUE (project, epoch)
);
INSERT INTO "events" VALUES(1,1767323045678901,'credit','trained','ada','{"version":1}',NULL);
INSERT INTO "events" VALUES(2,1767323045678901,'credit','promoted','ada','{"from":null,"to":1}',1);
CREATE TABLE labels (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	project TEXT NOT NULL, 
	prediction_id TEXT NOT NULL, 
	label TEXT NOT NULL, 
	at_microseconds BIGINT NOT NULL
);
INSERT INTO "labels" VALUES(1,'credit','01977420-87ae-7000-8000-000000000000','good',1767323045678901);
INSERT INTO "labels" VALUES(2,'credit','01977420-87ae-7000-8000-000000000000','bad',1767323045678901);
INSERT INTO "labels" VALUES(3,'credit','01977420-87ae-7000-8000-000000000009','bad',1767323045678901);
CREATE TABLE migrations (
	name TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "migrations" VALUES('0001_first_tables');
INSERT INTO "migrations" VALUES('0002_shadows');
CREATE TABLE predictions (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	at_microseconds BIGINT NOT NULL, 
	project TEXT NOT NULL, 
	model_version INTEGER NOT NULL, 
	entity TEXT, 
	features TEXT NOT NULL, 
	probability FLOAT NOT NULL, 
	decision TEXT NOT NULL, 
	duration_seconds FLOAT NOT NULL, 
	UNIQUE (id)
);
INSERT INTO "predictions" VALUES(1,'01977420-87ae-7000-8000-000000000000',1767323045678901,'credit',1,'7','{"Age": 30, "Größe": "ü"}',3.00000000000000044408e-01,'good',1.0e-05);
INSERT INTO "predictions" VALUES(2,'01977420-87ae-7000-8000-000000000001',1767323045678901,'credit',1,NULL,'{"Age": 30, "Größe": "ü"}',3.00000000000000044408e-01,'good',1.0e-05);
INSERT INTO "predictions" VALUES(3,'01977420-87ae-7000-8000-000000000002',1767323045678901,'credit',1,'7','{"Age": 30, "Größe": "ü"}',3.00000000000000044408e-01,'good',1.0e-05);
CREATE TABLE shadows (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	prediction_id TEXT NOT NULL, 
	at_microseconds BIGINT NOT NULL, 
	project TEXT NOT NULL, 
	model_version INTEGER NOT NULL, 
	probability FLOAT NOT NULL, 
	decision TEXT NOT NULL
);
INSERT INTO "shadows" VALUES(1,'01977420-87ae-7000-8000-000000000000',1767323045678901,'credit',2,0.25,'bad');
CREATE INDEX predictions_by_project ON predictions (project, seq);
CREATE INDEX labels_by_prediction ON labels (project, prediction_id, seq);
CREATE INDEX shadows_by_project ON shadows (project, seq);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('predictions',3);
INSERT INTO "sqlite_sequence" VALUES('shadows',1);
INSERT INTO "sqlite_sequence" VALUES('labels',3);
INSERT INTO "sqlite_sequence" VALUES('events',2);
COMMIT;
