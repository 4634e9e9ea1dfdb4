SELECT * FROM runs WHERE sweep = '{sweep}' ORDER BY job_id
