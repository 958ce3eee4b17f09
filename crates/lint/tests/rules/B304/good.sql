alter type state add value 'c';
