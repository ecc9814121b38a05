import { z } from 'zod'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { InstantHandler } from '../../engine/index.ts'
import { domainReference, isLibvirtError, type LibvirtConnection } from '../../hosts/index.ts'
import { requireVm, vmSubject } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'
import { decideAgent } from './guest-agent.ts'

/** Seconds that libvirt gives the agent for one of its answers, and more than that for the call. */
const AGENT_SECONDS = 30
const CALL_TIMEOUT_MS = 45_000
/** Most of what the contract waits for, and the calls. */
const TIMEOUT_MS = 700_000
const PAUSES_MS = { first: 100, longest: 2_000 }
const OUTPUT_CHARACTERS = 1024 * 1024

/** https://www.qemu.org/docs/master/interop/qemu-ga-ref.html */
const startedSchema = z.object({ return: z.object({ pid: z.number().int() }) })
const statusSchema = z.object({
  return: z.object({
    exited: z.boolean(),
    exitcode: z.number().int().optional(),
    signal: z.number().int().optional(),
    'out-data': z.string().optional(),
    'err-data': z.string().optional(),
    'out-truncated': z.boolean().optional(),
    'err-truncated': z.boolean().optional(),
  }),
})

/** Runs a program in a guest by its agent, and waits for it. Errors: vm.no-agent, vm.guest-program-runs-on, vm.operation-refused. */
export function createGuestExec({ hosts, clock }: VmCommandDependencies): InstantHandler<'vm.guest-exec'> {
  return {
    name: 'vm.guest-exec',
    subject: vmSubject,
    timeoutMs: TIMEOUT_MS,
    validate: (model, { vmId }) => decideAgent(model, vmId, 'guest-exec'),
    // Its arguments may be secrets.
    auditParams: ({ path }) => ({ path }),
    execute: async ({ input, model, signal }) => {
      const vm = requireVm(model(), input.vmId)
      const { name, hostId } = vm
      const connection = await hosts.get(hostId).openConnection({ signal })
      try {
        const ask = <T>(execute: string, args: object, schema: z.ZodType<T>) =>
          askAgent(connection, { dom: domainReference({ name, uuid: vm.id }), execute, args, signal }, schema)
        const { pid } = (
          await ask(
            'guest-exec',
            {
              path: input.path,
              arg: input.arguments,
              'capture-output': true,
              ...(input.input === undefined ? {} : { 'input-data': Buffer.from(input.input).toString('base64') }),
            },
            startedSchema,
          )
        ).return
        const until = clock.monotonicMs() + input.timeoutSeconds * 1_000
        for (let pauseMs = PAUSES_MS.first; ; pauseMs = Math.min(PAUSES_MS.longest, pauseMs * 2)) {
          const status = (await ask('guest-exec-status', { pid }, statusSchema)).return
          if (status.exited) return outcomeOf(status)
          if (clock.monotonicMs() >= until) {
            throw new AppError('vm.guest-program-runs-on', { name, path: input.path, pid }, { subject: name, hostId })
          }
          await pause(pauseMs, signal)
        }
      } catch (error) {
        if (!isAppError(error) || !isLibvirtError(error)) throw error
        const about = { cause: error, subject: name, hostId }
        throw new AppError('vm.operation-refused', { name, action: 'guest-exec', message: error.params.message }, about)
      } finally {
        await connection.close()
      }
    },
  }
}

function outcomeOf(status: z.infer<typeof statusSchema>['return']) {
  const text = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString('utf8')
  const [stdout, stderr] = [text(status['out-data']), text(status['err-data'])]
  const isLong = stdout.length > OUTPUT_CHARACTERS || stderr.length > OUTPUT_CHARACTERS
  return {
    exitCode: status.exitcode ?? null,
    signal: status.signal ?? null,
    stdout: stdout.slice(0, OUTPUT_CHARACTERS),
    stderr: stderr.slice(0, OUTPUT_CHARACTERS),
    isCut: isLong || status['out-truncated'] === true || status['err-truncated'] === true,
  }
}

interface Question {
  readonly dom: ReturnType<typeof domainReference>
  readonly execute: string
  readonly args: object
  readonly signal: AbortSignal
}

/** Errors: those of `call`, and vm.operation-refused of what is no answer. */
async function askAgent<T>(
  connection: LibvirtConnection,
  { dom, execute, args, signal }: Question,
  schema: z.ZodType<T>,
): Promise<T> {
  const cmd = JSON.stringify({ execute, arguments: args })
  const limits = { timeoutMs: CALL_TIMEOUT_MS, signal }
  const question = { dom, cmd, timeout: AGENT_SECONDS, flags: 0 }
  const { result } = await connection.call('QEMU_DOMAIN_AGENT_COMMAND', question, limits)
  const parsed = schema.safeParse(parseJson(result))
  if (parsed.success) return parsed.data
  throw new AppError('vm.operation-refused', { name: dom.name, action: 'guest-exec', message: 'no answer of an agent' })
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    signal.addEventListener('abort', end)
  })
}
