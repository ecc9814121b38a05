import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { hostIdSchema, vmIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { withXmlErrors } from '../change/domain-xml.ts'
import { defineDomain, undefineDomain } from '../define-domain.ts'
import { inspectDomain } from '../domain-action.ts'
import { decideImport, writeIdentity } from '../import/decide-import.ts'
import { hostName } from '../rules.ts'
import type { VmCommandDependencies } from './dependencies.ts'

const EVENT_WITHIN_MS = 60_000

const identitySchema = z.object({ vmId: vmIdSchema, name: z.string(), macAddresses: z.array(z.string()) })

type ImportDependencies = Pick<VmCommandDependencies, 'hosts' | 'ownActions'>

/** Makes a machine of a definition that was written elsewhere. Its disks are those that it names: none is made or copied. */
export function createImportXml({ hosts, ownActions }: ImportDependencies): OperationHandler<'vm.import-xml'> {
  const identityOf = ({ step }: Pick<StepContext<'vm.import-xml'>, 'step'>) => identitySchema.parse(step.data)
  const expect = ({ user, isRow, step }: StepContext<'vm.import-xml'>, kind: 'vm.defined' | 'vm.undefined') =>
    ownActions.expect(identityOf({ step }).vmId, {
      kinds: [kind],
      user,
      command: 'vm.import-xml',
      silent: !isRow,
      withinMs: EVENT_WITHIN_MS,
    })
  return {
    name: 'vm.import-xml',
    ids: ['vmId'],
    subject: (model, { hostId }) => ({ kind: 'host', id: hostId, name: hostName(model, hostId) }),
    validate: (model, input) => {
      const identity = decideImport(model, input, vmIdSchema.parse(randomUUID()))
      return identity instanceof AppError ? identity : null
    },
    plan: (model, input, ids) => {
      const identity = decideImport(model, input, vmIdSchema.parse(ids.vmId))
      if (identity instanceof AppError) throw identity
      const { vmId, name, macAddresses } = identity
      const datacenterId = model.clusters.get(model.hosts.get(input.hostId)?.clusterId as never)?.datacenterId ?? ''
      return {
        locks: [
          exclusive(`vm:${vmId}`),
          exclusive(`vm-name:${datacenterId}:${name.toLowerCase()}`),
          ...[...macAddresses].sort().map((mac) => exclusive(`mac:${mac}`)),
          shared(`host:${input.hostId}`),
        ],
        touches: [{ kind: 'vm', id: vmId, name }],
        steps: [
          {
            action: 'define',
            hostId: input.hostId,
            text: { key: 'defining', params: { vm: name, host: hostName(model, input.hostId) } },
            data: { vmId, name, macAddresses: [...macAddresses] },
          },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      define: {
        run: async (context) => {
          const identity = identityOf(context)
          const { vmId, name } = identity
          const vm = { id: vmId, name, hostId: context.input.hostId }
          const xml = withXmlErrors(vm, () => writeIdentity(context.input.xml, identity))
          const ended = expect(context, 'vm.defined')
          try {
            await defineDomain(hosts.get(vm.hostId), { vmId, name }, xml)
          } finally {
            ended()
          }
          return { vmId }
        },
        undo: async (context) => {
          const ended = expect(context, 'vm.undefined')
          try {
            await undefineDomain(hosts.get(hostIdSchema.parse(context.step.hostId)), identityOf(context))
          } finally {
            ended()
          }
        },
        inspect: (context) =>
          inspectDomain(
            hosts,
            { hostId: context.step.hostId, vmId: identityOf(context).vmId },
            ({ persistent }) => persistent,
          ),
      },
    },
    output: ({ results }) => z.object({ vmId: vmIdSchema }).parse(results.define),
  }
}
