-- Which records the calendar shows otherwise since which state of the data, so that what a process keeps of the
-- calendar in memory is brought up to date by reading a few records. The nil id stands for very many at once. Old
-- states are let go: who is further behind reads everything.
CREATE TABLE calendar_touched (
    state {integer} NOT NULL,
    record_id {id} NOT NULL,
    PRIMARY KEY (state, record_id)
){clustered};
