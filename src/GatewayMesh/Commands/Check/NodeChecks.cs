using System.Globalization;
using GatewayMesh.Commands.Status;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Check;

/// <summary>The checks, in the order in which they are printed. Each looks at one thing and knows the fix.</summary>
internal static class NodeChecks
{
    private const long GuardBudget = 20L * 1024 * 1024;

    /// <summary>All findings about <paramref name="status"/>; <paramref name="privateMemory"/> tells the bytes of a process, if it can.</summary>
    public static IReadOnlyList<Finding> Of(NodeStatus status, HostPort admin, Func<int, long?> privateMemory) =>
    [
        Finding.Well("admin", $"{status.Node} ({status.Role} {status.Version}) answers on {admin}"),
        Identity(status),
        .. status.Certificates is { } certificates ? CertificateChecks.Of(certificates, status.Registry?.Kind ?? "") : [],
        .. Registry(status),
        .. NameConflict(status),
        .. Lease(status),
        .. Gateways(status),
        .. Guard(status, privateMemory),
        .. Refused(status),
        .. TroubleChecks.Of(status.Troubles),
        .. status.HiddenApplications.Select(HiddenApplication),
        .. status.Identity == "mtls" ? status.CleartextServices.Select(Cleartext) : [],
        .. IngressPorts(status),
        .. PublicCertificateChecks.Of(status.PublicCertificates),
        .. Peers(status),
    ];

    private static Finding Identity(NodeStatus status) => status.Identity == "mtls"
        ? Finding.Well("identity", "mtls: every peer is known by its certificate")
        : new Finding(Mark.Warning, "identity", $"{(status.Identity.Length == 0 ? "plaintext" : status.Identity)}: whoever reaches an inbound port may claim to be any service", "let only hosts of the mesh reach these ports, until identity is mtls");

    private static IEnumerable<Finding> Registry(NodeStatus status)
    {
        if (status.Registry is not { } registry)
        {
            yield return new Finding(Mark.Warning, "registry", "the node does not say where its configuration comes from", "look at its log: a worker that is starting cannot tell yet");
            yield break;
        }

        yield return registry.Synced
            ? Finding.Well("registry", $"{registry.Kind}, synced at revision {registry.Revision}")
            : !registry.Reached
            ? new Finding(Mark.Broken, "registry", $"STALE: {registry.Kind} cannot be read, {registry.Heard}; revision {registry.Revision} is the last good one", "see that the registry can be read; the node goes on with what it has")
            : new Finding(Mark.Broken, "registry", $"STALE: {registry.Kind} is not in sync, {registry.Heard}; revision {registry.Revision} is the last good one", "see what is refused below; the node goes on with what it has");
        if (registry is { Reached: true, PublishError: { } refused })
        {
            yield return new Finding(Mark.Broken, "registry write", refused, "let this node write there: the token's policy, the folder's owner and mode, a full disk");
        }

        foreach (var error in registry.Errors)
        {
            yield return error.Contains("snapshot.json", StringComparison.Ordinal)
                ? new Finding(Mark.Broken, "data directory", error, "make room on the disk, or make dataDir writable; a restart while the registry is away would begin with older configuration")
                : new Finding(Mark.Broken, "configuration", error, "fix the entry; `gatewaymesh validate` shows every error of a folder");
        }
    }

    private static IEnumerable<Finding> NameConflict(NodeStatus status) => status.NameConflict is { } other
        ? [new Finding(Mark.Broken, "node name", $"another node is called {status.Node} too: {other}", "give one of the two another name: node: NAME in its bootstrap file, or --node NAME")]
        : [];

    private static IEnumerable<Finding> Lease(NodeStatus status)
    {
        if (status.Lease is not { } lease)
        {
            yield break;
        }

        yield return status.Tier switch
        {
            "sidecar" => Finding.Well("worker", $"{lease.State}: the sidecar carries its own traffic"),
            "gateway" => new Finding(Mark.Warning, "worker", $"{lease.State}: gateways carry this host's traffic", "its log says why the worker does not serve; after a drain: `gatewaymesh drain --undo`"),
            _ => new Finding(Mark.Broken, "worker", $"{lease.State}: nobody carries this host's traffic", status.IsInboundOnly
                ? "its log says why the worker does not serve; callers go to other instances meanwhile"
                : "its log says why the worker does not serve; start a gateway"),
        };
        if (lease.Kills > 0)
        {
            yield return new Finding(Mark.Warning, "worker", $"killed {lease.Kills} times because it hung", "its log says when; look for a starved machine or report it");
        }
    }

