package main

func has() bool { return db.Migrator().HasTable(&User{}) }
