import { env, readSettings, setting, type MigrationContext } from '#core'

const description = 'Of the outgoing mail server.'

/** Also where no plugin sends mail yet: what the environment says is not lost to the rows below. */
const mail = readSettings({
  EMAIL_HOST: setting.text({ default: 'smtp.qq.com', description }),
  EMAIL_PORT: setting.integer({ default: 465, min: 1, max: 65_535, description }),
  EMAIL_USERNAME: setting.text({ default: 'fba@qq.com', description }),
  EMAIL_SSL: setting.flag({ default: true, description }),
})

/** name, group, key, value, remark. Where the environment has a say, its value is taken over: nothing changes today. */
const ROWS: [string, string, string, unknown, string?][] = [
  ['状态', 'EMAIL', 'EMAIL_CONFIG_STATUS', 1],
  ['服务器地址', 'EMAIL', 'EMAIL_HOST', mail.EMAIL_HOST],
  ['服务器端口', 'EMAIL', 'EMAIL_PORT', mail.EMAIL_PORT],
  ['邮箱账号', 'EMAIL', 'EMAIL_USERNAME', mail.EMAIL_USERNAME],
  ['邮箱密码', 'EMAIL', 'EMAIL_PASSWORD', ''],
  ['SSL 加密', 'EMAIL', 'EMAIL_SSL', mail.EMAIL_SSL],
  ['状态', 'USER_SECURITY', 'USER_SECURITY_CONFIG_STATUS', 1],
  ['密码错误锁定阈值', 'USER_SECURITY', 'USER_LOCK_THRESHOLD', env.USER_LOCK_THRESHOLD, '0 表示禁用锁定'],
  ['密码错误锁定时长（秒）', 'USER_SECURITY', 'USER_LOCK_SECONDS', env.USER_LOCK_SECONDS],
  [
    '密码有效期（天）',
    'USER_SECURITY',
    'USER_PASSWORD_EXPIRY_DAYS',
    env.USER_PASSWORD_EXPIRY_DAYS,
    '0 表示永不过期',
  ],
  [
    '密码到期提醒（天）',
    'USER_SECURITY',
    'USER_PASSWORD_REMINDER_DAYS',
    env.USER_PASSWORD_REMINDER_DAYS,
    '0 表示不提醒',
  ],
  [
    '密码历史检查次数',
    'USER_SECURITY',
    'USER_PASSWORD_HISTORY_CHECK_COUNT',
    env.USER_PASSWORD_HISTORY_CHECK_COUNT,
  ],
  ['密码最小长度', 'USER_SECURITY', 'USER_PASSWORD_MIN_LENGTH', env.USER_PASSWORD_MIN_LENGTH],
  ['密码最大长度', 'USER_SECURITY', 'USER_PASSWORD_MAX_LENGTH', env.USER_PASSWORD_MAX_LENGTH],
  [
    '密码必须包含特殊字符',
    'USER_SECURITY',
    'USER_PASSWORD_REQUIRE_SPECIAL_CHAR',
    env.USER_PASSWORD_REQUIRE_SPECIAL_CHAR,
  ],
  ['状态', 'LOGIN', 'LOGIN_CONFIG_STATUS', 1],
  ['验证码开关', 'LOGIN', 'LOGIN_CAPTCHA_ENABLED', env.LOGIN_CAPTCHA_ENABLED],
]

const FIRST = 2_069_061_886_627_938_304n

export async function up({ insert }: MigrationContext): Promise<void> {
  const always = { is_frontend: false, created_time: new Date() }
  const rows = ROWS.map(([name, type, key, value, remark = null], at) => ({
    ...{ id: String(FIRST + BigInt(at)), name, type, key, value: String(value), remark, ...always },
  }))
  await insert('sys_config', rows)
}

export async function down({ remove }: MigrationContext): Promise<void> {
  await remove('sys_config', { id: ROWS.map((_, at) => String(FIRST + BigInt(at))) })
}
