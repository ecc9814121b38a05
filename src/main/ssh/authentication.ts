import type { AnyAuthMethod, Prompt } from 'ssh2'
import type { AppError } from '../../shared/errors/index.ts'
import { boundText } from './failure.ts'
import { createKeyOffers } from './key-offers.ts'
import type { ResolvedTarget } from './resolve-target.ts'
import { asksToChangePassword } from './sign-in-failure.ts'
import { toOfferedKey } from './ssh2-internals.ts'
import type { InteractiveAnswer, SshPrompt, SshSecrets } from './types.ts'

const ROUNDS_LIMIT = 8
const PROMPTS_LIMIT = 16

export interface AuthenticationOptions {
  readonly target: ResolvedTarget
  readonly secrets: () => Promise<SshSecrets>
  readonly interactive?: InteractiveAnswer | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with true while a person is asked, so that the time limit waits for them. */
  readonly onWaiting?: (waiting: boolean) => void
}

/** The sequence of attempts to sign in: keys of agent and files, password, keyboard-interactive. */
export interface Authentication {
  /** The next attempt, given what the server still accepts (null before it has said so), or null when none is left. */
  next(methodsLeft: readonly string[] | null, partialSuccess: boolean): Promise<AnyAuthMethod | null>
  /** What was tried, for the error's text: names of methods and files, never a value. */
  tried(): string
  /** The failure that explains best why nothing worked, when it was on this side. */
  problem(): AppError | null
  /** What the person's own answer failed with, when a prompt was not answered. */
  promptFailure(): unknown
  /** True while the server has not answered to a key or password. */
  isUnanswered(): boolean
  /** True when the server wanted a new password and nobody was there to give one. */
  isPasswordExpired(): boolean
}

/** Null: nothing to try here, go on. */
type Step = () => Promise<AnyAuthMethod | null>

/** Builds the attempts for one connection. Secrets are fetched when the first one is needed, and only once. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { target } = options
  const username = target.user
  const tried: string[] = []
  let promptFailure: unknown
  let secrets: Promise<SshSecrets> | undefined
  const fetchSecrets = () => {
    secrets ??= options.secrets()
    return secrets
  }
  let serverMethods: readonly string[] | null = null
  let hasBegun = false
  let keysOffered = 0
  let passwordRefused = false
  let passwordUsed = false
  let passwordExpired = false
  let lastAttempt: AnyAuthMethod['type'] = 'none'
  let rounds = 0

  const keys = createKeyOffers({
    target,
    passphrase: async () => (await fetchSecrets()).passphrase,
    signal: options.signal,
  })
  const passwordStep: Step = async () => {
    const { password } = await fetchSecrets()
    if (password === undefined || !accepts('password')) return null
    tried.push('password')
    passwordUsed = true
    passwordRefused = true
    return { type: 'password', username, password }
  }
  const interactiveStep: Step = async () => {
    if (!accepts('keyboard-interactive')) return null
    const { password } = await fetchSecrets()
    if (options.interactive === undefined && (password === undefined || passwordRefused)) return null
    tried.push('keyboard-interactive')
    return { type: 'keyboard-interactive', username, prompt }
  }

  function prompt(name: string, instructions: string, _lang: string, asked: Prompt[], finish: (a: string[]) => void) {
    const prompts = asked
      .slice(0, PROMPTS_LIMIT)
      .map((one) => ({ text: boundText(one.prompt), echo: one.echo === true }))
    answer(prompts, name, instructions).then(
      (answers) => finish([...answers]),
      (error: unknown) => {
        promptFailure = error ?? new Error('not answered')
        finish(prompts.map(() => ''))
      },
    )
  }
  async function answer(prompts: readonly SshPrompt[], name: string, instructions: string): Promise<readonly string[]> {
    const { password } = await fetchSecrets()
    const single = prompts.length === 1 && prompts[0]?.echo === false
    if (single && password !== undefined && !passwordUsed) {
      passwordUsed = true
      return [password]
    }
    if (options.interactive === undefined) {
      const texts = [name, instructions, ...prompts.map(({ text }) => text)]
      if (passwordUsed && asksToChangePassword(texts)) passwordExpired = true
      return prompts.map(() => '')
    }
    if (++rounds > ROUNDS_LIMIT) return prompts.map(() => '')
    options.onWaiting?.(true)
    try {
      const context = {
        address: target.address,
        user: username,
        name: boundText(name),
        instructions: boundText(instructions),
      }
      return await options.interactive(prompts, context)
    } finally {
      options.onWaiting?.(false)
    }
  }
  const accepts = (method: string) => serverMethods === null || serverMethods.includes(method)
  let secretSteps: Step[] = [passwordStep, interactiveStep]

  async function decideNext(
    methodsLeft: readonly string[] | null,
    partialSuccess: boolean,
  ): Promise<AnyAuthMethod | null> {
    // A second factor: what was refused as the first may serve now.
    if (partialSuccess) {
      secretSteps = [passwordStep, interactiveStep]
      passwordRefused = false
    }
    serverMethods = methodsLeft
    if (accepts('publickey')) {
      const { value: offer } = await keys.offers.next()
      if (offer !== undefined) {
        keysOffered++
        return { type: 'publickey', username, key: toOfferedKey(offer) } as const
      }
    }
    for (let step = secretSteps.shift(); step !== undefined; step = secretSteps.shift()) {
      const attempt = await step()
      if (attempt !== null) return attempt
    }
    return null
  }

  return {
    async next(methodsLeft, partialSuccess) {
      if (!hasBegun) {
        hasBegun = true
        return { type: 'none', username }
      }
      lastAttempt = 'none'
      const attempt = await decideNext(methodsLeft, partialSuccess)
      lastAttempt = attempt?.type ?? 'none'
      return attempt
    },
    tried: () => [...keys.tried(), ...tried].join(', ') || 'nothing',
    problem: () => {
      const { explicit, other } = keys.problems()
      return explicit ?? (keysOffered === 0 && tried.length === 0 ? other : null)
    },
    promptFailure: () => promptFailure,
    isUnanswered: () => lastAttempt !== 'none',
    isPasswordExpired: () => passwordExpired,
  }
}
