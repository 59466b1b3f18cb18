-- The channel in Redis of this schema. One Redis may serve several databases.
SELECT task_tower.channel() || ':' || current_database()
