// Who may import whom (docs/ARCHITECTURE.md), deny by default: what no `allowed` rule names is an error.
const features =
  'datacenter|cluster|drift|host|storage|disk|registration|snapshot|backup|network|libvirt-network|host-storage|vm|template|pool|migration|console|access|metrics'
const npm = (...names) => `^node_modules/(?:${names.map((name) => name.replace('/', '\\/')).join('|')})/`
const face = (folder) => `^src/main/${folder}/index\\.ts$`
const shared = '^src/shared/[^/]+/index\\.ts$'
const sharedErrors = '^src/shared/errors/index\\.ts$'
const sharedDomain = '^src/shared/domain/index\\.ts$'

/** A folder of src/main may use itself, Node's own modules, and what is listed. */
function layer(folder, paths, packages = []) {
  return [
    {
      from: { path: `^src/main/${folder}/` },
      to: { path: [`^src/main/${folder}/`, ...paths, ...packages.map((name) => npm(name))] },
    },
    { from: { path: `^src/main/${folder}/` }, to: { dependencyTypes: ['core'] } },
  ]
}

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'electron-only-in-its-shell',
      severity: 'error',
      from: { pathNot: '^src/main/shell/electron/' },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    {
      name: 'child-process-only-in-shell-and-ssh',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/(shell|ssh)/' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'ssh2-only-in-ssh',
      severity: 'error',
      from: { pathNot: '^src/main/ssh/' },
      to: { path: npm('ssh2', '@types/ssh2') },
    },
    {
      name: 'a-start-without-the-demo-loads-no-simulation',
      comment: 'Shells load it when it is asked for; a static import would put it into every start.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/(simulation|libvirt/server)/' },
      to: { path: '^src/main/(simulation|libvirt/server)/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'one-file-touches-the-transport',
      comment: 'The stores own the client; nothing else in the page opens or speaks to a transport.',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: '^src/renderer/stores/(engine-client|index)\\.ts$' },
      to: { path: '^src/renderer/stores/transport\\.ts$' },
    },
    {
      name: 'page-features-meet-through-their-faces',
      severity: 'error',
      from: { path: '^src/renderer/(?!features/)|^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/[^/]+/(?!index\\.tsx?$)', pathNot: '^src/renderer/features/$1/' },
    },
    {
      name: 'the-page-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/(renderer|shared)/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  allowed: [
    { from: { path: '^src/shared/([^/]+)/' }, to: { path: ['^src/shared/$1/', shared, npm('zod')] } },
    ...layer('libvirt', [sharedErrors]),
    ...layer('ssh', [sharedErrors], ['ssh2', '@types/ssh2', 'ssh-config']),
    // Simulated hosts stand behind a route like real ones: they speak the daemon's side of the protocol, which nobody else does.
    ...layer('simulation', [face('(?:libvirt|libvirt/server|hosts|xml)'), shared]),
    ...layer('xml', [sharedDomain], ['saxes', '@xmldom/xmldom']),
    ...layer('hosts', [face('libvirt'), face('ssh'), face('xml'), shared]),
    ...layer('inventory', [shared], ['kysely', 'zod']),
    ...layer('engine', [shared], ['zod']),
    {
      from: { path: `^src/main/(${features})/` },
      to: {
        path: ['^src/main/$1/', face('(?:engine|hosts|inventory|xml)'), face(`(?:${features})`), shared, npm('zod')],
      },
    },
    { from: { path: `^src/main/(${features})/` }, to: { dependencyTypes: ['core'] } },
    { from: { path: '^src/main/vm/seed/' }, to: { path: npm('yaml') } },
    { from: { path: '^src/main/shell/' }, to: {} },
    { from: { path: '^src/renderer/' }, to: { path: ['^src/renderer/', shared] } },
    {
      from: { path: '^src/renderer/' },
      to: {
        path: '^node_modules/',
        pathNot: npm(
          'electron',
          'fastify',
          '@fastify/[^/]+',
          'kysely',
          'pino',
          'ws',
          'ssh2',
          '@types/ssh2',
          'ssh-config',
          'saxes',
        ),
      },
    },
  ],
  allowedSeverity: 'error',
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
    exclude: { path: '\\.(css|svg|png|html)$' },
  },
}
