db.sequelize.sync({ force: true }).then(() => listen());
