using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

// Results lie under artifacts/ with everything else that is made, not in the folder the command is typed in.
IConfig config = DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
