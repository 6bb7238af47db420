DROP TABLE calendar_touched;
