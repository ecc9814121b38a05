/*
 * Node's HTTP modules, fetched rather than imported: an import reads everything that they export, `WebSocket` among it, and
 * so loads Node's whole fetch, which nobody here uses. That was 80 ms of each start and of each call of the program.
 */
export const { createServer: createHttpServer, request: httpRequest } = process.getBuiltinModule('node:http')
export const { createServer: createTlsServer, request: httpsRequest } = process.getBuiltinModule('node:https')
