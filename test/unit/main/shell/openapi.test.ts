import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildOpenApi } from '../../../../src/main/shell/server/openapi.ts'
import { commands, topics } from '../../../../src/shared/contract/index.ts'
import { type Served, startServed } from './served-fixture.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly responses: Readonly<
    Record<string, { readonly content: { readonly 'application/json': { readonly schema: object } } }>
  >
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } }
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const document = buildOpenApi('1.2.3') as unknown as Document

/** Every `$ref` of a document. */
function referencesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : referencesIn(value),
  )
}

/** A schema of the document as a validator: its component references become local definitions. */
function validatorOf(schema: object) {
  const standing = JSON.stringify({ ...schema, $defs: document.components.schemas })
  return z.fromJSONSchema(JSON.parse(standing.replaceAll('#/components/schemas/', '#/$defs/')))
}

describe('the OpenAPI document', () => {
  it('has every command with its input and its output', () => {
    for (const [name, command] of Object.entries(commands)) {
      const operation = document.paths[`/api/commands/${name}`]?.post
      expect(operation?.summary, name).toBe(command.summary)
      expect(operation?.requestBody?.content['application/json'].schema, name).toMatchObject({ type: 'object' })
      expect(operation?.responses['200']?.content['application/json'].schema, name).toMatchObject({ type: 'object' })
    }
  })

  it('has every topic, with the key of those that have one', () => {
    for (const [name, topic] of Object.entries(topics)) {
      const operation = document.paths[`/api/topics/${name}`]?.get as (Operation & { parameters: object[] }) | undefined
      expect(operation?.parameters, name).toHaveLength(topic.keyed ? 1 : 0)
    }
  })

  it('has nothing that the contract has not', () => {
    const described = Object.keys(document.paths).filter((path) => /^\/api\/(commands|topics)\//.test(path))
    expect(described).toHaveLength(Object.keys(commands).length + Object.keys(topics).length)
  })

  it('says how each of them fails', () => {
    for (const [path, { get, post }] of Object.entries(document.paths)) {
      const operation = get ?? post
      if (path === '/api/health') continue
      expect(Object.keys(operation?.responses ?? {}), path).toEqual(
        expect.arrayContaining(['200', '400', '401', '403', '404', '409', '429', '500']),
      )
    }
  })

  it('names each operation once and refers to nothing that is not there', () => {
    const ids = Object.values(document.paths).map(({ get, post }) => (get ?? post)?.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const components = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(components).toEqual(expect.arrayContaining([...new Set(referencesIn(document))]))
  })

  it('requires what a command requires, and not what has a default', () => {
    const schema = document.paths['/api/commands/host.add']?.post?.requestBody?.content['application/json'].schema
    expect(schema).toMatchObject({ required: ['address'] })
  })
})

describe('what the server answers', () => {
  let served: Served
  beforeAll(async () => {
    served = await startServed()
  })
  afterAll(() => served.stop())

  const send = (method: string, path: string, body?: string) =>
    served.send({
      method,
      path,
      headers: { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })

  it.each([
    ['POST', '/api/commands/vm.pause', '{"vmId":"00000000-0000-0000-0000-000000000001"}'],
    ['POST', '/api/commands/vm.start?wait=false', '{"vmId":"00000000-0000-0000-0000-000000000001"}'],
    ['POST', '/api/commands/vm.pause', '{}'],
    ['POST', '/api/commands/host.remove', '{"hostId":"00000000-0000-0000-0000-000000000001"}'],
    ['GET', '/api/topics/hosts', undefined],
    ['GET', '/api/topics/tasks', undefined],
    ['GET', '/api/topics/events', undefined],
    ['GET', '/api/topics/vm.stats', undefined],
    ['GET', '/api/health', undefined],
    ['POST', '/api/sign-in-links', '{}'],
    ['POST', '/api/sign-out', '{}'],
  ])('fits the document: %s %s %s', async (method, path, body) => {
    const answer = await send(method, path, body)
    const operation = document.paths[path.split('?', 1)[0] ?? '']?.[method === 'GET' ? 'get' : 'post']
    const response = operation?.responses[String(answer.status)]
    if (response === undefined) throw new Error(`${path} answered ${answer.status}, which the document does not have`)
    const parsed = validatorOf(response.content['application/json'].schema).safeParse(answer.json())
    expect(parsed.success ? [] : parsed.error.issues).toEqual([])
  })

  it('includes the document itself', async () => {
    const answer = await send('GET', '/api/openapi.json')
    expect(answer.json()).toMatchObject({ openapi: '3.1.0', info: { version: '0.0.0' } })
  })
})
