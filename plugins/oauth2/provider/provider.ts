import type { Live } from '../config'
import type { Profile } from './profile'

export interface Endpoints {
  authorize: string
  token: string
  /** null where the issuer has none. */
  user_info: string | null
}

/** What the token endpoint gave, and what was agreed on before. */
export interface Granted {
  access_token: string
  id_token: string | null
  nonce: string
}

/** A service that vouches for users, ready to be asked. */
export interface Provider {
  /** Kept with every binding. */
  source: string
  client_id: string
  client_secret: string
  redirect_uri: string
  scope: string
  /** Where the token endpoint wants the secret. */
  secret_in: 'header' | 'body'
  /** Where the issuer says who it is when it sends browsers back; null where nobody says so. */
  issuer: string | null
  endpoints: Endpoints
  readProfile(granted: Granted, live: Live): Promise<Profile>
}

/** A provider as the settings name it; opening it may mean to ask for its endpoints. */
export interface Registration {
  source: string
  /** As people know it. */
  title: string
  /** Has a client id of its own, and not the one that stands for none. */
  is_configured: boolean
  /** Of its routes, below `/oauth2/`. */
  path: string
  open(): Promise<Provider>
}
