ActiveRecord::Base.connection.create_table(:reports)
