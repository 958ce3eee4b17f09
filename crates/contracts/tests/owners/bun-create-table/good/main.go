package main

func run() { db.NewSelect().Model(&users).Scan(ctx) }
