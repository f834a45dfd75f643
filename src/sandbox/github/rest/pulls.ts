import { notFound, type Reply } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import { pullFileShape } from '../shapes/pull.ts';
import { findRepository, numberParam } from './find.ts';
import { paged } from './paging.ts';

export const pullRoutes: Route[] = [
  route('GET /repos/:owner/:repo/pulls/:number/files', 'installation', listFiles),
];

function listFiles(call: Call): Reply {
  const repository = findRepository(call, { permission: 'pull_requests', access: 'read' });
  const pull = repository.issues.get(numberParam(call, 'number'));
  if (pull === undefined || !pull.isPullRequest || pull.deleted) throw notFound();
  return paged(call, pull.files, (one) => pullFileShape(call.sandbox, pull, one));
}
