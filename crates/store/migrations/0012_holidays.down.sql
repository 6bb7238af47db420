DROP TABLE hijri_adjustments;
DROP TABLE holidays;
