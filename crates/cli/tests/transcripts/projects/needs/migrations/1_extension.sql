CREATE EXTENSION timescale_of_ours;
