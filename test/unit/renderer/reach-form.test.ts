import { describe, expect, it } from 'vitest'
import { offeredKey, publicKeyFile } from '../../../src/renderer/features/hosts/offered-key.ts'
import {
  EMPTY_REACH_FORM,
  fieldOfError,
  type ReachForm,
  reachFormSchema,
  toEdit,
  toReach,
} from '../../../src/renderer/features/hosts/reach-form.ts'
import { inventError, inventHost } from './invented.ts'

const form = (change: Partial<ReachForm>): ReachForm => ({ ...EMPTY_REACH_FORM, address: '10.77.0.11', ...change })
const messagesOf = (values: ReachForm) => {
  const result = reachFormSchema.safeParse(values)
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
}

describe('the form that reaches a host', () => {
  it('is complete with an address alone', () => {
    expect(messagesOf(form({}))).toEqual([])
    expect(toReach(form({}), null)).toEqual({ address: '10.77.0.11', libvirtMode: 'system' })
  })

  it.each([
    [{ address: ' ' }, 'address hosts:form.addressMissing'],
    [{ port: '70000' }, 'port hosts:form.portWrong'],
    [{ port: 'ssh' }, 'port hosts:form.portWrong'],
    [{ authentication: 'key' }, 'privateKeyPath hosts:form.keyMissing'],
    [{ authentication: 'password' }, 'password hosts:form.passwordMissing'],
  ] as const)('says at the field what lacks: %j', (change, message) => {
    expect(messagesOf(form(change))).toEqual([message])
  })

  it('sends only the secrets of the chosen way in', () => {
    const values = form({ authentication: 'key', privateKeyPath: '~/.ssh/id', password: 'left over', passphrase: 'p' })
    expect(toReach(values, 'SHA256:x')).toEqual({
      address: '10.77.0.11',
      libvirtMode: 'system',
      privateKeyPath: '~/.ssh/id',
      passphrase: 'p',
      hostKey: 'SHA256:x',
    })
    expect(toReach({ ...values, authentication: 'agent' }, null)).not.toHaveProperty('password')
  })

  it('leaves out the blanks around what was pasted, but not those of secrets', () => {
    const values = form({ address: ' node1 ', user: ' ', port: ' 22', authentication: 'password', password: ' p ' })
    expect(toReach(values, null)).toEqual({ address: 'node1', libvirtMode: 'system', port: 22, password: ' p ' })
    expect(toReach(form({ port: ' ', authentication: 'key', privateKeyPath: ' ~/.ssh/id\n' }), null)).toEqual({
      address: '10.77.0.11',
      libvirtMode: 'system',
      privateKeyPath: '~/.ssh/id',
    })
  })

  it('shows an error at the field that can mend it', () => {
    expect(fieldOfError(inventError('ssh.name-not-found'), form({}))).toBe('address')
    expect(fieldOfError(inventError('ssh.user-invalid'), form({}))).toBe('user')
    expect(fieldOfError(inventError('ssh.authentication-failed'), form({ authentication: 'password' }))).toBe(
      'password',
    )
    expect(fieldOfError(inventError('ssh.authentication-failed'), form({}))).toBe('user')
    expect(fieldOfError(inventError('host.no-qemu'), form({}))).toBeNull()
  })
})

describe('editing a host', () => {
  const host = inventHost(1)
  const same = form({
    address: host.address,
    name: host.name,
    user: host.user,
    port: String(host.port),
    authentication: 'key',
    privateKeyPath: host.privateKeyPath ?? '',
  })

  it('sends only what differs', () => {
    expect(toEdit(host, same, null)).toEqual({ hostId: host.id })
    expect(toEdit(host, { ...same, name: 'other', port: '2222' }, null)).toEqual({
      hostId: host.id,
      name: 'other',
      port: 2222,
    })
  })

  it('takes blanks for no change', () => {
    const padded = { ...same, name: ` ${same.name}`, address: `${same.address} `, port: ` ${same.port}` }
    expect(toEdit(host, padded, null)).toEqual({ hostId: host.id })
  })

  it('takes emptied fields for never given', () => {
    expect(toEdit(host, { ...same, name: '', user: ' ', port: '' }, null)).toEqual({
      hostId: host.id,
      name: null,
      user: null,
      port: null,
    })
  })

  it('takes the key file back when another way in is chosen', () => {
    expect(toEdit(host, { ...same, authentication: 'agent' }, null)).toEqual({ hostId: host.id, privateKeyPath: null })
  })

  it('leads from a password to the agent, and leaves a key beside a password alone', () => {
    const withPassword: typeof host = { ...host, authentication: 'password', privateKeyPath: null }
    const form: ReachForm = { ...same, authentication: 'agent', privateKeyPath: '' }
    expect(toEdit(withPassword, form, null)).toEqual({ hostId: host.id, privateKeyPath: null })
    const both: typeof host = { ...withPassword, privateKeyPath: '/key' }
    expect(toEdit(both, { ...form, authentication: 'password' }, null)).toEqual({ hostId: host.id })
  })

  it('sends a confirmed key', () => {
    expect(toEdit(host, same, 'SHA256:new')).toEqual({ hostId: host.id, hostKey: 'SHA256:new' })
  })
})

describe('a host key for confirmation', () => {
  it('comes from errors about keys, with the expected one when it changed', () => {
    const changed = inventError('ssh.host-key-changed', {
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:new',
      expectedFingerprint: 'SHA256:old',
      source: 'inventory',
    })
    expect(offeredKey(changed)).toEqual({
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:new',
      expected: 'SHA256:old',
      source: 'inventory',
    })
    expect(offeredKey(inventError('ssh.host-key-revoked'))).toBeNull()
  })

  it.each([
    ['ssh-ed25519', '/etc/ssh/ssh_host_ed25519_key.pub'],
    ['ecdsa-sha2-nistp256', '/etc/ssh/ssh_host_ecdsa_key.pub'],
    ['rsa-sha2-512', '/etc/ssh/ssh_host_rsa_key.pub'],
  ])('%s is compared with %s', (type, file) => {
    expect(publicKeyFile(type)).toBe(file)
  })
})
