package main

func run() { db.NewCreateTable().Model((*User)(nil)).Exec(ctx) }
