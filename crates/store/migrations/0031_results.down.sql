DROP TABLE updates;
DROP TABLE measurements;
DROP TABLE indicators;
