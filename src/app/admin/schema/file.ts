import { z } from '#core'

export const UploadUrl = z.object({ url: z.string() }).meta({ id: 'UploadUrl' })
