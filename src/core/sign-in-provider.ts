import { ExtensionPoint, type Extending } from './extension-point'

/** A service that users may sign in with. */
export interface SignInWay {
  /** Kept with what is bound to a user, e.g. `Github`. */
  source: string
  /** As people know it, e.g. `GitHub`. */
  title: string
  /** Below the API base: a GET answers the address to send the browser to. */
  path: string
}

/** Brings ways to sign in beside the password. Sessions are opened by `letIn()` of the module admin, which asks for a second factor. */
export interface SignInProvider extends Extending {
  /** What is configured at this moment, in the order of the log-in page. */
  ways(): Promise<SignInWay[]>
}

/** Where plugins put their ways to sign in. */
export const signInProviders = new ExtensionPoint<SignInProvider>('sign-in provider')
