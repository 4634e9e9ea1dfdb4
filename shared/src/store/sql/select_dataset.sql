SELECT n_samples, input_dim, output_dim, data FROM datasets WHERE id = $1
