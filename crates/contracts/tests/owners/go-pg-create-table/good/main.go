package main

func CreateTableName() {}
