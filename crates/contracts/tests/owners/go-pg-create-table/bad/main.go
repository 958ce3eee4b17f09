package main

func run() { db.Model(&User{}).CreateTable(&orm.CreateTableOptions{}) }
