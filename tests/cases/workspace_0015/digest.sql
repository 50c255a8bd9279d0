BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0015');
CREATE TABLE alias (
	"key" VARCHAR(2048) NOT NULL, 
	article INTEGER NOT NULL, 
	CONSTRAINT pk_alias PRIMARY KEY ("key"), 
	CONSTRAINT fk_alias_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
CREATE TABLE approval (
	edition DATE NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	"by" VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, source TEXT DEFAULT '' NOT NULL, page TEXT DEFAULT '' NOT NULL, second TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_approval PRIMARY KEY (edition), 
	CONSTRAINT fk_approval_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "approval" VALUES('2026-02-06','0bdbda0b88b9d34e716b9d012593a2ea5d1cab897d75cf8121ab867d6c260224','Ada','2026-02-06 15:00:00.000000','---
date: 2026-02-06
subject: What the records show
preheader: A few words
---

# What the records show, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-06).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-06](https://example.org/2026-02-06/a) (The Courier)
','<!doctype html><html lang="en"><title>What the records show</title><body><h1>The Open Water Letter</h1><h2>What the records show, says the county</h2><h2>Open Water in the news</h2></body></html>
','');
INSERT INTO "approval" VALUES('2026-02-09','ad73593494ef1f832a97c65bdedf8a513703d7f4d11959cddf4f9b3efc58ed59','Ada','2026-02-09 15:00:00.000000','---
date: 2026-02-09
subject: "Correction: What the records show"
preheader: 
---

# Correction

In our edition of February 6, 2026 we wrote: TK. It should read: TK.
','<!doctype html><html lang="en"><title>Correction: What the records show</title><body><h1>The Open Water Letter</h1><h2>Correction</h2></body></html>
','');
INSERT INTO "approval" VALUES('2026-02-13','959bdf0d45946d01fb32eb26aaa0e9886a060581c3c092cfc944d3d072172e52','Ada','2026-02-13 15:00:00.000000','---
date: 2026-02-13
subject: A county replies
preheader: A few words
---

# A county replies, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-13).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-13](https://example.org/2026-02-13/a) (The Courier)
','<!doctype html><html lang="en"><title>A county replies</title><body><h1>The Open Water Letter</h1><h2>A county replies, says the county</h2><h2>Open Water in the news</h2></body></html>
','');
INSERT INTO "approval" VALUES('2026-02-20','b5e7bb9ef8f72c0f1bfdfabd3629988af9f27ef91be4feebc0177ae7c784daef','Ada','2026-02-20 15:00:00.000000','---
date: 2026-02-20
subject: Only on the web
preheader: A few words
---

# Only on the web, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-20](https://example.org/2026-02-20/a) (The Courier)
','<!doctype html><html lang="en"><title>Only on the web</title><body><h1>The Open Water Letter</h1><h2>Only on the web, says the county</h2><h2>Open Water in the news</h2></body></html>
','');
INSERT INTO "approval" VALUES('2026-02-27','a7ee0f3205cc9411156acfc212d6a6420311123667e272f639078e7c860723dc','Ada','2026-02-27 15:00:00.000000','---
date: 2026-02-27
subject: Paused in the middle
preheader: A few words
---

# Paused in the middle, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-27).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-27](https://example.org/2026-02-27/a) (The Courier)
','<!doctype html><html lang="en"><title>Paused in the middle</title><body><h1>The Open Water Letter</h1><h2>Paused in the middle, says the county</h2><h2>Open Water in the news</h2></body></html>
','');
INSERT INTO "approval" VALUES('2026-03-13','fc6e98ca87895bf2305dd8b958fc79e8b02daee112ece8d412e71c7ff0c16c6e','Ada','2026-03-08 15:00:00.000000','---
date: 2026-03-13
subject: Approved for Friday
preheader: A few words
---

# Approved for Friday, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-13).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-13](https://example.org/2026-03-13/a) (The Courier)
','<!doctype html><html lang="en"><title>Approved for Friday</title><body><h1>The Open Water Letter</h1><h2>Approved for Friday, says the county</h2><h2>Open Water in the news</h2></body></html>
','');
CREATE TABLE article (
	id INTEGER NOT NULL, 
	"key" VARCHAR(2048) NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	outlet VARCHAR(200) NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	summary TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	authors JSON NOT NULL, 
	guid TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT '' NOT NULL, 
	unread TEXT DEFAULT '' NOT NULL, 
	reader TEXT DEFAULT '' NOT NULL, 
	image TEXT DEFAULT '' NOT NULL, 
	section TEXT DEFAULT '' NOT NULL, 
	first_seen DATETIME NOT NULL, 
	read_at DATETIME, feed TEXT DEFAULT '' NOT NULL, label TEXT DEFAULT '' NOT NULL, tries INTEGER DEFAULT '0' NOT NULL, text BLOB DEFAULT '' NOT NULL, 
	CONSTRAINT pk_article PRIMARY KEY (id), 
	CONSTRAINT uq_article_key UNIQUE ("key")
);
INSERT INTO "article" VALUES(1,'https://example.org/1','https://example.org/1','The Courier','Story 1','',NULL,'[]','','','','','','','2026-03-01 09:00:00.000000',NULL,'','',0,X'');
INSERT INTO "article" VALUES(2,'https://example.org/2','https://example.org/2','The Courier','Story 2','',NULL,'[]','','','','','','','2026-03-01 09:00:00.000000',NULL,'','',0,X'');
INSERT INTO "article" VALUES(3,'https://example.org/3','https://example.org/3','The Courier','Story 3','',NULL,'[]','','','','','','','2026-03-01 09:00:00.000000',NULL,'','',0,X'');
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	folded VARCHAR(320) NOT NULL, 
	address VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_attempt PRIMARY KEY (id)
);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(320) NOT NULL, 
	what TEXT NOT NULL, 
	edition DATE, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-02-03 15:00:00.000000','somebody','added ada@openwater.example as admin',NULL);
INSERT INTO "audit" VALUES(2,'2026-02-06 15:00:00.000000','Ada','approved content 0bdbda0b88b9','2026-02-06');
INSERT INTO "audit" VALUES(3,'2026-02-06 16:00:00.000000','Bo','corrected the web page: It had been there before','2026-02-06');
INSERT INTO "audit" VALUES(4,'2026-02-09 15:00:00.000000','Ada','drafted a correction of 2026-02-06 for its readers','2026-02-09');
INSERT INTO "audit" VALUES(5,'2026-02-09 15:00:00.000000','Ada','drafted a correction for its readers, dated 2026-02-09','2026-02-06');
INSERT INTO "audit" VALUES(6,'2026-02-09 15:00:00.000000','Ada','approved content ad73593494ef','2026-02-09');
INSERT INTO "audit" VALUES(7,'2026-02-13 15:00:00.000000','Ada','approved content 959bdf0d4594','2026-02-13');
INSERT INTO "audit" VALUES(8,'2026-02-13 15:00:00.000000','Ada','withdrew it from the web','2026-02-13');
INSERT INTO "audit" VALUES(9,'2026-02-20 15:00:00.000000','Ada','approved content b5e7bb9ef8f7','2026-02-20');
INSERT INTO "audit" VALUES(10,'2026-02-20 15:00:00.000000','Bo','published it on the web','2026-02-20');
INSERT INTO "audit" VALUES(11,'2026-02-27 15:00:00.000000','Ada','approved content a7ee0f3205cc','2026-02-27');
INSERT INTO "audit" VALUES(12,'2026-02-27 15:00:00.000000','Ada','paused the send','2026-02-27');
INSERT INTO "audit" VALUES(13,'2026-03-08 15:00:00.000000','Ada','left it unsent; its stories go to the next edition','2026-03-06');
INSERT INTO "audit" VALUES(14,'2026-03-08 15:00:00.000000','Ada','approved content fc6e98ca8789','2026-03-13');
INSERT INTO "audit" VALUES(15,'2026-03-08 15:00:00.000000','Ada','scheduled for 2026-03-17 15:00 UTC','2026-03-13');
CREATE TABLE background (
	id INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	CONSTRAINT pk_background PRIMARY KEY (id)
);
CREATE TABLE chunk (
	edition DATE NOT NULL, 
	no INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	handing BOOLEAN DEFAULT '0' NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	claimed_at DATETIME, batch TEXT DEFAULT '' NOT NULL, leaves_at DATETIME, detail TEXT DEFAULT '' NOT NULL, lane INTEGER, 
	CONSTRAINT pk_chunk PRIMARY KEY (edition, no), 
	CONSTRAINT fk_chunk_edition FOREIGN KEY(edition) REFERENCES sending (edition)
);
INSERT INTO "chunk" VALUES('2026-02-06',1,'accepted',0,1,'2026-02-06 15:00:00.000000','',NULL,'',NULL);
INSERT INTO "chunk" VALUES('2026-02-13',1,'accepted',0,1,'2026-02-13 15:00:00.000000','',NULL,'',NULL);
INSERT INTO "chunk" VALUES('2026-02-27',1,'uncertain',1,1,'2026-02-27 15:00:00.000000','',NULL,'',0);
INSERT INTO "chunk" VALUES('2026-02-27',2,'queued',0,0,NULL,'',NULL,'',NULL);
INSERT INTO "chunk" VALUES('2026-02-27',3,'queued',0,0,NULL,'',NULL,'',NULL);
CREATE TABLE delivery (
	edition DATE NOT NULL, 
	subscriber INTEGER NOT NULL, 
	chunk INTEGER NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	state VARCHAR(20), 
	detail TEXT DEFAULT '' NOT NULL, fate VARCHAR(20) DEFAULT '' NOT NULL, refused_at DATETIME, 
	CONSTRAINT pk_delivery PRIMARY KEY (edition, subscriber), 
	CONSTRAINT fk_delivery_edition FOREIGN KEY(edition, chunk) REFERENCES chunk (edition, no), 
	CONSTRAINT fk_delivery_subscriber FOREIGN KEY(subscriber) REFERENCES subscriber (id)
);
INSERT INTO "delivery" VALUES('2026-02-06',1,1,'reader0@readers.example','accepted','250 queued','delivered',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',2,1,'reader10@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',3,1,'reader11@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',4,1,'reader1@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',5,1,'reader2@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',7,1,'reader4@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',8,1,'reader5@readers.example','excluded','refused: 550 no such user','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',9,1,'reader6@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',10,1,'reader7@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',11,1,'','accepted','','',NULL);
INSERT INTO "delivery" VALUES('2026-02-06',12,1,'reader9@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',1,1,'reader0@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',2,1,'reader10@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',3,1,'reader11@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',4,1,'reader1@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',5,1,'reader2@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',10,1,'reader7@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-13',12,1,'reader9@readers.example','accepted','250 queued','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',1,1,'reader0@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',2,1,'reader10@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',3,1,'reader11@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',4,2,'reader1@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',5,2,'reader2@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',10,2,'reader7@readers.example',NULL,'','',NULL);
INSERT INTO "delivery" VALUES('2026-02-27',12,3,'reader9@readers.example',NULL,'','',NULL);
CREATE TABLE edition (
	date DATE NOT NULL, 
	source TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, corrects DATE, 
	CONSTRAINT pk_edition PRIMARY KEY (date)
);
INSERT INTO "edition" VALUES('2026-02-06','---
date: 2026-02-06
subject: What the records show
preheader: A few words
---

# What the records show, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-06).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-06](https://example.org/2026-02-06/a) (The Courier)
','2026-02-06 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-02-09','---
date: 2026-02-09
subject: "Correction: What the records show"
preheader: 
---

# Correction

In our edition of February 6, 2026 we wrote: TK. It should read: TK.
','2026-02-09 15:00:00.000000','2026-02-06');
INSERT INTO "edition" VALUES('2026-02-13','---
date: 2026-02-13
subject: A county replies
preheader: A few words
---

# A county replies, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-13).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-13](https://example.org/2026-02-13/a) (The Courier)
','2026-02-13 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-02-20','---
date: 2026-02-20
subject: Only on the web
preheader: A few words
---

# Only on the web, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-20](https://example.org/2026-02-20/a) (The Courier)
','2026-02-20 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-02-27','---
date: 2026-02-27
subject: Paused in the middle
preheader: A few words
---

# Paused in the middle, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-27).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-27](https://example.org/2026-02-27/a) (The Courier)
','2026-02-27 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-03-06','---
date: 2026-03-06
subject: Given up
preheader: A few words
---

# Given up, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-06).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-06](https://example.org/2026-03-06/a) (The Courier)
','2026-03-08 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-03-13','---
date: 2026-03-13
subject: Approved for Friday
preheader: A few words
---

# Approved for Friday, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-13).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-13](https://example.org/2026-03-13/a) (The Courier)
','2026-03-08 15:00:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-03-20','---
date: 2026-03-20
subject: A draft
preheader: A few words
---

# A draft, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-20](https://example.org/2026-03-20/a) (The Courier)
','2026-03-08 15:20:00.000000',NULL);
INSERT INTO "edition" VALUES('2026-03-27','---
date: 2026-03-27
subject: First draft of the machine
preheader: A few words
---

# First draft of the machine, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-27).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-27](https://example.org/2026-03-27/a) (The Courier)
','2026-03-08 15:00:00.000000',NULL);
CREATE TABLE erased (
	hash VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_erased PRIMARY KEY (hash)
);
INSERT INTO "erased" VALUES('87f9ffd3246bc44e696c32bf6b7497ea6e07f23bc426e2f90cd1bc7433ce00aa','2026-02-06 17:00:00.000000');
CREATE TABLE event (
	id VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (id)
);
INSERT INTO "event" VALUES('e1','2026-02-06 15:00:00.000000');
INSERT INTO "event" VALUES('e2','2026-02-06 15:00:00.000000');
CREATE TABLE "feed" (
	url VARCHAR(2048) NOT NULL, 
	outlet VARCHAR(200) NOT NULL, 
	etag TEXT DEFAULT ('') NOT NULL, 
	modified TEXT DEFAULT ('') NOT NULL, 
	next_poll DATETIME, 
	last_success DATETIME, 
	failures FLOAT DEFAULT '0' NOT NULL, 
	error TEXT DEFAULT ('') NOT NULL, 
	fingerprint TEXT DEFAULT '' NOT NULL, 
	problem TEXT DEFAULT '' NOT NULL, 
	moved TEXT DEFAULT '' NOT NULL, 
	interval INTEGER DEFAULT '0' NOT NULL, 
	good INTEGER DEFAULT '0' NOT NULL, 
	last_full DATETIME, 
	last_new DATETIME, 
	moved_since DATETIME, 
	CONSTRAINT pk_feed PRIMARY KEY (url)
);
CREATE TABLE filling (
	edition DATE NOT NULL, 
	base JSON NOT NULL, 
	came JSON NOT NULL, 
	went JSON NOT NULL, 
	mark TEXT DEFAULT '' NOT NULL, 
	begun DATETIME NOT NULL, 
	filled DATETIME NOT NULL, 
	CONSTRAINT pk_filling PRIMARY KEY (edition), 
	CONSTRAINT fk_filling_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "filling" VALUES('2026-03-27','{"edition": "---\ndate: 2026-03-20\nsubject: A draft\npreheader: A few words\n---\n\n# A draft, says the county\n\n*One paragraph in italics.*\n\nIt was in the [records](https://example.org/2026-03-20).\n\n## {org} in the news {#in_the_news}\n\n- [A headline of 2026-03-20](https://example.org/2026-03-20/a) (The Courier)\n", "taken_out": [], "after_change": 0}','{"https://example.org/1": "2026-03-01T09:00:00+00:00"}','[]','mark','2026-03-08 15:00:00.000000','2026-03-08 15:00:00.000000');
CREATE TABLE follow (
	edition DATE NOT NULL, 
	place INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	CONSTRAINT pk_follow PRIMARY KEY (edition, place)
);
INSERT INTO "follow" VALUES('2026-02-06',0,3);
CREATE TABLE headline (
	id INTEGER NOT NULL, 
	article INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_headline PRIMARY KEY (id), 
	CONSTRAINT fk_headline_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
CREATE TABLE judgement (
	article INTEGER NOT NULL, 
	rules VARCHAR(16) NOT NULL, 
	detail JSON NOT NULL, 
	print BLOB NOT NULL, 
	copy_of INTEGER, 
	story INTEGER, version INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_judgement PRIMARY KEY (article), 
	CONSTRAINT fk_judgement_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
CREATE TABLE look (
	edition DATE NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	seen DATETIME NOT NULL, 
	present DATETIME NOT NULL, 
	CONSTRAINT pk_look PRIMARY KEY (edition, who), 
	CONSTRAINT fk_look_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "look" VALUES('2026-03-27','Bo','2026-03-08 15:00:00.000000','2026-03-08 15:00:00.000000');
CREATE TABLE missed (
	article INTEGER NOT NULL, 
	cause VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_missed PRIMARY KEY (article), 
	CONSTRAINT fk_missed_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	subscriber INTEGER, 
	asked_at DATETIME NOT NULL, 
	good_until DATETIME NOT NULL, 
	next_try DATETIME NOT NULL, 
	claimed_at DATETIME, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notice PRIMARY KEY (id)
);
INSERT INTO "notice" VALUES(1,'confirm','waiting','asked@readers.example','Asked','form on letter.openwater.example',NULL,'2026-03-08 15:00:00.000000','2026-03-10 15:00:00.000000','2026-03-08 15:00:00.000000',NULL,0,'');
CREATE TABLE page_correction (
	id INTEGER NOT NULL, 
	edition DATE NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(200) NOT NULL, 
	note TEXT NOT NULL, 
	source TEXT NOT NULL, 
	page TEXT NOT NULL, 
	CONSTRAINT pk_page_correction PRIMARY KEY (id), 
	CONSTRAINT fk_page_correction_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "page_correction" VALUES(1,'2026-02-06','2026-02-06 16:00:00.000000','Bo','It had been there before','---
date: 2026-02-06
subject: What the records show
preheader: A few words
---

# What the records show, says the county

*One paragraph in italics.*

It had been in the [records](https://example.org/2026-02-06).

## {org} in the papers {#in_the_news}

- [A headline of 2026-02-06](https://example.org/2026-02-06/a) (The Courier)
','<!doctype html><html lang="en"><title>What the records show</title><body><h1>The Open Water Letter</h1><h2>What the records show, says the county</h2><h2>Open Water in the papers</h2></body></html>
');
CREATE TABLE pending (
	id INTEGER NOT NULL, 
	folded VARCHAR(320) NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	asked_at DATETIME NOT NULL, nonce TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_pending PRIMARY KEY (id), 
	CONSTRAINT uq_pending_folded UNIQUE (folded)
);
INSERT INTO "pending" VALUES(1,'asked@readers.example','asked@readers.example','Asked','form on letter.openwater.example','2026-03-08 15:00:00.000000','vbYMuyerHKGpGyzFydCCTnUhcyD8prko');
CREATE TABLE picture (
	"key" VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	media VARCHAR(40) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_picture PRIMARY KEY ("key")
);
CREATE TABLE proposal (
	edition DATE NOT NULL, 
	article INTEGER NOT NULL, 
	section VARCHAR(100) NOT NULL, 
	place INTEGER NOT NULL, 
	in_draft BOOLEAN NOT NULL, 
	rules FLOAT NOT NULL, 
	CONSTRAINT pk_proposal PRIMARY KEY (edition, article), 
	CONSTRAINT fk_proposal_edition FOREIGN KEY(edition) REFERENCES edition (date) ON DELETE CASCADE, 
	CONSTRAINT fk_proposal_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
INSERT INTO "proposal" VALUES('2026-03-20',1,'in_the_news',1,1,0.5);
INSERT INTO "proposal" VALUES('2026-03-20',2,'in_the_news',2,1,1.0);
INSERT INTO "proposal" VALUES('2026-03-20',3,'in_the_news',3,0,1.5);
CREATE TABLE publication (
	edition DATE NOT NULL, 
	published_at DATETIME, 
	published_by TEXT DEFAULT '' NOT NULL, 
	withdrawn_at DATETIME, 
	withdrawn_by TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	page TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_publication PRIMARY KEY (edition), 
	CONSTRAINT fk_publication_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "publication" VALUES('2026-02-13',NULL,'','2026-02-13 15:00:00.000000','Ada','','');
INSERT INTO "publication" VALUES('2026-02-20','2026-02-20 15:00:00.000000','Bo',NULL,'','---
date: 2026-02-20
subject: Only on the web
preheader: A few words
---

# Only on the web, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-20](https://example.org/2026-02-20/a) (The Courier)
','<!doctype html><html lang="en"><title>Only on the web</title><body><h1>The Open Water Letter</h1><h2>Only on the web, says the county</h2><h2>Open Water in the news</h2></body></html>
');
CREATE TABLE rejection (
	edition DATE NOT NULL, 
	article INTEGER NOT NULL, 
	CONSTRAINT pk_rejection PRIMARY KEY (edition, article), 
	CONSTRAINT fk_rejection_edition FOREIGN KEY(edition) REFERENCES edition (date), 
	CONSTRAINT fk_rejection_article FOREIGN KEY(article) REFERENCES article (id) ON DELETE CASCADE
);
INSERT INTO "rejection" VALUES('2026-03-20',3);
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	edition DATE NOT NULL, 
	source TEXT NOT NULL, 
	what VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, "by" TEXT DEFAULT '' NOT NULL, target TEXT DEFAULT '' NOT NULL, article INTEGER, was_rejected BOOLEAN, base JSON, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT fk_revision_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "revision" VALUES(1,'2026-03-20','---
date: 2026-03-20
subject: A draft
preheader: A few words
---

# A draft, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-20](https://example.org/2026-03-20/a) (The Courier)
','changed the preheader','2026-03-08 15:00:00.000000','Bo','',NULL,NULL,NULL);
INSERT INTO "revision" VALUES(2,'2026-03-20','---
date: 2026-03-20
subject: A draft
preheader: A few other words
---

# A draft, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-03-20).

## {org} in the news {#in_the_news}

- [A headline of 2026-03-20](https://example.org/2026-03-20/a) (The Courier)
','passed over a story','2026-03-08 15:20:00.000000','Bo','',3,0,NULL);
CREATE TABLE schedule (
	edition DATE NOT NULL, 
	at DATETIME NOT NULL, 
	"by" VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_schedule PRIMARY KEY (edition), 
	CONSTRAINT fk_schedule_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "schedule" VALUES('2026-03-13','2026-03-17 15:00:00.000000','Ada');
CREATE TABLE sending (
	edition DATE NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	transport VARCHAR(20) NOT NULL, 
	frozen_at DATETIME NOT NULL, halt TEXT DEFAULT '' NOT NULL, halted_by TEXT DEFAULT '' NOT NULL, segment TEXT DEFAULT '' NOT NULL, kept JSON, stopped TEXT DEFAULT '' NOT NULL, again_at DATETIME, 
	CONSTRAINT pk_sending PRIMARY KEY (edition), 
	CONSTRAINT fk_sending_edition FOREIGN KEY(edition) REFERENCES edition (date)
);
INSERT INTO "sending" VALUES('2026-02-06','0bdbda0b88b9d34e716b9d012593a2ea5d1cab897d75cf8121ab867d6c260224','smtp','2026-02-06 15:00:00.000000','','','',NULL,'',NULL);
INSERT INTO "sending" VALUES('2026-02-13','959bdf0d45946d01fb32eb26aaa0e9886a060581c3c092cfc944d3d072172e52','smtp','2026-02-13 15:00:00.000000','','','',NULL,'',NULL);
INSERT INTO "sending" VALUES('2026-02-27','a7ee0f3205cc9411156acfc212d6a6420311123667e272f639078e7c860723dc','smtp','2026-02-27 15:00:00.000000','paused','Ada','',NULL,'',NULL);
INSERT INTO "sending" VALUES('2026-03-06','','outbox','2026-03-08 15:00:00.000000','cancelled','Ada','',NULL,'',NULL);
CREATE TABLE sent_content (
	edition DATE NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	page TEXT DEFAULT '' NOT NULL, 
	letter BLOB DEFAULT '' NOT NULL, 
	approved_hash VARCHAR(64) NOT NULL, 
	approved_by VARCHAR(200) NOT NULL, 
	approved_at DATETIME NOT NULL, 
	approved_second TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sent_content PRIMARY KEY (edition), 
	CONSTRAINT fk_sent_content_edition FOREIGN KEY(edition) REFERENCES sending (edition)
);
INSERT INTO "sent_content" VALUES('2026-02-06','---
date: 2026-02-06
subject: What the records show
preheader: A few words
---

# What the records show, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-06).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-06](https://example.org/2026-02-06/a) (The Courier)
','<!doctype html><html lang="en"><title>What the records show</title><body><h1>The Open Water Letter</h1><h2>What the records show, says the county</h2><h2>Open Water in the news</h2></body></html>
',X'789CDD57516F1B370CFE2B8C8BBD45393BDD82E57C319275DD16A0680BAC4107D44120DFD1B61A9D749374B1BD2EFF7DA4CE179F63A71B8AF665017C39911449911F29DEA71E162A286B7A29F48EFBC727A27F2CFA27BD43E8793405BA1B234B64E69B0A0DBC97015D87298BC2A1F7CCD71888776E496CC15247B89465A591A51D567A75132CCBCD516BBB5FCCD7938F9807967A3F9701C21CC1616E5DE1C1CFED8265E6A1D42C901D14360FAB0A8129A38C9FA0A5999D8D7B68C63D2894A3571D1CBD2F4B6D3CADE6215469922C168BA3C5F323EB66C9E0F4F43459F2E6718F94A02C46595041E368AF0759D230B303213EA8291C94DE5EC7D5282B3148600B02FFACD51D99FB435C5D8817B6AC6450138DE4486E4D40138877F9F20C8B19B255DA9D1D7CA080AAE9F57E452F9A6DE21D9D774B4BC06548D8FB21E473E93C86B3AB77BF881F596D54C3D923B93B858BCABAB0B579A18A303F2BF04EE528E2E210942134482D7C2E359E0D48CFD8643EAC340207BB35997B4FAC67B60EDADA5B90F0092AC28232B314FA43B887892D56442CA59B2913695DBE58E0E45605C1BA84577FA190C5C7DA871406FDFE77C42FFD93BC7B0892827908A12003134A0D3A915BAD65E53185F66D08941A114585F695CC89D7AF4297ECBAE47B50E5EC4161F4728E6A3627BBB20E76085A19142DA971858F4FD4148C3564307A5C305A2457544BE6C3288AB9ABAC8E0C51DA82364D545ED38F4D5764B850BED27245746DF3DBE143E806CFAB658C6996C43C7042D6E88BE0A3A5B13E77AA0AFC4E50E77F367D339D525E7FB6795D52BA7FA7EAA4E87BE20110F7828A70F1F6F5AF494B78AB96A8FD5B7497269F8F4E4FB2E4318DB4269F519B256BD349D79D0EAE377EEB80EC3B0C06D79F83D751F951AC112666CED69598AA25452A4235E514C0812A19D6D2844701DA329B34751D311945C80E5748A1EE403A25859613D444DC5BF3543351C8598D053647A32C729F29A5A2BE01CCA1A57441E5B1CC9FE843A34EE2E06FB87C49AD2342718D3A92EB738552875C574B87C260DD50D6262BEABE9486082BF653AB193B9623E38D084D898F7B277DDED49EBD0920D1AAE590BD0A8E7EC503BB8B74169952C7889518575C3F1D09E16A8D2935F13CE855D4D66D651CE156ED1AD0A4A3A9A8522EC58E27DF341ADBE78F351C8D323076A24079A3BB88EB9872F728066D2F3BEEC7DA8C851FADA58DADE1B7CFF58EBF77C8F0A3D6DD38126C357C1CDDC799C9B5F47C2DEEAD3322522FAD4B232A6AB0832D006D47A3737C8DD330DC8E5CDBD79489A869BADB93CE6E92F23591D096016BEF1C638F17BB786851C4477B32042D20060C88E31F88B220CFC5C4A1BC4DE3533061D8769D2D2D53592ABD4AAF26B509F521FC86FA0ED9AF43B8A0BEA30FC14BE38547A7A61D1CF2BD30EC96EA602711943FEBD267FDF8C7B6DF516BDBCC71F02A8E6C29EC6D7BFBA9ECCCCA47726EC9DF156434AB389CAEA72B4FE3D57AA28BF3D566A44C24397001DC8AD96BB053D830B3448EB2842243CF50F0C3FD2F13B01BAC666C3EDA9987933A393F2FD40C3D8D49F616CDF939EDBF323423F31534410E190C8EE12795AFE8D68157D2D050F49A6EC3F98C14C1F77D42FB4E4C9335B893585F6DCC775B55774723D96D1E5F5D5FE3E55A551CE879D6E7703EF9313036FF0DA063F325A1366C5F2B1F6E54C12E903EC11B45DC299E52C5BBEA4D8E6E6A173F56BEC083C79A78D4F897CF27AA37699497EDE75CE78BEDFE1FB762C6C2','0bdbda0b88b9d34e716b9d012593a2ea5d1cab897d75cf8121ab867d6c260224','Ada','2026-02-06 15:00:00.000000','');
INSERT INTO "sent_content" VALUES('2026-02-13','---
date: 2026-02-13
subject: A county replies
preheader: A few words
---

# A county replies, says the county

*One paragraph in italics.*

It was in the [records](https://example.org/2026-02-13).

## {org} in the news {#in_the_news}

- [A headline of 2026-02-13](https://example.org/2026-02-13/a) (The Courier)
','<!doctype html><html lang="en"><title>A county replies</title><body><h1>The Open Water Letter</h1><h2>A county replies, says the county</h2><h2>Open Water in the news</h2></body></html>
',X'789CDD576D6FDB3610FE2B1717FB164676BA058BAC18C9BA6E0D50B401966003EA22A0A5B3CD862235928AED75F9EFBBA3AC5AB6931628DA2F0B6045BA77DE3D773A7DEC61A182B2A69742EFB87F7C22FAC762F0BC77083D8FA640776B6489CC7C5BA1813F6540D761CAA270E83DF33506E29D5B125BB0D4112E655969646987955EDD06CB7273D4DA3E2EE6EBC907CC034B5D406E6B1356C0AA0A3DB3E7A1D4CCCB0E0A9B875585C09451C657D0D2CCCEC63D34E31E14CAD1AD0E8EEE97A5369E9EE6215469922C168BA3C5F323EB66C9E0F4F43459B2F2B847465016A32CA8A071B4EB3C4B1A7A7620C43B358583D2DBF7F16994951824B071817FD7EA9E3CFD256E2EC40B5B5632A889468A21B726A009C4BB7C7986C50CD921696707EF288D6AFAFE71432F1A35714D47DDB2127019120E7C08F95C3A8FE1ECE6FA37F1339B8D66B8662477AF70515917B69417AA08F3B302EF558E223E1C82328401A985CFA5C6B301D9199BCC879546E03CB72E73EF89F5CCD6415B7B07123E424508506696427F080F30B1C58A88A574336522ADCB170B9CDCA920D896F0EA1F14B2F850FB90C2A0DFFF81F8A57F92F7004152320F2114E460621DA14FE4566B59794CA1BD1B0295464451A17D2573E2F5ABD025BB2EF9015439FB6430463947359B935F59073B04AD0C8A96D484C2C7276A0AC61A7218232E30B74E721FB5643E8CA29CBBCAEAC810A52D4869A2F29A7EECBA22C785F295962BA26B9BDF0D3FA56EF0BC5AC69C6649AC0317648DBE083E7A34D6E74E5581EF09E5FCCFA66FA753AAEBAF36AF4B2AF71FD493947D4F3C00E25E50EB2DAEDEFC9EB4842BB544EDAFD05D9A7C3E3A3DC9925D1A594D3E63364BD6AE936E381D5C6FE2D6013976180CDE7F0E5E47E507B1469898395B5762AA9694A908D5944B0007AA64584B137612B4E536695A3A62328A901FEE9042DD83744A0A2D27A889B8DBEED42E91EFACC6029B53510179BA9452D1B400E6D0A37441E5B1C39F983EA34ECDE05FB87C495323A2700D3892EB7373D2485C374A87C238DD50D62E2B1AB7548188288E53AB19079623438D084D778F7B277D566A8FDDE48E68D572C8510547BFE213BB0B721699D2B0884D189FB8753A12C2D51A539ADA79D0AB68AD3BC538B9ADD93596C946D34CA55C8ABD48BE6B36B6CF1FDB373A654CEC6581EA462F1F6E61AADD4E0EDA3176DC8F6D197B3E7A4B1B5FC3EF5FEBBD78EF91E14753BB0924D86AB89BDDDDCAE45A7A7E193EDA6244A4315A974654345B075B00DACE46E7F81AA761B89DB976A4291351D30CB62783DD14E55B22A16D03B6DE39C62351ECE3A145111FEDC914B4801830208E7F22CA8222171387F22E8D57C184613B70B6AC4C65A9F42ABD99D0D4A90FE115EA7BE4B80EE182E68E3E042F8D171E9D9A7670C8AF8461B755077B85A0FA59973EEBC73FF67D3D47D82C6EF03AEE6829EC4EBC3D0287B0F210487DCDC8683971385D6F529E56A9F5E21677A9CDE69848727B013C7B3956B053D830B3448EB284F241D750F0C5FD2FD3BE9FAC663B3EDA5B7B933A393F2FD40C3DED45F60ECDF939E9DF185A85F9C533414E190C8EE11795AFE85D03AFA5A12DE80DBDFEE63332043FF609E37B394DD6904E6257B539DF1F505D8D46B23B32BEB9BD26CAB5A9B8BCF35ECFE97C6CE71F9B2FC2726CBE26C186BD6AE5C3AD2AD831D913AC28A2A678CA146BD59BCADCD62E7E8E7C4504BB9678ADF8C2B711759934CACBF65BADF339F6F01F0137BA05','959bdf0d45946d01fb32eb26aaa0e9886a060581c3c092cfc944d3d072172e52','Ada','2026-02-13 15:00:00.000000','');
CREATE TABLE signing_key (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_signing_key PRIMARY KEY (id)
);
INSERT INTO "signing_key" VALUES(1,'362606d4dcd8880d5accda520f729c60e66c9bad347fbd44700115ee511bf94a','2026-02-06 15:00:00.000000');
INSERT INTO "signing_key" VALUES(2,'e8ffa85d0c992ccfdef5c1d00dd3b477ba86503434fb6451eb99b21322b36f7e','2026-02-06 16:00:00.000000');
CREATE TABLE staff (
	id INTEGER NOT NULL, 
	folded VARCHAR(320) NOT NULL, 
	name VARCHAR(320) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	password TEXT DEFAULT '' NOT NULL, 
	stamp TEXT DEFAULT '' NOT NULL, 
	totp TEXT DEFAULT '' NOT NULL, 
	totp_used INTEGER DEFAULT '0' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	invited TEXT DEFAULT '' NOT NULL, 
	invited_until DATETIME, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_staff PRIMARY KEY (id), 
	CONSTRAINT uq_staff_folded UNIQUE (folded)
);
INSERT INTO "staff" VALUES(1,'ada@openwater.example','ada@openwater.example','admin','','','',0,'','3fe3cd4c1e306b4e25d7d9cae82e0670f73ba516fa7c82aba92ccd42fab459d0','2026-02-06 15:00:00.000000','2026-02-03 15:00:00.000000');
CREATE TABLE staff_session (
	id VARCHAR(64) NOT NULL, 
	staff INTEGER NOT NULL, 
	begun_at DATETIME NOT NULL, 
	CONSTRAINT pk_staff_session PRIMARY KEY (id), 
	CONSTRAINT fk_staff_session_staff FOREIGN KEY(staff) REFERENCES staff (id)
);
CREATE TABLE subscriber (
	id INTEGER NOT NULL, 
	folded VARCHAR(320) NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	consent_source TEXT DEFAULT '' NOT NULL, 
	consent_at DATETIME NOT NULL, 
	left_at DATETIME, 
	CONSTRAINT pk_subscriber PRIMARY KEY (id), 
	CONSTRAINT uq_subscriber_folded UNIQUE (folded)
);
INSERT INTO "subscriber" VALUES(1,'reader0@readers.example','reader0@readers.example','Reader 0','a form','2025-12-28 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(2,'reader10@readers.example','reader10@readers.example','Reader 10','a form','2026-01-07 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(3,'reader11@readers.example','reader11@readers.example','Reader 11','a form','2026-01-08 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(4,'reader1@readers.example','reader1@readers.example','Reader 1','a form','2025-12-29 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(5,'reader2@readers.example','reader2@readers.example','Reader 2','a form','2025-12-30 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(6,'reader3@readers.example','reader3@readers.example','Reader 3','a form','2025-12-31 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(7,'reader4@readers.example','reader4@readers.example','Reader 4','a form','2026-01-01 15:00:00.000000','2026-02-06 17:00:00.000000');
INSERT INTO "subscriber" VALUES(8,'reader5@readers.example','reader5@readers.example','Reader 5','a form','2026-01-02 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(9,'reader6@readers.example','reader6@readers.example','Reader 6','a form','2026-01-03 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(10,'reader7@readers.example','reader7@readers.example','Reader 7','a form','2026-01-04 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(11,'erased 11','','','','2026-01-05 15:00:00.000000','2026-02-06 17:00:00.000000');
INSERT INTO "subscriber" VALUES(12,'reader9@readers.example','reader9@readers.example','Reader 9','a form','2026-01-06 15:00:00.000000',NULL);
INSERT INTO "subscriber" VALUES(13,'gone@lists.example','gone@lists.example','','a list','2025-11-08 15:00:00.000000','2025-12-18 15:00:00.000000');
CREATE TABLE suppression (
	folded VARCHAR(320) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, old_folding BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_suppression PRIMARY KEY (folded)
);
INSERT INTO "suppression" VALUES('spam@lists.example','complained','2026-02-06 15:00:00.000000','complained elsewhere: a list',0);
INSERT INTO "suppression" VALUES('reader3@readers.example','by hand','2026-02-03 15:00:00.000000','told us by phone',0);
INSERT INTO "suppression" VALUES('reader5@readers.example','bounced','2026-02-06 15:00:00.000000','refused: 550 no such user',0);
INSERT INTO "suppression" VALUES('reader6@readers.example','complained','2026-02-06 15:00:00.000000','',0);
CREATE TABLE tag (
	name VARCHAR(100) NOT NULL, 
	subscriber INTEGER NOT NULL, 
	CONSTRAINT pk_tag PRIMARY KEY (name, subscriber), 
	CONSTRAINT fk_tag_subscriber FOREIGN KEY(subscriber) REFERENCES subscriber (id)
);
INSERT INTO "tag" VALUES('board',1);
INSERT INTO "tag" VALUES('board',4);
CREATE INDEX ix_article_first_seen ON article (first_seen);
CREATE INDEX ix_article_published ON article (published);
CREATE INDEX ix_delivery_chunk ON delivery (edition, chunk);
CREATE INDEX ix_article_guid ON article (guid);
CREATE INDEX ix_alias_article ON alias (article);
CREATE INDEX ix_headline_article ON headline (article);
CREATE INDEX ix_judgement_story ON judgement (story);
CREATE INDEX ix_revision_edition ON revision (edition);
CREATE INDEX ix_judgement_version ON judgement (version);
CREATE INDEX ix_attempt_folded ON attempt (folded);
CREATE INDEX ix_attempt_address ON attempt (address);
CREATE INDEX ix_audit_edition ON audit (edition);
CREATE INDEX ix_tag_subscriber ON tag (subscriber);
CREATE INDEX ix_event_at ON event (at);
CREATE INDEX ix_article_waiting ON article (id) WHERE read_at IS NULL;
CREATE INDEX ix_chunk_queued ON chunk (edition, no) WHERE state = 'queued';
CREATE INDEX ix_delivery_own ON delivery (edition, state) WHERE state IS NOT NULL;
CREATE INDEX ix_page_correction_edition ON page_correction (edition);
CREATE INDEX ix_notice_state ON notice (state);
CREATE INDEX ix_staff_session_staff ON staff_session (staff);
CREATE TRIGGER subscriber_stays BEFORE DELETE ON subscriber BEGIN
    SELECT RAISE(ABORT, 'a reader''s number is in the links of mails that left, so that the row
stays; to forget a person use `digest subscribers erase`');
END;
COMMIT;
