alter sequence numbers owned by orders.id;
