-- Takes down everything that 0001 built. Jobs are lost.

DROP VIEW task_tower.jobs;
DROP FUNCTION task_tower.complete(uuid, bigint, jsonb);
DROP TABLE task_tower.history;
DROP TABLE task_tower.job;
DROP TABLE task_tower.lane;
DROP TABLE task_tower.queue;
DROP TABLE task_tower.worker;
DROP TABLE task_tower.armed;
DROP TABLE task_tower.kind;
DROP TABLE task_tower.death;
DROP TABLE task_tower.operation;
DROP TABLE task_tower.operation_item;
DROP TABLE task_tower.audit;
DROP FUNCTION task_tower.tag_job(uuid, text[]);
DROP FUNCTION task_tower.merge_tags(text[], text[]);
DROP FUNCTION task_tower.drop_partitions(text, interval);
DROP FUNCTION task_tower.make_partitions(integer);
DROP FUNCTION task_tower.cancel_reason(jsonb);
DROP FUNCTION task_tower.append_events(jsonb, jsonb, jsonb);
DROP FUNCTION task_tower.append_event(jsonb, jsonb);
DROP FUNCTION task_tower.enqueue(text, jsonb, text, timestamptz, interval, integer, integer, text[], interval, jsonb, uuid, integer, text);
DROP FUNCTION task_tower.payload_key(jsonb, text[]);
DROP FUNCTION task_tower.check_name(text, text);
DROP FUNCTION task_tower.new_id();
DROP FUNCTION task_tower.announce();
DROP FUNCTION task_tower.channel();
