import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../../../src/main/ssh/fingerprint.ts'
import { createHostKeyVerifier, decideOffer, type HostKeyOffer } from '../../../../src/main/ssh/host-key.ts'
import type { KnownHosts } from '../../../../src/main/ssh/known-hosts.ts'
import type { HostKeyVerdict } from '../../../../src/main/ssh/known-hosts-verdict.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAA29uZQ==', 'base64')
const fingerprint = fingerprintOf(key)
const type = 'ssh-ed25519'
const offer: HostKeyOffer = { address: 'web', port: 22, type, blob: key, keyType: type, fingerprint, key }
const another = fingerprintOf(Buffer.from('another'))
const say = (verdict: HostKeyVerdict['verdict']): HostKeyVerdict => ({
  verdict,
  source: 'file:1',
  expectedFingerprint: another,
})

describe('an offered host key', () => {
  it.each([
    ['trusted', undefined, 'accept'],
    ['trusted', another, 'accept'],
    ['unknown', undefined, 'ssh.host-key-unknown'],
    ['unknown', another, 'ssh.host-key-unknown'],
    ['unknown', fingerprint, 'pin'],
    ['unknown', fingerprint.replace('SHA256:', ''), 'pin'],
    ['unknown', '', 'ssh.host-key-unknown'],
    ['changed', undefined, 'ssh.host-key-changed'],
    ['changed', another, 'ssh.host-key-changed'],
    ['changed', fingerprint, 'replace'],
    ['revoked', undefined, 'ssh.host-key-revoked'],
    ['revoked', fingerprint, 'ssh.host-key-revoked'],
    ['not-certified', undefined, 'ssh.host-key-not-certified'],
    ['not-certified', fingerprint, 'pin'],
  ] as const)('that is %s, with the word given for %s: %s', (verdict, accept, expected) => {
    const decision = decideOffer(offer, say(verdict), accept)
    expect(isAppError(decision) ? decision.code : decision).toBe(expected)
  })

  it('that has changed is refused with both fingerprints and the place of the old one', () => {
    expect(decideOffer(offer, say('changed'))).toMatchObject({
      params: { fingerprint, expectedFingerprint: another, source: 'file:1' },
    })
  })
})

describe('the verifier of a connection', () => {
  const WEB = { address: 'web', port: 22, places: { paths: [], revokedPaths: [], command: null } }
  const trusting = (pins: string[]): KnownHosts => ({
    ownPath: 'own',
    check: async () => say(pins.length > 0 ? 'trusted' : 'unknown'),
    fetchKnownHost: async () => ({ types: [], hasAuthority: false }),
    isPinned: async () => false,
    pin: async (address) => void pins.push(address),
    forget: async () => false,
  })

  it('stores nothing of an unknown key', async () => {
    const pins: string[] = []
    const verifier = createHostKeyVerifier({ ...WEB, knownHosts: trusting(pins) })
    await expect(verifier.verify(key)).rejects.toMatchObject({ code: 'ssh.host-key-unknown' })
    expect(pins).toEqual([])
    expect(verifier.accepted).toBeNull()
  })

  it('takes only the same key again at a rekeying, even one that is trusted otherwise', async () => {
    const knownHosts = trusting(['web'])
    const verifier = createHostKeyVerifier({ ...WEB, knownHosts })
    await verifier.verify(key)
    await verifier.verify(Buffer.from(key))
    const other = Buffer.concat([key, Buffer.from('x')])
    await expect(verifier.verify(other)).rejects.toMatchObject({ code: 'ssh.host-key-changed' })
    expect(verifier.accepted?.fingerprint).toBe(fingerprint)
  })
})
