import { expect, test } from 'vitest'
import { decideLibvirtSocketError } from '../../../../src/main/hosts/ssh-route.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const refused = (
  hint: 'socket-missing' | 'connection-refused' | 'permission-denied' | 'forwarding-forbidden',
  group = '',
) => new AppError('ssh.forward-refused', { target: '/run/libvirt/libvirt-sock', hint, group })
const decide = (error: unknown) => decideLibvirtSocketError(error, 'web', 'kim', ['/a', '/b'])

test.each([
  [refused('socket-missing'), { code: 'host.libvirt-missing', params: { address: 'web', tried: '/a, /b' } }],
  [
    refused('connection-refused'),
    { code: 'host.libvirt-not-running', params: { socket: '/run/libvirt/libvirt-sock' } },
  ],
  [refused('permission-denied', 'kvm'), { code: 'host.libvirt-permission', params: { user: 'kim', group: 'kvm' } }],
  [refused('permission-denied'), { code: 'host.libvirt-permission', params: { group: 'libvirt' } }],
  [refused('forwarding-forbidden'), { code: 'ssh.forward-refused' }],
])('%o means %o', (error, meaning) => {
  expect(decide(error)).toMatchObject(meaning)
})

test('an error of another kind is handed on', () => {
  const error = new Error('other')
  expect(decide(error)).toBe(error)
})
