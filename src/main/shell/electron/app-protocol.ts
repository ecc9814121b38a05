import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { Protocol } from 'electron'
import { buildSecurityHeaders } from '../server/security-headers.ts'
import { APP_SCHEME, isOwnAddress } from './origin.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Declares the scheme; must run before the app is ready. */
export function declareAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    // `standard` gives it an origin, `secure` what only secure pages may do (clipboard, keyboard lock).
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** The file of the built window that an address means, or null. Looked up by name: no part of an address reaches the file system. Pure. */
export function decideAsset(address: string, files: ReadonlySet<string>): string | null {
  if (!isOwnAddress(address)) return null
  let name: string
  try {
    name = decodeURIComponent(new URL(address).pathname).slice(1)
  } catch {
    return null
  }
  if (name === '') name = 'index.html'
  return files.has(name) ? name : null
}

/** Serves the built window under `app://virtdeck/`, with the same security headers as the server shell. */
export async function serveAppScheme(protocol: Pick<Protocol, 'handle'>, rendererDir: string): Promise<void> {
  const files = await listFiles(rendererDir)
  const headers = buildSecurityHeaders([], false)
  protocol.handle(APP_SCHEME, async ({ url, method }) => {
    const name = method === 'GET' ? decideAsset(url, files) : null
    if (name === null) return new Response('not found', { status: 404, headers })
    const body = await readFile(join(rendererDir, name))
    const type = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream'
    return new Response(body, { headers: { ...headers, 'content-type': type, 'cache-control': 'no-store' } })
  })
}

async function listFiles(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Set(files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')))
}
