"""Background work: Celery rings the bell, the outbox row is the truth.

`jobs` runs one outbox row, whoever calls; `app` is Celery; `relay` carries due ids from the outbox to the broker;
`beat` asks for what `schedule` lists; `tasks` holds one short function a job. Station never imports this package.
"""
