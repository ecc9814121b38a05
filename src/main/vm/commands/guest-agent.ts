import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { domainReference, type LibvirtConnection } from '../../hosts/index.ts'
import { onVm, runDomainAction } from '../domain-action.ts'
import { decideAction, planOnVm, requireVm } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

type AgentCommand = 'vm.guest-time' | 'vm.guest-freeze' | 'vm.guest-thaw' | 'vm.guest-password'
type AgentAction = 'guest-time' | 'guest-freeze' | 'guest-thaw' | 'guest-password'

/** A guest may have much to write before it stands still. */
const CALL_TIMEOUT_MS = 120_000
const STEP_TIMEOUT_MS = 180_000
/** `VIR_DOMAIN_PASSWORD_ENCRYPTED`. */
const HASHED = 1

interface AgentCall {
  readonly action: AgentAction
  readonly call: (
    connection: LibvirtConnection,
    dom: ReturnType<typeof domainReference>,
    input: ParsedInput<AgentCommand>,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
    nowMs: number,
  ) => Promise<unknown>
}

const AGENT_CALLS: Readonly<Record<AgentCommand, AgentCall>> = {
  'vm.guest-time': {
    action: 'guest-time',
    call: (connection, dom, _input, limits, nowMs) => {
      const seconds = BigInt(Math.floor(nowMs / 1_000))
      const nseconds = Math.floor(nowMs % 1_000) * 1_000_000
      return connection.call('DOMAIN_SET_TIME', { dom, seconds, nseconds, flags: 0 }, limits)
    },
  },
  'vm.guest-freeze': {
    action: 'guest-freeze',
    call: (connection, dom, _input, limits) =>
      connection.call('DOMAIN_FSFREEZE', { dom, mountpoints: [], flags: 0 }, limits),
  },
  'vm.guest-thaw': {
    action: 'guest-thaw',
    call: (connection, dom, _input, limits) =>
      connection.call('DOMAIN_FSTHAW', { dom, mountpoints: [], flags: 0 }, limits),
  },
  'vm.guest-password': {
    action: 'guest-password',
    call: async (connection, dom, input, limits) => {
      if (!('password' in input)) throw new RangeError('a password was to be set')
      const { user, password, hashed } = input
      await connection.call('DOMAIN_SET_USER_PASSWORD', { dom, user, password, flags: hashed ? HASHED : 0 }, limits)
    },
  },
}

/** May the agent of a running machine be asked? Null: yes. Pure. */
export function decideAgent(model: ModelSnapshot, vmId: VmId, action: AgentAction | 'guest-exec'): AppError | null {
  const refusal = decideAction(model, vmId, action)
  const vm = model.vms.get(vmId)
  if (refusal !== null || vm === undefined || vm.guestAgent === 'connected') return refusal
  return new AppError('vm.no-agent', { name: vm.name }, { subject: vm.name, hostId: vm.hostId })
}

/** The commands that libvirt passes on to the agent in a guest. Over connections of their own: an agent may be slow. */
export function createAgentHandlers(dependencies: VmCommandDependencies) {
  const make = <N extends AgentCommand>(name: N) => createAgentHandler(dependencies, name, AGENT_CALLS[name])
  return {
    'vm.guest-time': make('vm.guest-time'),
    'vm.guest-freeze': make('vm.guest-freeze'),
    'vm.guest-thaw': make('vm.guest-thaw'),
    'vm.guest-password': make('vm.guest-password'),
  }
}

function createAgentHandler<N extends AgentCommand>(
  { hosts, clock }: VmCommandDependencies,
  name: N,
  { action, call }: AgentCall,
): OperationHandler<AgentCommand> & { readonly name: N } {
  return {
    name,
    ...onVm(hosts, action),
    validate: (model, input) => decideAgent(model, input.vmId, action),
    auditParams: (input) => ('user' in input ? { account: input.user } : {}),
    plan: (model, input) => planOnVm(model, input.vmId, [{ action: 'call', key: action }]),
    afterCrash: 'undo',
    steps: {
      call: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, model, signal }) => {
          const vm = requireVm(model(), input.vmId)
          const link = hosts.get(vm.hostId)
          const dom = domainReference({ name: vm.name, uuid: vm.id })
          const connection = await link.openConnection({ signal })
          try {
            await runDomainAction({
              vm,
              action,
              link,
              model,
              call: () => call(connection, dom, input, { timeoutMs: CALL_TIMEOUT_MS, signal }, clock.now()),
              tookEffect: () => null,
            })
          } finally {
            await connection.close()
          }
          return null
        },
        inspect: async () => 'unknowable',
      },
    },
    output: () => ({}),
  }
}
