await fs.sync();
store.sync({ quiet: true });
