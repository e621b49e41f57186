import { signInProviders, within, type Call, type SignInProvider, type SignInWay } from '#core'

const PATIENCE_MS = 3000

/** What the log-in page may offer beside the password. A provider that fails is left out, and the others are offered. */
export async function ways(call: Call): Promise<(SignInWay & { provider: string })[]> {
  const found = await Promise.all(signInProviders.all().map((one) => waysOf(call, one)))
  return found.flat()
}

async function waysOf(call: Call, provider: SignInProvider) {
  try {
    const ways = await within(PATIENCE_MS, provider.ways(), `${provider.name} did not say how to sign in`)
    return ways.map((way) => ({ ...way, provider: provider.name }))
  } catch (err) {
    call.log.error('a sign-in provider failed', { err, provider: provider.name })
    return []
  }
}
