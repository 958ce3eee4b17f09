SELECT 1;
  INSERT INTO a VALUES (1, 'x'';
SELECT 2;
-- groundline: in the string
SELECT 3;
