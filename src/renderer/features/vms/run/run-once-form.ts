import { z } from 'zod'
import type { CommandInput } from '../../../../shared/contract/index.ts'
import { vmKernelSpecSchema } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** In place of the ID of a medium. */
export const AS_DEFINED = ''
export const EMPTY_DRIVE = 'empty'

const text = z.string().trim()

/** What a person says of one run. Empty: as the machine is defined. */
export const runOnceFormSchema = z
  .object({
    bootOrder: text,
    bootMenu: z.enum(['', 'on', 'off']),
    medium: text,
    ownKernel: z.boolean(),
    kernelPath: text,
    initrdPath: text,
    commandLine: text,
    paused: z.boolean(),
  })
  .superRefine((form, context) => {
    if (!form.ownKernel) return
    for (const { path } of vmKernelSpecSchema.safeParse(kernelOf(form)).error?.issues ?? []) {
      const message = path[0] === 'commandLine' ? 'newvm:wrong.value' : 'vms:runOnce.wrongPath'
      context.addIssue({ code: 'custom', path: [...path], message })
    }
  })
export type RunOnceForm = z.infer<typeof runOnceFormSchema>

export const NOTHING_ELSE: RunOnceForm = {
  bootOrder: '',
  bootMenu: '',
  medium: AS_DEFINED,
  ownKernel: false,
  kernelPath: '',
  initrdPath: '',
  commandLine: '',
  paused: false,
}

function kernelOf({ kernelPath, initrdPath, commandLine }: RunOnceForm) {
  const given = Object.entries({ initrdPath, commandLine }).filter(([, value]) => value !== '')
  return { kernelPath, ...Object.fromEntries(given) }
}

/** The input of `vm.run-once` beside the machine, of a form that was checked; what was not said is left out. Pure. */
export function toRunOnce(form: RunOnceForm): Omit<CommandInput<'vm.run-once'>, 'vmId'> {
  const { bootOrder, bootMenu, medium, ownKernel, paused } = form
  return {
    paused,
    ...(bootOrder === '' ? {} : { boot: bootOrder.split(',') as CommandInput<'vm.run-once'>['boot'] }),
    ...(bootMenu === '' ? {} : { bootMenu: bootMenu === 'on' }),
    ...(medium === AS_DEFINED ? {} : { cdrom: medium === EMPTY_DRIVE ? null : { diskId: medium } }),
    ...(ownKernel ? { kernel: kernelOf(form) } : {}),
  }
}

/** The field that a refusal is about; null: none. Pure. */
export function fieldOfRefusal({ code, params }: Pick<WireError, 'code' | 'params'>): 'medium' | 'bootOrder' | null {
  if (code === 'vm.lacks-device') return params.device === 'drive' ? 'medium' : 'bootOrder'
  const isAboutMedium = code.startsWith('disk.') || MEDIUM_CODES.has(code)
  return isAboutMedium ? 'medium' : null
}

const MEDIUM_CODES: ReadonlySet<string> = new Set([
  'vm.not-a-medium',
  'vm.host-storage-missing',
  'vm.other-datacenter',
  'storage.not-found',
])
