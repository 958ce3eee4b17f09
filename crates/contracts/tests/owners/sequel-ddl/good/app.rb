DB.table_exists?(:items)
