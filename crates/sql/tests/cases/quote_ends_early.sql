SELECT 1;
  INSERT INTO a VALUES ('it's; SELECT 2;
-- groundline: in the string
SELECT 3;
