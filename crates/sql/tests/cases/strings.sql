SELECT 'a;b', 'it''s;', '\';
SELECT E'a\';b', e'\\'; SELECT E'x;''y\'';
SELECT E'first\';' -- goes on; as an escape string
  'second\';', 3;
SELECT E'alone' 'a;b\'; SELECT 2;
SELECT U&'\0061;', u&'x;' UESCAPE '!', N'n;', B'01', x'1F';
SELECT namE'; not an escape \'; SELECT 3;
