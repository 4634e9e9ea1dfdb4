-- The id is the hash of the data: an equal id is equal data.
INSERT INTO datasets (id, n_samples, input_dim, output_dim, data, stored_at_ms)
VALUES ($1, $2, $3, $4, $5, {now})
ON CONFLICT (id) DO NOTHING
