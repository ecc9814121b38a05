import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { keyTypeOf } from './fingerprint.ts'
import { matchesPatternList } from './host-pattern.ts'

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). `line` counts from 1. */
export interface KnownHostEntry {
  readonly marker: 'revoked' | 'cert-authority' | null
  readonly hosts: string
  readonly keyType: string
  readonly key: Buffer
  readonly line: number
}

export interface KnownHostsFile {
  readonly entries: readonly KnownHostEntry[]
  /** Numbers of the lines that could not be read; they are kept as they are and match nothing. */
  readonly badLines: readonly number[]
}

const LINE_LIMIT = 32_768

/** Reads a known_hosts text. Never throws: what cannot be understood is listed in `badLines`. */
export function parseKnownHosts(text: string): KnownHostsFile {
  const entries: KnownHostEntry[] = []
  const badLines: number[] = []
  text.split(/\r?\n/).forEach((raw, index) => {
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) return
    const entry = content.length > LINE_LIMIT ? null : parseLine(content, index + 1)
    if (entry === null) badLines.push(index + 1)
    else entries.push(entry)
  })
  return { entries, badLines }
}

function parseLine(content: string, line: number): KnownHostEntry | null {
  const fields = content.split(/[ \t]+/)
  let marker: KnownHostEntry['marker'] = null
  if (fields[0]?.startsWith('@')) {
    const word = fields.shift()
    if (word === '@revoked') marker = 'revoked'
    else if (word === '@cert-authority') marker = 'cert-authority'
    else return null
  }
  const [hosts, keyType, encoded] = fields
  if (!hosts || !keyType || !encoded || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null
  const key = Buffer.from(encoded, 'base64')
  if (keyTypeOf(key) !== keyType) return null
  return { marker, hosts, keyType, key, line }
}

/** The name under which known_hosts keeps a host: bare for port 22, else `[host]:port`. */
export function knownHostName(address: string, port: number): string {
  const lowered = address.toLowerCase()
  return port === 22 ? lowered : `[${lowered}]:${port}`
}

/** True when the entry's host field (plain, wildcards, negation, or hashed) names `name`. */
export function entryMatches(entry: KnownHostEntry, name: string): boolean {
  if (entry.hosts.startsWith('|')) return hashedMatches(entry.hosts, name)
  return matchesPatternList(name.toLowerCase(), entry.hosts.toLowerCase().split(','))
}

function hashedMatches(field: string, name: string): boolean {
  const [, magic, salt, hash, ...rest] = field.split('|')
  if (magic !== '1' || !salt || !hash || rest.length > 0) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** A hashed host field `|1|salt|hash`, which does not give the name away to who reads the file. */
export function hashHostName(name: string, salt: Buffer = randomBytes(20)): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

/** One line for a known_hosts file, without its line end. */
export function formatKnownHost(name: string, keyType: string, key: Buffer): string {
  return `${name} ${keyType} ${key.toString('base64')}`
}
