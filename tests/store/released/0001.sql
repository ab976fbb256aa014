BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attempt (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	occurrence_id BIGINT NOT NULL, 
	token INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	event TEXT NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL
);
INSERT INTO "attempt" VALUES(1,1,1,1795338000000,'confirmed','');
INSERT INTO "attempt" VALUES(2,2,1,1795424400000,'in doubt','');
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	tenant TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	act TEXT NOT NULL, 
	object TEXT NOT NULL, 
	outcome TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1795338000000,'slack:T1','slack:T1/C1','U1','digest add','1','done');
CREATE TABLE binding (
	channel TEXT NOT NULL, 
	story TEXT NOT NULL, 
	PRIMARY KEY (channel)
);
INSERT INTO "binding" VALUES('slack:T1/C1','story');
CREATE TABLE bucket (
	"key" TEXT NOT NULL, 
	not_before BIGINT DEFAULT '0' NOT NULL, 
	tokens FLOAT DEFAULT '0' NOT NULL, 
	updated_at BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "bucket" VALUES('slack',0,39.0,1795424400000);
INSERT INTO "bucket" VALUES('slack:T1',0,19.0,1795424400000);
INSERT INTO "bucket" VALUES('slack:T1/C1',1795424400000,0.0,0);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE notice (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	tenant TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	schedule_id BIGINT, 
	occurrence_id BIGINT, 
	text TEXT NOT NULL, 
	shown_at BIGINT
);
CREATE TABLE occurrence (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	schedule_id BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	"key" VARCHAR(32) NOT NULL, 
	state TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	deadline_at BIGINT NOT NULL, 
	token INTEGER DEFAULT '0' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	visible_at BIGINT, 
	first_try_at BIGINT, 
	done_at BIGINT, 
	remote_id TEXT, 
	reason TEXT DEFAULT '' NOT NULL, 
	reply TEXT, 
	snapshots TEXT, 
	CONSTRAINT occurrence_once UNIQUE (schedule_id, at), 
	CONSTRAINT occurrence_key UNIQUE ("key")
);
INSERT INTO "occurrence" VALUES(1,1,1795251600000,'slack','slack:T1','slack:T1/C1','dxoaby3w2fkqwo4xszaohbwfr','sent',1795338000000,1795273200000,1,1,NULL,1795338000000,1795338000000,'1','','{"v":1,"title":"Digest 1","blocks":[],"actions":[],"private":false}',NULL);
INSERT INTO "occurrence" VALUES(2,1,1795338000000,'slack','slack:T1','slack:T1/C1','doa62mjyhn3nz3xqiljm5rg7g','unknown',1795424400000,1795359600000,1,1,1795424400000,1795424400000,NULL,'1','','{"v":1,"title":"Digest 1","blocks":[],"actions":[],"private":false}','{"story": {"run": "2026-11-22T09:00:00+00:00"}}');
CREATE TABLE schedule (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	stories TEXT NOT NULL, 
	cadence TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	content TEXT NOT NULL, 
	quiet TEXT NOT NULL, 
	grace BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	revision INTEGER DEFAULT '0' NOT NULL, 
	created_at BIGINT NOT NULL, 
	last_at BIGINT, 
	next_at BIGINT
);
INSERT INTO "schedule" VALUES(1,'slack','slack:T1','slack:T1/C1','[]','at 09:00 daily','Europe/Lisbon','changes','silent',7200000,'active','',0,1795251600000,1795338000000,1795424400000);
CREATE TABLE told (
	channel TEXT NOT NULL, 
	story TEXT NOT NULL, 
	snapshot TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (channel, story)
);
INSERT INTO "told" VALUES('slack:T1/C1','story','{"run": "2026-11-21T09:00:00+00:00"}',1795338000000);
CREATE INDEX schedule_due ON schedule (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX schedule_channel ON schedule (channel);
CREATE INDEX occurrence_ready ON occurrence (visible_at, id) WHERE visible_at IS NOT NULL;
CREATE INDEX occurrence_open ON occurrence (channel, at, id) WHERE visible_at IS NOT NULL;
CREATE INDEX occurrence_deadline ON occurrence (deadline_at) WHERE visible_at IS NOT NULL;
CREATE INDEX occurrence_done ON occurrence (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX occurrence_channel ON occurrence (channel, at);
CREATE INDEX attempt_occurrence ON attempt (occurrence_id);
CREATE INDEX audit_channel ON audit (channel, at);
CREATE INDEX notice_new ON notice (tenant) WHERE shown_at IS NULL;
COMMIT;
