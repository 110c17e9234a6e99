using Xunit;

// the GPU is one, and blocks return to the pool only when no kernel of any thread runs
[assembly: CollectionBehavior(DisableTestParallelization = true)]
