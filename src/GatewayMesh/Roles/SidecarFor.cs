using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Consul.Fronting;

namespace GatewayMesh.Roles;

/// <summary>
/// <c>--sidecar-for ID</c>: what a bootstrap file would say of the service is read from the agent, where its user registered it. Waits until
/// it is there; what was read last time holds when the agent is away at the start.
/// </summary>
internal static class SidecarFor
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Stands in for what is not known yet, so that all else of the bootstrap is checked first.
    private static readonly ImmutableArray<string> Placeholder =
        ["sidecar.services.0.name=fronted", "sidecar.services.0.port=1", "sidecar.services.0.outbound=127.0.0.1:15001"];

    /// <summary>The bootstrap with the service in it.</summary>
    /// <exception cref="RoleFailure">The bootstrap is wrong, or what is registered cannot be fronted.</exception>
    internal static BootstrapLoad Load(RoleOptions options)
    {
        var id = options.SidecarFor!;
        if (HasServices(options))
        {
            throw new RoleFailure(ExitCode.Usage, "--sidecar-for stands beside sidecar.services; keep one of them, and say what differs from the agent with --set sidecar.services.0.outbound=HOST:PORT");
        }

        var known = BootstrapLoad.From(options with { Set = [.. Placeholder, .. options.Set] });
        var registry = known.Bootstrap.Registry!;
        if (registry.Kind != "consul")
        {
            throw new RoleFailure(ExitCode.Usage, $"--sidecar-for asks a Consul agent, and the registry is {registry}; name one with --registry consul://HOST:PORT");
        }

        DataFolders.Create(known.Bootstrap);
        var settings = Wait(registry, id, Path.Combine(known.Bootstrap.DataDir, "sidecar-for"));

        // What the command line says goes before what the agent says. From here on this is a bootstrap like any other.
        return Judged(BootstrapLoad.From(known.Options with { SidecarFor = null, Set = [.. settings, .. options.Set] }));
    }

    // The registration says where the application listens, and the sidecar would lead every caller there.
    private static BootstrapLoad Judged(BootstrapLoad load)
    {
        var rules = ReachRules.Of(load.Bootstrap);
        foreach (var service in load.Bootstrap.Sidecar!.Services)
        {
            var application = new HostPort(service.Address, service.Port);
            if (rules.JudgeApplication(application) is not ReachFault.None and var fault)
            {
                throw new RoleFailure(ExitCode.Usage, $"--sidecar-for: the application {application} that is registered for {service.Name} {fault.Sentence()}; register the address of the application");
            }
        }

        return load;
    }

    // Without services a sidecar's bootstrap is refused, so one that is not has some.
    private static bool HasServices(RoleOptions options)
    {
        try
        {
            _ = BootstrapLoad.From(options);
            return true;
        }
        catch (RoleFailure)
        {
            return false;
        }
    }

    private static ImmutableArray<string> Wait(RegistrySpec registry, string id, string file)
    {
        var said = "";
        while (true)
        {
            string why;
            try
            {
                var settings = FrontedLookup.Ask(registry, id);
                AtomicFile.Write(file, Encoding.UTF8.GetBytes(string.Join('\n', [id, .. settings])), UnixFileMode.UserRead | UnixFileMode.UserWrite);
                return settings;
            }
            catch (IOException failure)
            {
                if (Stored(file, id) is { } stored)
                {
                    Console.Error.WriteLine($"gatewaymesh: --sidecar-for {id}: {SafeText.OneLine(failure.Message)}; going on with what was registered last time");
                    return stored;
                }

                why = failure.Message;
            }
            catch (FormatException failure)
            {
                why = failure.Message;
            }

            if (why != said)
            {
                said = why;
                Console.Error.WriteLine($"gatewaymesh: --sidecar-for {id}: {SafeText.OneLine(why)}; waiting for it");
            }

            using var pause = new ManualResetEventSlim();
            pause.Wait(Pause);
        }
    }

    private static ImmutableArray<string>? Stored(string file, string id) =>
        File.Exists(file) && RegularFile.ReadAllText(file, 1024 * 1024).Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var first, .. var settings] && first == id ? [.. settings] : null;
}
