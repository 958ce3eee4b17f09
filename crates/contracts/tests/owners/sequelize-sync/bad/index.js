await sequelize.sync({ alter: true });
User.sync();
