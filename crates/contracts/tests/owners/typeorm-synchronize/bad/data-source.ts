export const AppDataSource = new DataSource({
  type: "postgres",
  synchronize: process.env.NODE_ENV !== "production",
});
