import { manifestSchemaText } from '../../../plugin/manifest'
import { give } from '../../give'

export const schema = ({ out }: { out?: string }): Promise<void> => give(manifestSchemaText(), out)
