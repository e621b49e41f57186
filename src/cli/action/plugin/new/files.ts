import { aboutFiles } from './about-files'
import type { Blueprint } from './blueprint'
import { ruleFiles } from './rule-files'
import { tableFiles } from './table-files'
import { testFile } from './test-file'
import { wireFiles } from './wire-files'

/** Every file of a new plugin, by its path below the folder, formatted as the project formats. */
export const filesOf = (plan: Blueprint): Record<string, string> => ({
  ...aboutFiles(plan),
  ...wireFiles(plan),
  ...ruleFiles(plan),
  ...tableFiles(plan),
  ...testFile(plan),
})
