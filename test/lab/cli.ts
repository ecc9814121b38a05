import { parseArgs } from 'node:util'
import { fetchLayers } from './host-system.ts'
import { bringDown, bringUp, clearSlot, type LabRecord, readStatus } from './lab.ts'
import { noteOwnTestsPassed, readOwnTests } from './own-tests.ts'
import { findLacks } from './requirements.ts'

const usage = `npm run lab -- up N [--deep] [--storage] [--json] [--dir D]  starts N hosts (1 to 9), --deep: each with a kernel of its own,
                                          --storage: and a server of NFS, GlusterFS and iSCSI; an earlier lab is cleared first
npm run lab -- status [--json]            what is up
npm run lab -- down                       ends the hosts and removes what they left
npm run lab -- requirements               what this machine lacks for it
npm run lab -- prepare [debian-13|modular]  makes the root of Debian 13's hosts, and the modular daemons, where they lack
npm run lab -- own-tests [KEY]            whether the lab's own tests have passed as it is; with the key: notes that they have
D is where the hosts keep their files, /var/tmp/virtdeck-lab by default.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      deep: { type: 'boolean' },
      storage: { type: 'boolean' },
      dir: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const [verb, argument] = positionals
  if (verb === 'up') {
    const hosts = Number(argument ?? '2')
    const record = await bringUp({
      hosts,
      host: values.deep ? { kernel: 'own' } : {},
      storage: values.storage ?? false,
      ...(values.dir === undefined ? {} : { dir: values.dir }),
    })
    console.log(values.json ? JSON.stringify(record, null, 2) : summarize(record))
    // daemons that were started hold nothing of ours; ending here saves the time of idle sockets
    process.exit(0)
  } else if (verb === 'down') {
    await bringDown()
    console.log(values.json ? '{"hosts":[]}' : 'The lab is down.')
  } else if (verb === 'status') {
    const labs = await readStatus()
    if (values.json) console.log(JSON.stringify(labs, null, 2))
    else if (labs.length === 0) console.log('No lab is up.')
    else
      for (const { record, hostsUp } of labs)
        console.log(`${summarize(record)}\n${hostsUp} of ${record.hosts.length} hosts exist.`)
  } else if (verb === 'requirements') {
    const lacks = findLacks()
    console.log(lacks.join('\n') || 'Nothing lacks.')
    process.exitCode = lacks.length === 0 ? 0 : 1
  } else if (verb === 'own-tests') {
    if (argument === undefined) console.log(JSON.stringify(await readOwnTests()))
    else await noteOwnTestsPassed(argument)
  } else if (verb === 'prepare') {
    await fetchLayers('debian-13', argument === 'modular' ? 'modular' : 'libvirtd')
  } else if (verb === 'clear-slot') {
    // what the watcher of a test run calls when that run died; it holds the slot's lock
    await clearSlot(Number(argument))
  } else {
    console.error(usage)
    process.exitCode = values.help ? 0 : 2
  }
}

function summarize(record: LabRecord): string {
  const owner = record.slot === 0 ? 'npm run lab' : `a test run (slot ${record.slot})`
  const lines = record.hosts.flatMap((host) => [
    `${host.name}`,
    `  address   ${host.address}   (migration network: ${host.migrationAddress})`,
    `  user      ${host.user}`,
    `  key file  ${host.privateKeyPath}`,
    `  host key  ${host.hostKeyType} ${host.hostKeyFingerprint}`,
  ])
  const { storage } = record
  const served = storage
    ? [
        `storage.lab`,
        `  address   ${storage.address}`,
        `  NFS       ${storage.nfs.join(', ')} (hosts of --deep can mount it; the last one is version 3)`,
        `  GlusterFS ${storage.gluster}`,
        `  iSCSI     ${storage.iscsi.target} at ${storage.iscsi.portal}`,
      ]
    : []
  return [`Lab of ${owner} in ${record.dir}`, ...lines, ...served].join('\n')
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
