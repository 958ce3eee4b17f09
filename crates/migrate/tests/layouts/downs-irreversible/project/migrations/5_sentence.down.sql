-- A clean-up that cannot be undone,
-- but the tool wants a script.
SELECT
    1;
