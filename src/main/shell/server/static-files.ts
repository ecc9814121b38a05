import { readdir } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import send, { type SendOptions } from '@fastify/send'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../../shared/errors/index.ts'

const YEAR_MS = 365 * 24 * 3_600_000

/**
 * Serves the built window. Only files that were there at the start are served, looked up by name: no path of a request
 * ever reaches the file system. Any other page address answers with the window itself, which has routes of its own. Nobody
 * needs to be signed in for them: they are the program, and hold nothing of this engine's.
 */
export async function registerStaticFiles(app: FastifyInstance, rendererDir: string): Promise<void> {
  const files = await listFiles(rendererDir)
  if (!files.has('index.html')) {
    app.log.warn(`the window's files are missing in ${rendererDir}; npm run build makes them`)
    app.get('/*', { config: { public: true } }, () => fail('/index.html'))
    return
  }
  app.get('/*', { config: { public: true } }, (request: FastifyRequest<{ Params: { '*': string } }>, reply) => {
    const name = request.params['*']
    if (files.has(name)) {
      if (name.endsWith('.html')) return sendPage(reply, rendererDir, name)
      const hashed = name.startsWith('assets/')
      return sendFile(reply, rendererDir, name, hashed ? { maxAge: YEAR_MS, immutable: true } : { maxAge: 0 })
    }
    const lastPart = name.slice(name.lastIndexOf('/') + 1)
    const isPage = !lastPart.includes('.') && !name.startsWith('api/') && !name.startsWith('console/')
    return isPage ? sendPage(reply, rendererDir, 'index.html') : fail(`/${name}`)
  })
}

function fail(path: string): never {
  throw new AppError('transport.not-found', { path: path.slice(0, 200) })
}

function sendPage(reply: FastifyReply, folder: string, name: string): Promise<FastifyReply> {
  return sendFile(reply.header('cache-control', 'no-store'), folder, name, { cacheControl: false })
}

/** Answers with one file that is known to be there, or with the part or the "not modified" that was asked for. */
async function sendFile(
  reply: FastifyReply,
  folder: string,
  name: string,
  caching: SendOptions,
): Promise<FastifyReply> {
  const options = { ...caching, root: folder, index: false }
  const { statusCode, headers, stream } = await send(reply.request.raw, encodeURI(name), options)
  // Rebuilt under a running server.
  if (statusCode === 404) return fail(`/${name}`)
  return reply.code(statusCode).headers(headers).send(stream)
}

async function listFiles(rendererDir: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(rendererDir, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(rendererDir, `${entry.parentPath}${sep}${entry.name}`))
    return new Set(paths.map((path) => path.split(sep).join('/')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set()
    throw error
  }
}
