using System.CommandLine;
using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Status;

/// <summary><c>gatewaymesh status</c>: overview of all nodes.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var json = SharedOptions.Json("Print the status of the process and the mesh as JSON.");
        var command = new MeshCommand("status", "Show all nodes: role, version, tier in use, configuration revision.")
        {
            Examples = ["gatewaymesh status", "gatewaymesh status --admin 10.0.0.5:15000 --json | jq .nodes"],
        };
        command.Add(admin);
        command.Add(json);
        command.SetAction(parsed => Run(parsed.GetValue(admin)!, parsed.GetValue(json), output));
        return command;
    }

    /// <summary>Queries <paramref name="admin"/> and prints the status.</summary>
    public static int Run(HostPort admin, bool json, TextWriter output)
    {
        var answer = AdminCall.Send(admin, "GET", "/status", null, Timeout);
        if (answer.NodeStatus is not { } status)
        {
            throw new CommandFailure(ExitCode.Failed, $"no status from {admin}: {answer.Problem}; {answer.Fix}");
        }

        if (json)
        {
            output.WriteLine(answer.Body.TrimEnd());
            return ExitCode.Well;
        }

        if (Outage(status) is { } outage)
        {
            output.WriteLine(Paint.For(output).Text(outage, TextStyle.Warn));
            output.WriteLine();
        }

        foreach (var line in Table(status).Lines(Paint.For(output)))
        {
            output.WriteLine(line);
        }

        if (TroubleTable(status) is { } troubles)
        {
            output.WriteLine();
            foreach (var line in troubles.Lines(Paint.For(output)))
            {
                output.WriteLine(line);
            }
        }

        if (status.Certificates is { } certificates)
        {
            output.WriteLine();
            foreach (var line in CertificateTable(certificates).Lines(Paint.For(output)))
            {
                output.WriteLine(line);
            }
        }

        return ExitCode.Well;
    }

    /// <summary>Builds the table: one row per node. A process that knows no other nodes shows itself.</summary>
    internal static TextTable Table(NodeStatus status)
    {
        var table = new TextTable("NODE", "ROLE", "VERSION", "TIER", "REVISION", "", "AGE", "REQ/S", "PIDS");
        foreach (var peer in status.Nodes.IsEmpty ? [Self(status)] : status.Nodes)
        {
            var self = peer.Node == status.Node;
            table.Add(
                peer.Alive ? peer.Node : new Cell(peer.Node, TextStyle.Bad),
                peer.Role,
                peer.Version,
                Tier(peer),
                peer.Revision,
                Step(peer, self, status.Registry),
                peer.Alive ? Age(peer) : new Cell($"{Age(peer)} gone", TextStyle.Bad),
                peer.RequestRate.ToString("0.#", CultureInfo.InvariantCulture),
                new Cell(string.Join(", ", peer.Pids.Select(pid => $"{pid.Key} {pid.Value}")), TextStyle.Faint));
        }

        return table;
    }

    /// <summary>Warning above the table when the registry is unreachable; otherwise null.</summary>
    internal static string? Outage(NodeStatus status) => status.Registry is { Reached: false } registry
        ? $"STALE: {registry.Kind} {registry.Target} {registry.Heard}; data about other nodes is equally old"
        : null;

    // A node's record does not reflect a registry outage: the queried node knows its own state, and only old records of the others.
    private static Cell Step(PeerStatus peer, bool self, RegistryStatus? registry) =>
        (self ? registry?.Synced ?? peer.Synced : peer.Synced, registry?.Reached ?? true) switch
    {
        (_, false) when !self => new Cell("?", TextStyle.Warn),
        (true, _) => new Cell("SYNCED", TextStyle.Good),
        _ => new Cell("STALE", TextStyle.Warn),
    };

    /// <summary>
    /// Prints unhealthy applications and instances known to the queried node; nodes that are gone are in the first table.
    /// </summary>
    internal static TextTable? TroubleTable(NodeStatus status)
    {
        var troubles = status.Troubles.Where(trouble => trouble.Kind != "node_gone").ToArray();
        if (troubles.Length == 0)
        {
            return null;
        }

        var table = new TextTable("TROUBLE", "SERVICE", "INSTANCE", "NODE", "ADDRESS", "FOR", "REASON");
        foreach (var trouble in troubles)
        {
            table.Add(
                new Cell(trouble.Kind, trouble.Kind == "application_down" ? TextStyle.Bad : TextStyle.Warn),
                trouble.Service,
                trouble.Instance,
                trouble.Node,
                trouble.Address,
                trouble.Seconds.ToString("0.0s", CultureInfo.InvariantCulture),
                trouble.Reason);
        }

        return table;
    }

    /// <summary>Prints the certificates of the queried node.</summary>
    internal static TextTable CertificateTable(CertificatesStatus certificates)
    {
        var table = new TextTable("CERTIFICATE", "", "LEFT", "ID");
        foreach (var identity in certificates.Identities)
        {
            Add(identity.Service, identity.State, identity.SecondsLeft ?? 0, identity.Id ?? "");
        }

        foreach (var root in certificates.Roots)
        {
            Add($"root {root.Subject}", root.State, root.SecondsLeft, root.TrustDomain);
        }

        return table;

        void Add(string name, string state, double secondsLeft, string id) => table.Add(
            name,
            new Cell(state.ToUpperInvariant(), state switch { "valid" => TextStyle.Good, "ending" => TextStyle.Warn, _ => TextStyle.Bad }),
            state == "missing" ? "-" : RoughTime.Text(TimeSpan.FromSeconds(secondsLeft)),
            new Cell(id, TextStyle.Faint));
    }

    /// <summary>Returns a node's tier in its color.</summary>
    internal static Cell Tier(PeerStatus peer) => peer switch
    {
        { Alive: false } => new Cell("-", TextStyle.Bad),
        { Tier: "none" } => new Cell("none", TextStyle.Bad),
        { Role: "sidecar", Tier: "gateway" } => new Cell("gateway", TextStyle.Warn),
        _ => new Cell(peer.Tier, TextStyle.Good),
    };

    private static string Age(PeerStatus peer) => (peer.AgeSeconds ?? 0).ToString("0.0s", CultureInfo.InvariantCulture);

    private static PeerStatus Self(NodeStatus status) => new()
    {
        Node = status.Node,
        Role = status.Role,
        Version = status.Version,
        Revision = status.Revision,
        Synced = status.Registry?.Synced ?? true,
        Tier = status.Tier,
        Pids = status.Pids,
        RequestRate = status.Worker?.Rate ?? 0,
    };
}
