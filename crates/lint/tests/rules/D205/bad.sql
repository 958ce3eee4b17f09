drop view open_orders;
drop sequence numbers;
