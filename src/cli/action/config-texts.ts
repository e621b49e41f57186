import { envExample, settingsReference } from '../../config/reference'
import { give } from '../give'

export const example = ({ out }: { out?: string }): Promise<void> => give(envExample(), out)

export const reference = ({ out }: { out?: string }): Promise<void> => give(settingsReference(), out)
