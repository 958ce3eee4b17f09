class P { void p() { properties.put("hibernate.hbm2ddl.auto", "update"); } }
