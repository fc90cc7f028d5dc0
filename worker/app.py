"""Celery: the engine that runs the jobs of the outbox. A message carries the outbox row's id and nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from celery import Celery
from celery.signals import worker_init, worker_process_init
from flask import Flask
from kombu import Queue as BrokerQueue

from config import Settings
from station.core.db import db
from station.core.outbox import JOBS, Queue
from station.web.app import create_app
from worker import embedded, jobs, tasks

SOFT_SHUTDOWN_SECONDS = 10  # Celery waits all of it when a job runs, and none when none does
BROKER_OPTIONS: dict[str, dict[str, Any]] = {
    # confirmed publishing: the relay learns of a message that was not stored
    "amqp": {"confirm_publish": True},
    # longer than any lease, and looked at every 10 s: by default an unacknowledged message comes back after an hour
    # (kombu/transport/redis.py; measured with the last two at their defaults: interval × throttle = 100 s)
    "redis": {
        "visibility_timeout": 600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
        "socket_timeout": 20,
        "socket_keepalive": True,
    },
}
BROKER_OPTIONS |= {"amqps": BROKER_OPTIONS["amqp"], "rediss": BROKER_OPTIONS["redis"]}


def make_celery(settings: Settings) -> Celery:
    """Celery for these settings. Connects to nothing."""
    embedded.install()
    scheme = settings.celery_broker_url.partition(":")[0]
    app = Celery("station", set_as_current=False)
    app.conf.update(
        broker_url=settings.celery_broker_url,
        broker_transport_options=BROKER_OPTIONS.get(scheme, {}),
        broker_connection_timeout=5,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a broker that is down only delays
        broker_pool_limit=2,
        task_queues=[BrokerQueue(queue.value, durable=True) for queue in Queue],
        task_default_queue=Queue.REPORTS.value,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_publish_retry=False,  # the relay waits and tries again itself
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_processes,
        worker_soft_shutdown_timeout=SOFT_SHUTDOWN_SECONDS,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=True,
        worker_log_format="%(levelname)s %(message)s",
        worker_task_log_format="%(levelname)s %(message)s",
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        beat_max_loop_interval=1,
        timezone="UTC",
    )
    app.on_after_finalize.connect(_register, weak=False)
    return app


@cache
def flask_app() -> Flask:
    """The application of this process; made once, before the pool is forked."""
    return create_app(Settings.from_env())


def _register(sender: Celery, **_: Any) -> None:
    """Make a Celery task of every job. Its hard limit comes before the lease ends: no job runs twice at once."""
    tasks.load()
    for name in jobs.TASKS:
        lease = JOBS[name].lease
        sender.task(_ring, name=name, soft_time_limit=max(1, lease - 10), time_limit=max(2, lease - 5))


def _ring(row_id: str) -> None:
    with flask_app().app_context():
        jobs.run(UUID(row_id))


@worker_init.connect
def _before_the_fork(**_: Any) -> None:
    try:
        flask_app()
    except Exception as error:  # Celery would log it and go on without an application
        raise SystemExit(f"The worker cannot start: {type(error).__name__}: {error}") from error


@worker_process_init.connect
def _after_the_fork(**_: Any) -> None:
    with flask_app().app_context():
        db.engine.dispose(close=False)  # connections of the parent stay the parent's


celery = make_celery(Settings.from_env())
