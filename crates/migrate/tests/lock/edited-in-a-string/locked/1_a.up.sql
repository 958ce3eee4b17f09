SELECT 'a -- b';
