SELECT 'down SQL query';
