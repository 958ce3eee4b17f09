alter domain money_text add constraint not_empty check (value <> '') not valid;
alter domain money_text set default '0';
