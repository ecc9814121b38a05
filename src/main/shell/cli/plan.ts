import type { CommandPlan } from '../../../shared/contract/index.ts'
import { reportFailure } from './call.ts'
import type { EngineAccess } from './engine-access.ts'
import type { CliIo } from './io.ts'
import { EXIT } from './io.ts'
import { formatTable } from './table.ts'

/** `call --plan`: prints what a command would do now. Returns the exit code. */
export async function runPlan(
  access: EngineAccess,
  call: { readonly command: string; readonly input: unknown },
  options: { readonly json: boolean; readonly dataDir: string | null },
  io: CliIo,
): Promise<number> {
  const result = await access.plan(call.command, call.input)
  if (!result.ok) return reportFailure(result.error, call, options, io)
  await io.out(options.json ? `${JSON.stringify(result)}\n` : formatPlan(result.value))
  return EXIT.ok
}

function formatPlan({ subject, steps, rows, locks, touches }: CommandPlan): string {
  const all = [
    ...steps.map((step) => ({ subject, step })),
    ...rows.flatMap((row) => row.steps.map((step) => ({ subject: row.subject, step }))),
  ]
  const refused = rows.flatMap(({ subject: { name }, error }) => (error === null ? [] : [`${name}: ${error.code}\n`]))
  const table = formatTable(
    ['STEP', 'ON', 'HOST ID', 'CANCELLABLE'],
    all.map(({ subject: { name }, step }) => [
      step.text.key,
      name,
      step.hostId ?? '-',
      step.cancellable ? 'yes' : 'no',
    ]),
  )
  const list = (title: string, values: readonly string[]) =>
    values.length === 0 ? '' : `${title}: ${values.join(', ')}\n`
  return [
    all.length === 0 ? 'No steps: it is done at once.\n' : table,
    list('Holds', [...new Set(locks.map(({ key }) => key))]),
    list('Changes', [...new Set(touches.map(({ kind, name }) => `${kind} ${name}`))]),
    ...refused,
  ].join('')
}
