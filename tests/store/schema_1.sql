-- A small team's database as 0.1.0 made it: deals, moves, an answer of each kind, an undo.
BEGIN TRANSACTION;
CREATE TABLE answer (
	deal_id INTEGER NOT NULL, 
	question VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	rating INTEGER, 
	evidence VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	replaced_at BIGINT, 
	PRIMARY KEY (deal_id, question, version), 
	UNIQUE (deal_id, question, version), 
	CHECK (rating between 0 and 4), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
INSERT INTO "answer" VALUES(1,'need',1,'They said so.',3,'','ana',1795514400000000,NULL);
INSERT INTO "answer" VALUES(1,'timeline',1,'They said so.',3,'','ana',1795514400000000,NULL);
INSERT INTO "answer" VALUES(1,'authority',1,'They said so.',3,'','ana',1795514400000000,NULL);
CREATE TABLE command (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	actor VARCHAR NOT NULL, 
	acting_as VARCHAR NOT NULL, 
	verb VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	undoes VARCHAR, 
	redoes VARCHAR, 
	undone BOOLEAN NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "command" VALUES(1,'5df4710a-c5e4-4281-baec-fc4a85af43ea',1795424400000000,'ana','','add','Added Lumen Oy to Lead Generation.',NULL,NULL,0);
INSERT INTO "command" VALUES(2,'063470b1-0712-4a23-b88f-64e986fa4ac5',1795428000000000,'bo','ana','add','Added Borealis to Lead Generation.',NULL,NULL,0);
INSERT INTO "command" VALUES(3,'07e7cddf-85b3-446a-8713-e3a4123e99b0',1795428000000000,'ana','','add','Added Acme [EMEA] to Lead Generation.',NULL,NULL,0);
INSERT INTO "command" VALUES(4,'0857d519-35ae-4cd0-8562-5ce400e3b18c',1795514400000000,'ana','','answer','Answered Need of Lumen Oy.',NULL,NULL,0);
INSERT INTO "command" VALUES(5,'ff7b9a98-9bf1-4422-bd5a-7d3b09cebc90',1795514400000000,'ana','','answer','Answered Timeline of Lumen Oy.',NULL,NULL,0);
INSERT INTO "command" VALUES(6,'8c84e022-411a-47d3-b0e4-1a2b3ed34cbf',1795514400000000,'ana','','answer','Answered Authority and budget of Lumen Oy.',NULL,NULL,0);
INSERT INTO "command" VALUES(7,'aef18629-0d6c-44a0-bf39-360fe76037a2',1795514400000000,'ana','','move','Moved Lumen Oy to Lead Qualification.',NULL,NULL,0);
INSERT INTO "command" VALUES(8,'af217f67-b0d6-4c05-8b7c-032ed65ae9cb',1795514700000000,'ana','','note','Noted on Lumen Oy.',NULL,NULL,0);
INSERT INTO "command" VALUES(9,'8a2c16c6-70ca-4779-a777-2e342fd42fe8',1795514700000000,'ana','','set','Set value, region of Borealis.',NULL,NULL,1);
INSERT INTO "command" VALUES(10,'15a9b3c8-2b6b-48a9-ad6e-fa6de7378605',1795514700000000,'ana','','undo','Undid: Set value, region of Borealis.','8a2c16c6-70ca-4779-a777-2e342fd42fe8',NULL,0);
CREATE TABLE contact (
	deal_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	PRIMARY KEY (deal_id, "key"), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
CREATE TABLE counter (
	name VARCHAR NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counter" VALUES('schema',1);
INSERT INTO "counter" VALUES('deal',3);
INSERT INTO "counter" VALUES('stage',8);
INSERT INTO "counter" VALUES('pipeline',1);
INSERT INTO "counter" VALUES('change',12);
CREATE TABLE deal (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	pipeline_id INTEGER NOT NULL, 
	stage_id INTEGER NOT NULL, 
	live BOOLEAN NOT NULL, 
	removed BOOLEAN NOT NULL, 
	outcome VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	source_detail VARCHAR NOT NULL, 
	contact_reason VARCHAR NOT NULL, 
	value_minor BIGINT, 
	value_currency VARCHAR(3), 
	probability_bp INTEGER, 
	category VARCHAR, 
	expected_close VARCHAR, 
	created_at BIGINT NOT NULL, 
	stage_entered_at BIGINT NOT NULL, 
	qualified_at BIGINT, 
	closed_at BIGINT, 
	closed_from INTEGER, 
	loss_category VARCHAR, 
	loss_reason VARCHAR, 
	loss_competitor VARCHAR, 
	recycle_on VARCHAR, 
	has_step BOOLEAN NOT NULL, 
	next_text VARCHAR, 
	next_due VARCHAR, 
	snoozed_until VARCHAR, 
	snooze_reason VARCHAR NOT NULL, 
	last_touch_at BIGINT, 
	last_outbound_at BIGINT, 
	last_reply_at BIGINT, 
	outbound_since_reply INTEGER NOT NULL, 
	trial_close VARCHAR NOT NULL, 
	quote_sent_at BIGINT, 
	offer_expires_on VARCHAR, 
	floor_minor BIGINT, 
	floor_currency VARCHAR(3), 
	archived_at BIGINT, 
	merged_into INTEGER, 
	recycled_from INTEGER, 
	external_id VARCHAR, 
	rank BIGINT NOT NULL, 
	answered INTEGER NOT NULL, 
	ratings VARCHAR NOT NULL, 
	folded VARCHAR NOT NULL, 
	updated_at BIGINT NOT NULL, 
	doc TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (outcome in ('open', 'won', 'lost')), 
	CHECK (probability_bp between 0 and 10000), 
	CHECK ((value_minor is null) = (value_currency is null)), 
	FOREIGN KEY(pipeline_id) REFERENCES pipeline (id), 
	FOREIGN KEY(stage_id) REFERENCES stage (id)
);
INSERT INTO "deal" VALUES(1,6,1,2,1,0,'open','packaging pilot #pilot','Lumen Oy','ana','','','',4000000,'EUR',NULL,NULL,NULL,1795424400000000,1795514400000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'',1795514400000000,NULL,NULL,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1795514400000000,3,'{"authority":3,"need":3,"timeline":3}','lumen oy
packaging pilot #pilot',1795514700000000,'{"answers":{"need":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"},"timeline":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"},"authority":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"}}}');
INSERT INTO "deal" VALUES(2,5,1,1,1,0,'open','rollout 12500 #fair','Borealis','ana','','','',NULL,NULL,NULL,NULL,NULL,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'',NULL,NULL,NULL,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1795428000000000,0,'','borealis
rollout 12500 #fair',1795514700000000,'{}');
INSERT INTO "deal" VALUES(3,1,1,1,1,0,'open','Ünïcode – Testkauf','Acme [EMEA]','ana','','','',90000,'EUR',NULL,NULL,NULL,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'',NULL,NULL,NULL,0,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1795428000000000,0,'','acme [emea]
unicode – testkauf',1795428000000000,'{}');
CREATE TABLE deal_field (
	deal_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	folded VARCHAR NOT NULL, 
	PRIMARY KEY (deal_id, name), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
CREATE TABLE deal_tag (
	deal_id INTEGER NOT NULL, 
	tag VARCHAR NOT NULL, 
	PRIMARY KEY (deal_id, tag), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
CREATE TABLE event (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	deal_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	command_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	undoes BOOLEAN NOT NULL, 
	stage_id INTEGER, 
	value_minor BIGINT, 
	currency VARCHAR(3), 
	on_date VARCHAR, 
	detail VARCHAR, 
	data TEXT NOT NULL, 
	UNIQUE (deal_id, version)
);
INSERT INTO "event" VALUES(1,1,1,'5df4710a-c5e4-4281-baec-fc4a85af43ea',1795424400000000,'created',0,1,4000000,'EUR',NULL,'ana','{"before":{"removed":true},"after":{"pipeline_id":1,"stage_id":1,"title":"packaging pilot #pilot","removed":false,"created_at":"2026-11-23T09:00:00+00:00","stage_entered_at":"2026-11-23T09:00:00+00:00","rank":-1795424400000000,"account":"Lumen Oy","value":{"amount_minor":4000000,"currency":"EUR"},"owner":"ana","fields":{}}}');
INSERT INTO "event" VALUES(2,2,1,'063470b1-0712-4a23-b88f-64e986fa4ac5',1795428000000000,'created',0,1,NULL,NULL,NULL,'ana','{"before":{"removed":true},"after":{"pipeline_id":1,"stage_id":1,"title":"rollout 12500 #fair","removed":false,"created_at":"2026-11-23T10:00:00+00:00","stage_entered_at":"2026-11-23T10:00:00+00:00","rank":-1795428000000000,"account":"Borealis","owner":"ana","fields":{}}}');
INSERT INTO "event" VALUES(3,3,1,'07e7cddf-85b3-446a-8713-e3a4123e99b0',1795428000000000,'created',0,1,90000,'EUR',NULL,'ana','{"before":{"removed":true},"after":{"pipeline_id":1,"stage_id":1,"title":"Ünïcode – Testkauf","removed":false,"created_at":"2026-11-23T10:00:00+00:00","stage_entered_at":"2026-11-23T10:00:00+00:00","rank":-1795428000000000,"account":"Acme [EMEA]","value":{"amount_minor":90000,"currency":"EUR"},"owner":"ana","fields":{}}}');
INSERT INTO "event" VALUES(4,1,2,'0857d519-35ae-4cd0-8562-5ce400e3b18c',1795514400000000,'answered',0,NULL,NULL,NULL,NULL,NULL,'{"before":{"answers.need":null},"after":{"answers.need":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"}}}');
INSERT INTO "event" VALUES(5,1,3,'ff7b9a98-9bf1-4422-bd5a-7d3b09cebc90',1795514400000000,'answered',0,NULL,NULL,NULL,NULL,NULL,'{"before":{"answers.timeline":null},"after":{"answers.timeline":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"}}}');
INSERT INTO "event" VALUES(6,1,4,'8c84e022-411a-47d3-b0e4-1a2b3ed34cbf',1795514400000000,'answered',0,NULL,NULL,NULL,NULL,NULL,'{"before":{"answers.authority":null},"after":{"answers.authority":{"text":"They said so.","rating":3,"by":"ana","at":"2026-11-24T10:00:00+00:00"}}}');
INSERT INTO "event" VALUES(7,1,5,'aef18629-0d6c-44a0-bf39-360fe76037a2',1795514400000000,'moved',0,2,NULL,NULL,NULL,NULL,'{"before":{"stage_id":1,"stage_entered_at":"2026-11-23T09:00:00+00:00","rank":-1795424400000000,"last_touch_at":null},"after":{"stage_id":2,"stage_entered_at":"2026-11-24T10:00:00+00:00","rank":-1795514400000000,"last_touch_at":"2026-11-24T10:00:00+00:00"}}');
INSERT INTO "event" VALUES(8,1,6,'af217f67-b0d6-4c05-8b7c-032ed65ae9cb',1795514700000000,'note',0,NULL,NULL,NULL,NULL,NULL,'{"facts":{"note":{"id":"6ebc919f-7442-42e5-b8c0-1dfc6e4cfab2","text":"They want a sample first.","author":"ana","at":"2026-11-24T10:05:00+00:00"}}}');
INSERT INTO "event" VALUES(9,2,2,'8a2c16c6-70ca-4779-a777-2e342fd42fe8',1795514700000000,'value',0,NULL,1300000,'EUR',NULL,NULL,'{"before":{"value":null},"after":{"value":{"amount_minor":1300000,"currency":"EUR"}}}');
INSERT INTO "event" VALUES(10,2,3,'8a2c16c6-70ca-4779-a777-2e342fd42fe8',1795514700000000,'edited',0,NULL,NULL,NULL,NULL,NULL,'{"before":{"fields.region":null},"after":{"fields.region":"north"}}');
INSERT INTO "event" VALUES(11,2,4,'15a9b3c8-2b6b-48a9-ad6e-fa6de7378605',1795514700000000,'edited',1,NULL,NULL,NULL,NULL,NULL,'{"before":{"fields.region":"north"},"after":{"fields.region":null}}');
INSERT INTO "event" VALUES(12,2,5,'15a9b3c8-2b6b-48a9-ad6e-fa6de7378605',1795514700000000,'value',1,NULL,NULL,NULL,NULL,NULL,'{"before":{"value":{"amount_minor":1300000,"currency":"EUR"}},"after":{"value":null}}');
CREATE TABLE fx_rate (
	currency VARCHAR(3) NOT NULL, 
	on_date VARCHAR NOT NULL, 
	numerator BIGINT NOT NULL, 
	denominator BIGINT NOT NULL, 
	PRIMARY KEY (currency, on_date)
);
CREATE TABLE note (
	id VARCHAR NOT NULL, 
	deal_id INTEGER NOT NULL, 
	author VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	folded TEXT NOT NULL, 
	edited_at BIGINT, 
	removed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
INSERT INTO "note" VALUES('6ebc919f-7442-42e5-b8c0-1dfc6e4cfab2',1,'ana',1795514700000000,'They want a sample first.','they want a sample first.',NULL,0);
CREATE TABLE pipeline (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	questions VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "pipeline" VALUES(1,'Sales','EUR',0,1,'[{"key": "need", "label": "Need", "ask": "What problem are you trying to solve?", "why": "No problem, no purchase: everything else rests on this.", "good": "A problem in their words, with a number that hurts.", "proves": ["need"]}, {"key": "trigger", "label": "Trigger", "ask": "What has prompted you to solve it now?", "why": "An old problem without a trigger stays an old problem.", "good": "An event with a date: an audit, a loss, a new boss, a contract that ends.", "proves": ["need"]}, {"key": "consequence", "label": "Consequence", "ask": "What happens if it is not solved?", "why": "Doing nothing is the strongest competitor.", "good": "A cost that they can name and that somebody answers for.", "proves": ["need"]}, {"key": "timeline", "label": "Timeline", "ask": "By when do you look to have it in place?", "why": "A date of theirs makes a close date honest.", "good": "A day that something depends on, and the steps before it.", "proves": ["timeline"]}, {"key": "authority", "label": "Authority and budget", "ask": "Who needs to sign off on the budget?", "why": "Whoever signs is in the deal, known to us or not.", "good": "Name and limit of the signer, the sum set aside, one step that you have seen.", "proves": ["authority", "budget"]}, {"key": "stake", "label": "Personal stake", "ask": "What do you personally gain or lose if it is, or is not, solved?", "why": "People carry deals; a champion has something at stake.", "good": "Something of their own: a target, time, a reputation.", "proves": ["interest"]}, {"key": "fit", "label": "Fit", "ask": "From what we have discussed, does our solution solve this for you?", "why": "Asks for the first small yes, and brings doubts out early.", "good": "A yes with their reason, or the doubt that is left.", "proves": ["fit"]}]');
CREATE TABLE pipeline_version (
	pipeline_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	actor VARCHAR NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (pipeline_id, version), 
	FOREIGN KEY(pipeline_id) REFERENCES pipeline (id)
);
INSERT INTO "pipeline_version" VALUES(1,1,1795424400000000,'ana','{"id": 1, "name": "Sales", "currency": "EUR", "position": 0, "version": 1, "questions": "[{\"key\": \"need\", \"label\": \"Need\", \"ask\": \"What problem are you trying to solve?\", \"why\": \"No problem, no purchase: everything else rests on this.\", \"good\": \"A problem in their words, with a number that hurts.\", \"proves\": [\"need\"]}, {\"key\": \"trigger\", \"label\": \"Trigger\", \"ask\": \"What has prompted you to solve it now?\", \"why\": \"An old problem without a trigger stays an old problem.\", \"good\": \"An event with a date: an audit, a loss, a new boss, a contract that ends.\", \"proves\": [\"need\"]}, {\"key\": \"consequence\", \"label\": \"Consequence\", \"ask\": \"What happens if it is not solved?\", \"why\": \"Doing nothing is the strongest competitor.\", \"good\": \"A cost that they can name and that somebody answers for.\", \"proves\": [\"need\"]}, {\"key\": \"timeline\", \"label\": \"Timeline\", \"ask\": \"By when do you look to have it in place?\", \"why\": \"A date of theirs makes a close date honest.\", \"good\": \"A day that something depends on, and the steps before it.\", \"proves\": [\"timeline\"]}, {\"key\": \"authority\", \"label\": \"Authority and budget\", \"ask\": \"Who needs to sign off on the budget?\", \"why\": \"Whoever signs is in the deal, known to us or not.\", \"good\": \"Name and limit of the signer, the sum set aside, one step that you have seen.\", \"proves\": [\"authority\", \"budget\"]}, {\"key\": \"stake\", \"label\": \"Personal stake\", \"ask\": \"What do you personally gain or lose if it is, or is not, solved?\", \"why\": \"People carry deals; a champion has something at stake.\", \"good\": \"Something of their own: a target, time, a reputation.\", \"proves\": [\"interest\"]}, {\"key\": \"fit\", \"label\": \"Fit\", \"ask\": \"From what we have discussed, does our solution solve this for you?\", \"why\": \"Asks for the first small yes, and brings doubts out early.\", \"good\": \"A yes with their reason, or the doubt that is left.\", \"proves\": [\"fit\"]}]", "stages": [{"id": 1, "name": "Lead Generation", "kind": "open", "probability_bp": 500, "outcome": "A person at the company has answered.", "expected_days": 14, "idle_days": 7, "qualified": false, "category": "pipeline", "playbook": "Say in one sentence why you call them and not somebody else. Ask for ten minutes.", "next_step": "first call", "retired": false, "pipeline_id": 1, "position": 0, "criteria": "[]", "checklist": "[\"Look the company up\", \"Find a person\", \"First contact\"]"}, {"id": 2, "name": "Lead Qualification", "kind": "open", "probability_bp": 1500, "outcome": "Need, timeline, authority and budget are known; or the deal is lost early.", "expected_days": 14, "idle_days": 7, "qualified": false, "category": "pipeline", "playbook": "Listen. A lead that does not qualify costs least today: lose it, with a date to return.", "next_step": "qualification call", "retired": false, "pipeline_id": 1, "position": 1, "criteria": "[\"answer need\", \"answer timeline\", \"answer authority\"]", "checklist": "[\"Ask the seven questions\", \"Name who signs\"]"}, {"id": 3, "name": "Needs Assessment", "kind": "open", "probability_bp": 3000, "outcome": "Both sides would write down the same problem and the same goal.", "expected_days": 21, "idle_days": 10, "qualified": true, "category": "pipeline", "playbook": "Open questions, their words. Repeat what you heard and ask what is missing.", "next_step": "demo", "retired": false, "pipeline_id": 1, "position": 2, "criteria": "[]", "checklist": "[\"Pain points\", \"Goals\", \"Competitors\", \"Decision process\"]"}, {"id": 4, "name": "Proposal", "kind": "open", "probability_bp": 5000, "outcome": "They have the offer and a day on which they will answer.", "expected_days": 21, "idle_days": 7, "qualified": true, "category": "best", "playbook": "Send it in a call, not before. Leave with the date of the next one.", "next_step": "walk through the offer", "retired": false, "pipeline_id": 1, "position": 3, "criteria": "[\"value\", \"next step\"]", "checklist": "[\"Problem\", \"Solution\", \"Return\", \"Why us\", \"Call to action\"]"}, {"id": 5, "name": "Negotiation", "kind": "open", "probability_bp": 7000, "outcome": "Terms are agreed on both sides.", "expected_days": 14, "idle_days": 5, "qualified": true, "category": "commit", "playbook": "Price is one term of many: delivery, payment, services. Know what you would trade.", "next_step": "go through the open terms", "retired": false, "pipeline_id": 1, "position": 4, "criteria": "[\"value\"]", "checklist": "[\"Know their limits\", \"Know ours\", \"Trade, never give\"]"}, {"id": 6, "name": "Closing", "kind": "open", "probability_bp": 9000, "outcome": "Signed.", "expected_days": 7, "idle_days": 3, "qualified": true, "category": "commit", "playbook": "Nothing new now. Remove what stands between them and a signature.", "next_step": "signature", "retired": false, "pipeline_id": 1, "position": 5, "criteria": "[]", "checklist": "[\"Contract sent\", \"Signer available\", \"Start date agreed\"]"}, {"id": 7, "name": "Won", "kind": "won", "probability_bp": 10000, "outcome": "", "expected_days": null, "idle_days": null, "qualified": false, "category": "pipeline", "playbook": "", "next_step": "", "retired": false, "pipeline_id": 1, "position": 6, "criteria": "[]", "checklist": "[]"}, {"id": 8, "name": "Lost", "kind": "lost", "probability_bp": 0, "outcome": "", "expected_days": null, "idle_days": null, "qualified": false, "category": "pipeline", "playbook": "", "next_step": "", "retired": false, "pipeline_id": 1, "position": 7, "criteria": "[]", "checklist": "[]"}]}');
CREATE TABLE rep (
	name VARCHAR NOT NULL, 
	display_name VARCHAR NOT NULL, 
	team VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "rep" VALUES('ana','','',1);
CREATE TABLE saved_filter (
	name VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	filter VARCHAR NOT NULL, 
	PRIMARY KEY (name, owner)
);
CREATE TABLE setting (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "setting" VALUES('currency','"EUR"');
INSERT INTO "setting" VALUES('zone_name','"Europe/Berlin"');
INSERT INTO "setting" VALUES('week_start','0');
INSERT INTO "setting" VALUES('fiscal_shift','0');
INSERT INTO "setting" VALUES('sources','["referral", "inbound", "web", "email", "social", "cold-call", "event", "partner", "advertising", "other"]');
INSERT INTO "setting" VALUES('loss_categories','["competitor", "price", "no-decision", "disqualified", "timing", "unresponsive", "other", "invalid"]');
INSERT INTO "setting" VALUES('min_gap_hours','24');
INSERT INTO "setting" VALUES('demo','false');
CREATE TABLE stage (
	id INTEGER NOT NULL, 
	pipeline_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	probability_bp INTEGER, 
	outcome VARCHAR NOT NULL, 
	expected_days INTEGER, 
	idle_days INTEGER, 
	qualified BOOLEAN NOT NULL, 
	category VARCHAR NOT NULL, 
	criteria VARCHAR NOT NULL, 
	checklist VARCHAR NOT NULL, 
	playbook VARCHAR NOT NULL, 
	next_step VARCHAR NOT NULL, 
	retired BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (kind in ('open', 'won', 'lost')), 
	FOREIGN KEY(pipeline_id) REFERENCES pipeline (id)
);
INSERT INTO "stage" VALUES(1,1,0,'Lead Generation','open',500,'A person at the company has answered.',14,7,0,'pipeline','[]','["Look the company up", "Find a person", "First contact"]','Say in one sentence why you call them and not somebody else. Ask for ten minutes.','first call',0);
INSERT INTO "stage" VALUES(2,1,1,'Lead Qualification','open',1500,'Need, timeline, authority and budget are known; or the deal is lost early.',14,7,0,'pipeline','["answer need", "answer timeline", "answer authority"]','["Ask the seven questions", "Name who signs"]','Listen. A lead that does not qualify costs least today: lose it, with a date to return.','qualification call',0);
INSERT INTO "stage" VALUES(3,1,2,'Needs Assessment','open',3000,'Both sides would write down the same problem and the same goal.',21,10,1,'pipeline','[]','["Pain points", "Goals", "Competitors", "Decision process"]','Open questions, their words. Repeat what you heard and ask what is missing.','demo',0);
INSERT INTO "stage" VALUES(4,1,3,'Proposal','open',5000,'They have the offer and a day on which they will answer.',21,7,1,'best','["value", "next step"]','["Problem", "Solution", "Return", "Why us", "Call to action"]','Send it in a call, not before. Leave with the date of the next one.','walk through the offer',0);
INSERT INTO "stage" VALUES(5,1,4,'Negotiation','open',7000,'Terms are agreed on both sides.',14,5,1,'commit','["value"]','["Know their limits", "Know ours", "Trade, never give"]','Price is one term of many: delivery, payment, services. Know what you would trade.','go through the open terms',0);
INSERT INTO "stage" VALUES(6,1,5,'Closing','open',9000,'Signed.',7,3,1,'commit','[]','["Contract sent", "Signer available", "Start date agreed"]','Nothing new now. Remove what stands between them and a signature.','signature',0);
INSERT INTO "stage" VALUES(7,1,6,'Won','won',10000,'',NULL,NULL,0,'pipeline','[]','[]','','',0);
INSERT INTO "stage" VALUES(8,1,7,'Lost','lost',0,'',NULL,NULL,0,'pipeline','[]','[]','','',0);
CREATE TABLE stage_total (
	stage_id INTEGER NOT NULL, 
	owner VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	deals INTEGER NOT NULL, 
	value_minor BIGINT NOT NULL, 
	stage_minor BIGINT NOT NULL, 
	hand_minor_bp BIGINT NOT NULL, 
	PRIMARY KEY (stage_id, owner, currency), 
	FOREIGN KEY(stage_id) REFERENCES stage (id)
);
INSERT INTO "stage_total" VALUES(1,'ana','EUR',1,90000,90000,0);
INSERT INTO "stage_total" VALUES(1,'ana','',1,0,0,0);
INSERT INTO "stage_total" VALUES(2,'ana','EUR',1,4000000,4000000,0);
CREATE TABLE target (
	id INTEGER NOT NULL, 
	pipeline_id INTEGER NOT NULL, 
	period VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	team VARCHAR NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (pipeline_id, period, owner, team, currency), 
	FOREIGN KEY(pipeline_id) REFERENCES pipeline (id)
);
CREATE TABLE touch (
	id VARCHAR NOT NULL, 
	deal_id INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	direction VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (direction in ('in', 'out')), 
	FOREIGN KEY(deal_id) REFERENCES deal (id)
);
CREATE INDEX command_of_actor ON command (actor, seq);
CREATE INDEX event_of_command ON event (command_id);
CREATE INDEX ix_stage_pipeline_id ON stage (pipeline_id);
CREATE INDEX deal_by_owner ON deal (owner, stage_id, rank) WHERE live;
CREATE INDEX deal_at_a_glance ON deal (stage_id, value_currency, probability_bp, outcome, has_step, next_due, snoozed_until, stage_entered_at, last_touch_at, created_at, closed_at, owner, value_minor, category, expected_close, source, loss_category, answered, updated_at, rank, live, folded, ratings, trial_close, last_outbound_at, last_reply_at) WHERE live;
CREATE INDEX deal_put_away ON deal (removed, folded) WHERE not live;
CREATE UNIQUE INDEX deal_by_external_id ON deal (external_id) WHERE external_id is not null and not removed;
CREATE INDEX deal_by_due ON deal (stage_id, next_due, id) WHERE live;
CREATE INDEX deal_by_value ON deal (stage_id, value_minor, id) WHERE live;
CREATE INDEX deal_by_entry ON deal (stage_id, stage_entered_at, id) WHERE live;
CREATE INDEX deal_by_rank ON deal (stage_id, rank, id) WHERE live;
CREATE INDEX ix_deal_tag_tag ON deal_tag (tag);
CREATE INDEX deal_field_by_value ON deal_field (name, folded);
CREATE INDEX answer_present ON answer (question, rating, deal_id) WHERE replaced_at is null;
CREATE INDEX ix_contact_role ON contact (role);
CREATE INDEX note_of_deal ON note (deal_id, folded) WHERE not removed;
CREATE INDEX touch_of_deal ON touch (deal_id, at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('event',12);
COMMIT;
