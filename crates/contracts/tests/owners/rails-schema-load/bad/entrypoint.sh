bin/rails db:schema:load
