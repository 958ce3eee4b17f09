alter type state rename value 'a' to 'z';
alter type state rename to status;
