using System.CommandLine;
using System.Globalization;
using GatewayMesh.Commands.Terminal;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Identity;

namespace GatewayMesh.Commands.Status;

/// <summary><c>gatewaymesh status</c>: all nodes at a glance.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var json = SharedOptions.Json("Print what the process says of itself and of the mesh, as it says it.");
        var command = new MeshCommand("status", "Show all nodes: role, version, tier in use, configuration revision.")
        {
            Examples = ["gatewaymesh status", "gatewaymesh status --admin 10.0.0.5:15000 --json | jq .nodes"],
        };
        command.Add(admin);
        command.Add(json);
        command.SetAction(parsed => Run(parsed.GetValue(admin)!, parsed.GetValue(json), output));
        return command;
    }

    /// <summary>Asks <paramref name="admin"/> and prints.</summary>
    public static int Run(HostPort admin, bool json, TextWriter output)
    {
        var answer = AdminCall.Send(admin, "GET", "/status", null, Timeout);
        if (!answer.IsWell || StatusReader.Read(answer.Body) is not { } status)
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
            output.WriteLine(Paint.For(output).Text(outage, Hue.Warn));
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

    /// <summary>One row a node; a process that knows no others shows itself.</summary>
    internal static TextTable Table(NodeStatus status)
    {
        var table = new TextTable("NODE", "ROLE", "VERSION", "TIER", "REVISION", "", "AGE", "REQ/S", "PIDS");
        foreach (var peer in status.Nodes.IsEmpty ? [Self(status)] : status.Nodes)
        {
            var self = peer.Node == status.Node;
            table.Add(
                peer.Alive ? peer.Node : new Cell(peer.Node, Hue.Bad),
                peer.Role,
                peer.Version,
                Tier(peer),
                peer.Revision,
                Step(peer, self, status.Registry),
                peer.Alive ? Age(peer) : new Cell($"{Age(peer)} gone", Hue.Bad),
                peer.RequestRate.ToString("0.#", CultureInfo.InvariantCulture),
                new Cell(string.Join(", ", peer.Pids.Select(pid => $"{pid.Key} {pid.Value}")), Hue.Faint));
        }

        return table;
    }

    /// <summary>What to say before the table when the registry cannot be read; null when it can.</summary>
    internal static string? Outage(NodeStatus status) => status.Registry is { Reached: false } registry
        ? $"STALE: {registry.Kind} {registry.Target} {registry.Heard}; what follows of other nodes is as old"
        : null;

    // What a node wrote of itself says nothing of an outage: the node that was asked knows of itself, and of the others only what it last heard.
    private static Cell Step(PeerStatus peer, bool self, RegistryStatus? registry) => (self ? registry?.Synced ?? peer.Synced : peer.Synced, registry?.Reached ?? true) switch
    {
        (_, false) when !self => new Cell("?", Hue.Warn),
        (true, _) => new Cell("SYNCED", Hue.Good),
        _ => new Cell("STALE", Hue.Warn),
    };

    /// <summary>What does not serve as it should, as the node that was asked knows; null when all is well. Nodes that are gone stand in the first table.</summary>
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
                new Cell(trouble.Kind, trouble.Kind == "application_down" ? Hue.Bad : Hue.Warn),
                trouble.Service,
                trouble.Instance,
                trouble.Node,
                trouble.Address,
                trouble.Seconds.ToString("0.0s", CultureInfo.InvariantCulture),
                trouble.Reason);
        }

        return table;
    }

    /// <summary>The certificates of the node that was asked.</summary>
    internal static TextTable CertificateTable(CertificatesStatus certificates)
    {
        var table = new TextTable("CERTIFICATE", "", "LEFT", "ID");
        foreach (var (certificate, kind) in certificates.Identities.Select(identity => (identity, "")).Concat(certificates.Roots.Select(root => (root, "root "))))
        {
            table.Add(
                kind + certificate.Name,
                new Cell(certificate.State.ToUpperInvariant(), certificate.State switch { "valid" => Hue.Good, "ending" => Hue.Warn, _ => Hue.Bad }),
                certificate.State == "missing" ? "-" : CertificateTimes.Text(certificate.Left),
                new Cell(certificate.Id, Hue.Faint));
        }

        return table;
    }

    /// <summary>The tier of a node in its colour.</summary>
    internal static Cell Tier(PeerStatus peer) => peer switch
    {
        { Alive: false } => new Cell("-", Hue.Bad),
        { Tier: "none" } => new Cell("none", Hue.Bad),
        { Role: "sidecar", Tier: "gateway" } => new Cell("gateway", Hue.Warn),
        _ => new Cell(peer.Tier, Hue.Good),
    };

    private static string Age(PeerStatus peer) => peer.AgeSeconds.ToString("0.0s", CultureInfo.InvariantCulture);

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
