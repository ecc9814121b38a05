import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAgentMessage, parseIdentities, parseSignature } from '../../../../src/main/ssh/agent-protocol.ts'
import { type Certificate, decideDoubt, parseCertificate } from '../../../../src/main/ssh/certificate.ts'
import { fetchPrivateKey, fetchPublicBlob } from '../../../../src/main/ssh/key-file.ts'
import { parseKeyOutline } from '../../../../src/main/ssh/key-outline.ts'
import { announcedAlgorithm, signatureAlgorithm, signWithKey } from '../../../../src/main/ssh/public-key-request.ts'
import { packString, packUint32, WireReader } from '../../../../src/main/ssh/wire-format.ts'
import { PUTTY_KEYS, PUTTY_PASSPHRASE } from './putty-keys.ts'

let folder = ''
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(text: string | Buffer): Promise<string> {
  const path = join(folder, `key-${++files}`)
  await writeFile(path, text)
  return path
}
const load = (path: string, passphrase?: string) => fetchPrivateKey(path, async () => passphrase)

/** Encrypted as `openssl pkcs8 -topk8` does it, or not at all. */
function toPem(key: KeyObject, passphrase?: string): string {
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return key.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString()
}

describe('a private key in PEM', () => {
  const pairs = {
    ed25519: generateKeyPairSync('ed25519'),
    'ecdsa P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    'ecdsa P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }
  const algorithms: Record<string, [string, string | null]> = {
    ed25519: ['ssh-ed25519', null],
    'ecdsa P-256': ['ecdsa-sha2-nistp256', 'sha256'],
    'ecdsa P-521': ['ecdsa-sha2-nistp521', 'sha512'],
    rsa: ['rsa-sha2-512', 'sha512'],
  }

  it.each(Object.entries(pairs))(
    'is read and signs, with and without a passphrase (%s, PKCS#8)',
    async (name, pair) => {
      const [algorithm = '', hash = null] = algorithms[name] ?? []
      const data = Buffer.from('to sign')
      for (const passphrase of [undefined, 'sésame']) {
        const key = await load(await write(toPem(pair.privateKey, passphrase)), passphrase)
        const reader = new WireReader(signWithKey(key, data, algorithm))
        expect(reader.text()).toBe(algorithm)
        const signature = toNodeSignature(reader.string(), algorithm, name === 'ecdsa P-521' ? 66 : 32)
        expect(verify(hash, data, { key: pair.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
      }
    },
  )

  /** The way back from RFC 5656, for node:crypto to judge. */
  function toNodeSignature(signature: Buffer, algorithm: string, size: number): Buffer {
    if (!algorithm.startsWith('ecdsa')) return signature
    const reader = new WireReader(signature)
    return Buffer.concat(
      [reader.string(), reader.string()].map((half) => {
        const digits = half[0] === 0 ? half.subarray(1) : half
        return Buffer.concat([Buffer.alloc(size - digits.length), digits])
      }),
    )
  }

  it('with another passphrase is called that, every time, and not unsupported', async () => {
    const path = await write(toPem(pairs.ed25519.privateKey, 'right'))
    // One wrong passphrase in 256 decrypts to something that OpenSSL only fails to understand.
    for (let attempt = 0; attempt < 300; attempt++) {
      await expect(load(path, `wrong ${attempt}`)).rejects.toMatchObject({ code: 'ssh.key-passphrase-wrong' })
    }
  })

  it('of a kind or an encryption that cannot be used is not called a wrong passphrase', async () => {
    const curve = await write(toPem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey))
    await expect(load(curve)).rejects.toMatchObject({
      code: 'ssh.key-unsupported',
      params: { keyType: 'secp256k1', hint: 'type' },
    })
    // Made by `openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy`; OpenSSL 3 itself no longer decrypts it.
    const old =
      'MFcwGwYJKoZIhvcNAQUDMA4ECJUe52FhJ6KKAgIIAAQ4rOjuGKKpiHF3y0YGKDWFN/5miyqKVnkY8O19MpEWGyKzITX+EWzT+3VGibHSgENuayQRwfwoRSI='
    const lines = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${old}\n-----END ENCRYPTED PRIVATE KEY-----\n`
    await expect(load(await write(lines), 'sesame')).rejects.toMatchObject({
      code: 'ssh.key-unsupported',
      params: { hint: 'encryption' },
    })
  })

  it('asks for a passphrase only when it needs one', async () => {
    await expect(load(await write(toPem(pairs.rsa.privateKey, 'secret')))).rejects.toMatchObject({
      code: 'ssh.key-needs-passphrase',
    })
    await expect(
      load(await write('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')),
    ).rejects.toMatchObject({
      code: 'ssh.key-unreadable',
    })
  })
})

describe("a private key of PuTTY's", () => {
  it.each(PUTTY_KEYS)('is read: $name', async ({ text, publicLine }) => {
    const [type = '', encoded = ''] = publicLine.split(' ')
    const blob = Buffer.from(encoded, 'base64')
    for (const written of [text, text.replaceAll('\n', '\r\n')]) {
      const path = await write(written)
      const key = await load(path, PUTTY_PASSPHRASE)
      expect(key.getPublicSSH().equals(blob)).toBe(true)
      expect((await fetchPublicBlob(path))?.equals(blob)).toBe(true)
      const algorithm = announcedAlgorithm(type)
      const data = Buffer.from('to sign')
      // The private half belongs to the public one.
      const signature = signWithKey(key, data, algorithm)
      const reader = new WireReader(signature)
      reader.string()
      if (algorithm === 'ssh-ed25519') expect(key.verify(data, reader.string())).toBe(true)
      else expect(signature.length).toBeGreaterThan(64)
    }
  })

  it.each(PUTTY_KEYS.filter(({ name }) => name.includes('encrypted')))(
    'needs its passphrase: $name',
    async ({ text }) => {
      const path = await write(text)
      await expect(load(path)).rejects.toMatchObject({ code: 'ssh.key-needs-passphrase' })
      await expect(load(path, 'wrong')).rejects.toMatchObject({ code: 'ssh.key-passphrase-wrong' })
    },
  )

  it('that was changed, or asks for too much memory, is refused as what it is', async () => {
    const clear = PUTTY_KEYS.find(({ name }) => name.includes('in the clear'))?.text ?? ''
    const changed = await write(clear.replace(/^Comment: /m, 'Comment: other '))
    await expect(load(changed)).rejects.toMatchObject({ code: 'ssh.key-unreadable' })
    const encrypted = PUTTY_KEYS.find(({ name }) => name.includes('version 3, encrypted'))?.text ?? ''
    const greedy = await write(encrypted.replace(/^Argon2-Memory: .*/m, 'Argon2-Memory: 99999999'))
    await expect(load(greedy, PUTTY_PASSPHRASE)).rejects.toMatchObject({
      code: 'ssh.key-unsupported',
      params: { hint: 'putty' },
    })
  })
})

describe('the outline of a key file', () => {
  const pem = { format: 'pem', keyType: '', publicKey: null, unsupported: null }
  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n', { ...pem, encrypted: true }],
    ['-----BEGIN RSA PRIVATE KEY-----\nAAAA\n', { ...pem, encrypted: false }],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\n', { ...pem, encrypted: true }],
    ['-----BEGIN PRIVATE KEY-----\n', { ...pem, encrypted: false }],
    ['PuTTY-User-Key-File-1: ssh-rsa\nEncryption: none\n', null],
    ['-----BEGIN CERTIFICATE-----\n', null],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', null],
    ['', null],
  ])('is read: %j', (text, expected) => expect(parseKeyOutline(text)).toEqual(expected))

  it.each([
    ['none', 'none', 'ssh-ed25519', null],
    ['aes256-ctr', 'bcrypt', 'ssh-ed25519', null],
    [
      'chacha20-poly1305@openssh.com',
      'bcrypt',
      'ssh-ed25519',
      { hint: 'encryption', detail: 'chacha20-poly1305@openssh.com' },
    ],
    ['none', 'none', 'sk-ssh-ed25519@openssh.com', { hint: 'type', detail: 'sk-ssh-ed25519@openssh.com' }],
    ['none', 'none', 'ssh-dss', { hint: 'type', detail: 'ssh-dss' }],
  ])('tells what is not supported in OpenSSH’s format: %s, %s, %s', (cipher, derivation, type, unsupported) => {
    const publicKey = Buffer.concat([packString(type), packString(Buffer.alloc(32))])
    const texts = [cipher, derivation, ''].map((text) => packString(text))
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...texts, packUint32(1), packString(publicKey)])
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
    expect(parseKeyOutline(text)).toEqual({
      format: 'openssh',
      encrypted: cipher !== 'none',
      keyType: type,
      publicKey,
      unsupported,
    })
  })
})

describe('a certificate', () => {
  const DAY = 86_400_000
  const certificate = (more: Partial<Certificate>) =>
    ({ principals: ['root'], validAfter: 0, validBefore: null, ...more }) as Certificate

  it.each([
    [certificate({}), null],
    [certificate({ validBefore: DAY }), 'expired 1970-01-02 00:00'],
    [certificate({ validBefore: DAY + 1 }), null],
    [certificate({ validAfter: 2 * DAY }), 'valid from 1970-01-03 00:00'],
    [certificate({ principals: ['bob', 'carol'] }), 'for bob, carol'],
    [certificate({ principals: [] }), 'for nobody'],
    [certificate({ validAfter: 1e20 }), 'valid from at no known time'],
  ])('%# is doubted where that is due', (one, doubt) => expect(decideDoubt(one, 'root', DAY)).toBe(doubt))

  it('is not read from anything malformed, and nothing throws', () => {
    const type = packString('ssh-ed25519-cert-v01@openssh.com')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseCertificate(Buffer.concat([type, bytes]))).toBeNull()
        expect(parseCertificate(Buffer.from(bytes))).toBeNull()
        parseIdentities(Buffer.from(bytes))
        parseSignature(Buffer.from(bytes))
      }),
    )
  })

  it.each([
    ['ssh-ed25519', 'ssh-ed25519', 'ssh-ed25519'],
    ['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-512'],
    ['ssh-rsa-cert-v01@openssh.com', 'rsa-sha2-512-cert-v01@openssh.com', 'rsa-sha2-512'],
    ['ecdsa-sha2-nistp256-cert-v01@openssh.com', 'ecdsa-sha2-nistp256-cert-v01@openssh.com', 'ecdsa-sha2-nistp256'],
  ])('of type %s is announced as %s and signs as %s', (type, announced, signed) => {
    expect(announcedAlgorithm(type)).toBe(announced)
    expect(signatureAlgorithm(announced)).toBe(signed)
  })
})

describe("an agent's answer", () => {
  it('is waited for until it is whole, and not beyond what an agent may send', () => {
    const whole = packString(Buffer.from([12, 0, 0, 0, 0]))
    for (let length = 0; length < whole.length; length++)
      expect(parseAgentMessage(whole.subarray(0, length))).toBeNull()
    expect(parseIdentities(parseAgentMessage(whole) ?? Buffer.alloc(0))).toEqual([])
    expect(() => parseAgentMessage(Buffer.from([0xff, 0, 0, 0]))).toThrow(RangeError)
  })

  it('that is a refusal is not taken for a list or a signature', () => {
    expect(parseIdentities(Buffer.from([5]))).toBeNull()
    expect(parseSignature(Buffer.from([5]))).toBeNull()
  })
})
