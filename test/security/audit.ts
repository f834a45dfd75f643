/**
 * `npm run check:dependencies`: known vulnerabilities in what the App runs on, where the registry tells them, and
 * always what the lock file itself must keep: a hash for every such package, and no install script but those allowed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Locked {
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  allowScripts: Record<string, boolean>;
};
const packages = Object.entries(lock.packages).filter(
  ([path, { link, dev }]) => path !== '' && !link && !dev,
);

const problems = packages.flatMap(([path, { integrity, hasInstallScript, optional }]) => {
  const name = path.replace(/^.*node_modules\//, '');
  return [
    ...(integrity?.startsWith('sha512-') ? [] : [`${name} has no SHA-512 in package-lock.json`]),
    ...(hasInstallScript && !optional && !(name in allowScripts)
      ? [`${name} runs a script when it is installed, and allowScripts does not say whether it may`]
      : []),
  ];
});
problems.push(...findVulnerabilities());
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${packages.length} packages, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** High and critical ones; none, and a line that says so, where the registry has no audit service. */
function findVulnerabilities(): string[] {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
  const report = JSON.parse(stdout || '{}') as {
    vulnerabilities?: Record<string, { severity: string }>;
    message?: string;
  };
  if (report.vulnerabilities === undefined) {
    process.stdout.write(
      `NOT CHECKED for vulnerabilities: ${report.message ?? 'the registry did not answer'}\n`,
    );
    return [];
  }
  return Object.entries(report.vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity }]) => `${name} has a vulnerability of severity ${severity}`);
}
