-- No longer asks to be woken: a busy worker looks by itself, and enqueuers commit without NOTIFY.
DELETE FROM task_tower.armed WHERE worker_id = $1
