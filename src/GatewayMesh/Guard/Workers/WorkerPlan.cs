using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Roles;

namespace GatewayMesh.Guard.Workers;

/// <summary>What a worker is started with.</summary>
/// <param name="Bootstrap">The configuration that the guard checked.</param>
/// <param name="Options">The command line that it came with.</param>
/// <param name="Content">The bootstrap file's bytes: what the guard checked is what the worker runs, whatever is written to the file meanwhile.</param>
internal sealed record WorkerPlan(BootstrapSpec Bootstrap, RoleOptions Options, ImmutableArray<byte> Content)
{
    /// <summary>The executable on disk, as it is when the worker is started.</summary>
    internal static string Executable { get; } = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this executable is unknown");

    /// <summary>Path of the socket at which the worker that serves is found.</summary>
    internal string WorkerSocket => Path.Combine(Bootstrap.DataDir, "worker.sock");

    /// <summary>Path of a worker's socket until it is granted its first lease.</summary>
    internal string SocketOf(int worker) => Path.Combine(Bootstrap.DataDir, $"worker-{worker}.sock");

    /// <summary>Path of the worker's admin socket.</summary>
    internal static string AdminPathOf(string dataDir, int pid) => Path.Combine(dataDir, $"admin-{pid}.sock");
}
