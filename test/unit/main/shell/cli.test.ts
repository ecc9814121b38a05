import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseInvocation } from '../../../../src/main/shell/cli/arguments.ts'
import { readCallInput, runCall } from '../../../../src/main/shell/cli/call.ts'
import { describeFailure } from '../../../../src/main/shell/cli/describe-failure.ts'
import type { EngineAccess, WatchFrame } from '../../../../src/main/shell/cli/engine-access.ts'
import { buildHelp } from '../../../../src/main/shell/cli/help.ts'
import type { CliIo } from '../../../../src/main/shell/cli/io.ts'
import { UsageError } from '../../../../src/main/shell/cli/io.ts'
import { columnsOf, formatTable } from '../../../../src/main/shell/cli/table.ts'
import { runGet, runWatch } from '../../../../src/main/shell/cli/topic-output.ts'
import { commands } from '../../../../src/shared/contract/index.ts'
import { AppError, toWireError } from '../../../../src/shared/errors/index.ts'

interface RecordedIo extends CliIo {
  output: string
  errors: string
}

function createIo(input = '', stopped = new AbortController().signal): RecordedIo {
  const io: RecordedIo = {
    output: '',
    errors: '',
    out: async (text) => {
      io.output += text
    },
    err: (text) => {
      io.errors += text
    },
    readInput: async () => input,
    stopped,
  }
  return io
}

function createAccess(change: Partial<EngineAccess>): EngineAccess {
  const refuse = () => Promise.reject(new Error('not asked for in this test'))
  const openTransfer = () => {
    throw new Error('not asked for in this test')
  }
  return {
    call: refuse,
    plan: refuse,
    read: refuse,
    watch: refuse,
    openTransfer,
    close: async () => undefined,
    ...change,
  }
}

const options = { json: true, dataDir: null }

describe('the command line', () => {
  it.each([
    [['get', 'vms', '--data-dir', 'D', '--json'], { run: 'get', topic: 'vms', key: null, json: true, dataDir: 'D' }],
    [
      ['--json', 'watch', 'vm.stats', '--key=K'],
      { run: 'watch', topic: 'vm.stats', key: 'K', json: true, dataDir: null },
    ],
    [
      ['call', 'host.add', '{"a":1}'],
      { run: 'call', command: 'host.add', input: '{"a":1}', plan: false, json: false, dataDir: null },
    ],
    [
      ['upload', './a.iso', '--domain', 'iso'],
      {
        run: 'upload',
        path: './a.iso',
        to: { kind: 'domain', domain: 'iso', alias: null },
        sha256: null,
        json: false,
        dataDir: null,
      },
    ],
    [
      ['upload', './a.img', '--host', 'kvm1', '--pool', 'default', '--volume', 'b.img'],
      {
        run: 'upload',
        path: './a.img',
        to: { kind: 'pool', host: 'kvm1', pool: 'default', volume: 'b.img' },
        sha256: null,
        json: false,
        dataDir: null,
      },
    ],
    [
      ['download', 'a.iso', 'b'],
      { run: 'download', named: 'a.iso', from: null, path: 'b', json: false, dataDir: null },
    ],
    [
      ['download', 'a.img', '--host', 'kvm1', '--pool', 'default'],
      {
        run: 'download',
        named: 'a.img',
        from: { host: 'kvm1', pool: 'default' },
        path: null,
        json: false,
        dataDir: null,
      },
    ],
    [['--data-dir', 'D', 'get', 'vms'], { run: 'get', topic: 'vms', key: null, json: false, dataDir: 'D' }],
    [['call', 'host.add'], { run: 'call', command: 'host.add', input: '{}', plan: false, json: false, dataDir: null }],
    [
      ['call', 'host.add', '-'],
      { run: 'call', command: 'host.add', input: '-', plan: false, json: false, dataDir: null },
    ],
    [['call', 'host.add', '--help'], { run: 'help', subject: 'host.add' }],
    [['help'], { run: 'help', subject: null }],
    [['-h'], { run: 'help', subject: null }],
    [['--version'], { run: 'version' }],
  ])('%j is understood', (argv, expected) => {
    expect(parseInvocation(argv)).toEqual(expected)
  })

  it('has a server on this computer alone unless told otherwise', () => {
    expect(parseInvocation(['serve'])).toEqual({
      run: 'serve',
      json: false,
      dataDir: null,
      options: {
        host: '127.0.0.1',
        port: null,
        names: [],
        tlsCertificatePath: null,
        tlsKeyPath: null,
        passwordFile: null,
        linkFile: null,
        open: false,
        demo: false,
      },
    })
  })

  it.each([
    [[]],
    [['launch']],
    [['get']],
    [['get', 'vms', 'hosts']],
    [['get', 'vms', '--port', '1']],
    [['upload', 'a']],
    [['upload', 'a', '--host', 'kvm1']],
    [['upload', 'a', '--host', 'kvm1', '--pool', 'p', '--domain', 'd']],
    [['upload', 'a', '--domain', 'd', '--volume', 'v']],
    [['download', 'a', '--pool', 'p']],
    [['serve', '--port', '70000']],
    [['serve', '--port', 'x']],
    [['serve', '--tls-cert', 'c.pem']],
    [['serve', '--demo', '--data-dir', 'd']],
    [['call', 'host.add', '--demo']],
    [['call']],
    [['call', 'host.add', '--open']],
    [['--nonsense']],
  ])('%j is wrong usage', (argv) => {
    expect(() => parseInvocation(argv)).toThrow(UsageError)
  })

  it('takes a JSON object as input, from the command line or from standard input', async () => {
    expect(await readCallInput('{"a":1}', createIo())).toEqual({ a: 1 })
    expect(await readCallInput('-', createIo('{"b":2}'))).toEqual({ b: 2 })
    for (const text of ['', '{', '[]', '"x"', 'null']) {
      await expect(readCallInput(text, createIo())).rejects.toThrow(UsageError)
    }
  })
})

