import { createHash, randomBytes } from 'node:crypto'

/** One-time tokens for a sign-in link. They live in memory: a restart ends them. */
export interface SignInLinks {
  /** A new token; the oldest beyond 16 is forgotten. */
  create(): string
  /** True exactly once for a token that was made here and is not too old. */
  redeem(token: string): boolean
}

const LINK_LIMIT = 16

export function createSignInLinks(options: {
  readonly lifetimeMs: number
  readonly monotonicMs: () => number
}): SignInLinks {
  const expiries = new Map<string, number>()
  // Looked up by hash: the time of a Map lookup says nothing about how near a guess was.
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
  return {
    create() {
      const token = randomBytes(32).toString('base64url')
      expiries.set(hashOf(token), options.monotonicMs() + options.lifetimeMs)
      for (const oldest of expiries.keys()) {
        if (expiries.size <= LINK_LIMIT) break
        expiries.delete(oldest)
      }
      return token
    },
    redeem(token) {
      const expiry = expiries.get(hashOf(token))
      expiries.delete(hashOf(token))
      return expiry !== undefined && options.monotonicMs() < expiry
    },
  }
}
