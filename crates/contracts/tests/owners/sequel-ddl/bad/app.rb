DB.create_table? :items do
  primary_key :id
end
