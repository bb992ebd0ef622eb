"""Speed and memory of `labeler`, each benchmark by one command: `python -m benchmarks NAME`."""
