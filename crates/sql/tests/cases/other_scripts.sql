CREATE TABLE "größe" (größe int, 名前 text DEFAULT '終;');
SELECT größe$1$;
SELECT '🐘;'; DROP TABLE größe -- 終わり;
