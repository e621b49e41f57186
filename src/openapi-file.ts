import fs from 'node:fs/promises'
import { modules } from './app/modules'
import { openapiDocument } from './core/openapi'

/** The document of the core's modules as it is committed in `static/openapi.json`. */
export const openapiText = async (): Promise<string> =>
  `${JSON.stringify(await openapiDocument(modules), null, 2)}\n`

/** Writes that document to a file. */
export async function writeOpenapi(file: string): Promise<void> {
  await fs.writeFile(file, await openapiText())
}
