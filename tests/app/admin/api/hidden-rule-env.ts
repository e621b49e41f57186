/** Settings for `hidden-rule.test.ts`; imported first, since settings are read when they are loaded. */
process.env.DATA_PERMISSION_MODELS = '["Dept", "DataScope", "DataRule"]'
