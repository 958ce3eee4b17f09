;;
-- nothing here ;
/* nor here; */ ;

