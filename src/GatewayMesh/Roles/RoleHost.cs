using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Guard;
using GatewayMesh.Roles.Workers;

namespace GatewayMesh.Roles;

/// <summary>Runs one process of the mesh: a guard, or a role in one process.</summary>
internal static class RoleHost
{
    /// <summary>Plays the role until told to stop; the result is the exit code.</summary>
    public static int Run(RoleOptions options)
    {
        try
        {
            var load = BootstrapLoad.From(options);
            return load.Bootstrap is { Role: MeshRole.Sidecar, Guarded: true } ? GuardProcess.Run(load) : RunAlone(load);
        }
        catch (RoleFailure failure)
        {
            Console.Error.WriteLine(failure.Message);
            Console.Error.WriteLine("Nothing was started. `gatewaymesh --help` shows the usage.");
            return failure.ExitCode;
        }
    }

    /// <summary>Runs the worker that a guard starts.</summary>
    public static int RunWorker() => WorkerHost.Run();

    // Not inlined: a guard must not load what this method needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunAlone(BootstrapLoad load) => StandaloneHost.Run(load);
}
