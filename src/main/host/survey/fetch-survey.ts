import { isAppError } from '../../../shared/errors/index.ts'
import type { HostRoute } from '../../hosts/index.ts'
import type { HostSurvey } from './host-survey.ts'
import { parseSurvey, surveyScript, TIME_LINE } from './survey-script.ts'

const TIMEOUT_MS = 20_000
const OUTPUT_BYTES = 64 * 1024

/**
 * Asks a host what it is. Null where it runs no commands for us, and for this computer: that is no fault, the checks that need it are
 * then not run. Errors: ssh.connection-lost, ssh.aborted.
 */
export async function fetchSurvey(route: HostRoute, signal?: AbortSignal): Promise<HostSurvey | null> {
  if (route.runScript === null) return null
  let heardAt: number | null = null
  const onStdout = (chunk: Buffer): void => {
    if (heardAt === null && chunk.includes(TIME_LINE)) heardAt = Date.now()
  }
  const sentAt = Date.now()
  try {
    const { stdout } = await route.runScript(surveyScript, {
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: OUTPUT_BYTES,
      onStdout,
      signal,
    })
    return parseSurvey(stdout, heardAt === null ? null : { sentAt, heardAt })
  } catch (error) {
    if (!isAppError(error) || isAppError(error, 'ssh.connection-lost') || isAppError(error, 'ssh.aborted')) throw error
    return null
  }
}
