export const AppDataSource = new DataSource({
  type: "postgres",
  // synchronize: true,
  synchronize: false,
});
