import { describe, expect, it } from 'vitest'
import { createTransfers } from '../../../../src/main/disk/transfer/transfers.ts'
import { EntityTable, type Identity, silentLog } from '../../../../src/main/engine/index.ts'
import { CONSOLE_CLOSE_ERROR, decodeConsoleClose, type Permission } from '../../../../src/shared/contract/index.ts'
import type { StorageDomainId } from '../../../../src/shared/domain/index.ts'
import { FakeSocket } from '../console/fake-socket.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { makeModel } from '../vm/make-model.ts'

const TRANSFER = '99999999-0000-4000-8000-000000000001'
const OWN = 'aaaaaaaa-0000-4000-8000-000000000001' as StorageDomainId
const OTHER = 'aaaaaaaa-0000-4000-8000-000000000002' as StorageDomainId
const object = { kind: 'storage-domain', id: OWN } as const

/** Somebody who may transfer to and from that domain alone. */
function createLimited(id: string): Identity {
  const permissions: ReadonlySet<Permission> = new Set(['disk.transfer'])
  return {
    user: 'eve',
    role: 'limited',
    permissions: new Set(),
    grants: [{ object: { kind: 'storage-domain', id }, permissions }],
  }
}

function startTransfers() {
  const domains = [makeDomain({ id: OWN }), makeDomain({ id: OTHER })]
  const model = {
    ...makeModel(),
    storageDomains: new EntityTable(domains.map((domain) => [domain.id, domain] as const)),
  }
  const transfers = createTransfers({ clock: new ManualClock(), log: silentLog, model: () => model })
  const open = async (
    as: Identity,
    about: { readonly kind: 'storage-domain'; readonly id: StorageDomainId } = object,
  ) => {
    const { ticket } = await transfers.handlers['disk.transfer-ticket'].execute({
      input: { transferId: TRANSFER, object: about },
      identity: as,
      snapshot: model,
      model: () => model,
      signal: new AbortController().signal,
      correlationId: 'c',
    })
    const socket = new FakeSocket()
    transfers.attach(ticket, as, socket)
    return socket
  }
  return { transfers, open }
}

const reasonOf = (socket: FakeSocket) => decodeConsoleClose(socket.closedWith?.reason ?? '')?.code

describe('the socket of a transfer', () => {
  it('opens for who may transfer there, though nowhere else', async () => {
    const { transfers, open } = startTransfers()
    transfers.openIncoming({ transferId: TRANSFER, user: 'eve', object })
    expect((await open(createLimited(OWN))).closedWith).toBeNull()
  })

  it('stays shut for who may transfer elsewhere only', async () => {
    const { transfers, open } = startTransfers()
    transfers.openIncoming({ transferId: TRANSFER, user: 'eve', object })
    const socket = await open(createLimited(OTHER))
    expect(socket.closedWith?.code).toBe(CONSOLE_CLOSE_ERROR)
    expect(reasonOf(socket)).toBe('command.forbidden')
  })

  it('does not join a transfer about something else than its ticket', async () => {
    const { transfers, open } = startTransfers()
    transfers.openIncoming({ transferId: TRANSFER, user: 'eve', object })
    expect(reasonOf(await open(createLimited(OTHER), { kind: 'storage-domain', id: OTHER }))).toBe(
      'disk.ticket-invalid',
    )
  })
})
