using System.Collections;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;
using GatewayMesh.Registry;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Snapshots;
using GatewayMesh.Roles;
using GatewayMesh.Terminal;
using GatewayMesh.Workers;

namespace GatewayMesh.Startup;

/// <summary>Runs one mesh process: a guard, or a standalone role.</summary>
internal static class RoleHost
{
    /// <summary>Runs the role until a signal stops it, and returns the exit code.</summary>
    /// <param name="options">The options of the command line.</param>
    /// <param name="time">Clock of the whole process.</param>
    public static int Run(BootstrapOptions options, TimeProvider time)
    {
        try
        {
            RequireDescriptors(DescriptorLimit.Current);
            var load = options.SidecarFor is null ? BootstrapLoad.From(options) : SidecarFor.Load(options, time);
            var isGuarded = RoleTable.Of(load.Bootstrap).IsGuarded(load.Bootstrap);
            if (Trial.IsThis && isGuarded)
            {
                return GuardProcess.Try(load);
            }

            RequireRegistry(load.Bootstrap);
            return isGuarded ? RunGuard(load, time) : RunAlone(load, time);
        }
        catch (RoleFailure failure)
        {
            Console.Error.WriteLine(SafeText.Lines(failure.Message));
            Console.Error.WriteLine("Nothing was started. `gatewaymesh --help` shows usage.");
            return failure.ExitCode;
        }
        catch (UnauthorizedAccessException failure)
        {
            Console.Error.WriteLine($"{failure.Message}; give user {FileOwner.Self} read and write permission, or use another path");
            Console.Error.WriteLine("Nothing was started. `gatewaymesh --help` shows usage.");
            return ExitCode.Usage;
        }
    }

    /// <summary>Refuses a limit so low that connections would cause obscure errors such as "Out of memory".</summary>
    /// <exception cref="RoleFailure">The limit is below 1,024.</exception>
    internal static void RequireDescriptors(ulong limit)
    {
        const int Min = 1024;
        if (limit < Min)
        {
            throw new RoleFailure(
                ExitCode.Usage,
                $"the limit of open files (RLIMIT_NOFILE) is {limit}; a node needs at least {Min}; raise it with LimitNOFILE=65536 in "
                    + $"the systemd unit, or `ulimit -n 65536`");
        }
    }

    /// <summary>Runs a worker started by a guard.</summary>
    public static int RunWorker(TimeProvider time) => WorkerHost.Run(time);

    // Without the option, an unready node waits for its registry: most outages end by themselves.
    private static void RequireRegistry(BootstrapSpec bootstrap)
    {
        if (bootstrap.RegistryRequired
            && !File.Exists(SnapshotStore.FileIn(bootstrap.DataDir))
            && !Registries.IsReachable(bootstrap.Registry!))
        {
            throw new RoleFailure(
                ExitCode.Registry,
                $"the registry {bootstrap.Registry} is unreachable, and {SnapshotStore.FileIn(bootstrap.DataDir)} does not exist; start "
                    + $"the registry, or remove --require-registry to wait for it");
        }
    }

    // The runtime has already started threads whose signal masks cannot be changed. So the guard executes itself once more: a program that
    // starts with blocked signals keeps them blocked in all of its threads, and no signal is lost in an upgrade.
    private static int RunGuard(BootstrapLoad load, TimeProvider time)
    {
        if (!HeldSignals.AreHeld)
        {
            HeldSignals.Hold();
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Select(pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? ""));
            ProcessHandle.Execute(WorkerPlan.Executable, [.. Environment.GetCommandLineArgs().Skip(1)], environment);
        }

        return GuardProcess.Run(load, time);
    }

    // Not inlined: a guard must not load the types this method needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunAlone(BootstrapLoad load, TimeProvider time) => StandaloneHost.Run(load, time);
}
