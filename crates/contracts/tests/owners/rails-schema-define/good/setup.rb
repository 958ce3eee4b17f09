ActiveRecord::Base.logger = nil
