alter type state rename value 'a' to 'z';
alter type state rename to status;
alter domain money_text rename to money_words;
