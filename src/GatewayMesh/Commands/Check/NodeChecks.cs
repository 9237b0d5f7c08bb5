using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Check;

/// <summary>The checks, in output order. Each covers one thing and provides the fix.</summary>
internal static class NodeChecks
{
    private const long GuardBudget = 20L * 1024 * 1024;

    /// <summary>
    /// Returns all findings for <paramref name="status"/>. <paramref name="privateMemory"/> returns a process's private memory in bytes,
    /// or null.
    /// </summary>
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
        .. FaultChecks.Of(status.Faults),
        .. StoreChecks.Of(status.Stores),
        .. TroubleChecks.Of(status.Troubles),
        .. status.HiddenApplications.Select(HiddenApplication),
        .. status.Identity == "mtls" ? status.CleartextServices.Select(Cleartext) : [],
        .. IngressPorts(status),
        .. PublicCertificateChecks.Of(status.Ingress?.Certificates ?? []),
        .. Peers(status),
    ];

    private static Finding Identity(NodeStatus status) => status.Identity == "mtls"
        ? Finding.Well("identity", "mtls: every peer is authenticated by its certificate")
        : new Finding(
            Mark.Warning,
            "identity",
            $"{(status.Identity.Length == 0 ? "plaintext" : status.Identity)}: any client that reaches an inbound port can claim to be "
                + $"any service",
            "allow only mesh hosts to reach these ports until identity is mtls");

    private static IEnumerable<Finding> Registry(NodeStatus status)
    {
        if (status.Registry is not { } registry)
        {
            yield return new Finding(
                Mark.Warning,
                "registry",
                "the node does not report a configuration source",
                "check the node's log; a starting worker does not report one yet");
            yield break;
        }

        yield return registry.Synced
            ? Finding.Well("registry", $"{registry.Kind}, synced at revision {registry.Revision}")
            : !registry.Reached
            ? new Finding(
                Mark.Broken,
                "registry",
                $"STALE: {registry.Kind} is unreachable, {registry.Heard}; last-good revision {registry.Revision} is in use",
                "make the registry readable; the node keeps serving the last-good configuration")
            : new Finding(
                Mark.Broken,
                "registry",
                $"STALE: {registry.Kind} is not in sync, {registry.Heard}; last-good revision {registry.Revision} is in use",
                "fix the errors below; the node keeps serving the last-good configuration");
        if (registry is { Reached: true, PublishError: { Length: > 0 } refused })
        {
            yield return new Finding(
                Mark.Broken,
                "registry write",
                refused,
                "allow this node to write: check the token's policy, the folder's owner and mode, and free disk space");
        }

        foreach (var error in registry.Errors)
        {
            yield return error.Contains("snapshot.json", StringComparison.Ordinal)
                ? new Finding(
                    Mark.Broken,
                    "data directory",
                    error,
                    "free disk space or make dataDir writable; a restart during a registry outage would load an older configuration")
                : new Finding(Mark.Broken, "configuration", error, "fix the entry; `gatewaymesh validate DIR` lists every error");
        }
    }

    private static IEnumerable<Finding> NameConflict(NodeStatus status) => status.NameConflict is { Length: > 0 } other
        ? [
            new Finding(
                Mark.Broken,
                "node name",
                $"another node is also named {status.Node}: {other}",
                "rename one node: node: NAME in its bootstrap file, or --node NAME")]
        : [];

    private static IEnumerable<Finding> Lease(NodeStatus status)
    {
        if (status.Lease is not { } lease)
        {
            yield break;
        }

        yield return status.Tier switch
        {
            "sidecar" => Finding.Well("worker", $"{lease.State}: the sidecar serves its own traffic"),
            "gateway" => new Finding(
                Mark.Warning,
                "worker",
                $"{lease.State}: gateways carry this host's traffic",
                "see the node's log for the cause; after a drain, run `gatewaymesh drain --undo`"),
            _ => new Finding(Mark.Broken, "worker", $"{lease.State}: this host's traffic is not carried", status.IsInboundOnly
                ? "see the node's log for the cause; callers use other instances meanwhile"
                : "see the node's log for the cause, and start a gateway"),
        };
        if (lease.Kills > 0)
        {
            yield return new Finding(
                Mark.Warning,
                "worker",
                $"killed {lease.Kills} times after hanging",
                "see the node's log for the times; check the host for CPU starvation, or report a bug");
        }
    }

    private static IEnumerable<Finding> Gateways(NodeStatus status)
    {
        if (status.Lease is null)
        {
            yield break;
        }

        var gateways = status.Guard?.Gateways ?? [];
        if (gateways.IsEmpty && status.IsInboundOnly)
        {
            yield return Finding.Well(
                "gateways", "not needed: this sidecar has inbound listeners only; its callers fail over to other instances");
        }
        else if (gateways.IsEmpty)
        {
            yield return new Finding(
                Mark.Broken,
                "gateways",
                "no gateway known: this sidecar has no failover",
                "start two gateways: `gatewaymesh --role gateway`");
        }

        foreach (var gateway in gateways)
        {
            var exercise = gateway.LastExercise;
            var age = (exercise?.AgeSeconds ?? 0).ToString("0", CultureInfo.InvariantCulture);
            yield return exercise?.Ok switch
            {
                true => Finding.Well($"gateway {gateway.Node}", $"answered a request through the guard {age} s ago"),
                false => new Finding(
                    Mark.Broken,
                    $"gateway {gateway.Node}",
                    $"did not answer {age} s ago: {(exercise?.Error is { Length: > 0 } error ? error : gateway.State)}",
                    $"check that the gateway runs and that this host reaches {gateway.Address}"),
                null => new Finding(Mark.Warning, $"gateway {gateway.Node}", "not tried yet", "run the check again in ten seconds"),
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
                : new Finding(
                    Mark.Warning,
                    "guard",
                    $"{megabytes} MB private memory, more than its budget of 20 MB",
                    "expect 24 KiB for each carried connection; report anything above that as a bug");
        }
    }

    // A record that leads to this very host is an attack or a mistake; either way an operator must look.
    private static IEnumerable<Finding> Refused(NodeStatus status)
    {
        foreach (var record in status.Refused)
        {
            yield return new Finding(
                Mark.Warning, $"record {record.Service} {record.Id}", $"ignored: {record.Address} {record.Because}", record.Fix);
        }

        if (status.RefusedTotal is { } total && total > status.Refused.Length)
        {
            yield return new Finding(
                Mark.Warning,
                "records",
                $"{total - status.Refused.Length} more are ignored",
                "see `/endpoints` on the admin address for the full list");
        }
    }

    private static Finding HiddenApplication(HiddenApplicationStatus hidden) => new(
        Mark.Broken,
        $"sidecarBypass {hidden.Service}",
        $"the policy bypasses a broken sidecar, but no gateway can reach {hidden.Application}",
        "bind the application to an address of the host and set services[].address, or remove sidecarBypass from the policy");

    private static Finding Cleartext(string service) => new(
        Mark.Warning,
        $"cleartext {service}",
        "has instances without a sidecar: calls to them are cleartext, and only the caller enforces intentions",
        $"run a sidecar in front of {service}, or allow only mesh hosts to reach its address");

    private static IEnumerable<Finding> IngressPorts(NodeStatus status)
    {
        var (bound, declared) = (status.Ingress?.BootstrapPorts ?? [], status.Ingress?.EntryPorts ?? []);
        foreach (var port in bound.Except(declared))
        {
            yield return new Finding(
                Mark.Broken,
                $"ingress port {port}",
                "only in the bootstrap file: every request gets 404",
                "add it to the ingress-gateway entry, or remove it from ingress.listeners");
        }

        foreach (var port in declared.Except(bound))
        {
            yield return new Finding(
                Mark.Broken,
                $"ingress port {port}",
                "only in the ingress-gateway entry: the port is not bound",
                "add it to ingress.listeners of the bootstrap file, or remove it from the entry");
        }

        foreach (var port in bound.Intersect(declared))
        {
            yield return Finding.Well($"ingress port {port}", "in the bootstrap file and in the ingress-gateway entry");
        }
    }

    private static IEnumerable<Finding> Peers(NodeStatus status)
    {
        if (status.Registry is { Reached: false } registry)
        {
            yield return new Finding(
                Mark.Warning,
                "nodes",
                $"the data about other nodes is as old as the registry: {registry.Heard}",
                "query them directly: `gatewaymesh check --admin HOST:PORT`");
            yield break;
        }

        var gone = status.Nodes.Where(peer => !peer.Alive).Select(peer => peer.Node).ToArray();
        var stale = status.Nodes.Where(peer => peer.Alive && !peer.Synced).Select(peer => peer.Node).ToArray();
        if (gone.Length > 0)
        {
            yield return new Finding(
                Mark.Warning,
                "nodes",
                $"gone without a drain: {string.Join(", ", gone)}",
                "start them; use `gatewaymesh drain` to remove a node");
        }

        if (stale.Length > 0)
        {
            yield return new Finding(
                Mark.Warning,
                "nodes",
                $"out of sync with the registry: {string.Join(", ", stale)}",
                "wait a moment after a change; otherwise run `gatewaymesh check` on these nodes");
        }

        if (status.Nodes.Length > 0 && gone.Length + stale.Length == 0)
        {
            yield return Finding.Well("nodes", $"all {status.Nodes.Length} alive and in sync with the registry");
        }
    }
}
