import type { WireError } from '../../../shared/errors/index.ts'
import { describeFailure, type FailedCall } from './describe-failure.ts'
import type { EngineAccess } from './engine-access.ts'
import type { CliIo } from './io.ts'
import { EXIT, UsageError } from './io.ts'

const INPUT_LIMIT_BYTES = 1024 * 1024

/** A command's input from the command line, or, for `-`, from standard input. Throws `UsageError` when it is not a JSON object. */
export async function readCallInput(text: string, io: CliIo): Promise<Readonly<Record<string, unknown>>> {
  const json = text === '-' ? await io.readInput(INPUT_LIMIT_BYTES) : text
  let input: unknown
  try {
    input = JSON.parse(json)
  } catch (error) {
    throw new UsageError(`the input is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UsageError('the input is not a JSON object')
  }
  return { ...input }
}

/** `call`: runs a command, prints its result, returns the exit code. */
export async function runCall(
  access: EngineAccess,
  call: { readonly command: string; readonly input: unknown },
  options: { readonly json: boolean; readonly dataDir: string | null },
  io: CliIo,
): Promise<number> {
  const result = await access.call(call.command, call.input)
  if (!result.ok) return reportFailure(result.error, { ...call, taskId: result.taskId }, options, io)
  if (options.json) {
    await io.out(`${JSON.stringify(result)}\n`)
  } else {
    const { value } = result
    const empty = typeof value !== 'object' || value === null || Object.keys(value).length === 0
    await io.out(empty ? 'Done.\n' : `${JSON.stringify(value, null, 2)}\n`)
  }
  return EXIT.ok
}

/** Prints a failure: the envelope on standard output with `--json`, else its text on standard error. Returns the exit code. */
export async function reportFailure(
  error: WireError,
  call: FailedCall | null,
  options: { readonly json: boolean; readonly dataDir: string | null },
  io: CliIo,
): Promise<number> {
  // A key without a value is none in JSON.
  if (options.json) await io.out(`${JSON.stringify({ ok: false, error, taskId: call?.taskId })}\n`)
  else io.err(describeFailure(error, call, options.dataDir))
  return error.code === 'transport.lost' || error.code === 'engine.not-running' ? EXIT.unreachable : EXIT.failed
}
