package main

func run() { engine.Sync2(new(User)) }
