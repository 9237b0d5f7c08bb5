using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Roles;

namespace GatewayMesh.Tests.Roles;

/// <summary>The table of roles: a row for each role, and what each adds.</summary>
internal sealed class RoleTableTests
{
    private static readonly BootstrapSpec Sidecar = new()
    {
        Role = MeshRole.Sidecar,
        Node = "host-a",
        Sidecar = new SidecarSpec
        {
            Address = "10.0.0.5",
            Services =
            [
                new LocalServiceSpec
                {
                    Name = "web",
                    Id = "web",
                    Port = 8080,
                    Outbound = new IPEndPoint(IPAddress.Loopback, 15001),
                    Inbound = new IPEndPoint(IPAddress.Any, 15101),
                },
            ],
        },
    };

    private static readonly BootstrapSpec Gateway = new()
    {
        Role = MeshRole.Gateway,
        Node = "gw-a",
        Identity = IdentityMode.Plaintext,
        Gateway = new GatewaySpec { Address = "10.0.0.9" },
    };

    private static readonly BootstrapSpec Ingress = new()
    {
        Role = MeshRole.Ingress,
        Node = "edge-a",
        Ingress = new IngressSpec { Listeners = [new IngressListenerSpec(new IPEndPoint(IPAddress.Any, 8443))] },
    };

    [Test]
    public void Every_role_has_one_row_under_its_kind() =>
        Assert.That(RoleTable.All.Select(role => role.Kind), Is.EqualTo(Enum.GetValues<MeshRole>()));

    [TestCaseSource(nameof(Bootstraps))]
    public void Listeners_of_a_role_are_those_of_the_plan(BootstrapSpec bootstrap, string[] names)
    {
        var listeners = RoleTable.Of(bootstrap).Listeners(bootstrap);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listeners.Select(listener => listener.Name), Is.EqualTo(names));
            Assert.That(listeners, Is.EqualTo(ListenerPlan.For(bootstrap)));
        }
    }

    [Test]
    public void Only_a_sidecar_has_a_guard_and_only_if_its_bootstrap_says_so()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(IsGuarded(Sidecar), Is.True);
            Assert.That(IsGuarded(Sidecar with { Guarded = false }), Is.False);
            Assert.That(IsGuarded(Gateway), Is.False);
            Assert.That(IsGuarded(Ingress), Is.False);
        }
    }

    [Test]
    public void A_sidecar_carries_its_own_tier_and_the_others_that_of_a_gateway() =>
        Assert.That(
            RoleTable.All.Select(role => (role.Kind, role.Tier)),
            Is.EqualTo(
                [(MeshRole.Sidecar, MeshTier.Sidecar), (MeshRole.Gateway, MeshTier.Gateway), (MeshRole.Ingress, MeshTier.Gateway)]));

    [Test]
    public void A_sidecar_publishes_its_services_a_gateway_its_addresses_and_an_ingress_nothing()
    {
        var (sidecar, gateway, ingress) = (Published(Sidecar), Published(Gateway), Published(Ingress));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sidecar.Services.Select(service => (service.Name, $"{service.Address}")), Is.EqualTo([("web", "10.0.0.5:15101")]));
            Assert.That(sidecar.Gateway, Is.Null);
            Assert.That(gateway.Gateway?.Mesh.ToString(), Does.StartWith("10.0.0.9:"));
            Assert.That(gateway.Services, Is.Empty);
            Assert.That((ingress.Services, ingress.Gateway), Is.EqualTo((ImmutableArray<NodeService>.Empty, (NodeGateway?)null)));
        }
    }

    private static IEnumerable<TestCaseData> Bootstraps() =>
    [
        new TestCaseData(Sidecar, new[] { "outbound/web", "inbound/web" }).SetArgDisplayNames("sidecar"),
        new TestCaseData(Gateway, new[] { "mesh", "tunnel" }).SetArgDisplayNames("gateway"),
        new TestCaseData(Gateway with { Identity = IdentityMode.Mtls }, new[] { "mesh" }).SetArgDisplayNames("gateway with certificates"),
        new TestCaseData(Ingress, new[] { "ingress/8443" }).SetArgDisplayNames("ingress"),
    ];

    private static bool IsGuarded(BootstrapSpec bootstrap) => RoleTable.Of(bootstrap).IsGuarded(bootstrap);

    private static NodeRecord Published(BootstrapSpec bootstrap) => RoleTable.Of(bootstrap).Publish(
        new NodeRecord { Node = bootstrap.Node, Role = bootstrap.Role, Version = "1" }, bootstrap, _ => true);
}
