from taskiq import InMemoryBroker, TaskiqScheduler

broker = InMemoryBroker()
scheduler = TaskiqScheduler(broker, [])
