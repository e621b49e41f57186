const fs = require('node:fs')
const path = require('node:path')

/**
 * Who may import whom. One rule per row of the table in CONTRIBUTING.md; arrows point down only.
 * The comment of a rule says what to do instead: it is what you read when a rule stops you.
 */
const rooms = ['utils', 'common', 'config', 'infra', 'security', 'core']

/** A room may import itself and the rooms named; `comment` says where the code belongs otherwise. */
const mayImport = (room, allowed, comment) => ({
  name: `layers-point-down-${room}`,
  comment,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^(src|plugins|tests)/', pathNot: [room, ...allowed].map((name) => `^src/${name}/`) },
})

const inModule = '^(src/app|plugins)/([^/]+)'

/** Within a module: `shelf` must not reach the shelves in `others`. */
const shelf = (name, others, comment) => ({
  name: `shelf-${name}`,
  comment,
  severity: 'error',
  from: { path: `${inModule}/${name}/` },
  to: { path: `${inModule}/(${others})/` },
})

/** One rule for each plugin, from what its `plugin.json` requires. */
function pluginsMindTheirRequires() {
  const root = path.join(__dirname, 'plugins')
  const names = fs.readdirSync(root).filter((name) => fs.existsSync(path.join(root, name, 'plugin.json')))
  return names.map((name) => {
    const { plugin, requires } = JSON.parse(fs.readFileSync(path.join(root, name, 'plugin.json'), 'utf8'))
    const required = [...(plugin.depends_on ?? []), ...Object.keys(requires.plugins ?? {})]
    return {
      name: `plugin-${name}-minds-its-requires`,
      comment:
        'Another plugin is reached through its index.ts only (#plugin/<name>), and must be named under requires.plugins of plugin.json.',
      severity: 'error',
      from: { path: `^plugins/${name}/` },
      to: {
        path: '^plugins/',
        pathNot: [`^plugins/${name}/`, ...required.map((other) => `^plugins/${other}/index\\.ts$`)],
      },
    }
  })
}

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'Two files that need each other are one thing or three: move what both need into a file below them. ' +
        'Models may name each other through functions (() => Role), and type imports are no cycle.',
      severity: 'error',
      from: { pathNot: '/model/' },
      to: { circular: true, viaOnly: { pathNot: '/model/', dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment:
        'Nobody imports this file and it imports nobody: delete it, or list it where it belongs (index.ts).',
      severity: 'error',
      from: { orphan: true, path: '^(src|plugins)/', pathNot: ['\\.d\\.ts$', '^plugins/[^/]+/migrations/'] },
      to: {},
    },
    {
      name: 'no-unresolved',
      comment: 'This import leads nowhere: correct the path, or add the package to package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-packages-in-the-product',
      comment: 'The package is only there for development: move it to "dependencies", or the code to tests.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
    mayImport(rooms[0], [], 'utils are pure functions that know nothing of ours: pass in what they need.'),
    mayImport(
      rooms[1],
      ['utils'],
      'common holds plain values: what needs settings or a socket belongs to infra.',
    ),
    mayImport(
      rooms[2],
      ['common', 'utils'],
      'config only reads settings: what acts on them belongs to infra.',
    ),
    mayImport(
      rooms[3],
      ['config', 'common', 'utils'],
      'infra knows no rights and no routes: pass a function in, from above.',
    ),
    mayImport(
      rooms[4],
      ['infra', 'config', 'common', 'utils'],
      'security answers questions; who asks is in core or above. Let app.ts hand over what it needs from there.',
    ),
    mayImport(
      rooms[5],
      ['security', 'infra', 'config', 'common', 'utils'],
      'core does not know the modules: state what is needed as a function type and let app.ts hand it over.',
    ),
    mayImport(
      'plugin',
      [...rooms, 'plugin'],
      'What looks after plugins knows the core and no module: let start.ts hand over what it needs from there.',
    ),
    mayImport(
      'middleware',
      ['infra', 'config', 'common', 'utils'],
      'A middleware is true for every request: what depends on the route belongs to core/run-route.ts.',
    ),
    {
      name: 'modules-through-the-front-door',
      comment:
        'A module imports #core and its own shelves. What it needs from a room of src is exported by src/core/index.ts.',
      severity: 'error',
      from: { path: '^src/app/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/core/index\\.ts$', '^src/app/'] },
    },
    {
      name: 'modules-mind-their-own-shelves',
      comment:
        'Another module is reached through its index.ts only (#app/<module>): export there what others may use.',
      severity: 'error',
      from: { path: '^src/app/([^/]+)/' },
      to: { path: '^src/app/', pathNot: ['^src/app/$1/', '^src/app/[^/]+/index\\.ts$'] },
    },
    {
      name: 'plugins-through-the-front-door',
      comment:
        'A plugin may use #core and #app/<module>, like every plugin author: ask for a named extension point in core.',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/', pathNot: '^plugins/[^/]+/tests/' },
      to: { path: '^(src|tests)/', pathNot: ['^src/core/index\\.ts$', '^src/app/[^/]+/index\\.ts$'] },
    },
    ...pluginsMindTheirRequires(),
    {
      name: 'src-never-imports-plugins',
      comment:
        'src must work without any plugin: plugins are found by the loader, from the names of their folders.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^plugins/' },
    },
    shelf(
      'model',
      'api|schema|crud|service|task',
      'A model is columns only. Queries go to crud, rules to service.',
    ),
    shelf(
      'schema',
      'api|model|crud|service|task',
      'A schema is what goes over the wire: build it from the atoms of #core and other schemas.',
    ),
    shelf('crud', 'api|service|task', 'crud holds queries. What calls a service is a rule: move it up.'),
    shelf('service', 'api', 'A service does not know who calls it: pass in what it needs.'),
    {
      name: 'services-ask-their-crud',
      comment:
        'A service asks its crud: put the query there, with a name. The type of a row may be imported.',
      severity: 'error',
      from: { path: `${inModule}/service/` },
      to: { path: `${inModule}/model/`, dependencyTypesNot: ['type-only'] },
    },
    shelf(
      'task',
      'api|model|crud',
      'A task declares; the work is a service function, bound in index.ts with runs().',
    ),
    {
      name: 'only-crud-touches-models',
      comment: 'A route calls its service: put the rule there and the query into crud.',
      severity: 'error',
      from: { path: `${inModule}/api/` },
      to: { path: `${inModule}/(model|crud|task)/` },
    },
    {
      name: 'only-queue-file-knows-bull',
      comment:
        'Bull lives behind src/infra/queue.ts, and its board behind queue-board.ts, so that it can be exchanged: add what you need there.',
      severity: 'error',
      from: { path: '^(src|plugins)/', pathNot: '^src/infra/queue' },
      to: { path: '(^|/)node_modules/(bull|@bull-board)/' },
    },
    {
      name: 'only-rbac-knows-casbin',
      comment: 'casbin lives behind src/security/rbac.ts: ask rights.allows(), or add the question there.',
      severity: 'error',
      from: { path: '^(src|plugins)/', pathNot: '^src/security/rbac' },
      to: { path: '(^|/)node_modules/casbin/' },
    },
    {
      name: 'help-comes-at-once',
      comment:
        'What declares commands is loaded for every --help: put the work into src/cli/action and import() it in the action.',
      severity: 'error',
      from: { path: '^src/cli/(command/|(main|program|failure|quiet|number|outcome|output|ask)\\.ts$)' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/cli/(command/|(main|program|failure|quiet|number|outcome|output|ask)\\.ts$)',
          '^src/(config/environment|common/errors|start-failure)\\.ts$',
          '^src/utils/',
        ],
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'What the product needs does not live in tests: move it to src.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|web|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
}
