/** Settings for `casbin-rule.test.ts`; imported first, since settings are read when they are loaded. */
process.env.RBAC_ROLE_MENU_MODE = 'false'
