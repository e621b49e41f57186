import { z } from '#core'

export const CardShown = z
  .object({
    name: z.string(),
    title: z.string(),
    /** As the card declares it; null where it could not be read. */
    value: z.unknown(),
    /** Words for whoever looks, where it could not be read. */
    error: z.string().nullable(),
  })
  .meta({ id: 'DashboardCard' })
