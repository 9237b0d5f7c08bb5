using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Guard.Workers;

/// <summary>Inputs of a worker's start.</summary>
/// <param name="Bootstrap">The configuration checked by the guard.</param>
/// <param name="Options">The command-line options.</param>
/// <param name="Content">The bytes of the bootstrap file: the worker runs exactly what the guard checked, even if the file changes
/// meanwhile.</param>
internal sealed record WorkerPlan(BootstrapSpec Bootstrap, BootstrapOptions Options, ImmutableArray<byte> Content)
{
    /// <summary>Path of the executable on disk.</summary>
    internal static string Executable { get; } = Environment.ProcessPath
        ?? throw new InvalidOperationException("the path of this executable is unknown");

    /// <summary>Path of the serving worker's socket.</summary>
    internal string WorkerSocket => Path.Combine(Bootstrap.DataDir, "worker.sock");

    /// <summary>Path of a worker's socket until its first lease.</summary>
    internal string SocketOf(int worker) => Path.Combine(Bootstrap.DataDir, $"worker-{worker}.sock");

    /// <summary>Path of the worker's admin socket.</summary>
    internal static string AdminPathOf(string dataDir, int pid) => Path.Combine(dataDir, $"admin-{pid}.sock");
}
