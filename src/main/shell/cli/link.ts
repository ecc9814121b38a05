import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { reportFailure } from './call.ts'
import { findEngine } from './find-engine.ts'
import type { CliIo } from './io.ts'
import { EXIT } from './io.ts'
import { requestJson } from './remote-request.ts'

const TIMEOUT_MS = 10_000

/** `link`: a new one-time sign-in link of the running engine. */
export async function runLink(
  options: { readonly json: boolean; readonly dataDir: string },
  io: CliIo,
): Promise<number> {
  const running = await findEngine(options.dataDir)
  if (running === null) {
    const error = toWireError(new AppError('engine.not-running', { dataDir: options.dataDir }))
    return reportFailure(error, null, options, io)
  }
  const answer = await requestJson(running, {
    method: 'POST',
    path: '/api/sign-in-links',
    body: {},
    timeoutMs: TIMEOUT_MS,
  })
  const link = linkOf(answer)
  if (link === null) {
    return reportFailure(
      toWireError(new AppError('transport.lost', { reason: 'no link came back' })),
      null,
      options,
      io,
    )
  }
  await io.out(options.json ? `${JSON.stringify({ link })}\n` : `${link}\n`)
  return EXIT.ok
}

function linkOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('value' in answer)) return null
  const { value } = answer
  return typeof value === 'object' && value !== null && 'url' in value && typeof value.url === 'string'
    ? value.url
    : null
}
