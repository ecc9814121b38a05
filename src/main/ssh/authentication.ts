import type { AnyAuthMethod, Prompt } from 'ssh2'
import { type AppError, isAppError } from '../../shared/errors/index.ts'
import { type AgentKeys, fetchAgentKeys, findAgentPath } from './agent.ts'
import { boundText } from './failure.ts'
import { fetchPrivateKey, fetchPublicBlob, isMissingKey } from './key-file.ts'
import type { ResolvedTarget } from './resolve-target.ts'
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

/** The sequence of attempts to sign in: agent, keys, password, keyboard-interactive. */
export interface Authentication {
  /** The next attempt, given what the server still accepts (null before it has said so), or null when none is left. */
  next(methodsLeft: readonly string[] | null, partialSuccess: boolean): Promise<AnyAuthMethod | null>
  /** What was tried, for the error's text: names of methods and files, never a value. */
  tried(): string
  /** The failure that explains best why nothing worked, when it was on this side. */
  problem(): AppError | null
  /** What the person's own answer failed with, when a prompt was not answered. */
  promptFailure(): unknown
}

/** Null: nothing to try here, go on. */
type Step = () => Promise<AnyAuthMethod | typeof END | null>

const END = Symbol('nothing left')
const end: Step = async () => END

/** Builds the attempts for one connection. Secrets are fetched when the first one is needed, and only once. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { target } = options
  const username = target.user
  const tried: string[] = []
  let keyProblem: AppError | null = null
  let explicitProblem: AppError | null = null
  let promptFailure: unknown
  let secrets: Promise<SshSecrets> | undefined
  const fetchSecrets = () => {
    secrets ??= options.secrets()
    return secrets
  }
  let agent: Promise<AgentKeys | null> | undefined
  const fetchAgent = () => {
    agent ??= openAgent()
    return agent
  }
  const offeredFromAgent = new Set<string>()
  let serverMethods: readonly string[] | null = null
  let passwordRefused = false
  let passwordUsed = false
  let rounds = 0
  let attempts = 0
  let afterAgent = false

  async function openAgent(): Promise<AgentKeys | null> {
    const path = await findAgentPath(target.agentPath)
    if (path === null) return null
    try {
      return await fetchAgentKeys(path, options.signal)
    } catch (error) {
      if (!isAppError(error, 'ssh.agent-unavailable')) throw error
      tried.push('agent (not available)')
      keyProblem ??= error
      return null
    }
  }

  const agentStep =
    (choose: (agentKeys: AgentKeys) => Promise<AgentKeys['keys']>): Step =>
    async () => {
      const available = await fetchAgent()
      if (available === null) return null
      const chosen = await choose(available)
      const fresh = chosen.filter((key) => !offeredFromAgent.has(key.getPublicSSH().toString('base64')))
      if (fresh.length === 0) return null
      for (const key of fresh) offeredFromAgent.add(key.getPublicSSH().toString('base64'))
      tried.push(`agent (${fresh.length === 1 ? '1 key' : `${fresh.length} keys`})`)
      return { type: 'agent', username, agent: available.offering(fresh) }
    }
  const matching = async (available: AgentKeys, paths: readonly string[]) => {
    const blobs = (await Promise.all(paths.map(fetchPublicBlob))).filter((blob) => blob !== null)
    return available.keys.filter((key) => blobs.some((blob) => blob.equals(key.getPublicSSH())))
  }
  const keyStep =
    (path: string, explicit: boolean): Step =>
    async () => {
      const blob = offeredFromAgent.size > 0 ? await fetchPublicBlob(path) : null
      if (blob !== null && offeredFromAgent.has(blob.toString('base64'))) return null
      try {
        const key = await fetchPrivateKey(path, async () => (await fetchSecrets()).passphrase)
        tried.push(`key ${path}`)
        return { type: 'publickey', username, key }
      } catch (error) {
        if (!isAppError(error)) throw error
        if (explicit) explicitProblem = error
        else if (isMissingKey(error)) return null
        else keyProblem ??= error
        tried.push(`key ${path} (${error.code.replace('ssh.key-', '')})`)
        return null
      }
    }

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
    if (options.interactive === undefined || ++rounds > ROUNDS_LIMIT) return prompts.map(() => '')
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

  const explicit = target.explicitKeyPath
  const listed = explicit === null ? target.identityPaths : [explicit, ...target.identityPaths]
  const keySteps: Step[] = [
    async () => ({ type: 'none', username }),
    // A key that the person named goes first: a full agent would use up the attempts that the server allows.
    ...(explicit === null ? [] : [agentStep((available) => matching(available, [explicit])), keyStep(explicit, true)]),
    agentStep((available) => matching(available, listed)),
    ...(target.identitiesOnly ? [] : [agentStep(async (available) => available.keys)]),
    ...target.identityPaths.filter((path) => path !== explicit).map((path) => keyStep(path, false)),
  ]
  let secretSteps: Step[] = [passwordStep, interactiveStep]

  return {
    async next(methodsLeft, partialSuccess) {
      // A second factor: what was refused as the first may serve now.
      if (partialSuccess) {
        secretSteps = [passwordStep, interactiveStep]
        passwordRefused = false
      }
      // ssh2 does not pass on what the server says after an agent's keys, so nothing is known then.
      serverMethods = afterAgent ? null : methodsLeft
      for (;;) {
        const step = accepts('publickey') ? keySteps.shift() : undefined
        const attempt = await (step ?? secretSteps.shift() ?? end)()
        if (attempt === END) return null
        if (attempt === null) continue
        afterAgent = attempt.type === 'agent'
        if (attempt.type !== 'none') attempts++
        return attempt
      }
    },
    tried: () => tried.join(', ') || 'nothing',
    problem: () => explicitProblem ?? (attempts === 0 ? keyProblem : null),
    promptFailure: () => promptFailure,
  }
}
