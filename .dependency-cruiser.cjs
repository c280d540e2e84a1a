/**
 * The arrows between the folders. Data flows ingest → analyzers → storage → streaming → api → ui, and imports point back
 * along it: a consumer knows its producer, a producer never knows its consumer.
 *
 * `infra/processes`, `infra/cli` and `infra/demo` wire everything and are imported by nobody; `infra/setup`, `infra/check`, `infra/docs`,
 * `infra/scenes`, `infra/bench` and `e2e` are tools, which may look at everything too.
 */

/** Everything of ours beside what may be imported. */
const oursExcept = (...allowed) => ({
  path: '^(ingest|analyzers|storage|streaming|api|ui|infra|e2e)/',
  pathNot: allowed.map((folder) => `^${folder}/`),
});

const arrow = (folder, allowed, comment) => ({
  name: `${folder.replace('/', '-')}-imports-only-${allowed.length > 0 ? allowed.map((name) => name.replace('infra/', '')).join('-') : 'itself'}`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: oursExcept(folder, ...allowed),
});

const TESTS = '\\.(test|bench|e2e)\\.tsx?$|^e2e/|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    arrow(
      'infra/runtime',
      [],
      'The runtime is the ground that every folder stands on; if it knew one of them, all would.',
    ),
    arrow(
      'ingest',
      ['infra/runtime'],
      'A camera must be recorded even when analysis, database and pages are not there.',
    ),
    arrow(
      'analyzers',
      ['infra/runtime', 'ingest'],
      'Analysis knows frames; what becomes of its events is behind its ports.',
    ),
    arrow(
      'storage',
      ['infra/runtime', 'ingest', 'analyzers'],
      'Storage keeps what the left side makes, and serves whoever asks.',
    ),
    arrow(
      'streaming',
      ['infra/runtime', 'ingest', 'storage'],
      'Media stands beside the line: live pictures must run without the analyzers.',
    ),
    arrow(
      'api',
      ['infra/runtime', 'ingest', 'analyzers', 'storage', 'streaming'],
      'The API is the only door to the outside; it knows everything but pages and wiring.',
    ),
    arrow(
      'api/contract',
      [],
      'The contract is bundled into the browser: one import of ours would pull server code with it.',
    ),
    {
      name: 'api-contract-needs-only-typebox',
      comment: 'The contract is bundled into the browser: schemas and nothing else.',
      severity: 'error',
      from: { path: '^api/contract/', pathNot: TESTS },
      to: { pathNot: '^(api/contract/|node_modules/typebox/)' },
    },
    arrow('ui', ['api/contract'], 'Pages speak to the server over HTTP alone; all they share with it is the contract.'),
    {
      name: 'ui-runs-in-a-browser',
      comment: 'A page that imports a Node module builds, and then breaks in the browser.',
      severity: 'error',
      from: { path: '^ui/', pathNot: `${TESTS}|^ui/vite\\.config\\.ts$` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-the-wiring',
      comment:
        'Wiring depends on everything; whoever imports it depends on everything too. Tools and whole-line tests may.',
      severity: 'error',
      from: { pathNot: '^(infra/(processes|cli|demo|docs|bench|check|simulation|roads)|e2e)/' },
      to: { path: '^infra/(processes|cli|demo)/' },
    },
    {
      name: 'no-relative-path-out-of-a-folder',
      comment:
        'Across top folders an import is written #folder/file.ts, so that moving a file changes no other folder.',
      severity: 'error',
      from: { path: '^([^/]+)/' },
      to: {
        path: '^(ingest|analyzers|storage|streaming|api|ui|infra|e2e)/',
        pathNot: '^$1/',
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    },
    {
      name: 'no-barrel',
      comment:
        'A file that only re-exports hides where things live and loads what nobody asked for; import the file itself.',
      severity: 'error',
      from: { pathNot: '^node_modules/' },
      to: { path: '(^|/)index\\.tsx?$', pathNot: '^node_modules/' },
    },
    {
      name: 'no-circular',
      comment: 'Two files that import each other are one file, or one of them knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Product code that needs a test or its tools would ship them.',
      severity: 'error',
      from: { pathNot: `${TESTS}|^vitest\\.config\\.ts$` },
      to: { path: TESTS },
    },
    {
      name: 'no-development-package-in-the-server',
      comment: 'Production installs leave devDependencies out, so the server must start without them. Types are fine.',
      severity: 'error',
      from: { path: '^(ingest|analyzers|storage|streaming|api|infra/(runtime|processes|cli|demo))/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere fails when the file is first loaded, perhaps only in production.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-unlisted-package',
      comment: 'A package that is not in package.json is there by accident, and goes by accident.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(ui/dist|data|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports are knowledge too: they count.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
