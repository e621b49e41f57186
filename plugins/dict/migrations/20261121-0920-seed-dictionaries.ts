import type { MigrationContext } from '#core'

/** value, label, colour */
type Entry = [string, string, string]

/** code, name, entries: the dictionaries that the pages of the console ask for. */
const DICTIONARIES: [string, string, Entry[]][] = [
  [
    'sys_status',
    '通用状态',
    [
      ['0', '停用', 'red'],
      ['1', '正常', 'green'],
    ],
  ],
  [
    'sys_choose',
    '通用开关',
    [
      ['false', '关闭', 'error'],
      ['true', '开启', 'success'],
    ],
  ],
  [
    'sys_menu_type',
    '菜单类型',
    [
      ['0', '目录', 'orange'],
      ['1', '菜单', 'default'],
      ['2', '按钮', 'processing'],
      ['3', '内嵌', 'cyan'],
      ['4', '外链', 'purple'],
    ],
  ],
  [
    'sys_login_status',
    '登录状态',
    [
      ['0', '失败', 'error'],
      ['1', '成功', 'success'],
    ],
  ],
  [
    'sys_data_rule_operator',
    '数据规则运算符',
    [
      ['0', 'AND', 'green'],
      ['1', 'OR', 'gold'],
    ],
  ],
  [
    'sys_data_rule_expression',
    '数据规则表达式',
    [
      ['0', '等于(==)', 'success'],
      ['1', '不等于(!=)', 'error'],
      ['2', '大于(>)', 'magenta'],
      ['3', '大于等于(>=)', 'volcano'],
      ['4', '小于(<)', 'gold'],
      ['5', '小于等于(<=)', 'orange'],
      ['6', '包含(in)', 'purple'],
      ['7', '不包含(not in)', 'error'],
    ],
  ],
  [
    'sys_frontend_config',
    '前端参数配置',
    [
      ['0', '否', 'red'],
      ['1', '是', 'green'],
    ],
  ],
  [
    'task_strategy_type',
    '任务策略类型',
    [
      ['0', 'Interval（间隔）', 'cyan'],
      ['1', 'Crontab（计划）', 'purple'],
    ],
  ],
  [
    'task_period_type',
    '任务周期类型',
    [
      ['days', '天', 'processing'],
      ['hours', '小时', 'magenta'],
      ['minutes', '分钟', 'volcano'],
      ['seconds', '秒', 'gold'],
      ['microseconds', '微妙', 'warning'],
    ],
  ],
  [
    'notice',
    '通知公告',
    [
      ['0', '通知', 'magenta'],
      ['1', '公告', 'purple'],
    ],
  ],
  [
    'user_online_status',
    '在线状态',
    [
      ['0', '离线', 'warning'],
      ['1', '在线', 'success'],
    ],
  ],
  [
    'sys_plugin_type',
    '插件类型',
    [
      ['0', '压缩包', 'gold'],
      ['1', 'GIT', 'processing'],
    ],
  ],
]

/** Below every id that is made while running, so that an installation can be told from its later rows. */
const FIRST_TYPE = 2_049_629_108_262_000_000n
const FIRST_ENTRY = 2_049_629_108_262_100_000n

const typeId = (at: number) => String(FIRST_TYPE + BigInt(at))

function entryRows() {
  const all = DICTIONARIES.flatMap(([code, , entries], type) =>
    entries.map(([value, label, color], at) => ({ code, type, value, label, color, sort: at + 1 })),
  )
  return all.map(({ code, type, ...entry }, at) => ({
    ...{ id: String(FIRST_ENTRY + BigInt(at)), type_id: typeId(type), type_code: code, ...entry },
    ...{ status: 1, remark: null, created_time: new Date() },
  }))
}

export async function up({ insert }: MigrationContext): Promise<void> {
  const types = DICTIONARIES.map(([code, name], at) => ({
    ...{ id: typeId(at), code, name, remark: null, created_time: new Date() },
  }))
  await insert('sys_dict_type', types)
  await insert('sys_dict_data', entryRows())
}

export async function down({ remove }: MigrationContext): Promise<void> {
  await remove('sys_dict_data', { id: entryRows().map(({ id }) => id) })
  await remove('sys_dict_type', { id: DICTIONARIES.map((_, at) => typeId(at)) })
}
