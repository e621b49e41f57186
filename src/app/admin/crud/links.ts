import { Crud, type Attributes, type Db, type LinkModel, type ModelStatic, type WhereOptions } from '#core'
import { DataScopeRule, RoleDataScope, RoleMenu, UserRole } from '../model/links'

/** Pairs that tie two tables together, read and replaced from either side. */
class LinkCrud<M extends LinkModel> extends Crud<M> {
  constructor(
    model: ModelStatic<M>,
    private readonly left: keyof Attributes<M> & string,
    private readonly right: keyof Attributes<M> & string,
  ) {
    super(model, { rowRules: false })
  }

  /** Ids on the right that belong to any of the left ids, without repetition. */
  async rightOf(db: Db, ...left: string[]): Promise<string[]> {
    return this.#column(db, this.left, this.right, left)
  }

  /** Ids on the left that belong to any of the right ids, without repetition. */
  async leftOf(db: Db, ...right: string[]): Promise<string[]> {
    return this.#column(db, this.right, this.left, right)
  }

  /** All pairs of the left ids, as `[left, right]`. */
  async pairsOf(db: Db, left: readonly string[]): Promise<[string, string][]> {
    if (left.length === 0) return []
    const rows = await this.find(db, { where: this.#in(this.left, left), columns: [this.left, this.right] })
    return rows.map((row) => [String(row[this.left]), String(row[this.right])])
  }

  /** Makes the right ids exactly what belongs to the left one; pairs that stay are not touched. */
  async replace(db: Db, left: string, right: readonly string[]): Promise<void> {
    const before = new Set(await this.rightOf(db, left))
    const wanted = new Set(right)
    const gone = [...before].filter((id) => !wanted.has(id))
    if (gone.length > 0) await this.removeWhere(db, this.#where({ [this.left]: left, [this.right]: gone }))
    const added = [...wanted].filter((id) => !before.has(id))
    await this.createMany(db, added.map((id) => ({ [this.left]: left, [this.right]: id })) as never[])
  }

  removeLeft(db: Db, ids: readonly string[]): Promise<number> {
    return this.removeWhere(db, this.#in(this.left, ids))
  }

  removeRight(db: Db, ids: readonly string[]): Promise<number> {
    return this.removeWhere(db, this.#in(this.right, ids))
  }

  #in(column: string, values: readonly string[]): WhereOptions<Attributes<M>> {
    return this.#where({ [column]: [...values] })
  }

  /** Column names are only known to the compiler per table, so conditions built from them are vouched for here. */
  #where(condition: Record<string, unknown>): WhereOptions<Attributes<M>> {
    return condition as WhereOptions<Attributes<M>>
  }

  async #column(
    db: Db,
    by: keyof Attributes<M> & string,
    wanted: keyof Attributes<M> & string,
    values: string[],
  ) {
    if (values.length === 0) return []
    const rows = await this.find(db, { where: this.#in(by, values), columns: [wanted] })
    return [...new Set(rows.map((row) => String(row[wanted])))]
  }
}

export const userRoleCrud = new LinkCrud(UserRole, 'user_id', 'role_id')
export const roleMenuCrud = new LinkCrud(RoleMenu, 'role_id', 'menu_id')
export const roleDataScopeCrud = new LinkCrud(RoleDataScope, 'role_id', 'data_scope_id')
export const dataScopeRuleCrud = new LinkCrud(DataScopeRule, 'data_scope_id', 'data_rule_id')
