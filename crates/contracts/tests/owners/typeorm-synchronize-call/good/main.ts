clock.synchronize();
