"""Infrastructure: processes, queues, languages, images, logs; nothing of press or readers."""
