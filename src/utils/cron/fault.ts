/** Why a time rule of an operator is refused: a message key with its parameters, for whoever puts it into words. */
export class TimeRuleFault extends Error {
  constructor(
    /** Below `cron.` or `interval.` in the locale files. */
    readonly key: string,
    readonly params: Record<string, string | number> = {},
  ) {
    super(`${key} ${JSON.stringify(params)}`)
    this.name = 'TimeRuleFault'
  }
}
