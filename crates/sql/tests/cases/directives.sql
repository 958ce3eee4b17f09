-- groundline: irreversible because rows are gone
--groundline:allow drop-column until 2031-01-01
SELECT 1; -- groundline: after a statement  
SELECT -- groundline: inside
  2;
/* groundline: not this one */
-- see groundline: nor this one
SELECT '
-- groundline: nor this
';
-- Groundline: nor this
