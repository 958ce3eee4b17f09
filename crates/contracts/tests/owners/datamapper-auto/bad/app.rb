DataMapper.auto_upgrade!
