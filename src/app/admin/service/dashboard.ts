import { dashboardCards, isAllowed, within, type Call, type DashboardCard } from '#core'

/** Nobody waits longer for a page. */
const PATIENCE_MS = 3000

/** The cards that the caller may see. One that fails or is late says so and leaves the others alone. */
export function cards(call: Call) {
  const mine = dashboardCards.all().filter((one) => isAllowed(call.me, one, 'GET', `card:${one.name}`))
  return Promise.all(mine.map((one) => shown(call, one)))
}

async function shown(call: Call, card: DashboardCard) {
  const head = { name: card.name, title: call.t(card.title) }
  try {
    const value = await within(
      PATIENCE_MS,
      readOnce(call, card),
      `the card ${card.name} did not say its value`,
    )
    return { ...head, value: card.value.parse(value), error: null }
  } catch (err) {
    call.log.warn('a dashboard card failed', { err, card: card.name })
    return { ...head, value: null, error: call.t('dashboard.card_failed') }
  }
}

const reading = new WeakMap<DashboardCard, Map<string, Promise<unknown>>>()

/** A card that is still being read for a user is not asked again: one that hangs must not pile up. */
function readOnce(call: Call, card: DashboardCard): Promise<unknown> {
  const byUser = reading.get(card) ?? new Map<string, Promise<unknown>>()
  reading.set(card, byUser)
  const known = byUser.get(call.me.id)
  if (known) return known
  const work = card.read(call)
  byUser.set(call.me.id, work)
  const forget = () => void byUser.delete(call.me.id)
  work.then(forget, forget)
  return work
}
