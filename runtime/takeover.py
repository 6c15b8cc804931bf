"""Work that a vanished process left running: the leader puts it back into its queues."""

from collections import defaultdict

import structlog
from dbos import DBOSClient

from runtime.durable import DurableJobs
from runtime.presence import Presence

# The library counts recoveries by itself, but starts anew when work changes hands.
MOST_TAKEOVERS = 10

_log = structlog.get_logger(__name__)


def take_over(jobs: DurableJobs, presence: Presence) -> int:
    """Put the running jobs of processes that are gone back into their queues; return how many there were."""
    running = jobs.reader.list_workflows(status="PENDING", load_input=False, load_output=False)
    executors = {job.executor_id for job in running if job.executor_id} - {presence.executor_id}
    return sum(_take_over(jobs.client, presence, executor) for executor in sorted(executors))


def _take_over(client: DBOSClient, presence: Presence, executor: str) -> int:
    with presence.gone(executor) as gone:
        if not gone:
            return 0
        # Read again: it may have ended its work properly before it went.
        stranded = client.list_workflows(status="PENDING", executor_id=executor, load_input=False, load_output=False)
        queues: dict[str | None, list[str]] = defaultdict(list)
        for job in stranded:
            takeovers = int((job.attributes or {}).get("takeovers", 0)) + 1
            if takeovers > MOST_TAKEOVERS:
                client.cancel_workflow(job.workflow_id)
                continue
            client.update_workflow_attributes(job.workflow_id, {"takeovers": takeovers})
            queues[job.queue_name].append(job.workflow_id)
        for queue, keys in queues.items():
            client.resume_workflows(keys, queue_name=queue)
        _log.warning("took over stranded jobs", executor=executor, jobs=len(stranded))
        return len(stranded)
