import {
  ALL_MODELS,
  conflict,
  env,
  hasWords,
  invalid,
  notFound,
  nothingChanged,
  ruleColumns,
  ruleModel,
  ruleModels,
  ruleProblem,
  type Call,
  type Db,
  type Page,
  type Row,
} from '#core'
import { dataRuleCrud } from '../crud/data-rule'
import { dataScopeRuleCrud } from '../crud/links'
import type { DataRule } from '../model/data-rule'
import type { DataRuleList, KeyComment, SaveDataRule } from '../schema/data-rule'

/** Names that stand for models, then the models themselves. */
export const models = (): string[] => [
  ...env.DATA_PERMISSION_MODEL_TEMPLATE_VARIABLES.map(({ key }) => key),
  ...ruleModels().map(({ name }) => name),
]

/** The columns a rule on this model may name; for all models only the words that stand for columns. */
export function columns(call: Call, name: string): KeyComment[] {
  const model = ruleModel(name)
  if (!model && name !== ALL_MODELS) throw notFound('data_rule.model_not_found')
  const words = new Map(env.DATA_PERMISSION_COLUMN_TEMPLATE_VARIABLES.map((one) => [one.key, one.comment]))
  return ruleColumns(model?.row ?? null).map((key) => ({
    key,
    comment: words.get(key) ?? labelOf(call, key, model?.comments[key]),
  }))
}

/** A label in the caller's language where there are words for the column, else what its model says of it. */
function labelOf(call: Call, column: string, comment: string | undefined): string {
  const key = `column.${column}`
  return hasWords(call.language, key) ? call.t(key) : (comment ?? column)
}

export const variables = (): KeyComment[] => env.DATA_PERMISSION_TEMPLATE_VARIABLES

export const all = (call: Call): Promise<Row<DataRule>[]> => dataRuleCrud.all(call.db)

export const list = (call: Call, query: DataRuleList): Promise<Page<Row<DataRule>>> =>
  dataRuleCrud.list(call.db, query, query.name)

export async function get(call: Call, id: string): Promise<Row<DataRule>> {
  const rule = await dataRuleCrud.get(call.db, id)
  if (!rule) throw notFound('data_rule.not_found')
  return rule
}

export async function create(call: Call, input: SaveDataRule): Promise<void> {
  checkWorks(input)
  await checkName(call.db, input.name)
  await dataRuleCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveDataRule): Promise<void> {
  checkWorks(input)
  if (!(await dataRuleCrud.lock(call.db, id))) throw notFound('data_rule.not_found')
  await checkName(call.db, input.name, id)
  await dataRuleCrud.update(call.db, id, input)
  call.outdates('rights')
}

/** Deletes rules and takes them out of their scopes; unknown ids, and those the caller may not see, are passed over. */
export async function remove(call: Call, ids: string[]): Promise<void> {
  const known = (await dataRuleCrud.lockMany(call.db, ids)).map((rule) => rule.id)
  if (known.length === 0) throw nothingChanged()
  await dataScopeRuleCrud.removeRight(call.db, known)
  await dataRuleCrud.remove(call.db, known)
  call.outdates('rights')
}

/** A rule that could never hold hides rows from people who then wonder why; say so when it is written. */
function checkWorks(input: SaveDataRule): void {
  const model = input.model === ALL_MODELS ? null : ruleModel(input.model)
  if (!model && input.model !== ALL_MODELS) throw invalid('model', 'data_rule.model_not_found')
  const problem = ruleProblem(input, model?.row ?? null)
  if (problem) throw invalid(problem === 'data_rule.value_invalid' ? 'value' : 'column', problem)
}

async function checkName(db: Db, name: string, own?: string): Promise<void> {
  const other = await dataRuleCrud.byName(db, name)
  if (other && other.id !== own) throw conflict('data_rule.name_taken')
}
