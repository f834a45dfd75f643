/**
 * The layers of docs/design.md, as errors. Imports point one way:
 *
 *   index, app, worker, web, cli -> tasks -> pipeline -> ports, schema, errors, markdown
 *
 * test/architecture/layers.test.ts shows each rule catching a violation.
 */

/** The stages in the order of the data. A stage may import the ones before it. */
const STAGES = [
  'thread',
  'webhook',
  'proposals',
  'command',
  'judge',
  'decision',
  'comment',
  'feedback',
  'dataset',
  'training',
  'promotion',
];

/** Plain data that every layer speaks in: the words of the project as types, and its errors. */
const WORDS = '^src/(pipeline/(thread|judge|training|promotion)/types|errors)\\.ts$';
const FAILPOINTS = '^src/failpoints\\.ts$';
const PORTS = '^src/ports(/|\\.ts$)';
const PACKAGES = 'node_modules';
const ROOMS_WITHOUT_ADAPTERS =
  '^src/(pipeline|tasks|store|dashboard|p2a|markdown|schema|web|ports(/|\\.ts$)|index\\.ts)';

const layer = (name, comment, path, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path },
  to: { path: '^(src|test)/', pathNot: [path, ...allowed] },
});

const stageRules = STAGES.slice(0, -1).map((stage, index) => ({
  name: `stage-order-${stage}`,
  comment: `The stage ${stage} may import only the stages before it (types excepted: they are words).`,
  severity: 'error',
  from: { path: `^src/pipeline/${stage}/` },
  to: { path: `^src/pipeline/(${STAGES.slice(index + 1).join('|')})/`, pathNot: WORDS },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no order in which it can be read; type-only imports are not cycles at run time.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import names a file or package that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'The program must run without its tests.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-development-packages',
      comment: 'A devDependency is not there once the package is installed (types vanish when built).',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'], pathNot: '/@types/' },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'The package is there only because another one needs it: list it in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'adapters-only-in-context',
      comment: 'src/context.ts builds the adapters; everything else sees the ports.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters/', '^src/context\\.ts$'] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'no-adapters-in-rooms',
      comment: 'Pipeline, tasks, store, pages and web reach the outside only through ports.',
      severity: 'error',
      from: { path: ROOMS_WITHOUT_ADAPTERS },
      to: { path: '^src/(adapters/|context\\.ts$)' },
    },
    {
      name: 'sandbox-only-for-play',
      comment:
        'The fake GitHub and its threads serve the demo, the benchmark and the tests; they never run in the App.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/sandbox/', '^src/cli/', '^src/bench/'] },
      to: { path: '^src/sandbox/' },
    },
    layer('errors-leaf', 'Errors know nothing of the rest.', '^src/errors\\.ts$', []),
    layer('config-leaf', 'The environment knows only the errors.', '^src/config(\\.ts$|/)', [WORDS]),
    layer(
      'markdown-leaf',
      'Reading Markdown needs nothing of the project but its errors.',
      '^src/markdown/',
      [WORDS],
    ),
    layer(
      'statistics-leaf',
      'Statistics are mathematics and know nothing of the project.',
      '^src/statistics/',
      [],
    ),
    layer(
      'schema-leaf',
      'Tables may speak in the words of thread and judge, and import nothing else.',
      '^src/schema/',
      [WORDS],
    ),
    layer('ports-leaf', 'Ports are interfaces over words, tables and the configuration.', PORTS, [
      WORDS,
      FAILPOINTS,
      '^src/schema/',
      '^src/config\\.ts$',
      '^src/statistics/',
    ]),
    layer('store-over-ports', 'Queries know the Db port and the tables.', '^src/store/', [
      WORDS,
      '^src/schema/',
      PORTS,
    ]),
    layer(
      'pipeline-is-pure',
      'Stages know words, tables as types, ports and Markdown; never tasks, queries or the outside.',
      '^src/pipeline/',
      [WORDS, '^src/schema/', PORTS, '^src/markdown/', '^src/statistics/'],
    ),
    layer(
      'adapters-below-tasks',
      'Adapters implement ports; they know stages only as words and helpers.',
      '^src/adapters/',
      [
        WORDS,
        '^src/config/',
        '^src/schema/',
        PORTS,
        '^src/markdown/',
        '^src/pipeline/(thread|judge/model|training)/',
      ],
    ),
    layer('tasks-over-pipeline', 'Tasks join stages, queries and ports.', '^src/tasks/', [
      WORDS,
      '^src/config/',
      '^src/config\\.ts$',
      PORTS,
      '^src/(schema|markdown|statistics|pipeline|p2a|store)/',
    ]),
    layer('dashboard-over-store', 'Pages show what the queries find.', '^src/dashboard/', [
      WORDS,
      '^src/config\\.ts$',
      PORTS,
      '^src/(schema|markdown|pipeline|store)/',
    ]),
    layer(
      'web-edge',
      'The HTTP edge hands deliveries to the Probot function and mounts pages.',
      '^src/web/',
      [WORDS, '^src/(config|index)\\.ts$', PORTS, '^src/dashboard/'],
    ),
    layer('bench-over-pipeline', 'The benchmark runs judges over threads; it needs no App.', '^src/bench/', [
      WORDS,
      '^src/config/',
      '^src/(config|context)\\.ts$',
      PORTS,
      '^src/(schema|markdown|statistics|pipeline|sandbox)/',
    ]),
    layer(
      'sandbox-over-ports',
      'The sandbox plays GitHub; it looks at the App through ports and queries.',
      '^src/sandbox/',
      [
        WORDS,
        '^src/config\\.ts$',
        PORTS,
        '^src/(schema|markdown|statistics|store)/',
        '^src/pipeline/(thread|webhook|judge/model)/',
      ],
    ),
    ...['cli', 'app\\.ts', 'worker\\.ts', 'index\\.ts', 'web'].map((top) => ({
      name: `nothing-above-${top.replace('\\.ts', '')}`,
      comment: 'Nothing below imports the entry points.',
      severity: 'error',
      from: {
        path: '^src/(pipeline|tasks|store|schema|markdown|adapters|sandbox|dashboard|ports(/|\\.ts$)|errors\\.ts|config\\.ts)',
      },
      to: { path: `^src/${top}` },
    })),
    ...stageRules,
  ],
  options: {
    // TypeScript 7 has no JavaScript API for dependency-cruiser's own reading; swc parses types just as well.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: PACKAGES },
    exclude: { path: '^test/fixtures/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
