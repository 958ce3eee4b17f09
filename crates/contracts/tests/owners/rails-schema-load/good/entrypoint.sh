bin/rails db:version
