import type { MigrationContext } from '../src/infra/migrator'

const TABLES = [
  'sys_user',
  'sys_dept',
  'sys_role',
  'sys_menu',
  'sys_data_scope',
  'sys_data_rule',
  'sys_user_role',
  'sys_role_menu',
  'sys_role_data_scope',
  'sys_data_scope_rule',
  'sys_login_log',
  'sys_opera_log',
  'sys_user_password_history',
  'sys_casbin_rule',
]

/** The thirteen tables of the admin module and the path rules of casbin. References are logical: no foreign keys. */
export async function up(ctx: MigrationContext): Promise<void> {
  await createUsers(ctx)
  await createDepts(ctx)
  await createRoles(ctx)
  await createMenus(ctx)
  await createDataRules(ctx)
  await createLinks(ctx)
  await createLoginLog(ctx)
  await createOperaLog(ctx)
}

export async function down({ dropTable }: MigrationContext): Promise<void> {
  for (const table of [...TABLES].reverse()) await dropTable(table)
}

async function createUsers(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_user', {
    ...base.editable,
    uuid: required(types.string(64)),
    username: required(types.string(64)),
    nickname: required(types.string(64)),
    password: { type: types.string(256) },
    salt: { type: types.blob },
    email: { type: types.string(256) },
    phone: { type: types.string(11) },
    avatar: { type: types.string(256) },
    status: required(types.integer),
    is_superuser: required(types.boolean),
    is_staff: required(types.boolean),
    is_multi_login: required(types.boolean),
    join_time: required(types.time),
    last_login_time: { type: types.time },
    last_password_changed_time: { type: types.time },
    dept_id: { type: types.id },
    mfa_secret: { type: types.string(512) },
    mfa_enabled: required(types.boolean),
    mfa_last_step: { type: types.integer },
    mfa_recovery_codes: { type: types.json },
  })
  await addIndex('sys_user', ['uuid'], { unique: true })
  await addIndex('sys_user', ['username'], { unique: true })
  await addIndex('sys_user', ['email'], { unique: true })
  await addIndex('sys_user', ['status'])
  await addIndex('sys_user', ['dept_id'])
}

async function createDepts(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_dept', {
    ...base.editable,
    name: required(types.string(64)),
    sort: required(types.integer),
    leader: { type: types.string(32) },
    phone: { type: types.string(11) },
    email: { type: types.string(64) },
    status: required(types.integer),
    del_flag: required(types.boolean),
    parent_id: { type: types.id },
  })
  await addIndex('sys_dept', ['parent_id'])
  await createTable('sys_user_password_history', {
    ...base.fixed,
    user_id: required(types.id),
    password: required(types.string(256)),
  })
  await addIndex('sys_user_password_history', ['user_id'])
}

async function createRoles(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_role', {
    ...base.editable,
    name: required(types.string(32)),
    status: required(types.integer),
    is_filter_scopes: required(types.boolean),
    is_mfa_required: required(types.boolean),
    remark: { type: types.text },
  })
  await addIndex('sys_role', ['name'], { unique: true })
}

async function createMenus(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_menu', {
    ...base.editable,
    title: required(types.string(64)),
    name: required(types.string(64)),
    path: { type: types.string(200) },
    sort: required(types.integer),
    icon: { type: types.string(128) },
    type: required(types.integer),
    component: { type: types.string(256) },
    perms: { type: types.string(128) },
    status: required(types.integer),
    display: required(types.integer),
    cache: required(types.integer),
    link: { type: types.text },
    remark: { type: types.text },
    parent_id: { type: types.id },
  })
  await addIndex('sys_menu', ['parent_id'])
  await createTable('sys_casbin_rule', {
    ...base.editable,
    role_id: required(types.id),
    path: required(types.string(256)),
    method: required(types.string(10)),
    remark: { type: types.string(256) },
  })
  await addIndex('sys_casbin_rule', ['role_id'])
}

async function createDataRules(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_data_scope', {
    ...base.editable,
    name: required(types.string(64)),
    status: required(types.integer),
  })
  await addIndex('sys_data_scope', ['name'], { unique: true })
  await createTable('sys_data_rule', {
    ...base.editable,
    name: required(types.string(512)),
    model: required(types.string(64)),
    column: required(types.string(32)),
    operator: required(types.integer),
    expression: required(types.integer),
    value: required(types.string(256)),
  })
  await addIndex('sys_data_rule', ['name'], { unique: true })
}

async function createLinks({
  types,
  base,
  required,
  createTable,
  addIndex,
}: MigrationContext): Promise<void> {
  const links: [string, string, string][] = [
    ['sys_user_role', 'user_id', 'role_id'],
    ['sys_role_menu', 'role_id', 'menu_id'],
    ['sys_role_data_scope', 'role_id', 'data_scope_id'],
    ['sys_data_scope_rule', 'data_scope_id', 'data_rule_id'],
  ]
  for (const [table, left, right] of links) {
    await createTable(table, {
      id: base.fixed.id,
      [left]: required(types.id),
      [right]: required(types.id),
    })
    await addIndex(table, [left, right], { unique: true })
    await addIndex(table, [right])
  }
}

/** Where somebody called from. */
const origin = ({ types, required }: MigrationContext) => ({
  ip: required(types.string(64)),
  country: { type: types.string(64) },
  region: { type: types.string(64) },
  city: { type: types.string(64) },
  user_agent: { type: types.string(512) },
  os: { type: types.string(64) },
  browser: { type: types.string(64) },
  device: { type: types.string(64) },
})

/** The columns that the pages filter by: with all of them in one index, a count never reads the rows. */
const COUNTED = ['username', 'status', 'ip']

async function createLoginLog(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_login_log', {
    ...base.fixed,
    ...origin(ctx),
    user_uuid: required(types.string(64)),
    username: required(types.string(64)),
    status: required(types.integer),
    msg: required(types.text),
    login_time: required(types.time),
  })
  await addIndex('sys_login_log', ['created_time'])
  await addIndex('sys_login_log', COUNTED)
}

async function createOperaLog(ctx: MigrationContext): Promise<void> {
  const { types, createTable, addIndex, base, required } = ctx
  await createTable('sys_opera_log', {
    ...base.fixed,
    ...origin(ctx),
    trace_id: required(types.string(32)),
    username: { type: types.string(64) },
    method: required(types.string(32)),
    title: required(types.string(256)),
    path: required(types.string(512)),
    args: { type: types.json },
    changes: { type: types.json },
    status: required(types.integer),
    code: required(types.string(32)),
    msg: { type: types.text },
    cost_time: required(types.double),
    opera_time: required(types.time),
  })
  await addIndex('sys_opera_log', ['created_time'])
  await addIndex('sys_opera_log', ['trace_id'])
  await addIndex('sys_opera_log', COUNTED)
}