describe('call', () => {
  const call = { command: 'vm.start', input: {} }

  it('prints the envelope and ends with 0', async () => {
    const io = createIo()
    const access = createAccess({ call: async () => ({ ok: true, value: { a: 1 }, rev: 7 }) })
    expect(await runCall(access, call, options, io)).toBe(0)
    expect(JSON.parse(io.output)).toEqual({ ok: true, value: { a: 1 }, rev: 7 })
  })

  it('prints a failure as JSON on standard output, or as text on standard error, and ends with 1', async () => {
    const error = toWireError(new AppError('vm.not-found', { vmId: 'x' }))
    const access = createAccess({ call: async () => ({ ok: false, error }) })
    const asJson = createIo()
    expect(await runCall(access, call, options, asJson)).toBe(1)
    expect(JSON.parse(asJson.output)).toMatchObject({ ok: false, error: { code: 'vm.not-found' } })
    const asText = createIo()
    expect(await runCall(access, call, { json: false, dataDir: null }, asText)).toBe(1)
    expect(asText.output).toBe('')
    expect(asText.errors).not.toBe('')
  })

  it('names the task that failed, and how its rows are read', async () => {
    const taskId = '11111111-2222-4333-8444-555555555555'
    const error = toWireError(new AppError('batch.partly-failed', { command: 'vm.pause', failed: 288, total: 300 }))
    const access = createAccess({ call: async () => ({ ok: false, error, taskId }) })
    const [asJson, asText] = [createIo(), createIo()]
    await runCall(access, call, options, asJson)
    expect(JSON.parse(asJson.output)).toEqual({ ok: false, error, taskId })
    await runCall(access, call, { json: false, dataDir: '/srv/d' }, asText)
    expect(asText.errors).toContain(`npx virtdeck get task.rows --key ${taskId} --data-dir /srv/d`)
  })

  it('ends with 3 when the engine went away', async () => {
    const error = toWireError(new AppError('transport.lost', { reason: 'x' }))
    const access = createAccess({ call: async () => ({ ok: false, error }) })
    expect(await runCall(access, call, options, createIo())).toBe(3)
  })
})

