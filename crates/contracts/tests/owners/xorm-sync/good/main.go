package main

func run() { file.Sync() }
