using System.CommandLine;

namespace GatewayMesh.Commands.Ca;

/// <summary><c>gatewaymesh ca init|issue</c>: how they are called; <see cref="CaInit"/> and <see cref="CaIssue"/> are what they do.</summary>
internal static class CaCommand
{
    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromHours(72);

    /// <summary>The command with its two.</summary>
    public static Command Build(TextWriter output)
    {
        var command = new MeshCommand("ca", "A certificate authority for a mesh without Consul: make one, and issue certificates by it.")
        {
            Examples = ["gatewaymesh ca init --dir /etc/gatewaymesh/ca", "gatewaymesh ca issue --dir /etc/gatewaymesh/ca --service web --out /var/lib/gatewaymesh/sidecar-host-a/certificates"],
        };
        command.Add(Init(output));
        command.Add(Issue(output));
        return command;
    }

    private static MeshCommand Init(TextWriter output)
    {
        var folder = new Option<string>("--dir") { Description = "Folder of the authority: ca.pem, which is secret, and roots.pem, which nodes trust.", HelpName = "DIR", DefaultValueFactory = _ => "ca" };
        var domain = new Option<string?>("--trust-domain") { Description = "What every id begins with: spiffe://NAME/... Default: a name that no other mesh has.", HelpName = "NAME" };
        var lifetime = SharedOptions.Duration("--ttl", "How long the root is valid.", RootLifetime, longest: 3 * RootLifetime);
        var rotate = new Option<bool>("--rotate") { Description = "Give an authority a new root that signs from now on; the old one stays trusted." };
        var json = SharedOptions.Json("Print one JSON object.");
        var command = new MeshCommand("init", "Make a certificate authority. One that is there is never overwritten.")
        {
            Examples = ["gatewaymesh ca init", "gatewaymesh ca init --dir /etc/gatewaymesh/ca --trust-domain mesh.example.org", "gatewaymesh ca init --dir /etc/gatewaymesh/ca --rotate"],
        };
        foreach (var option in (Option[])[folder, domain, lifetime, rotate, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed => CaInit.Run(parsed.GetValue(folder)!, parsed.GetValue(domain), parsed.GetValue(lifetime).Value, parsed.GetValue(rotate), parsed.GetValue(json), output, TimeProvider.System));
        return command;
    }

    private static MeshCommand Issue(TextWriter output)
    {
        var services = new Option<string[]>("--service") { Description = "The service that it is for; may stand several times. A gateway's is gatewaymesh-gateway, an ingress's gatewaymesh-ingress.", HelpName = "NAME", Required = true };
        var folder = new Option<string>("--dir") { Description = "Folder of the authority.", HelpName = "DIR", DefaultValueFactory = _ => "ca" };
        var target = new Option<string>("--out") { Description = "Folder of a node's certificates (its `certificates`, by default DATADIR/certificates). A node that runs takes them at once.", HelpName = "DIR", DefaultValueFactory = _ => "certificates" };
        var lifetime = SharedOptions.Duration("--ttl", "How long they are valid.", LeafLifetime, longest: RootLifetime);
        var datacenter = new Option<string>("--datacenter") { Description = "The datacenter in the id.", HelpName = "NAME", DefaultValueFactory = _ => "dc1" };
        var json = SharedOptions.Json("Print one JSON object.");
        var command = new MeshCommand("issue", "Issue a certificate with a new key: DIR/SERVICE.pem, and DIR/roots.pem beside it.")
        {
            Examples = ["gatewaymesh ca issue --service web", "gatewaymesh ca issue --dir /etc/gatewaymesh/ca --service web --service payments --out /var/lib/gatewaymesh/sidecar-host-a/certificates --ttl 720h"],
        };
        foreach (var option in (Option[])[services, folder, target, lifetime, datacenter, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed => CaIssue.Run(
            parsed.GetValue(services)!, parsed.GetValue(folder)!, parsed.GetValue(target)!, parsed.GetValue(lifetime).Value, parsed.GetValue(datacenter)!, parsed.GetValue(json), output, TimeProvider.System));
        return command;
    }
}
