using System.CommandLine;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Ca;

/// <summary>Syntax of <c>gatewaymesh ca init|issue</c>. <see cref="CaInit"/> and <see cref="CaIssue"/> do the work.</summary>
internal static class CaCommand
{
    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromHours(72);

    /// <summary>The command with its two subcommands.</summary>
    public static Command Build(TextWriter output)
    {
        var command = new MeshCommand("ca", "Create a certificate authority for a mesh without Consul and issue certificates.")
        {
            Examples = [
                "gatewaymesh ca init --dir /etc/gatewaymesh/ca",
                "gatewaymesh ca issue --dir /etc/gatewaymesh/ca --service web --out /var/lib/gatewaymesh/sidecar-host-a/certificates"],
        };
        command.Add(Init(output));
        command.Add(Issue(output));
        return command;
    }

    private static MeshCommand Init(TextWriter output)
    {
        var folder = new Option<string>("--dir")
        {
            Description = "Folder of the authority. Holds ca.pem (secret) and roots.pem (trusted by the nodes).",
            HelpName = "DIR",
            DefaultValueFactory = _ => "ca",
        };
        var domain = new Option<string?>("--trust-domain")
        {
            Description = "Trust domain of every id (spiffe://NAME/...). Default: a random, unique name.",
            HelpName = "NAME",
        };
        var lifetime = SharedOptions.Duration("--ttl", "Validity of the root.", RootLifetime, longest: 3 * RootLifetime);
        var rotate = new Option<bool>("--rotate")
        {
            Description = "Add a new signing root to an existing authority. The old root stays trusted.",
        };
        var json = SharedOptions.Json("Print one JSON object.");
        var command = new MeshCommand("init", "Create a certificate authority. An existing one is never overwritten.")
        {
            Examples = [
                "gatewaymesh ca init",
                "gatewaymesh ca init --dir /etc/gatewaymesh/ca --trust-domain mesh.example.org",
                "gatewaymesh ca init --dir /etc/gatewaymesh/ca --rotate"],
        };
        foreach (var option in (Option[])[folder, domain, lifetime, rotate, json])
        {
            command.Add(option);
        }

        command.SetAction(
            parsed => CaInit.Run(
                parsed.GetValue(folder)!,
                parsed.GetValue(domain),
                parsed.GetValue(lifetime).Value,
                parsed.GetValue(rotate),
                parsed.GetValue(json),
                output,
                TimeProvider.System));
        return command;
    }

    private static MeshCommand Issue(TextWriter output)
    {
        var services =
            new Option<string[]>("--service") { Description = "Service of the certificate; repeatable. Use gatewaymesh-gateway for a "
                + "gateway and gatewaymesh-ingress for an ingress.", HelpName = "NAME", Required = true };
        var folder = new Option<string>("--dir")
        {
            Description = "Folder of the authority.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "ca",
        };
        var target = new Option<string>("--out")
        {
            Description =
                "Certificate folder of the node (its `certificates`, default DATADIR/certificates). A running node picks them up at once.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "certificates",
        };
        var lifetime = SharedOptions.Duration("--ttl", "Validity of the certificates.", LeafLifetime, longest: RootLifetime);
        var datacenter = new Option<string>("--datacenter")
        {
            Description = "The datacenter in the id.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "dc1",
        };
        var json = SharedOptions.Json("Print one JSON object.");
        var command = new MeshCommand("issue", "Issue a certificate with a new key: DIR/SERVICE.pem, next to DIR/roots.pem.")
        {
            Examples = [
                "gatewaymesh ca issue --service web",
                "gatewaymesh ca issue --dir /etc/gatewaymesh/ca --service web --service payments --out "
                    + "/var/lib/gatewaymesh/sidecar-host-a/certificates --ttl 720h"],
        };
        foreach (var option in (Option[])[services, folder, target, lifetime, datacenter, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed => CaIssue.Run(
            parsed.GetValue(services)!,
            parsed.GetValue(folder)!,
            parsed.GetValue(target)!,
            parsed.GetValue(lifetime).Value,
            parsed.GetValue(datacenter)!,
            parsed.GetValue(json),
            output,
            TimeProvider.System));
        return command;
    }
}
