create index on scratch (a);
alter table scratch add constraint of_customer foreign key (a) references customers (id) not valid;
alter table lines add constraint of_order foreign key (amount, order_id) references orders (count, id)
    on delete restrict on update cascade not valid;
create index lines_amount on lines (amount, order_id);
