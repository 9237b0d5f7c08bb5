using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard.Carrying;

namespace GatewayMesh.Tests.Guard.Carrying;

/// <summary>Addresses that a guard dials or refuses from <c>gateways.json</c>, which comes from the registry.</summary>
public sealed class TunnelDialerTests
{
    private const string Service = "gatewaymesh-gateway";

    [TestCase("127.0.0.1")]
    [TestCase("127.1")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("0.0.0.0")]
    [TestCase("localhost")]
    public void Guard_on_a_real_network_dials_no_gateway_on_its_own_host(string host)
    {
        using var listener = new FakeGateway("gw-1");
        var dialer = new TunnelDialer(null, Service, TimeProvider.System, () => ReachRules.Of(Sidecar("10.0.0.5")));

        Assert.That(
            async () => await dialer.ConnectAsync("web", new HostPort(host, listener.Port), CancellationToken.None),
            Throws.InstanceOf<AddressRefusedException>());
        Assert.That(listener.Connections, Is.Zero);
    }

    [Test]
    public async Task Guard_on_loopback_dials_a_local_gateway_but_never_its_own_admin_address()
    {
        using var listener = new FakeGateway("gw-1");
        var bootstrap = Sidecar("127.0.0.1");
        var dialer = new TunnelDialer(null, Service, TimeProvider.System, () => ReachRules.Of(bootstrap));

        (await dialer.ConnectAsync("web", new HostPort("127.0.0.1", listener.Port), CancellationToken.None)).Dispose();
        bootstrap = bootstrap with { Admin = new IPEndPoint(IPAddress.Loopback, listener.Port) };

        Assert.That(
            async () => await dialer.ConnectAsync("web", new HostPort("127.0.0.1", listener.Port), CancellationToken.None),
            Throws.InstanceOf<AddressRefusedException>(),
            "the rules of a bootstrap that was read again hold for the next dial");
    }

    [Test]
    public async Task Refused_gateway_address_leads_to_the_next_gateway()
    {
        using var refused = new FakeGateway("gw-1", then: tunnel => tunnel.CopyToAsync(tunnel));
        using var good = new FakeGateway("gw-2", then: tunnel => tunnel.CopyToAsync(tunnel));
        var bootstrap = Sidecar("127.0.0.1") with { Admin = new IPEndPoint(IPAddress.Loopback, refused.Port) };
        using var bench = new CarrierBench(() => ReachRules.Of(bootstrap), refused, good);
        var client = await bench.Connect();

        await client.SendAsync("through and back"u8.ToArray());
        client.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.That((await CarrierBench.ReadAll(client)).Text, Is.EqualTo("through and back"));
        Assert.That((refused.Connections, good.Hellos.Count), Is.EqualTo((0, 1)));
    }

    private static BootstrapSpec Sidecar(string advertised) => new()
    {
        Role = MeshRole.Sidecar,
        Node = "host-a",
        Sidecar = new SidecarSpec { Address = advertised },
    };
}
