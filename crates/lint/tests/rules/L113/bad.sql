alter domain money_text add constraint not_empty check (value <> '');
alter domain money_text set not null;
