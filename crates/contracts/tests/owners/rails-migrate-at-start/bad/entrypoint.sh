bin/rails db:prepare
exec bin/rails server
