exec bin/rails server
