using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Consul.Fronting;
using GatewayMesh.Terminal;

namespace GatewayMesh.Startup;

/// <summary>
/// <c>--sidecar-for ID</c>: takes the service's bootstrap from its registration with the Consul agent. Waits until the service is
/// registered. When the agent is down at the start, the last known registration is used.
/// </summary>
internal static class SidecarFor
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Placeholder for the unknown service, so that the rest of the bootstrap is validated first.
    private static readonly ImmutableArray<string> Placeholder =
        ["sidecar.services.0.name=fronted", "sidecar.services.0.port=1", "sidecar.services.0.outbound=127.0.0.1:15001"];

    /// <summary>Returns the bootstrap with the service.</summary>
    /// <param name="options">The options of the command line.</param>
    /// <param name="time">Clock of the pauses between two questions.</param>
    /// <exception cref="RoleFailure">The bootstrap is invalid, or the registered service cannot have a sidecar.</exception>
    internal static BootstrapLoad Load(BootstrapOptions options, TimeProvider time)
    {
        var id = options.SidecarFor!;
        if (HasServices(options))
        {
            throw new RoleFailure(
                ExitCode.Usage,
                "--sidecar-for conflicts with sidecar.services; remove one of them, and override values of the agent with --set "
                    + "sidecar.services.0.outbound=HOST:PORT");
        }

        var known = BootstrapLoad.From(options with { Set = [.. Placeholder, .. options.Set] });
        var registry = known.Bootstrap.Registry!;
        if (registry.Kind != "consul")
        {
            throw new RoleFailure(
                ExitCode.Usage,
                $"--sidecar-for requires a Consul agent, but the registry is {registry}; set one with --registry consul://HOST:PORT");
        }

        DataFolders.Create(known.Bootstrap);
        var settings = Wait(registry, id, Path.Combine(known.Bootstrap.DataDir, "sidecar-for"), time);

        // The command line takes precedence over the agent. From here on this is a bootstrap like any other.
        return Judged(BootstrapLoad.From(known.Options with { SidecarFor = null, Set = [.. settings, .. options.Set] }), time);
    }

    // The registration contains the application's address, and the sidecar would lead every caller there.
    private static BootstrapLoad Judged(BootstrapLoad load, TimeProvider time)
    {
        var rules = ReachRules.Of(load.Bootstrap, time);
        foreach (var service in load.Bootstrap.Sidecar!.Services)
        {
            var application = new HostPort(service.Address, service.Port);
            if (rules.ApplicationFaultOf(application) is not ReachFault.None and var fault)
            {
                throw new RoleFailure(
                    ExitCode.Usage,
                    $"--sidecar-for: the application {application} registered for {service.Name} {fault.Sentence()}; register the "
                        + $"address of the application");
            }
        }

        return load;
    }

    // A sidecar's bootstrap without services is refused, so a valid one has some.
    private static bool HasServices(BootstrapOptions options)
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

    private static ImmutableArray<string> Wait(RegistrySpec registry, string id, string file, TimeProvider time)
    {
        var lastReason = "";
        while (true)
        {
            string why;
            try
            {
                var settings = FrontedLookup.Ask(registry, id);
                AtomicFile.Write(
                    file, Encoding.UTF8.GetBytes(string.Join('\n', [id, .. settings])), UnixFileMode.UserRead | UnixFileMode.UserWrite);
                return settings;
            }
            catch (IOException failure)
            {
                if (Stored(file, id) is { } stored)
                {
                    Console.Error.WriteLine(
                        $"gatewaymesh: --sidecar-for {id}: {SafeText.OneLine(failure.Message)}; using the last known registration");
                    return stored;
                }

                why = failure.Message;
            }
            catch (FormatException failure)
            {
                why = failure.Message;
            }

            if (why != lastReason)
            {
                lastReason = why;
                Console.Error.WriteLine($"gatewaymesh: --sidecar-for {id}: {SafeText.OneLine(why)}; waiting");
            }

            Task.Delay(Pause, time).GetAwaiter().GetResult();
        }
    }

    private static ImmutableArray<string>? Stored(string file, string id) =>
        File.Exists(file)
            && RegularFile.ReadAllText(file, 1024 * 1024).Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var first, .. var settings]
            && first == id
            ? [.. settings]
            : null;
}
