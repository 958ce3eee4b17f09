/* outer /* inner; */ still; */ SELECT /* in; */ 1 -- tail;
;
SELECT 1-- x;
+/* y; */2 /* after */ /* twice */;
SELECT 5 */* not an operator; */ 6;
SELECT '--', '/*'; SELECT 7 --/* ;
; --*/
