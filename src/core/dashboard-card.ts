import type { z } from 'zod'
import type { Access } from '../common/types'
import type { Call } from './call'
import { ExtensionPoint, type Extending } from './extension-point'

/** Something worth a glance on the first page of the console; made by `card()`. */
export interface DashboardCard extends Extending {
  /** e.g. `email.outbox` */
  name: string
  /** Key of its title. */
  title: string
  /** Who may see it: `signed_in`, `super_user`, or a permission code. No default. */
  access: Access
  /** What may leave. No default. */
  value: z.ZodType
  /** Reads the value for whoever looks, within three seconds; changes nothing. */
  read(call: Call): Promise<unknown>
}

/** Where plugins put their cards. */
export const dashboardCards = new ExtensionPoint<DashboardCard>('dashboard card')

/** Declares a card: `read` must return what `value` says. */
export const card = <S extends z.ZodType>(
  declaration: DashboardCard & { value: S; read(call: Call): Promise<z.input<S>> },
): DashboardCard => declaration