    private static IEnumerable<Finding> Gateways(NodeStatus status)
    {
        if (status.Lease is null)
        {
            yield break;
        }

        if (status.Gateways.IsEmpty && status.IsInboundOnly)
        {
            yield return Finding.Well("gateways", "none is needed: this sidecar has inbound listeners only, and its callers go to other instances when it breaks");
        }
        else if (status.Gateways.IsEmpty)
        {
            yield return new Finding(Mark.Broken, "gateways", "none is known: when this sidecar breaks, nobody stands in", "start two: `gatewaymesh --role gateway`");
        }

        foreach (var gateway in status.Gateways)
        {
            var age = gateway.ExerciseAgeSeconds.ToString("0", CultureInfo.InvariantCulture);
            yield return gateway.ExerciseOk switch
            {
                true => Finding.Well($"gateway {gateway.Node}", $"answered a request through the guard {age} s ago"),
                false => new Finding(Mark.Broken, $"gateway {gateway.Node}", $"did not answer {age} s ago: {gateway.ExerciseError ?? gateway.State}", $"see that it runs and that this host reaches {gateway.Address}"),
                null => new Finding(Mark.Warning, $"gateway {gateway.Node}", "was never tried", "ask again in ten seconds"),
            };
        }
    }

    private static IEnumerable<Finding> Guard(NodeStatus status, Func<int, long?> privateMemory)
    {
        if (status.GuardPid is { } pid && privateMemory(pid) is { } bytes)
        {
            var megabytes = (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
            yield return bytes <= GuardBudget
                ? Finding.Well("guard", $"{megabytes} MB private memory")
                : new Finding(Mark.Warning, "guard", $"{megabytes} MB private memory, more than its budget of 20 MB", "24 KiB for each carried connection is expected; anything else is a bug to report");
        }
    }

    // A record that leads to this very host is an attack or a mistake; either way somebody must look.
    private static IEnumerable<Finding> Refused(NodeStatus status)
    {
        foreach (var record in status.Refused)
        {
            yield return new Finding(Mark.Warning, $"record {record.Service} {record.Id}", $"is not followed: {record.Address} {record.Because}", record.Fix);
        }

        if (status.RefusedTotal > status.Refused.Length)
        {
            yield return new Finding(Mark.Warning, "records", $"{status.RefusedTotal - status.Refused.Length} more are not followed", "`/endpoints` of the admin address lists all of them");
        }
    }

    private static Finding HiddenApplication((string Service, string Application) hidden) => new(
        Mark.Broken,
        $"sidecarBypass {hidden.Service}",
        $"its policy wants it called past a broken sidecar, but {hidden.Application} is not an address that a gateway reaches",
        "let the application listen on an address of the host and say it as services[].address, or take sidecarBypass out of the policy");

    private static Finding Cleartext(string service) => new(
        Mark.Warning,
        $"cleartext {service}",
        "has instances without a sidecar: calls to them are in the clear, and only the caller's side asks the intentions",
        $"run a sidecar in front of {service}, or let only hosts of the mesh reach its address");

    private static IEnumerable<Finding> IngressPorts(NodeStatus status)
    {
        foreach (var port in status.BootstrapPorts.Except(status.EntryPorts))
        {
            yield return new Finding(Mark.Broken, $"ingress port {port}", "stands in the bootstrap file only: it answers 404 to everything", "add it to the ingress-gateway entry, or take it out of ingress.listeners");
        }

        foreach (var port in status.EntryPorts.Except(status.BootstrapPorts))
        {
            yield return new Finding(Mark.Broken, $"ingress port {port}", "stands in the ingress-gateway entry only: nothing listens", "add it to ingress.listeners of the bootstrap file, or take it out of the entry");
        }

        foreach (var port in status.BootstrapPorts.Intersect(status.EntryPorts))
        {
            yield return Finding.Well($"ingress port {port}", "stands in the bootstrap file and in the ingress-gateway entry");
        }
    }

    private static IEnumerable<Finding> Peers(NodeStatus status)
    {
        if (status.Registry is { Reached: false } registry)
        {
            yield return new Finding(Mark.Warning, "nodes", $"what is known of other nodes is as old as the registry: {registry.Heard}", "ask them: `gatewaymesh check --admin HOST:PORT`");
            yield break;
        }

        var gone = status.Nodes.Where(peer => !peer.Alive).Select(peer => peer.Node).ToArray();
        var stale = status.Nodes.Where(peer => peer.Alive && !peer.Synced).Select(peer => peer.Node).ToArray();
        if (gone.Length > 0)
        {
            yield return new Finding(Mark.Warning, "nodes", $"gone without a farewell: {string.Join(", ", gone)}", "start them, or take them out with `gatewaymesh drain` next time");
        }

        if (stale.Length > 0)
        {
            yield return new Finding(Mark.Warning, "nodes", $"not in step with the registry: {string.Join(", ", stale)}", "a moment is usual after a change; beyond that `gatewaymesh check` on them says why");
        }

        if (status.Nodes.Length > 0 && gone.Length + stale.Length == 0)
        {
            yield return Finding.Well("nodes", $"all {status.Nodes.Length} alive and in step with the registry");
        }
    }
}
