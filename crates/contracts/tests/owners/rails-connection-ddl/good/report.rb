ActiveRecord::Base.connection.execute("SELECT 1")
