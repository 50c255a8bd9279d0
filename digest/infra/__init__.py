"""Infrastructure: processes, queues, languages, images, logs; nothing about articles or people."""
