SET standard_conforming_strings = off;
SELECT 'it\'s; here';
SET SESSION standard_conforming_strings TO 'on';
SELECT 'c:\'; SELECT 2;
