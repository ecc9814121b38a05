import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writePrivateFile } from './private-file.ts'

/** How long the link of such a file can be used, and the file is there. */
export const LINK_FILE_LIFETIME_MS = 5 * 60_000

/**
 * Writes a page to `path` that leads a browser to `link`, readable by this user alone: a browser that is started with the
 * link itself would show it to every user of this computer in the list of processes. Replaces what was there.
 */
export async function writeLinkFile(path: string, link: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writePrivateFile(path, buildPage(link))
}

/** Takes the page away; once it was used, it says nothing any more. */
export async function removeLinkFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** `replace`: going back from the window does not lead here again. */
function buildPage(link: string): string {
  const quoted = JSON.stringify(link).replaceAll('<', '\\u003c')
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Virtdeck</title>
<script>location.replace(${quoted})</script>
`
}
