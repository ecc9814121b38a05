import type { LabHost } from './host.ts'
import { startLinkBench } from './host-link-bench.ts'

/* An engine that uploads for ever, to be killed in the midst of it. Its arguments: a lab host as JSON, and a volume. */

const [host = '{}', volume = '{}'] = process.argv.slice(2)
const { link } = await startLinkBench(JSON.parse(host) as LabHost)
await link.whenLive(20_000)
const upload = await link.bulk.openUpload({ vol: JSON.parse(volume), offset: 0n, length: 0n, flags: 0 })
for (let first = true; ; first = false) {
  await upload.write(new Uint8Array(256 * 1024))
  if (first) process.stdout.write('uploading\n')
}
