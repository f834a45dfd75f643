/** `npm run bench:refit`: what a refit gains on threads that it has not seen, by simulated maintainers. */
import { mean, tryOut } from '../pipeline/judge/embedded/maintainers.ts';

const TASTES = [0, 0.15, 0.3, 0.5];
const LABELS = [20, 50, 200];
const SEEDS = Array.from({ length: 12 }, (_, index) => (index + 1) * 7919);
const UNSEEN = 400;

const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

say(
  `Nats a thread against the hand weights, in the mean of ${SEEDS.length} maintainers and at worst, and in brackets`,
);
say('how often the refit takes what the maintainer likes best, and how often the hand weights do');
say(`differ by   ${LABELS.map((labels) => `${labels} labels`.padEnd(32)).join('')}`);
for (const tasteSd of TASTES) {
  const cells = LABELS.map((labels) => {
    const all = SEEDS.map((seed) => tryOut({ labels, tasteSd, seed, unseen: UNSEEN }));
    const gains = all.map(({ gain }) => gain);
    const [refitted, byHand] = [
      all.map((one) => one.agreement.refitted),
      all.map((one) => one.agreement.byHand),
    ];
    const agreement = `(${percent(mean(refitted))}, ${percent(mean(byHand))})`;
    return `${mean(gains).toFixed(3)}, ${Math.min(...gains).toFixed(3)} ${agreement}`.padEnd(32);
  });
  say(`${String(tasteSd).padEnd(12)}${cells.join('')}`);
}
