SELECT file FROM checkpoints WHERE file IS NOT NULL
