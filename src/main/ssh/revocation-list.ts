import { createHash } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import { readWire, type WireReader } from './wire-format.ts'

const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1')
const FORMAT_VERSION = 1

/** Kinds of sections (PROTOCOL.krl of OpenSSH). */
const CERTIFICATES = 1
const EXPLICIT_KEYS = 2
const SHA1_FINGERPRINTS = 3
const SIGNATURE = 4
const SHA256_FINGERPRINTS = 5

/** Kinds of sections within those of certificates. */
const SERIAL_LIST = 0x20
const SERIAL_RANGE = 0x21
const SERIAL_BITMAP = 0x22
const KEY_IDS = 0x23

/** What `RevokedHostKeys` names: answers whether a key, or the certificate that came with it, is revoked. */
export interface RevokedKeys {
  has(key: Buffer, certificate: Certificate | null): boolean
}

/** What is revoked of the certificates of one authority; of all authorities where it is null. */
interface CertificateSection {
  readonly authority: Buffer | null
  readonly serials: Set<bigint>
  readonly ranges: { readonly from: bigint; readonly to: bigint }[]
  /** The last bit of `bits` stands for the serial `offset`, those before it for the ones after. */
  readonly bitmaps: { readonly offset: bigint; readonly bits: Buffer }[]
  readonly keyIds: Set<string>
}

interface RevocationList {
  readonly keys: Set<string>
  readonly sha1: Set<string>
  readonly sha256: Set<string>
  readonly certificates: CertificateSection[]
}

/** True for data in the format of `ssh-keygen -k`. */
export function isRevocationList(data: Buffer): boolean {
  return data.subarray(0, MAGIC.length).equals(MAGIC)
}

/** Reads a key revocation list (PROTOCOL.krl of OpenSSH). Null: malformed, or with parts that nobody may pass over. */
export function parseRevocationList(data: Buffer): RevokedKeys | null {
  const list = readWire(data, readList)
  if (list === null) return null
  return {
    has: (key, certificate) =>
      isKeyRevoked(list, key) ||
      (certificate !== null &&
        (isKeyRevoked(list, certificate.authority) ||
          list.certificates.some((section) => isCertificateRevoked(section, certificate)))),
  }
}

function readList(reader: WireReader): RevocationList | null {
  reader.raw(MAGIC.length)
  if (reader.uint32() !== FORMAT_VERSION) return null
  reader.uint64() // Its version.
  reader.uint64() // When it was made.
  reader.uint64() // Flags.
  reader.string() // Reserved.
  reader.string() // A comment.
  const list: RevocationList = { keys: new Set(), sha1: new Set(), sha256: new Set(), certificates: [] }
  while (!reader.isAtEnd) {
    const kind = reader.byte()
    const body = reader.string()
    const isRead = readWire(body, (section) => readSection(list, kind, section))
    if (isRead !== true) return null
    // Signatures follow all else; OpenSSH does not check them either.
    if (kind === SIGNATURE) reader.string()
  }
  return list
}

function readSection(list: RevocationList, kind: number, section: WireReader): boolean {
  if (kind === SIGNATURE) return true
  if (kind === CERTIFICATES) return readCertificates(list, section)
  const into = { [EXPLICIT_KEYS]: list.keys, [SHA1_FINGERPRINTS]: list.sha1, [SHA256_FINGERPRINTS]: list.sha256 }[kind]
  if (into === undefined) return false
  while (!section.isAtEnd) into.add(section.string().toString('base64'))
  return true
}

function readCertificates(list: RevocationList, reader: WireReader): boolean {
  const authority = reader.string()
  reader.string() // Reserved.
  const found: CertificateSection = {
    authority: authority.length === 0 ? null : authority,
    serials: new Set(),
    ranges: [],
    bitmaps: [],
    keyIds: new Set(),
  }
  list.certificates.push(found)
  while (!reader.isAtEnd) {
    const kind = reader.byte()
    if (readWire(reader.string(), (section) => readSerials(found, kind, section)) !== true) return false
  }
  return true
}

function readSerials(found: CertificateSection, kind: number, section: WireReader): boolean {
  if (kind === SERIAL_LIST) {
    while (!section.isAtEnd) found.serials.add(section.uint64())
  } else if (kind === SERIAL_RANGE) {
    found.ranges.push({ from: section.uint64(), to: section.uint64() })
  } else if (kind === SERIAL_BITMAP) {
    found.bitmaps.push({ offset: section.uint64(), bits: section.string() })
  } else if (kind === KEY_IDS) {
    while (!section.isAtEnd) found.keyIds.add(section.text())
  } else {
    return false
  }
  return true
}

function isKeyRevoked({ keys, sha1, sha256 }: RevocationList, key: Buffer): boolean {
  const hash = (name: string) => createHash(name).update(key).digest('base64')
  return keys.has(key.toString('base64')) || sha1.has(hash('sha1')) || sha256.has(hash('sha256'))
}

function isCertificateRevoked(section: CertificateSection, { authority, serial, keyId }: Certificate): boolean {
  if (section.authority !== null && !section.authority.equals(authority)) return false
  if (section.keyIds.has(keyId)) return true
  // Authorities that give no serials leave them at zero, which stands for none.
  if (serial === 0n) return false
  return (
    section.serials.has(serial) ||
    section.ranges.some(({ from, to }) => serial >= from && serial <= to) ||
    section.bitmaps.some(({ offset, bits }) => isBitSet(bits, serial - offset))
  )
}

function isBitSet(bits: Buffer, index: bigint): boolean {
  if (index < 0n || index >= BigInt(bits.length * 8)) return false
  const byte = bits[bits.length - 1 - Math.floor(Number(index) / 8)] ?? 0
  return ((byte >> (Number(index) % 8)) & 1) === 1
}
