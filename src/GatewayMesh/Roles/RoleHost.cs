using System.Runtime.CompilerServices;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Snapshots;
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
            var load = options.SidecarFor is null ? BootstrapLoad.From(options) : SidecarFor.Load(options);
            if (Trial.IsThis && load.Bootstrap is { Role: MeshRole.Sidecar, Guarded: true })
            {
                return GuardProcess.Try(load);
            }

            RequireRegistry(load.Bootstrap);
            return load.Bootstrap is { Role: MeshRole.Sidecar, Guarded: true } ? GuardProcess.Run(load) : RunAlone(load);
        }
        catch (RoleFailure failure)
        {
            Console.Error.WriteLine(SafeText.Lines(failure.Message));
            Console.Error.WriteLine("Nothing was started. `gatewaymesh --help` shows the usage.");
            return failure.ExitCode;
        }
    }

    /// <summary>Runs the worker that a guard starts.</summary>
    public static int RunWorker() => WorkerHost.Run();

    // Without the option a node waits for its registry, not ready: most outages end by themselves.
    private static void RequireRegistry(BootstrapSpec bootstrap)
    {
        if (bootstrap.RegistryRequired && !File.Exists(SnapshotStore.FileIn(bootstrap.DataDir)) && !RegistryReach.IsReachable(bootstrap.Registry!))
        {
            throw new RoleFailure(ExitCode.Registry, $"the registry {bootstrap.Registry} cannot be reached, and {SnapshotStore.FileIn(bootstrap.DataDir)} is not there; start the registry, or leave --require-registry out to wait for it");
        }
    }

    // Not inlined: a guard must not load what this method needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunAlone(BootstrapLoad load) => StandaloneHost.Run(load);
}
