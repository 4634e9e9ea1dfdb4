SELECT {now} AS now_ms
