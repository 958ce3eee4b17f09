SELECT 'a  -- b';
