import { env } from '../config/env'
import { BaseModel } from '../infra/base-model'
import { database } from '../infra/database'
import type { RowModel } from '../infra/db'
import { rowModelOf } from '../infra/rows'

/** A model that data rules may name. */
export interface RuleModel {
  /** The class, or the table for a model that only ties two others together. */
  name: string
  row: RowModel
  /** Comments of the columns, from the model's declaration. */
  comments: Record<string, string>
}

/** The registered models of all modules, tables before links, each in alphabetical order. */
export function ruleModels(): RuleModel[] {
  const models = Object.values(database().models).map((model) => {
    const isLink = !(model.prototype instanceof BaseModel)
    const name = isLink ? model.tableName : model.name
    return { isLink, name, row: rowModelOf(model), comments: commentsOf(model.getAttributes()) }
  })
  return models
    .filter(({ name }) => !env.DATA_PERMISSION_MODEL_EXCLUDE.includes(name))
    .sort((a, b) => Number(a.isLink) - Number(b.isLink) || a.name.localeCompare(b.name, 'en'))
}

/** @returns null where no model of that name may be named */
export const ruleModel = (name: string): RuleModel | null =>
  ruleModels().find((model) => model.name === name) ?? null

function commentsOf(columns: Record<string, { comment?: string }>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, { comment }]) => (comment ? [[name, comment]] : [])),
  )
}
