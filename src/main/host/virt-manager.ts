import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { LibvirtMode } from '../../shared/domain/index.ts'

const FILE_LIMIT_BYTES = 4 * 1024 * 1024
const URIS_LIMIT = 500

/** Where GLib keeps virt-manager's settings: dconf's database, or a text file (Flatpak, and where dconf lacks). */
function settingsFiles(home: string): readonly string[] {
  const flatpak = join(home, '.var/app/org.virt_manager.virt-manager/config')
  return [
    join(home, '.config/dconf/user'),
    join(home, '.config/glib-2.0/settings/keyfile'),
    join(flatpak, 'dconf/user'),
    join(flatpak, 'glib-2.0/settings/keyfile'),
  ]
}

/** A connection over SSH that virt-manager has saved. */
export interface SavedConnection {
  readonly address: string
  readonly user: string | null
  readonly port: number | null
  readonly libvirtMode: LibvirtMode
}

export interface SavedConnections {
  readonly connections: readonly SavedConnection[]
  /** URIs that lead elsewhere than over SSH to QEMU, and files that cannot be read. */
  readonly unread: readonly { readonly what: string; readonly reason: 'missing' | 'unreadable' | 'unsupported' }[]
}

/** Reads virt-manager's saved connections of the account that the engine runs as. */
export async function fetchSavedConnections(home: string = homedir()): Promise<SavedConnections> {
  const unread: SavedConnections['unread'][number][] = []
  const uris = new Set<string>()
  const files = settingsFiles(home)
  let isThere = false
  for (const path of files) {
    const bytes = await readBounded(path)
    if (bytes === 'missing') continue
    isThere = true
    if (bytes === 'unreadable') unread.push({ what: path, reason: 'unreadable' })
    else for (const uri of findUris(bytes)) uris.add(uri)
  }
  if (!isThere) return { connections: [], unread: [{ what: files[0] ?? '', reason: 'missing' }] }
  const connections = new Map<string, SavedConnection>()
  for (const uri of [...uris].slice(0, URIS_LIMIT)) {
    const connection = parseConnectionUri(uri)
    if (connection === null) unread.push({ what: uri, reason: 'unsupported' })
    else connections.set(JSON.stringify(connection), connection)
  }
  return { connections: [...connections.values()], unread }
}

/**
 * The remote URIs in a settings file. dconf's database holds values as they are, each text ended by a zero byte; the text file has them in
 * quotes. Found by their form, so that one reader does for both: nothing else in such a file looks like a libvirt URI. Pure.
 */
export function findUris(bytes: Buffer): readonly string[] {
  const found = bytes
    .toString('latin1')
    .match(/(?:qemu|xen|lxc|vbox|esx|vpx|bhyve|ch)\+?\w*:\/\/[\x21-\x26\x28-\x7e]{1,500}/g)
  // `qemu:///system` is this computer's own.
  return [...new Set(found ?? [])].filter((uri) => !/^\w+:\/\/\//.test(uri))
}

/** Reads a libvirt URI over SSH (https://libvirt.org/uri.html); null: it leads elsewhere. Pure. */
export function parseConnectionUri(uri: string): SavedConnection | null {
  if (!/^qemu\+(ssh|libssh2?):\/\//.test(uri) || !URL.canParse(uri)) return null
  const { hostname, username, port, pathname } = new URL(uri)
  if (hostname === '' || (pathname !== '/system' && pathname !== '/session')) return null
  return {
    address: decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1')),
    user: username === '' ? null : decodeURIComponent(username),
    port: port === '' ? null : Number(port),
    libvirtMode: pathname === '/session' ? 'session' : 'system',
  }
}

async function readBounded(path: string): Promise<Buffer | 'missing' | 'unreadable'> {
  try {
    const { size } = await stat(path)
    return size > FILE_LIMIT_BYTES ? 'unreadable' : await readFile(path)
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return isMissing ? 'missing' : 'unreadable'
  }
}
