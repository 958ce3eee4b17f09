await AppDataSource.synchronize();
