import { openapiText } from '../../openapi-file'
import { give } from '../give'

export const openapi = async ({ out }: { out?: string }): Promise<void> => give(await openapiText(), out)
