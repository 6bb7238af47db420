DROP INDEX tasks_of_origin;
