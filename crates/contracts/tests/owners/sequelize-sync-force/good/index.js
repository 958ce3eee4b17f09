folder.sync({ force: false });
