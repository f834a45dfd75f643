/**
 * Starts a clock of this thread's processor time, in milliseconds: what else the machine does meanwhile does not
 * count. For tests that hostile input costs no more than it may; not a measure of speed.
 */
export function processorClock(): () => number {
  const before = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
}
