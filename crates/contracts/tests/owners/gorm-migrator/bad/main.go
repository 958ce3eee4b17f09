package main

func run() { db.Migrator().CreateTable(&User{}) }