describe('an unknown host key', () => {
  const fingerprint = `SHA256:${'a'.repeat(43)}`
  const error = toWireError(
    new AppError('ssh.host-key-unknown', { address: '10.77.0.11', port: 22, keyType: 'ssh-ed25519', fingerprint }),
  )
  const input = { address: '10.77.0.11', password: "it's", privateKeyPath: '/k' }

  it('is shown with its type and fingerprint and the command that confirms it', () => {
    const text = describeFailure(error, { command: 'host.add', input }, '/tmp/my data')
    expect(text).toContain(`ssh-ed25519 ${fingerprint}`)
    const command = text.split('\n').find((line) => line.includes('npx virtdeck call')) ?? ''
    expect(command.trim()).toBe(
      `npx virtdeck call host.add '{"address":"10.77.0.11","password":"…","privateKeyPath":"/k","hostKey":"${fingerprint}"}' --data-dir '/tmp/my data'`,
    )
  })

  it('never repeats a secret', () => {
    expect(describeFailure(error, { command: 'host.add', input }, null)).not.toContain("it's")
  })
})

describe('get and watch', () => {
  it('print a topic as an array of its entities', async () => {
    const io = createIo()
    const access = createAccess({ read: async () => ({ ok: true, value: [{ id: 'a' }], rev: 1 }) })
    expect(await runGet(access, { topic: 'hosts' }, options, io)).toBe(0)
    expect(JSON.parse(io.output)).toEqual([{ id: 'a' }])
  })

  it('print a snapshot and then one patch a line, until interrupted, which is no failure', async () => {
    const interrupt = new AbortController()
    const io = createIo('', interrupt.signal)
    const frames: WatchFrame[] = [
      { t: 'snapshot', epoch: 'e', rev: 1, entities: [{ id: 'a' }] },
      { t: 'patch', rev: 2, upsert: [{ id: 'b' }], remove: ['a'] },
    ]
    const access = createAccess({
      watch: (_address, onFrame, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(null))
          for (const frame of frames) onFrame(frame)
        }),
    })
    const ended = runWatch(access, { topic: 'vms' }, options, io)
    interrupt.abort()
    expect(await ended).toBe(0)
    expect(
      io.output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(frames)
  })
})

describe('text for people', () => {
  it('aligns columns, also with letters that are two columns wide', () => {
    expect(
      formatTable(
        ['NAME', 'ID'],
        [
          ['가상머신', '1'],
          ['web', '2'],
        ],
      ),
    ).toBe('NAME      ID\n가상머신  1\nweb       2\n')
    expect(columnsOf('a가')).toBe(3)
  })

  it('lets no name from a host steer the terminal', () => {
    expect(formatTable(['NAME'], [['\u001b[31mred\u0007\n']])).toBe('NAME\n?[31mred??\n')
  })

  it('explains every command by its schema', () => {
    for (const [name, command] of Object.entries(commands)) expect(buildHelp(name)).toContain(command.summary)
    expect(buildHelp('host.add')).toMatch(/address +string +required/)
    expect(buildHelp('host.add')).toMatch(/transport +"ssh" \| "local" +default "ssh"/)
    expect(buildHelp(null)).toContain('host.add')
    expect(() => buildHelp('no.such')).toThrow(UsageError)
  })
})

describe.each(['en', 'ko'])('the error texts in %s', (language) => {
  it('advise only subcommands that there are', async () => {
    const url = new URL(`../../../../src/renderer/i18n/${language}/errors.json`, import.meta.url)
    const advised = [...(await readFile(url, 'utf8')).matchAll(/virtdeck ([a-z][a-z-]*)/g)].map(
      (match) => match[1] ?? '',
    )
    expect(advised).toContain('link')
    for (const name of advised) expect(buildHelp(null), name).toContain(`virtdeck ${name}`)
  })
})
